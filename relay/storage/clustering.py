"""Operations that only a store of several nodes or shards is asked (Spec: RL-53, RL-57)."""

from dataclasses import dataclass, field
from typing import Final, TypeAlias

from securemsg.ids import MailboxId
from securemsg.mailbox.tokens import TokenHash

ELSEWHERE_SECONDS: Final = 1
"""When to ask again for a mailbox that is being moved to another shard, or is gone from here."""

OVER: Final = "-"
"""What stands in the list of epochs for one in which no mailbox lies any more."""


@dataclass(frozen=True, slots=True)
class TakeOver:
    """Read how far a mailbox has come, and number this subscription above every earlier one."""

    mailbox: MailboxId
    owner: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Register:
    """Make a mailbox for somebody who was found to be allowed to register."""

    mailbox: MailboxId
    owner_key: bytes = field(repr=False)
    tokens: tuple[TokenHash, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Admit:
    """Tell whether an invitation (its hash) can be used; it is not used up."""

    invitation: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Redeem:
    """Use an invitation for one mailbox; a repeat for the same mailbox uses nothing."""

    invitation: bytes = field(repr=False)
    mailbox: MailboxId


@dataclass(frozen=True, slots=True)
class ForgetRedemption:
    """The mailbox exists: nothing needs to be remembered of its invitation."""

    invitation: bytes = field(repr=False)
    mailbox: MailboxId


OfInvitation: TypeAlias = Admit | Redeem | ForgetRedemption
"""Each in a transaction of its own, on the shard of the invitation."""

ClusterOperation: TypeAlias = TakeOver | Register | OfInvitation

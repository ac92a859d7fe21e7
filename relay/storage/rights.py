"""What the holder of a send token may do beside sending (Spec: MB-24)."""

from dataclasses import dataclass, field

from securemsg.ids import MailboxId
from securemsg.mailbox.tokens import TokenHash


@dataclass(frozen=True, slots=True)
class ShowToken:
    """Tell whether a mailbox takes a send token: `Stored` if it does, though nothing is stored."""

    mailbox: MailboxId
    token: TokenHash = field(repr=False)

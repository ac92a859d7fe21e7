"""What an administrator asks of a store, and the answers (Spec: RL-46, RL-47)."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from securemsg.ids import MailboxId

if TYPE_CHECKING:
    from relay.storage.operations import Result

PREFIX_BYTES: Final = 5
"""How much of an invitation's hash names it: among a million two are alike once in two million times."""

LISTED: Final = 10_000
"""Rows that one look lists at most: they wait in memory, and others wait for them."""


@dataclass(frozen=True, slots=True)
class ListInvitations:
    """Read the invitations that somebody can still use, at most `LISTED` of them."""


@dataclass(frozen=True, slots=True)
class RevokeInvitation:
    """Forget the invitations whose hash begins with `prefix`, `PREFIX_BYTES` long."""

    prefix: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class LookAtHoldings:
    """Read everything that is kept of one mailbox, but the bytes of what is sealed."""

    mailbox: MailboxId


class Invitation(NamedTuple):
    """What is kept of an invitation: the beginning of its hash, uses left, the hour in which it ends."""

    prefix: bytes
    uses_left: int
    expires_hour: int


@dataclass(frozen=True, slots=True)
class Invitations:
    """Those that can be used, the first to expire first."""

    found: tuple[Invitation, ...]


class HeldEnvelope(NamedTuple):
    """What is kept of a waiting envelope beside its bytes: their number, the hour (since 1970) of its end."""

    sequence: int
    submit_id: bytes
    size: int
    expires_hour: int


@dataclass(frozen=True, slots=True)
class Holdings:
    """Everything that is kept of a mailbox; what is sealed by its size.

    `submit_ids` are numbers of remembered ids by the hour in which they end, `leaves` positions on the
    shelf that were not handed out. Of the envelopes at most `LISTED`, the oldest.
    """

    owner_key: bytes = field(repr=False)
    tokens: tuple[bytes, ...] = field(repr=False)
    acknowledged: int
    newest: int
    envelopes: tuple[HeldEnvelope, ...]
    submit_ids: tuple[tuple[int, int], ...]
    generation: int
    manifest_size: int
    leaves: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PartOfShards:
    """An answer without what lies on the shards (by number) that are away (Spec: RL-59)."""

    result: "Result"
    missing: tuple[int, ...]


Inspected: TypeAlias = Invitations | Holdings | PartOfShards
"""What an administrator's look may tell."""

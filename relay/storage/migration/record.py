"""A mailbox as no store writes it: what is copied, and what copies are compared by."""

from collections.abc import Iterator
from dataclasses import astuple, dataclass, field
from typing import Any, Final, Protocol

from securemsg.errors import LocalError

NAMES_AT_ONCE: Final = 1_000
"""Names of mailboxes read together."""

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class MailboxRecord:
    """Everything that is kept of one mailbox; each tuple of rows in the order of its key.

    `envelopes` are (sequence, submit id, hour of expiry, ciphertext), `submitted` (submit id, hour of
    expiry), `shelf` nothing or one (generation, manifest, 1 where it is void), `leaves` (position, 1 where
    it was handed out, ciphertext).
    """

    name: bytes
    owner_key: bytes = field(repr=False)
    last_sequence: int
    messages: int
    bytes: int
    acknowledged: int
    tokens: tuple[Row, ...] = field(repr=False)
    envelopes: tuple[Row, ...] = field(repr=False)
    submitted: tuple[Row, ...] = field(repr=False)
    shelf: tuple[Row, ...] = field(repr=False)
    leaves: tuple[Row, ...] = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse a mailbox that does not agree with its tally."""
        size = sum(len(row[3]) for row in self.envelopes)
        if (self.messages, self.bytes) != (len(self.envelopes), size):
            raise LocalError("A mailbox does not agree with what is stored in it; `check` the store.")

    @property
    def values(self) -> Row:
        """All of it, to compare by."""
        return astuple(self)


class Side(Protocol):
    """A store to copy from or to, while nobody else uses it."""

    def mailboxes(self) -> Iterator[MailboxRecord]:
        """Everything about mailboxes, one after the other, by name."""
        ...

    def invitations(self) -> Iterator[Row]:
        """Invitations as (hash, uses left, hour of expiry), by hash."""
        ...

    def add(self, mailbox: MailboxRecord) -> None:
        """Store a mailbox."""
        ...

    def invite(self, row: Row) -> None:
        """Store an invitation."""
        ...

"""What the vault holds of a message; import from `securemsg.store.messages`."""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, final

from securemsg.ids import MessageId
from securemsg.instant import Instant
from securemsg.store.ids import ContactId, MessageRow
from securemsg.store.rows import Row
from securemsg.wire.messages.content_values import Kind

SELECT_MESSAGE: Final = """
    select id, contact, direction, message_id, sent_at, stored_at, kind, messages.text, raw, state, failure,
           lifetime, expires_at, quoted_author, quoted_id, edited_at, deleted_at
    from messages"""
"""The columns that `message_of` reads."""

TEXT_KIND: Final = int(Kind.TEXT)
"""The content kind of a text (Spec: CT-2)."""

FILE_KIND: Final = int(Kind.FILE)
"""The content kind of a file; `text` is what was said beside it (Spec: CT-2)."""

TIMER_KIND: Final = int(Kind.TIMER)
"""The content kind of a timer; the lifetime of its line is what was set, not its own (Spec: CT-2)."""

LINES: Final = (-1, TIMER_KIND, int(Kind.NAME))
"""The kinds of rows that nobody wrote: another account claims to be the contact, timers, names.

Spec: ST-14.
"""

WORDS: Final = (TEXT_KIND, FILE_KIND)
"""The kinds in which a person says something: they can be answered, edited, deleted, reacted to."""


class Direction(IntEnum):
    """Who wrote a message."""

    IN = 1
    OUT = 2


class MessageState(IntEnum):
    """How far a message has come; `RECEIVED` for incoming ones (Spec: CL-6)."""

    RECEIVED = 1
    QUEUED = 2
    ACCEPTED = 3
    DELIVERED = 4
    FAILED = 5
    READ = 6


@final
@dataclass(frozen=True, slots=True)
class Quoted:
    """Which message another one answers: by its author and its id in the conversation."""

    author: Direction
    message_id: MessageId


@final
@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to store: `text` of a text, or `raw` bytes of a content that only newer versions know.

    Of these two the other is empty (Spec: CT-3). `lifetime` is in seconds, 0 for a message that stays.
    """

    message_id: MessageId
    sent_at: Instant
    kind: int
    text: str = field(repr=False)
    raw: bytes = field(repr=False)
    lifetime: int = 0
    quoted: "Quoted | None" = None

    @classmethod
    def of_text(cls, message_id: MessageId, sent_at: Instant, text: str) -> "NewMessage":
        """Return a text to store."""
        return cls(message_id, sent_at, TEXT_KIND, text, b"")


@final
@dataclass(frozen=True, slots=True)
class Message:
    """A stored message; `failure` is a word for the reason, empty unless its state is `FAILED`."""

    row: MessageRow
    contact: ContactId
    direction: Direction
    message_id: MessageId
    sent_at: Instant
    stored_at: Instant
    kind: int
    text: str = field(repr=False)
    raw: bytes = field(repr=False)
    state: MessageState
    failure: str
    lifetime: int
    """Seconds for which it stays once counting has begun; 0 for ever."""

    expires_at: Instant | None
    """When it goes, once counting has begun."""

    quoted: Quoted | None
    edited_at: Instant | None
    deleted_at: Instant | None
    """Since when only its place is left."""


def message_of(row: Row) -> Message:
    """Return a row of `SELECT_MESSAGE` as a value."""
    number, contact, direction, message_id, sent_at, stored_at, kind, text, raw, state, failure = row[:11]
    lifetime, expires_at, quoted_author, quoted_id, edited_at, deleted_at = row[11:]
    return Message(
        MessageRow(number),
        ContactId(contact),
        Direction(direction),
        MessageId(message_id),
        Instant(sent_at),
        Instant(stored_at),
        kind,
        text,
        raw,
        MessageState(state),
        failure,
        lifetime,
        _instant(expires_at),
        Quoted(Direction(quoted_author), MessageId(quoted_id)) if quoted_author else None,
        _instant(edited_at),
        _instant(deleted_at),
    )


def _instant(milliseconds: int) -> Instant | None:
    """Return the instant that a column holds, `None` for its 0."""
    return Instant(milliseconds) if milliseconds else None

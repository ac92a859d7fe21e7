"""What was said, in the order in which it was stored here (Spec: CT-5)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, final

from securemsg.errors import LocalError
from securemsg.ids import MessageId
from securemsg.instant import Instant
from securemsg.store.ids import ContactId, MessageRow
from securemsg.store.rows import Row, Rows

SELECT_MESSAGE: Final = """
    select id, contact, direction, message_id, sent_at, stored_at, kind, messages.text, raw, state, failure,
           lifetime, expires_at, quoted_author, quoted_id, edited_at, deleted_at
    from messages"""
"""The columns that `message_of` reads."""

TEXT_KIND: Final = 1
"""The content kind of a text (Spec: CT-2)."""

_END: Final = 2**63 - 1
"""Behind every row."""

_INSERT: Final = """
    insert into messages(
        contact, direction, message_id, sent_at, stored_at, kind, text, raw, state, failure, printed,
        lifetime, quoted_author, quoted_id
    ) values (?,?,?,?,?,?,?,?,?, '', ?,?,?,?)
    on conflict(contact, direction, message_id) do nothing returning id"""


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


@final
class Messages:
    """Stores messages, moves their states, reads them in pages."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add_incoming(self, contact: ContactId, new: NewMessage, now: Instant) -> MessageRow | None:
        """Store what a contact said; `None` if it was stored before (Spec: CT-2)."""
        return self._add(contact, new, now, Direction.IN)

    def add_outgoing(self, contact: ContactId, new: NewMessage, now: Instant) -> MessageRow:
        """Store what we say, as queued; raises `LocalError` for a message id that was used."""
        row = self._add(contact, new, now, Direction.OUT)
        if row is None:
            raise LocalError("this message id was used before")
        return row

    def get(self, row: MessageRow) -> Message:
        """Return one message; raises `LocalError` if it was erased."""
        found = self._rows.one(f"{SELECT_MESSAGE} where id = ?", (row,))
        if found is None:
            raise LocalError("There is no such message.")
        return message_of(found)

    def page(self, contact: ContactId, before: MessageRow | None, limit: int) -> list[Message]:
        """Return the `limit` messages that precede row `before` (else the newest), oldest first."""
        sql = f"{SELECT_MESSAGE} where contact = ? and id < ? order by id desc limit ?"
        end = _END if before is None else before
        return [message_of(row) for row in reversed(self._rows.all(sql, (contact, end, limit)))]

    def mark_queued(self, row: MessageRow) -> bool:
        """Let a failed message wait again; tell whether it had failed."""
        return self._move(row, MessageState.QUEUED, (MessageState.FAILED,))

    def mark_accepted(self, row: MessageRow) -> bool:
        """Note that a relay keeps a message; tell whether that is news."""
        return self._move(row, MessageState.ACCEPTED, (MessageState.QUEUED, MessageState.FAILED))

    def mark_failed(self, row: MessageRow, failure: str) -> bool:
        """Note that a message failed and why (a word of the program); tell whether that is news."""
        if not self._move(row, MessageState.FAILED, (MessageState.QUEUED, MessageState.ACCEPTED)):
            return False
        self._rows.run("update messages set failure = ? where id = ?", (failure, row))
        return True

    def mark_delivered(self, contact: ContactId, message_ids: Sequence[MessageId]) -> list[MessageRow]:
        """Note a contact's receipt of our messages; return the rows for which it is news.

        Ids that we never used are passed over: a receipt is the word of a peer.
        """
        sql = (
            "update messages set state = ?, failure = ''"
            " where contact = ? and direction = ? and message_id = ? and state <> ? returning id"
        )
        done: list[MessageRow] = []
        for message_id in message_ids:
            values = (MessageState.DELIVERED, contact, Direction.OUT, message_id, MessageState.DELIVERED)
            done += [MessageRow(row) for (row,) in self._rows.all(sql, values)]
        return done

    def unknown_ids(self, contact: ContactId, message_ids: Sequence[MessageId]) -> int:
        """Return how many of these ids no message of ours to a contact has."""
        sql = "select count(*) from messages where contact = ? and direction = ? and message_id = ?"
        found = [self._rows.number(sql, (contact, Direction.OUT, each)) for each in message_ids]
        return found.count(0)

    def incoming_ids(self, contact: ContactId, limit: int) -> list[MessageId]:
        """Return the ids of the newest texts of a contact, oldest first."""
        sql = (
            "select message_id from messages where contact = ? and direction = ? and kind = ?"
            " order by id desc limit ?"
        )
        rows = self._rows.all(sql, (contact, Direction.IN, TEXT_KIND, limit))
        return [MessageId(message_id) for (message_id,) in reversed(rows)]

    def unprinted(self, limit: int) -> list[Message]:
        """Return the oldest incoming messages that the `receive` command has not printed."""
        sql = f"{SELECT_MESSAGE} where printed = 0 order by id limit ?"
        return [message_of(row) for row in self._rows.all(sql, (limit,))]

    def mark_printed(self, rows: Sequence[MessageRow]) -> None:
        """Note that `receive` has printed these."""
        self._rows.each("update messages set printed = 1 where id = ?", [(row,) for row in rows])

    def erase(self, rows: Sequence[MessageRow]) -> None:
        """Erase messages with their words and what waits in the outbox for them (Spec: ST-6)."""
        self._rows.each("delete from outbox where message = ?", [(row,) for row in rows])
        self._rows.each("delete from messages where id = ?", [(row,) for row in rows])
        self._rows.mark_erasure()

    def _add(
        self, contact: ContactId, new: NewMessage, now: Instant, direction: Direction
    ) -> MessageRow | None:
        incoming = direction is Direction.IN
        state = MessageState.RECEIVED if incoming else MessageState.QUEUED
        said = (new.message_id, new.sent_at, now, new.kind, new.text, new.raw)
        quoted = (0, b"") if new.quoted is None else (new.quoted.author, new.quoted.message_id)
        printed = 0 if incoming else 1
        row = self._rows.one(_INSERT, (contact, direction, *said, state, printed, new.lifetime, *quoted))
        return None if row is None else MessageRow(row[0])

    def _move(self, row: MessageRow, state: MessageState, sources: tuple[MessageState, ...]) -> bool:
        sql = "update messages set state = ?, failure = '' where id = ? and direction = ? and state in (?, ?)"
        return self._rows.run(sql, (state, row, Direction.OUT, sources[0], sources[-1])) == 1


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

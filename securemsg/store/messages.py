"""What was said, in the order in which it was stored here (Spec: CT-5)."""

import json
from collections.abc import Sequence
from typing import Final, final

from securemsg.errors import LocalError
from securemsg.ids import MessageId
from securemsg.instant import DAY, Instant
from securemsg.store.ids import ContactId, MessageRow
from securemsg.store.message_values import (
    FILE_KIND,
    LINES,
    SELECT_MESSAGE,
    TEXT_KIND,
    TIMER_KIND,
    WORDS,
    Direction,
    Message,
    MessageState,
    NewMessage,
    Quoted,
    message_of,
)
from securemsg.store.outbox_entries import withdraw
from securemsg.store.rows import Rows
from securemsg.store.words import forgetting

__all__ = [
    "FILE_KIND",
    "LINES",
    "SELECT_MESSAGE",
    "SPENT_FOR",
    "TEXT_KIND",
    "TIMER_KIND",
    "WORDS",
    "Direction",
    "Message",
    "MessageState",
    "Messages",
    "NewMessage",
    "Quoted",
    "message_of",
]

SPENT_FOR: Final = 180 * DAY
"""How long the id of an erased message is known: its sender keeps it for 30 days and a relay for 30 more, and
who got it from us may read it months later."""

_END: Final = 2**63 - 1
"""Behind every row."""

_INSERT: Final = """
    insert into messages(
        contact, direction, message_id, sent_at, stored_at, kind, text, raw, state, failure, printed,
        lifetime, quoted_author, quoted_id
    ) values (?,?,?,?,?,?,?,?,?, '', ?,?,?,?)
    on conflict(contact, direction, message_id) do nothing returning id"""


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

    def page_after(self, contact: ContactId, after: MessageRow, limit: int) -> list[Message]:
        """Return the `limit` messages that follow row `after`, oldest first."""
        sql = f"{SELECT_MESSAGE} where contact = ? and id > ? order by id limit ?"
        return [message_of(row) for row in self._rows.all(sql, (contact, after, limit))]

    def rows_of(self, contact: ContactId) -> list[MessageRow]:
        """Return the rows of a whole conversation, oldest first."""
        sql = "select id from messages where contact = ? order by id"
        return [MessageRow(row) for (row,) in self._rows.all(sql, (contact,))]

    def find(self, contact: ContactId, direction: Direction, message_id: MessageId) -> Message | None:
        """Return the message that one side said under an id, if it is here."""
        sql = f"{SELECT_MESSAGE} where contact = ? and direction = ? and message_id = ?"
        row = self._rows.one(sql, (contact, direction, message_id))
        return None if row is None else message_of(row)

    def unsent(self, limit: int) -> list[Message]:
        """Return the oldest messages of ours, to anybody, that wait or failed."""
        sql = (
            f"{SELECT_MESSAGE} where direction = ? and state in (?, ?) and deleted_at = 0 order by id limit ?"
        )
        values = (Direction.OUT, MessageState.QUEUED, MessageState.FAILED, limit)
        return [message_of(row) for row in self._rows.all(sql, values)]

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
        return self._confirm(contact, message_ids, (MessageState.DELIVERED, MessageState.READ))

    def mark_read(self, contact: ContactId, message_ids: Sequence[MessageId]) -> list[MessageRow]:
        """Note that a contact says to have read messages of ours; return as `mark_delivered` does."""
        return self._confirm(contact, message_ids, (MessageState.READ, MessageState.READ))

    def unknown_ids(self, contact: ContactId, message_ids: Sequence[MessageId]) -> int:
        """Return how many of these ids nothing has, or had, that we said to a contact."""
        sql = (
            "select (select count(*) from messages where contact = ?1 and direction = ?2 and message_id = ?3)"
            " + (select count(*) from spent where contact = ?1 and direction = ?2 and message_id = ?3)"
        )
        found = [self._rows.number(sql, (contact, Direction.OUT, each)) for each in message_ids]
        return found.count(0)

    def incoming_ids(self, contact: ContactId, limit: int) -> list[MessageId]:
        """Return the ids of the newest texts and files of a contact, oldest first."""
        sql = (
            "select message_id from messages where contact = ? and direction = ? and kind in (?, ?)"
            " order by id desc limit ?"
        )
        rows = self._rows.all(sql, (contact, Direction.IN, *WORDS, limit))
        return [MessageId(message_id) for (message_id,) in reversed(rows)]

    def unprinted(self, limit: int) -> list[Message]:
        """Return the oldest incoming messages that the `receive` command has not printed."""
        sql = f"{SELECT_MESSAGE} where printed = 0 order by id limit ?"
        return [message_of(row) for row in self._rows.all(sql, (limit,))]

    def mark_printed(self, rows: Sequence[MessageRow]) -> None:
        """Note that `receive` has printed these."""
        self._rows.each("update messages set printed = 1 where id = ?", [(row,) for row in rows])

    def erase(self, rows: Sequence[MessageRow], now: Instant) -> None:
        """Erase messages with their words and what waits in the outbox for them (Spec: ST-6).

        Their ids stay known for a time that begins now: a repeat does not bring them back, and a late
        receipt names nothing unknown (Spec: CT-2, CT-11).
        """
        # All at once: a statement for each would take longer than what it does.
        among = (json.dumps(rows),)
        self._rows.run(
            "insert into spent(contact, direction, message_id, at)"
            " select contact, direction, message_id, ?2 from messages"
            " where id in (select value from json_each(?1)) on conflict do nothing",
            (*among, now),
        )
        withdraw(self._rows, rows)
        with forgetting(self._rows, len(rows)):
            self._rows.run("delete from messages where id in (select value from json_each(?))", among)
        self._rows.mark_erasure()

    def was_erased(self, contact: ContactId, direction: Direction, message_id: MessageId) -> bool:
        """Tell whether an id belongs to what is not here any more."""
        sql = "select count(*) from spent where contact = ? and direction = ? and message_id = ?"
        return self._rows.number(sql, (contact, direction, message_id)) > 0

    def purge_erased(self, now: Instant) -> None:
        """Forget ids that nobody can repeat any more."""
        self._rows.run("delete from spent where at < ?", (now - SPENT_FOR,))

    def _confirm(
        self, contact: ContactId, message_ids: Sequence[MessageId], reached: tuple[MessageState, MessageState]
    ) -> list[MessageRow]:
        sql = (
            "update messages set state = ?, failure = ''"
            " where contact = ? and direction = ? and message_id = ? and state not in (?, ?) returning id"
        )
        done: list[MessageRow] = []
        for message_id in message_ids:
            values = (reached[0], contact, Direction.OUT, message_id, *reached)
            done += [MessageRow(row) for (row,) in self._rows.all(sql, values)]
        return done

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

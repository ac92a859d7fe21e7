"""Read receipts that wait: several go together, and do not tell the moment (Spec: CT-13)."""

from dataclasses import dataclass
from typing import final

from securemsg.ids import MessageId
from securemsg.instant import Instant
from securemsg.store.ids import ContactId, MessageRow
from securemsg.store.messages import WORDS, Direction
from securemsg.store.rows import Rows


@final
@dataclass(frozen=True, slots=True)
class ReadMessages:
    """What is to be told to one contact."""

    contact: ContactId
    message_ids: tuple[MessageId, ...]


@final
class ReadReceipts:
    """Collects what was read until its time has come."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, contact: ContactId, between: tuple[MessageRow, MessageRow], due_at: Instant) -> bool:
        """Wait with what a contact said behind one row and up to another; tell whether there is anything.

        What waits for the contact already is not put off: the new joins it.
        """
        sql = (
            "insert into read_pending(message, contact, due_at)"
            " select id, contact, coalesce((select min(due_at) from read_pending where contact = ?1), ?3)"
            " from messages where contact = ?1 and id > ?2 and id <= ?7 and direction = ?4"
            " and kind in (?5, ?6) and deleted_at = 0 on conflict do nothing"
        )
        after, up_to = between
        return self._rows.run(sql, (contact, after, due_at, Direction.IN, *WORDS, up_to)) > 0

    def next_due(self) -> Instant | None:
        """Return when the next is due."""
        row = self._rows.one("select min(due_at) from read_pending")
        return None if row is None or row[0] is None else Instant(row[0])

    def take_due(self, now: Instant) -> list[ReadMessages]:
        """Return whose time has come, and forget it."""
        sql = (
            "select read_pending.contact, message_id from read_pending"
            " join messages on messages.id = read_pending.message"
            " where due_at <= ? order by read_pending.contact, messages.id"
        )
        found: dict[ContactId, list[MessageId]] = {}
        for contact, message_id in self._rows.all(sql, (now,)):
            found.setdefault(ContactId(contact), []).append(MessageId(message_id))
        self._rows.run("delete from read_pending where due_at <= ?", (now,))
        return [ReadMessages(contact, tuple(ids)) for contact, ids in found.items()]

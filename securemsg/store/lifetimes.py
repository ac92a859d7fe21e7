"""When messages go: the count of each, and the clock by which it was last looked at (Spec: ST-12)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from securemsg.instant import SECOND, Instant
from securemsg.store.ids import ContactId, MessageRow
from securemsg.store.messages import TIMER_KIND, Direction
from securemsg.store.rows import Rows


@final
@dataclass(frozen=True, slots=True)
class Expired:
    """A message whose time is over."""

    row: MessageRow
    contact: ContactId


@final
class Lifetimes:
    """Begins counts and finds what is over; to erase is for `Messages`."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def begin(self, rows: Sequence[MessageRow], now: Instant) -> bool:
        """Begin to count for messages that have a lifetime and do not count yet; tell whether any did."""
        sql = (
            "update messages set expires_at = ? + lifetime * ?"
            " where id = ? and lifetime > 0 and expires_at = 0 and kind <> ?"
        )
        begun = sum(self._rows.run(sql, (now, SECOND, row, TIMER_KIND)) for row in rows) > 0
        if begun:
            self.note_seen(now)
        return begun

    def begin_read(self, contact: ContactId, up_to: MessageRow, now: Instant) -> bool:
        """Begin to count for everything of a contact that was read; tell whether anything did."""
        sql = (
            "update messages set expires_at = ? + lifetime * ?"
            " where contact = ? and id <= ? and lifetime > 0 and expires_at = 0"
            " and direction = ? and kind <> ?"
        )
        begun = self._rows.run(sql, (now, SECOND, contact, up_to, Direction.IN, TIMER_KIND)) > 0
        if begun:
            self.note_seen(now)
        return begun

    def due(self, now: Instant, limit: int) -> list[Expired]:
        """Return messages whose time is over, the longest over first."""
        sql = (
            "select id, contact from messages where expires_at > 0 and expires_at <= ?"
            " order by expires_at limit ?"
        )
        rows = self._rows.all(sql, (now, limit))
        return [Expired(MessageRow(row), ContactId(contact)) for row, contact in rows]

    def next_due(self) -> Instant | None:
        """Return when the next message goes; `None` if nothing counts."""
        row = self._rows.one("select min(expires_at) from messages where expires_at > 0")
        return None if row is None or row[0] is None else Instant(row[0])

    def move(self, milliseconds: int) -> None:
        """Follow a clock that was set: everything that counts goes on counting as much as before."""
        self._rows.run(
            "update messages set expires_at = max(1, expires_at + ?) where expires_at > 0", (milliseconds,)
        )
        self._rows.run("update read_pending set due_at = max(1, due_at + ?)", (milliseconds,))

    def last_seen(self) -> Instant | None:
        """Return what the clock showed when this vault looked last, `None` before it ever did."""
        last = self._rows.number("select last from lifetime_clock")
        return Instant(last) if last else None

    def note_seen(self, now: Instant) -> None:
        """Remember what the clock shows."""
        self._rows.run("update lifetime_clock set last = ?", (now,))

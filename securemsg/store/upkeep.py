"""Small memories with an end: notes for `doctor`, and when a peer was last answered unasked."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final, final

from securemsg.ids import DeviceId
from securemsg.instant import DAY, SECOND, Instant
from securemsg.store.ids import ContactId
from securemsg.store.rows import Rows

MAX_NOTES: Final = 1_000
"""Notes kept, the newest: a hostile peer can cause one with each envelope (Spec: SE-10)."""

REPORT_PAUSE: Final = 600 * SECOND
"""Between two sessions opened for a report to one peer device (Spec: SE-8)."""

REPORTS_A_DAY: Final = 5
"""Sessions opened for reports to one peer device in 24 hours (Spec: SE-8)."""

NAMED_A_DAY: Final = 200
"""Submits named in reports to one peer device in 24 hours: forged openings cost us no more (Spec: SE-8)."""


@final
@dataclass(frozen=True, slots=True)
class Note:
    """Something was refused; `kind` is a word of the program, never content (Spec: SE-10)."""

    at: Instant
    kind: str


@final
class Notes:
    """The newest refusals (Spec: SE-10, CL-14)."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, note: Note) -> None:
        """Keep a note, and of all the newest 1,000."""
        number = self._rows.number(
            "insert into notes(at, kind) values (?, ?) returning id", (note.at, note.kind)
        )
        self._rows.run("delete from notes where id <= ?", (number - MAX_NOTES,))

    def newest(self, limit: int) -> list[Note]:
        """Return the newest notes, newest first."""
        rows = self._rows.all("select at, kind from notes order by id desc limit ?", (limit,))
        return [Note(Instant(at), kind) for at, kind in rows]

    def counts(self) -> dict[str, int]:
        """Return how many notes there are of each kind."""
        return dict(self._rows.all("select kind, count(*) from notes group by kind order by kind"))


class Answering(IntEnum):
    """What a peer that cannot be understood makes us do."""

    SESSION = 1
    NAMING = 2


@final
class Reports:
    """Limits what a peer that cannot be understood makes us do (Spec: SE-8)."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def allow(self, contact: ContactId, device: DeviceId, now: Instant) -> bool:
        """Tell whether a session may be opened for a report now; if so, it counts as opened.

        Times from the future, after a clock was set back, count as now.

        Spec: SE-8.
        """
        self._look_at_clock(now)
        peer = (contact, device, Answering.SESSION)
        sql = "select count(*) from reports where contact = ? and device = ? and kind = ? and at > ?"
        if self._rows.number(sql, (*peer, now - REPORT_PAUSE)):
            return False
        return self._count(peer, REPORTS_A_DAY, now)

    def allow_naming(self, contact: ContactId, device: DeviceId, now: Instant) -> bool:
        """Tell whether one more submit may be named to this peer today; if so, it counts as named."""
        self._look_at_clock(now)
        return self._count((contact, device, Answering.NAMING), NAMED_A_DAY, now)

    def _look_at_clock(self, now: Instant) -> None:
        self._rows.run("delete from reports where at <= ?", (now - DAY,))
        # Else a clock that was a year ahead would forbid every answer for a year.
        self._rows.run("update reports set at = ? where at > ?", (now, now))

    def _count(self, peer: tuple[ContactId, DeviceId, Answering], limit: int, now: Instant) -> bool:
        sql = "select count(*) from reports where contact = ? and device = ? and kind = ?"
        if self._rows.number(sql, peer) >= limit:
            return False
        self._rows.run("insert into reports(contact, device, kind, at) values (?, ?, ?, ?)", (*peer, now))
        return True

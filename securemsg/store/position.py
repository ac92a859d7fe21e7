"""How far this copy of the vault has come at its relay, and whether another copy has come farther."""

from dataclasses import dataclass
from typing import Final, final

from securemsg.instant import DAY, SECOND, Instant
from securemsg.store.rows import Rows

RENEWAL_PAUSE: Final = 600 * SECOND
"""Between two renewals of all sessions: a relay that lies about our position gets no more (Spec: CL-15)."""

RENEWALS_A_DAY: Final = 5
"""Renewals of all sessions in 24 hours (Spec: CL-15)."""

REMEMBERED_FOR: Final = 30 * DAY
"""How long a renewal counts as recent: as long as a relay keeps what was sealed before (Spec: CL-16)."""


@final
@dataclass(frozen=True, slots=True)
class Position:
    """The highest sequence number of our mailbox that was handled, and when that was kept.

    `behind` tells that a newer copy of this vault was noticed and the sessions are still
    to be renewed; `handled_at` stands still meanwhile.

    Spec: CL-15.
    """

    handled: int
    handled_at: Instant
    behind: bool


@final
class Positions:
    """The one position of this vault, and the renewals that it led to."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def load(self) -> Position:
        """Return the position."""
        row = self._rows.all("select handled, handled_at, behind from position")[0]
        return Position(row[0], Instant(row[1]), row[2] == 1)

    def move(self, handled: int, now: Instant) -> None:
        """Count from `handled` on: the relay has told where it stands."""
        self._rows.run(
            "update position set handled = ?, handled_at = iif(behind, handled_at, ?)", (handled, now)
        )

    def raise_to(self, handled: int, now: Instant) -> None:
        """Note what is handled, in the transaction that keeps it (Spec: CL-3)."""
        self._rows.run(
            "update position set handled = max(handled, ?), handled_at = iif(behind, handled_at, ?)",
            (handled, now),
        )

    def mark_behind(self) -> None:
        """Note that a newer copy of this vault was noticed."""
        self._rows.run("update position set behind = 1")

    def begin_renewal(self, now: Instant) -> bool:
        """Tell whether every session is to be renewed now; if so, that counts as done.

        Times from the future, after a clock was set back, count as now.

        Spec: CL-15.
        """
        if not self.load().behind:
            return False
        self._rows.run("delete from renewals where at <= ?", (now - REMEMBERED_FOR,))
        sql = "select count(*) from renewals where at > ?"
        if self._rows.number(sql, (now - RENEWAL_PAUSE,)):
            return False
        if self._rows.number(sql, (now - DAY,)) >= RENEWALS_A_DAY:
            return False
        self._rows.run("insert into renewals(at) values (?)", (now,))
        self._rows.run("update position set behind = 0")
        return True

    def renewed_after(self, instant: int) -> bool:
        """Tell whether all sessions were renewed after an instant."""
        return self._rows.number("select count(*) from renewals where at > ?", (instant,)) > 0

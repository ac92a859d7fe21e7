"""What the person has to be told because a relay or another copy of this vault misbehaves (Spec: CL-17)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, final

from securemsg.instant import DAY, Instant
from securemsg.store.ids import ContactId
from securemsg.store.rows import Rows

KEPT_FOR: Final = 30 * DAY
"""How long an alarm that does not come again is shown."""

NOBODY: Final = ContactId(0)
"""The contact of an alarm that concerns none."""


@final
@dataclass(frozen=True, slots=True)
class Alarm:
    """A word of the program, whom it concerns (`NOBODY`), how often in a row, when last, a number to tell.

    `amount` is 0 where the kind has no number.
    """

    kind: str
    contact: ContactId
    times: int
    at: Instant
    amount: int


@final
class Alarms:
    """At most one of each kind for each contact."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def count(self, kind: str, contact: ContactId, now: Instant) -> int:
        """Count a cause for an alarm; return how many there were in a row."""
        return self._rows.number(
            "insert into alarms(kind, contact, times, at, seen) values (?, ?, 1, ?, 0)"
            " on conflict(kind, contact) do update set times = times + 1, at = excluded.at returning times",
            (kind, contact, now),
        )

    def renew(self, kind: str, contact: ContactId, now: Instant) -> None:
        """Raise an alarm, also if the person has seen an earlier one of its kind."""
        self.count(kind, contact, now)
        self._rows.run("update alarms set seen = 0 where kind = ? and contact = ?", (kind, contact))

    def tell(self, kind: str, contact: ContactId, amount: int) -> None:
        """Give an alarm that there is the number that it tells."""
        self._rows.run("update alarms set amount = ? where kind = ? and contact = ?", (amount, kind, contact))

    def clear(self, contact: ContactId, kinds: Sequence[str]) -> bool:
        """Forget alarms of these kinds about a contact: all is well again; tell whether there were any."""
        sql = "delete from alarms where contact = ? and kind = ?"
        return sum(self._rows.run(sql, (contact, kind)) for kind in kinds) > 0

    def unseen(self) -> list[Alarm]:
        """Return what the person has not dismissed, the newest first."""
        rows = self._rows.all(
            "select kind, contact, times, at, amount from alarms where seen = 0"
            " order by at desc, kind, contact"
        )
        return [Alarm(row[0], ContactId(row[1]), row[2], Instant(row[3]), row[4]) for row in rows]

    def dismiss(self, kind: str, contact: ContactId) -> None:
        """Note that the person has seen an alarm."""
        self._rows.run("update alarms set seen = 1 where kind = ? and contact = ?", (kind, contact))

    def purge(self, now: Instant) -> None:
        """Forget what has not happened again for 30 days."""
        self._rows.run("delete from alarms where at <= ?", (now - KEPT_FOR,))

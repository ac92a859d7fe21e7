"""The newest submit ids of a mailbox: in memory and in a few short rows, until many are sorted in at once.

In the table of all of them nearly each would rewrite a page of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import apsw

from relay.storage.sqlite.database import execute_flat
from relay.storage.sqlite.schema import PART_BITS, parts_of
from securemsg.ids import SubmitId

_PART_IDS: Final = 100
"""Ids in one row: two such rows share a page, and each commit rewrites the newest."""

_IDS: Final = 512
"""Ids of a mailbox that stay out of the table: with the mailboxes kept in memory 100 MB at the very most."""

_PARTS: Final = 24
"""Rows of a mailbox: each hour begins one."""


@dataclass(slots=True)
class Recent:
    """The submit ids of a mailbox that are not in the table yet, and those of them in its newest row."""

    ids: set[SubmitId] = field(default_factory=set)
    part: int = -1
    newest: list[SubmitId] = field(default_factory=list)
    hour: int = 0

    @classmethod
    def read(cls, database: apsw.Connection, box: int) -> "Recent":
        """What the rows of a mailbox say."""
        recent = cls()
        for place, hour, ids in _rows(database, box):
            recent.part, recent.hour = place & ((1 << PART_BITS) - 1), hour
            recent.newest = ids_in(ids)
            recent.ids.update(recent.newest)
        return recent

    @property
    def is_full(self) -> bool:
        """Tell whether it is time to `settle`."""
        return len(self.ids) >= _IDS or self.part >= _PARTS

    def place(self, box: int, fresh: Sequence[SubmitId], hour: int) -> list[object]:
        """Rows for `write` that hold `fresh`, which are in `ids` already."""
        values: list[object] = []
        start = 0
        while start < len(fresh):
            if self.part < 0 or len(self.newest) >= _PART_IDS or self.hour != hour:
                self.part, self.newest, self.hour = self.part + 1, [], hour
            ids = fresh[start : start + _PART_IDS - len(self.newest)]
            # Sorted, so that a row does not tell in which order they came (Spec: RL-2).
            self.newest = sorted([*self.newest, *ids])
            values += (box << PART_BITS | self.part, hour, b"".join(self.newest))
            start += len(ids)
        return values


def write(database: apsw.Connection, values: list[object]) -> None:
    """Begin rows, or replace them by longer ones."""
    execute_flat(
        database,
        "INSERT INTO recent VALUES (ROWS) ON CONFLICT (place) DO UPDATE SET ids = excluded.ids",
        3,
        values,
    )


def settle(database: apsw.Connection, box: int) -> Recent:
    """Move the ids of a mailbox into the table; return that there are none left."""
    values: list[object] = []
    for submit_id, hour in sorted(remembered(database, box)):
        values += (box, submit_id, hour)
    execute_flat(database, "INSERT INTO submitted VALUES (ROWS)", 3, values)
    database.execute("DELETE FROM recent WHERE place BETWEEN ? AND ?", parts_of(box))
    return Recent()


def remembered(database: apsw.Connection, box: int) -> list[tuple[SubmitId, int]]:
    """The ids of a mailbox that are not in the table, each with the hour in which it ends."""
    return [(submit_id, hour) for _, hour, ids in _rows(database, box) for submit_id in ids_in(ids)]


def ids_in(ids: bytes) -> list[SubmitId]:
    """The ids in a row."""
    return [SubmitId(ids[at : at + SubmitId.WIDTH]) for at in range(0, len(ids), SubmitId.WIDTH)]


def _rows(database: apsw.Connection, box: int) -> list[Any]:
    return database.execute(
        "SELECT place, expires_hour, ids FROM recent WHERE place BETWEEN ? AND ? ORDER BY place",
        parts_of(box),
    ).fetchall()

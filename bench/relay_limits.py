"""What SQLite alone can do on the same disk, with the same durability and rows of the same size."""

import time
from pathlib import Path
from typing import Final

import apsw

from bench.relay_clients import ENVELOPE

_INSERT: Final = "INSERT INTO envelope VALUES (?, ?, ?)"


class BareSqlite:
    """One process that does nothing but insert rows."""

    def __init__(self, path: Path) -> None:
        self._database = apsw.Connection(str(path))
        for name, value in (("locking_mode", "EXCLUSIVE"), ("journal_mode", "WAL"), ("synchronous", "FULL")):
            self._database.pragma(name, value)
        self._database.execute(
            "CREATE TABLE envelope (place INTEGER PRIMARY KEY, id BLOB, sealed BLOB) STRICT"
        )
        self._rows = 0

    def rate(self, group: int, seconds: float) -> float:
        """Rows a second, `group` of them in a commit."""
        begun, first = time.perf_counter(), self._rows
        while (elapsed := time.perf_counter() - begun) < seconds:
            self._commit(group)
        return (self._rows - first) / elapsed

    def single_commit(self, count: int) -> float:
        """Seconds that the median of `count` commits of one row takes."""
        taken = []
        for _ in range(count):
            begun = time.perf_counter()
            self._commit(1)
            taken.append(time.perf_counter() - begun)
        return sorted(taken)[count // 2]

    def close(self) -> None:
        """Release the file."""
        self._database.close()

    def _commit(self, group: int) -> None:
        rows = [(self._rows + index, index.to_bytes(16, "big"), ENVELOPE) for index in range(group)]
        with self._database:
            self._database.executemany(_INSERT, rows)
        self._rows += group

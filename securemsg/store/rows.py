"""What repositories run their SQL on: the connection, for as long as one transaction lasts."""

from collections.abc import Iterable
from typing import Any, TypeAlias, final

import apsw

from securemsg.errors import LocalError

Row: TypeAlias = tuple[Any, ...]
"""One row; STRICT tables make its columns what the schema says."""

Values: TypeAlias = tuple[int | str | bytes, ...]
"""Parameters of a statement; nothing is ever pasted into SQL."""


@final
class Rows:
    """Runs statements until the transaction ends; then every call raises `LocalError`."""

    __slots__ = ("_connection", "erasing")

    def __init__(self, connection: apsw.Connection) -> None:
        """Run on `connection`, inside a transaction that was begun."""
        self._connection: apsw.Connection | None = connection
        self.erasing = False

    def all(self, sql: str, values: Values = ()) -> list[Row]:
        """Return every row."""
        return self._live().execute(sql, values).fetchall()

    def one(self, sql: str, values: Values = ()) -> Row | None:
        """Return the first row, if there is one."""
        row: Row | None = self._live().execute(sql, values).fetchone()
        return row

    def number(self, sql: str, values: Values = ()) -> int:
        """Return the first column of the only row: of an aggregate, or of an insert's `returning`."""
        row: Row = self._live().execute(sql, values).fetchall()[0]
        return int(row[0])

    def run(self, sql: str, values: Values = ()) -> int:
        """Execute, and return how many rows changed."""
        connection = self._live()
        connection.execute(sql, values)
        return connection.changes()

    def each(self, sql: str, values: Iterable[Values]) -> None:
        """Execute once for each of `values`."""
        self._live().executemany(sql, values)

    def mark_erasure(self) -> None:
        """Note that something was erased for good: the WAL is truncated after the commit (Spec: ST-6)."""
        self.erasing = True

    def end(self) -> None:
        """Refuse every further call."""
        self._connection = None

    def _live(self) -> apsw.Connection:
        if self._connection is None:
            raise LocalError("the transaction has ended")
        return self._connection

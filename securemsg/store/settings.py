"""What the person chose for this vault, as words and texts."""

from typing import Final, final

from securemsg.errors import LocalError
from securemsg.store.rows import Rows

MAX_VALUE: Final = 4_096
"""Characters of one setting: more is no setting but a slip."""


@final
class Settings:
    """One text for each name; what was never set is empty."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def get(self, name: str) -> str:
        """Return the text, empty where there is none."""
        row = self._rows.one("select value from settings where name = ?", (name,))
        return "" if row is None else str(row[0])

    def put(self, name: str, value: str) -> None:
        """Replace the text; an empty one forgets it. Raises `LocalError` for one that is too long."""
        if len(value) > MAX_VALUE:
            raise LocalError("A setting has at most 4,096 characters.")
        self._rows.run("delete from settings where name = ?", (name,))
        if value:
            self._rows.run("insert into settings(name, value) values (?, ?)", (name, value))

"""What changed about messages since `receive` printed them (Spec: ST-18)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import final

from securemsg.store.ids import MessageRow
from securemsg.store.rows import Rows


class Change(IntEnum):
    """What a contact did to a message, by the kind of content that did it."""

    EDITED = 4
    DELETED = 5
    REACTED = 6


@final
@dataclass(frozen=True, slots=True)
class Piece:
    """One change that was not printed; what came of it is to be read from the message."""

    number: int
    message: MessageRow
    change: Change


@final
class News:
    """Keeps each kind of change of a message once, until it is printed."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, message: MessageRow, change: Change) -> None:
        """Note a change; a message that was not printed itself will be printed as it is then."""
        self._rows.run(
            "insert into news(message, kind) select id, ? from messages where id = ? and printed = 1"
            " on conflict do nothing",
            (change, message),
        )

    def oldest(self, limit: int) -> list[Piece]:
        """Return the oldest changes that were not printed."""
        sql = "select id, message, kind from news order by id limit ?"
        return [
            Piece(number, MessageRow(row), Change(kind))
            for number, row, kind in self._rows.all(sql, (limit,))
        ]

    def forget(self, numbers: Sequence[int]) -> None:
        """Note that these were printed."""
        self._rows.each("delete from news where id = ?", [(number,) for number in numbers])

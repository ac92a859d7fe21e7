"""Signs beside messages: the newest of each side (Spec: CT-10)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from securemsg.instant import Instant
from securemsg.store.ids import MessageRow
from securemsg.store.messages import Direction
from securemsg.store.rows import Rows


@final
@dataclass(frozen=True, slots=True)
class Sign:
    """What one side put beside a message, and when; an empty one was taken back."""

    by: Direction
    emoji: str
    at: Instant


@final
class Reactions:
    """Keeps one sign of each side; one that was taken back stays as such, against older ones to come."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def put(self, message: MessageRow, sign: Sign) -> bool:
        """Keep a sign if it is newer than what there is of this side; tell whether it was.

        Of two of one instant the greater one stays, so that every order ends the same.
        """
        sql = (
            "insert into reactions(message, direction, emoji, at) values (?, ?, ?, ?)"
            " on conflict(message, direction) do update set emoji = excluded.emoji, at = excluded.at"
            " where (excluded.at, excluded.emoji) > (at, emoji)"
        )
        return self._rows.run(sql, (message, sign.by, sign.emoji, sign.at)) == 1

    def of(self, message: MessageRow) -> list[Sign]:
        """Return the signs beside a message, those that were taken back included."""
        sql = "select direction, emoji, at from reactions where message = ? order by direction"
        return [Sign(Direction(by), emoji, Instant(at)) for by, emoji, at in self._rows.all(sql, (message,))]

    def beside(self, messages: Sequence[MessageRow]) -> dict[MessageRow, list[Sign]]:
        """Return the signs to show beside each of many messages."""
        # One statement for a page: one for each of its messages would take longer than reading them.
        sql = (
            "select message, direction, emoji, at from reactions"
            " where message in (select value from json_each(?)) and emoji <> ''"
            " order by message, at, direction"
        )
        found: dict[MessageRow, list[Sign]] = {}
        for message, by, emoji, at in self._rows.all(sql, (json.dumps(messages),)):
            found.setdefault(MessageRow(message), []).append(Sign(Direction(by), emoji, Instant(at)))
        return found

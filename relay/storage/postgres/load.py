"""Reading what a transaction needs, in one round trip, after everything that it may change is locked."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeAlias

from psycopg import Connection, Cursor

from relay.storage.postgres.arrays import Blobs, Numbers
from relay.storage.postgres.box import Box, ShelfState
from relay.storage.postgres.clocks import SERVER_CLOCK
from relay.storage.postgres.questions import Questions

_COLUMNS: Final = (
    "mailbox.box, mailbox.name, owner_key, last_sequence, messages, bytes, acknowledged, submit_ids,"
    " listener, moved"
)

_LOCK: Final = f"""
WITH wanted AS MATERIALIZED (
    SELECT box FROM mailbox WHERE name = ANY(%s)
    UNION
    SELECT found.box FROM unnest(%s, %s) AS asked (name, hash)
    JOIN mailbox ON mailbox.name = asked.name
    CROSS JOIN LATERAL (
        SELECT box FROM token WHERE token.box = mailbox.box AND token.hash = asked.hash OFFSET 0) AS found
)
SELECT {_COLUMNS} FROM wanted JOIN mailbox ON mailbox.box = wanted.box
ORDER BY mailbox.box FOR NO KEY UPDATE OF mailbox
"""  # noqa: S608  # names of columns
"""In the order of their numbers, as every node does: none waits for one that waits for it (Spec: RL-22).

Here and below `OFFSET 0` keeps a lookup by its whole key: left to itself the planner may read all tokens or
submit ids of a mailbox and compare.
"""

_SEE: Final = f"SELECT {_COLUMNS} FROM mailbox WHERE name = ANY(%s)"  # noqa: S608  # names of columns

_TOKENS_SHOWN: Final = """
SELECT asked.name, asked.hash FROM unnest(%s, %s) AS asked (name, hash)
JOIN mailbox ON mailbox.name = asked.name
CROSS JOIN LATERAL (
    SELECT 1 FROM token WHERE token.box = mailbox.box AND token.hash = asked.hash OFFSET 0) AS found
"""
"""Once more, under the lock: a revocation that was answered holds (Spec: MB-3)."""

_ALL_TOKENS: Final = """
SELECT mailbox.name, token.hash FROM mailbox JOIN token ON token.box = mailbox.box
WHERE mailbox.name = ANY(%s)
"""

_SUBMITTED: Final = """
SELECT asked.name, asked.submit_id FROM unnest(%s, %s) AS asked (name, submit_id)
JOIN mailbox ON mailbox.name = asked.name
CROSS JOIN LATERAL (
    SELECT 1 FROM submitted
    WHERE submitted.box = mailbox.box AND submitted.submit_id = asked.submit_id OFFSET 0) AS found
"""

_BELOW: Final = """
SELECT asked.name, asked.sequence, count(*), sum(octet_length(sealed))::bigint
FROM unnest(%s, %s) AS asked (name, sequence)
JOIN mailbox ON mailbox.name = asked.name
CROSS JOIN LATERAL (
    SELECT sealed FROM envelope
    WHERE envelope.box = mailbox.box AND envelope.sequence <= asked.sequence OFFSET 0) AS found
GROUP BY 1, 2
"""

_SHELVES: Final = """
SELECT mailbox.name, generation, manifest, shelf.epoch < store.epoch,
    CASE WHEN shelf.epoch < store.epoch THEN 0 ELSE remaining END, taken_hour, taken
FROM mailbox JOIN shelf ON shelf.box = mailbox.box CROSS JOIN store WHERE mailbox.name = ANY(%s)
"""

_LOWEST: Final = """
CROSS JOIN LATERAL (
    SELECT position, sealed FROM leaf WHERE leaf.box = mailbox.box AND NOT spent
    ORDER BY position LIMIT asked.count
) AS lowest
"""

_LEAVES_FOR_HOLDER: Final = f"""
SELECT asked.name, lowest.position, lowest.sealed FROM unnest(%s, %s, %s) AS asked (name, hash, count)
JOIN mailbox ON mailbox.name = asked.name
CROSS JOIN LATERAL (
    SELECT 1 FROM token WHERE token.box = mailbox.box AND token.hash = asked.hash OFFSET 0) AS found
{_LOWEST}"""  # noqa: S608  # a part of the statement

_LEAVES: Final = f"""
SELECT asked.name, lowest.position, lowest.sealed FROM unnest(%s, %s) AS asked (name, count)
JOIN mailbox ON mailbox.name = asked.name {_LOWEST}"""  # noqa: S608  # a part of the statement
"""For those who may show a token that is added in the same transaction."""

_FILLED: Final = """
SELECT asked.name, leaf.position FROM unnest(%s, %s, %s) AS asked (name, first, last)
JOIN mailbox ON mailbox.name = asked.name
JOIN leaf ON leaf.box = mailbox.box AND leaf.position BETWEEN asked.first AND asked.last
"""

_INVITATIONS: Final = """
SELECT hash, uses_left, expires_hour FROM invitation WHERE hash = ANY(%s) ORDER BY hash FOR UPDATE
"""

_MAP: Final = f"SELECT map, {SERVER_CLOCK} FROM store"  # noqa: S608  # an expression of ours
_MAP_HELD: Final = f"{_MAP} FOR SHARE"
"""Where mailboxes are made: who raises it waits until they can be found (Spec: RL-54)."""

Boxes: TypeAlias = dict[bytes, Box]
"""By name."""

Invitations: TypeAlias = dict[bytes, tuple[int, int]]
"""By hash: uses left, and the hour in which it expires."""

_Rows: TypeAlias = Cursor[tuple[Any, ...]] | None
_Parameter: TypeAlias = Blobs | Numbers


class Reading:
    """The answers to `Questions`, asked within the caller's pipeline; `boxes` once it is synchronised."""

    def __init__(self, connection: Connection, questions: Questions) -> None:
        """Send every question that is not empty."""
        self._connection = connection
        ask = self._ask
        holders = _blobs(questions.holders, 2)
        self._locked = ask(_LOCK, Blobs(list(questions.owned)), *holders)
        self._seen = ask(_SEE, Blobs(list(questions.seen)))
        self._shown = ask(_TOKENS_SHOWN, *holders)
        self._all_tokens = ask(_ALL_TOKENS, Blobs(list(questions.changing)))
        self._submitted = ask(_SUBMITTED, *_blobs(questions.submits, 2))
        below = list(questions.acknowledged)
        self._below = ask(_BELOW, Blobs([name for name, _ in below]), Numbers([to for _, to in below]))
        self._shelves = ask(_SHELVES, Blobs(list(questions.shelves)))
        takes = list(questions.takes_by_holder)
        counts = Numbers([questions.takes[name] for name, _ in takes])
        self._for_holders = ask(_LEAVES_FOR_HOLDER, *_blobs(takes, 2), counts)
        changing = [name for name in questions.changing if name in questions.takes]
        counts = Numbers([questions.takes[name] for name in changing])
        self._for_changing = ask(_LEAVES, Blobs(changing), counts)
        laid = list(questions.laid)
        first, last = Numbers([first for _, first, _ in laid]), Numbers([last for _, _, last in laid])
        self._filled = ask(_FILLED, Blobs([name for name, _, _ in laid]), first, last)
        self._invitations = ask(_INVITATIONS, Blobs(list(questions.invitations)))
        statement = _MAP_HELD if questions.makes_mailboxes else _MAP
        self._map = connection.execute(statement.encode(), binary=True)

    def map(self) -> tuple[int, int]:
        """The newest list of epochs that any node of this database had, and the server's time (ms)."""
        ((number, clock),) = self._map.fetchall()
        return int(number), int(clock)

    def boxes(self) -> Boxes:
        """The mailboxes that there are, with what was asked of them.

        Rows of one that another node made meanwhile are passed over: it was not there.
        """
        boxes = {row[1]: _box(row) for row in _all(self._seen)}
        for row in _all(self._locked):
            box = boxes[row[1]] = _box(row)
            box.is_locked = True
        for name, hash_ in (*_all(self._shown), *_all(self._all_tokens)):
            if name in boxes:
                boxes[name].tokens.add(hash_)
        for name, submit_id in _all(self._submitted):
            if name in boxes:
                boxes[name].submitted.add(submit_id)
        for name, sequence, count, size in _all(self._below):
            if name in boxes:
                boxes[name].below[sequence] = count, size
        self._read_shelves(boxes)
        return boxes

    def invitations(self) -> Invitations:
        """Those of the invitations asked for that there are."""
        return {row[0]: (row[1], row[2]) for row in _all(self._invitations)}

    def _read_shelves(self, boxes: Boxes) -> None:
        for name, *columns in _all(self._shelves):
            if name in boxes:
                boxes[name].shelf = ShelfState(*columns)
        for name, position, sealed in (*_all(self._for_holders), *_all(self._for_changing)):
            if name in boxes and not boxes[name].shelf.is_void:
                boxes[name].shelf.leaves[position] = sealed
        for name, position in _all(self._filled):
            if name in boxes:
                boxes[name].shelf.filled.add(position)

    def _ask(self, statement: str, *parameters: _Parameter) -> _Rows:
        if not any(map(len, parameters)):
            return None
        return self._connection.execute(statement.encode(), parameters, binary=True)


def _blobs(rows: Iterable[Sequence[bytes]], width: int) -> list[Blobs]:
    columns = list(zip(*rows, strict=True)) or [()] * width
    return [Blobs(column) for column in columns]


def _all(rows: _Rows) -> list[tuple[Any, ...]]:
    return [] if rows is None else rows.fetchall()


def _box(row: tuple[Any, ...]) -> Box:
    box = Box(*row)
    box.stored_to = box.last_sequence
    return box

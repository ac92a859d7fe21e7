"""Shelves of sealed prekeys: a manifest, and leaves that are handed out once."""

import apsw

from relay.storage.operations import (
    Leaf,
    LookAtShelf,
    PutLeaves,
    PutManifest,
    Refused,
    Result,
    Shelf,
    Stored,
    TakePrekeys,
)
from relay.storage.policy import POSITIONS
from relay.storage.prekey_rate import PrekeyRate
from relay.storage.sqlite.boxes import Boxes
from relay.storage.sqlite.schema import LEAF_BITS, leaf_places_of
from securemsg.instant import Instant
from securemsg.mailbox.answers import ErrorCode


class Shelves:
    """The tables `shelf` and `leaf`.

    The row of a leaf that was handed out stays, empty, so that its position is never filled again.
    """

    __slots__ = ("_boxes", "_database", "_rate")

    def __init__(self, database: apsw.Connection, boxes: Boxes) -> None:
        self._database = database
        self._boxes = boxes
        self._rate = PrekeyRate()

    def put_manifest(self, operation: PutManifest) -> Result:
        """Replace the manifest by one of a greater generation (Spec: MB-9)."""
        box = self._boxes.find(operation.mailbox)
        if box is None:
            return Refused(ErrorCode.REFUSED)
        generation, manifest, _ = self._shelf(box.number)
        if operation.generation <= generation:
            same = (operation.generation, operation.manifest) == (generation, manifest)
            return Stored() if same else Refused(ErrorCode.CONFLICT)
        self._database.execute("DELETE FROM leaf WHERE place BETWEEN ? AND ?", leaf_places_of(box.number))
        self._database.execute(
            "INSERT OR REPLACE INTO shelf VALUES (?, ?, ?, 0)",
            (box.number, operation.generation, operation.manifest),
        )
        return Stored()

    def put_leaves(self, operation: PutLeaves) -> Result:
        """Fill positions that were never filled (Spec: MB-9)."""
        box = self._boxes.find(operation.mailbox)
        if box is None:
            return Refused(ErrorCode.REFUSED)
        generation, _, voided = self._shelf(box.number)
        fits = operation.first_position + len(operation.leaves) <= POSITIONS
        if operation.generation != generation or not generation or voided or not fits:
            return Refused(ErrorCode.CONFLICT)
        first = (box.number << LEAF_BITS) + operation.first_position
        rows = [(first + index, sealed) for index, sealed in enumerate(operation.leaves)]
        self._database.executemany("INSERT OR IGNORE INTO leaf VALUES (?, 0, ?)", rows)
        return Stored()

    def take(self, operation: TakePrekeys, now: Instant) -> Result:
        """Hand out the manifest and the lowest leaf left, which is deleted (Spec: MB-9, RL-6)."""
        right = operation.mailbox, operation.token
        box = self._boxes.authorized([right]).get(right)
        if box is None:
            return Refused(ErrorCode.REFUSED)
        generation, manifest, _ = self._shelf(box.number)
        if not generation:
            return Refused(ErrorCode.NO_PREKEYS)
        wait = self._rate.take(box.number, now)
        if wait:
            return Refused(ErrorCode.SLOW_DOWN, wait)
        row = self._database.execute(
            "SELECT place, sealed FROM leaf WHERE place BETWEEN ? AND ? AND NOT spent ORDER BY place LIMIT 1",
            leaf_places_of(box.number),
        ).fetchone()
        if row is None:
            return Shelf(generation, manifest, None, 0)
        self._database.execute("UPDATE leaf SET spent = 1, sealed = x'' WHERE place = ?", (row[0],))
        leaf = Leaf(row[0] % POSITIONS, bytes(row[1]))
        return Shelf(generation, manifest, leaf, self._remaining(box.number))

    def look(self, operation: LookAtShelf) -> Result:
        """Read what is left."""
        box = self._boxes.find(operation.mailbox)
        if box is None:
            return Refused(ErrorCode.REFUSED)
        generation, manifest, _ = self._shelf(box.number)
        return Shelf(generation, manifest, None, self._remaining(box.number))

    def _shelf(self, box: int) -> tuple[int, bytes, bool]:
        row = self._database.execute(
            "SELECT generation, manifest, voided FROM shelf WHERE box = ?", (box,)
        ).fetchone()
        return (0, b"", False) if row is None else (row[0], bytes(row[1]), bool(row[2]))

    def _remaining(self, box: int) -> int:
        row = self._database.execute(
            "SELECT count(*) FROM leaf WHERE place BETWEEN ? AND ? AND NOT spent", leaf_places_of(box)
        ).fetchone()
        return 0 if row is None else int(row[0])

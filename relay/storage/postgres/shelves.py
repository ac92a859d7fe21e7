"""Shelves of sealed prekeys, decided in memory: a manifest, and leaves that are handed out once."""

from typing import Final

from relay.storage.operations import Leaf, PutLeaves, PutManifest, Refused, Result, Shelf, Stored
from relay.storage.policy import POSITIONS, PREKEY_BURST, PREKEY_REFILL, hour_of
from relay.storage.postgres.box import Box
from relay.storage.prekey_rate import PrekeyRate
from securemsg.instant import HOUR, SECOND, Instant
from securemsg.mailbox.answers import ErrorCode

HOURLY: Final = PREKEY_BURST + HOUR // PREKEY_REFILL
"""Fetches of one shelf in an hour on all nodes: what one node alone lets pass (Spec: RL-26)."""


class Shelves:
    """Rules of shelves; remembers of each mailbox only how fast this node let it be emptied."""

    __slots__ = ("_rate",)

    def __init__(self) -> None:
        self._rate = PrekeyRate()

    def put_manifest(self, operation: PutManifest, box: Box) -> Result:
        """Replace the manifest by one of a greater generation (Spec: MB-9)."""
        shelf = box.shelf
        if operation.generation <= shelf.generation:
            same = (operation.generation, operation.manifest) == (shelf.generation, shelf.manifest)
            return Stored() if same else Refused(ErrorCode.CONFLICT)
        shelf.replace(operation.generation, operation.manifest)
        return Stored()

    def put_leaves(self, operation: PutLeaves, box: Box) -> Result:
        """Fill positions that were never filled (Spec: MB-9)."""
        shelf = box.shelf
        fits = operation.first_position + len(operation.leaves) <= POSITIONS
        if operation.generation != shelf.generation or not shelf.generation or shelf.is_void or not fits:
            return Refused(ErrorCode.CONFLICT)
        for position, sealed in enumerate(operation.leaves, operation.first_position):
            shelf.lay(position, sealed)
        return Stored()

    def take(self, box: Box, now: Instant) -> Result:
        """Hand out the manifest and the lowest leaf left, which is deleted (Spec: MB-9, RL-6, RL-26)."""
        shelf = box.shelf
        if not shelf.generation:
            return Refused(ErrorCode.NO_PREKEYS)
        hour = hour_of(now)
        if shelf.taken_hour == hour + 1:
            # By the clock of another node.
            hour += 1
        taken = shelf.taken if shelf.taken_hour == hour else 0
        if taken >= HOURLY:
            return Refused(ErrorCode.SLOW_DOWN, -(-((hour + 1) * HOUR - now) // SECOND))
        wait = self._rate.take(box.number, now)
        if wait:
            return Refused(ErrorCode.SLOW_DOWN, wait)
        shelf.taken_hour, shelf.taken = hour, taken + 1
        shelf.is_changed = True
        found = shelf.take()
        leaf = None if found is None else Leaf(*found)
        return Shelf(shelf.generation, shelf.manifest, leaf, shelf.remaining)

    def look(self, box: Box) -> Result:
        """Read what is left."""
        return Shelf(box.shelf.generation, box.shelf.manifest, None, box.shelf.remaining)

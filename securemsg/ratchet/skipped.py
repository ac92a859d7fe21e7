"""Message keys of messages that have not arrived: rows that the caller keeps beside the state.

A state with a thousand such keys inside would be rewritten whole for every
message, so a step says which rows to add and which to delete.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, NamedTuple, Protocol

from securemsg.instant import DAY, Instant
from securemsg.ratchet.keys import MessageKey

MAX_SKIP: Final = 1_000
"""Keys that one message may skip in each ratchet: milliseconds of steps and 64 kB of rows (Spec: RT-11)."""

MAX_STORED: Final = 2_000
"""Rows of one session and ratchet: a peer that skips for ever costs no more than this (Spec: RT-13)."""

STORED_FOR: Final = 30 * DAY
"""How long a row lives (ms): as long as a relay keeps the message that it would open (Spec: RT-13)."""


class Which(IntEnum):
    """Whose key a row holds."""

    EC = 0
    KEM = 1

    # That of enumerations goes by the name, and takes longer than all the rest of finding a row.
    __hash__ = int.__hash__


class Place(NamedTuple):
    """Names a message in one ratchet of a session, and so a row."""

    ratchet: Which
    chain: int
    """Index of the EC ratchet's receiving chain, counting from 0, or epoch of the KEM ratchet."""

    number: int
    """Place in the chain, counting from 0."""


@dataclass(slots=True)
class SkippedKey:
    """A row: the key of one message that has not arrived (Spec: RT-1)."""

    place: Final[Place]
    key: Final[MessageKey]
    skipped_at: Final[Instant]


@dataclass(slots=True)
class RowChanges:
    """What a step does to the rows of its session; keep it together with the new state (Spec: RT-12)."""

    added: Final[tuple[SkippedKey, ...]] = ()
    used: Final[tuple[Place, ...]] = ()
    """The rows to delete, one of each ratchet at most, because their message was opened."""

    dropped: Final[tuple[int, ...]] = ()
    """Indices of EC chains of which every row is to be deleted."""


NO_CHANGES: Final = RowChanges()
"""Of a message that arrived in order."""


class SkippedKeys(Protocol):
    """Finds the rows of one session."""

    def find(self, place: Place, /) -> SkippedKey | None:
        """Return the row of `place`, if there is one."""
        ...


def expired(skipped_at: Instant, now: Instant) -> bool:
    """Whether a row of that instant is to be deleted, and must not be used any more (Spec: RT-13)."""
    # In both directions: a row from a clock that was wrong must not live until that time comes.
    return abs(now - skipped_at) > STORED_FOR


def surplus(rows: Iterable[tuple[Instant, Place]], now: Instant) -> list[Place]:
    """Return which rows of a session to delete: the expired, and of each ratchet the oldest surplus.

    Spec: RT-13.
    """
    ranks = dict.fromkeys(Which, 0)
    found = []
    for instant, place in sorted(rows, reverse=True):
        ranks[place.ratchet] += 1
        if ranks[place.ratchet] > MAX_STORED or expired(instant, now):
            found.append(place)
    return found

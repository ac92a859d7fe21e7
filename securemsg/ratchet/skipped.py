"""Message keys of messages that have not arrived: rows that the caller keeps beside the state.

A state with a thousand such keys inside would be rewritten whole for every
message, so a step says which rows to add and which to delete.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from securemsg.instant import DAY, Instant
from securemsg.ratchet.keys import MessageKey

MAX_SKIP: Final = 1_000
"""Keys that one message may skip: a millisecond of steps and 32 kB of rows (Spec: RT-11)."""

MAX_STORED: Final = 2_000
"""Rows of one session: a peer that skips for ever costs no more than this (Spec: RT-13)."""

STORED_FOR: Final = 30 * DAY
"""How long a row lives (ms): as long as a relay keeps the message that it would open (Spec: RT-13)."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Names a message of a session, and so a row."""

    chain: int
    """Index of the receiving chain, counting from 0."""

    number: int
    """Place in the chain, counting from 0."""


@dataclass(frozen=True, slots=True)
class SkippedKey:
    """A row: the key of one message that has not arrived (Spec: RT-1)."""

    place: Place
    key: MessageKey
    skipped_at: Instant


@dataclass(frozen=True, slots=True)
class RowChanges:
    """What a step does to the rows of its session; keep it together with the new state (Spec: RT-12)."""

    added: tuple[SkippedKey, ...] = ()
    used: Place | None = None
    """The row to delete, because its message was opened."""

    dropped: tuple[int, ...] = ()
    """Indices of chains of which every row is to be deleted."""


NO_CHANGES: Final = RowChanges()
"""Of a message that arrived in order."""


class SkippedKeys(Protocol):
    """Finds the rows of one session."""

    def find(self, place: Place, /) -> SkippedKey | None:
        """Return the row of `place`, if there is one."""
        ...


def expired(skipped_at: Instant, now: Instant) -> bool:
    """Whether a row of that instant is to be deleted, and must not be used any more (Spec: RT-13)."""
    return now - skipped_at > STORED_FOR


def surplus(rows: Iterable[tuple[Instant, Place]], now: Instant) -> list[Place]:
    """Return which rows of a session to delete: the expired, and the oldest beyond `MAX_STORED`.

    Spec: RT-13.
    """
    newest_first = sorted(rows, reverse=True)
    return [
        place
        for rank, (instant, place) in enumerate(newest_first)
        if rank >= MAX_STORED or expired(instant, now)
    ]

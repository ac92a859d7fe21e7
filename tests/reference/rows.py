"""05, RT-10 to RT-13: the skipped message keys of both ratchets, and how far a message may skip."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tests.reference.refusal import REPLAYED, SKIPPED, RefusedError, require

if TYPE_CHECKING:
    from collections.abc import Callable

INITIATOR, RESPONDER = 1, 2
EC, KEM = "ec", "kem"
MAX_CHAIN = 2**20
MAX_SKIP = 1000
MAX_ROWS = 2000
ROW_LIFE = 30 * 24 * 60 * 60 * 1000


class Row(NamedTuple):
    """A skipped message key."""

    ratchet: str
    chain: int
    n: int
    key: bytes
    instant: int


Rows = tuple[Row, ...]


def take(rows: Rows, ratchet: str, chain: int, n: int) -> tuple[Rows, bytes]:
    """Give the key of a place and the other rows, or refuse."""
    for row in rows:
        if (row.ratchet, row.chain, row.n) == (ratchet, chain, n):
            return tuple(other for other in rows if other != row), row.key
    raise RefusedError(REPLAYED)


class Walk(NamedTuple):
    """A chain that is walked: where it is, its key, and what one step does to the key."""

    ratchet: str
    chain: int
    number: int
    key: bytes
    step: Callable[[bytes], tuple[bytes, bytes]]


def skip(rows: Rows, walk: Walk, until: int, now: int) -> tuple[Rows, Walk]:
    """Walk up to a number and keep the keys on the way; nothing where the chain is further."""
    while walk.number < until:
        key, message_key = walk.step(walk.key)
        rows = (*rows, Row(walk.ratchet, walk.chain, walk.number, message_key, now))
        walk = walk._replace(number=walk.number + 1, key=key)
    return rows, walk


def check_steps(steps: int) -> None:
    """RT-11."""
    require(SKIPPED, steps <= MAX_SKIP)


def young(rows: Rows, now: int) -> Rows:
    """RT-13: the rows that are not older than thirty days; one from the future is as old."""
    return tuple(row for row in rows if abs(now - row.instant) <= ROW_LIFE)


def within_limits(rows: Rows, chains: set[int]) -> Rows:
    """RT-13: without the rows of EC chains that were dropped, and the newest 2,000 of each ratchet."""
    kept: list[Row] = []
    for ratchet in (EC, KEM):
        known = [row for row in rows if row.ratchet == ratchet and (ratchet == KEM or row.chain in chains)]
        kept += sorted(known, key=lambda row: (row.instant, row.chain, row.n))[-MAX_ROWS:]
    return tuple(kept)

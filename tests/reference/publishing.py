"""04, HS-14 and HS-16: when a generation is due, and from which numbers it goes on."""

from __future__ import annotations

from typing import NamedTuple

from tests.reference.prekeys import DAY

LEAVES, REFILL_BELOW, WEEKLY_IDS = 64, 20, 2


class Numbers(NamedTuple):
    """The last numbers that a device gave."""

    generation: int
    prekey_id: int
    leaf_id: int


def due(created_ms: int, leaves_left: int, now: int) -> bool:
    """HS-14; `created_ms` is of the signed prekey."""
    return leaves_left < REFILL_BELOW or not created_ms <= now < created_ms + 7 * DAY


def pass_over(own: Numbers, told: int) -> Numbers:
    """HS-16: go on from the generation that a relay told."""
    missed = max(told - own.generation, 0)
    return Numbers(
        own.generation + missed, own.prekey_id + missed * WEEKLY_IDS, own.leaf_id + missed * LEAVES
    )

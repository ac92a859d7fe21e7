"""Interleaved short rounds: ours and a peer in turn, in one process, many times.

The least CPU time of each is what it costs where nothing disturbs it; what disturbs a
machine makes a round slower, never faster.
"""

import gc
import time
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

ROUNDS: Final = 60
"""Rounds of each contender."""

Round: TypeAlias = Callable[[], float]
"""Takes one round; returns its CPU time in seconds for each unit of work."""


def timed(work: Callable[[], object], units: int) -> float:
    """Return the CPU time of `work` in seconds, for each of its units."""
    start = time.process_time_ns()
    work()
    return (time.process_time_ns() - start) / units / 1e9


def least(contenders: Mapping[str, Round], rounds: int = ROUNDS) -> dict[str, float]:
    """Return the least CPU time of each contender over interleaved rounds."""
    best = dict.fromkeys(contenders, float("inf"))
    # The collector would charge one contender for what another left behind.
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for name, take in contenders.items():
                best[name] = min(best[name], take())
    finally:
        gc.enable()
    return best

"""How every benchmark measures and prints.

A figure is a ratio of two costs measured in turn in one run, so that the speed of the
machine and what else it does cancel out.
"""

import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

ROUNDS: Final = 15
"""Interleaved rounds of a figure; the median of their ratios is printed."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A printed ratio: our rate over the peer's; `target` is `-` while there is none."""

    name: str
    ratio: float
    peer: str
    target: str = "-"

    def __str__(self) -> str:
        return f"{self.name} ratio={self.ratio:.3f} target={self.target} peer={self.peer}"


def show(figure: Figure) -> None:
    """Print one figure on a line of its own."""
    sys.stdout.write(f"{figure}\n")
    sys.stdout.flush()


def cpu_seconds(work: Callable[[], object]) -> float:
    """Return the CPU time that `work` takes in this process."""
    start = time.process_time()
    work()
    return time.process_time() - start


def compare(ours: Callable[[], object], peer: Callable[[], object]) -> float:
    """Return the median of the peer's CPU time divided by ours: above 1 is faster than the peer."""
    ratios = []
    for _ in range(ROUNDS):
        first = cpu_seconds(ours)
        ratios.append(cpu_seconds(peer) / first)
    return statistics.median(ratios)


def median_ratio(ours: Sequence[float], peer: Sequence[float]) -> float:
    """Return the median of the ratios of rates that were measured pair by pair."""
    return statistics.median(own / other for own, other in zip(ours, peer, strict=True))

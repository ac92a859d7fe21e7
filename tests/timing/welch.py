"""Welch's t: whether two kinds of work take different time (the method of dudect, Reparaz et al. 2017)."""

import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from securemsg.crypto.entropy import Entropy

NOTABLE: Final = 4.5
"""dudect's bound: above it chance is no explanation any more."""

_KEPT: Final = 0.9
"""Of all measurements, the fastest part that counts: the rest is what else the machine did."""

Input = TypeVar("Input")


@dataclass(frozen=True, slots=True)
class Pair(Generic[Input]):
    """One function and two inputs: the same code runs, and only what it is given differs."""

    work: Callable[[Input], object]
    first: Input
    second: Input


@dataclass(frozen=True, slots=True)
class Difference:
    """Medians of two kinds of work (ns), and Welch's t of their means."""

    first: float
    second: float
    t: float


def welch(first: Sequence[float], second: Sequence[float]) -> float:
    """Return t: the difference of the means in units of its own standard error."""
    error = math.sqrt(statistics.variance(first) / len(first) + statistics.variance(second) / len(second))
    difference = statistics.fmean(first) - statistics.fmean(second)
    return difference / error if error else math.copysign(math.inf, difference) if difference else 0.0


def compare(pair: Pair[Input], rounds: int, entropy: Entropy) -> Difference:
    """Measure `pair` about `rounds` times each in random order, so that drift meets both alike."""
    work, inputs = pair.work, (pair.first, pair.second)
    times: tuple[list[int], list[int]] = ([], [])
    for bit in (byte & 1 for byte in b"\0\1" * (rounds // 10) + entropy(2 * rounds)):
        given = inputs[bit]
        begun = time.perf_counter_ns()
        work(given)
        times[bit].append(time.perf_counter_ns() - begun)
    for found in times:
        del found[: rounds // 10]  # while caches and branches were still being learnt
    bound = sorted(times[0] + times[1])[int(2 * rounds * _KEPT) - 1]
    first, second = ([each for each in found if each <= bound] for found in times)
    if min(len(first), len(second)) < rounds // 10:
        # One kind is nearly always above the bound: nothing is to be cut away.
        first, second = times
    return Difference(statistics.median(first), statistics.median(second), welch(first, second))

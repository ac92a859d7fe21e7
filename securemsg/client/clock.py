"""The one place of the library that reads clocks (Spec: HO-2)."""

import time
from collections.abc import Callable
from typing import TypeAlias

from securemsg.instant import Instant

Clock: TypeAlias = Callable[[], Instant]
"""Tells the present instant, in milliseconds."""


def system_clock() -> Instant:
    """Return the instant that the operating system's wall clock shows."""
    return Instant(time.time_ns() // 1_000_000)


_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Counts while the computer sleeps, too; on macOS the monotonic clock does that."""


def system_steady_clock() -> Instant:
    """Return milliseconds since some moment, by a clock that nobody sets (Spec: CL-28)."""
    return Instant(time.clock_gettime_ns(_STEADY) // 1_000_000)


def steady_beside(clock: Clock) -> Clock:
    """Return what counts beside `clock`: a clock that is not the system's is taken to be steady itself."""
    return system_steady_clock if clock is system_clock else clock

"""The wall clock, read here and nowhere else."""

import time
from collections.abc import Callable
from typing import TypeAlias

from securemsg.instant import Instant

Clock: TypeAlias = Callable[[], Instant]
"""Tells the instant that it is."""

_NANOSECONDS = 1_000_000


def system_clock() -> Instant:
    """The operating system's time."""
    return Instant(time.time_ns() // _NANOSECONDS)

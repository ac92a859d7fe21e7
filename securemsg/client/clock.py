"""The one place of the library that reads a clock (Spec: HO-2)."""

import time
from collections.abc import Callable
from typing import TypeAlias

from securemsg.instant import Instant

Clock: TypeAlias = Callable[[], Instant]
"""Tells the present instant, in milliseconds."""


def system_clock() -> Instant:
    """Return the instant that the operating system's wall clock shows."""
    return Instant(time.time_ns() // 1_000_000)

"""When nobody is there: no key for a while, or the machine slept."""

import os
import sys
import time
from dataclasses import dataclass, field
from typing import Final

from client_tui.clock import now
from securemsg.instant import SECOND

SLEPT: Final = 20.0
"""Seconds that the machine was asleep: less may be a hiccup of its clocks."""

LATELY: Final = 20.0
"""Seconds: systems note the time of a key to 8 s only, and it is looked at each 5 s."""


def machine_clocks() -> tuple[float, float]:
    """Return seconds since some start: without the time asleep, and with it where the system counts that."""
    awake = time.monotonic()
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return awake, awake if boot is None else time.clock_gettime(boot)


def was_read_lately() -> bool:
    """Tell whether any program read a key from our terminal within some seconds: an editor, perhaps."""
    try:
        return abs(now() / SECOND - os.fstat(sys.stdin.fileno()).st_atime) < LATELY
    except (OSError, ValueError):
        return False


@dataclass(slots=True)
class Idleness:
    """Since when nobody is there. Times are those of `machine_clocks`."""

    clocks: tuple[float, float] = field(default_factory=machine_clocks)

    def touch(self, clocks: tuple[float, float]) -> None:
        """Somebody pressed a key."""
        self.clocks = clocks

    def is_over(self, clocks: tuple[float, float], minutes: int) -> bool:
        """Tell whether nobody was there for `minutes` (0: however long), or the machine slept since."""
        awake, passed = (now - then for now, then in zip(clocks, self.clocks, strict=True))
        return passed - awake > SLEPT or (minutes > 0 and passed > minutes * 60)

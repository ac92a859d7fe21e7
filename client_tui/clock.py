"""The only clock of this program; everything that formats times takes the instant as an argument."""

import time

from securemsg.instant import Instant


def now() -> Instant:
    """Return the present instant (ms)."""
    return Instant(time.time_ns() // 1_000_000)

"""The only clock of this program; everything that formats times takes the instant as an argument."""

import time

from securemsg.instant import Instant


class _Held:
    """An instant at which the clock stands still: for the demonstration, pictures and tests of them."""

    def __init__(self) -> None:
        self.at: Instant | None = None


_held = _Held()


def now() -> Instant:
    """Return the present instant (ms)."""
    return Instant(time.time_ns() // 1_000_000) if _held.at is None else _held.at


def hold(instant: Instant | None) -> None:
    """Let the clock stand at `instant`, or with `None` go on."""
    _held.at = instant

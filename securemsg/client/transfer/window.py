"""How many chunks are under way at once (Spec: FI-9, MB-28)."""

from typing import Final, final

FEWEST: Final = 2
"""At the beginning, and on a link on which two take long."""

MOST: Final = 32
"""Two megabytes: enough for a fast link far away."""

QUICK_SECONDS: Final = 2.0
"""Answers within this time allow twice as many."""

SLOW_SECONDS: Final = 10.0
"""Answers that take longer ask for half as many: a link gives up after 60 s."""


@final
class Window:
    """Grows while answers come quickly, shrinks when they do not."""

    __slots__ = ("chunks",)

    def __init__(self) -> None:
        self.chunks = FEWEST

    def took(self, seconds: float) -> None:
        """Learn how long the last window took."""
        if seconds < QUICK_SECONDS:
            self.chunks = min(MOST, 2 * self.chunks)
        elif seconds > SLOW_SECONDS:
            self.chunks = max(FEWEST, self.chunks // 2)

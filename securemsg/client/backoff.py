"""How long to wait before trying again: doubling, with jitter (Spec: MB-13, CL-6)."""

from typing import Final, final

from securemsg.crypto.entropy import Entropy
from securemsg.instant import SECOND

FIRST: Final = 500
"""Milliseconds before the second try: most breaks are over at once."""

LONGEST: Final = 60_000
"""Milliseconds between tries at most: a relay that is back is noticed within a minute."""

STEADY_SECONDS: Final = 60.0
"""A connection that lasted so long was no failure: a relay that greets and hangs up is."""

_DOUBLINGS: Final = 7
"""After which the longest wait is reached."""


def wait_milliseconds(attempts: int, entropy: Entropy) -> int:
    """Return a random wait after `attempts` failures, between half of the doubling limit and all of it.

    *Reason for the randomness: clients that lost a relay together must not come back together.*
    """
    limit = min(LONGEST, FIRST << min(attempts, _DOUBLINGS))
    draw = int.from_bytes(entropy(2), "big")
    return limit // 2 + (limit // 2) * draw // 0xFFFF


@final
class Backoff:
    """The waits between connections to one relay (Spec: MB-13)."""

    __slots__ = ("_entropy", "_failures")

    def __init__(self, entropy: Entropy) -> None:
        self._entropy = entropy
        self._failures = 0

    def after(self, lasted: float, least: int) -> int:
        """Return the milliseconds to wait after a connection that lasted `lasted` seconds.

        `least` is for how many seconds the relay sent us away.
        """
        if lasted >= STEADY_SECONDS:
            self._failures = 0
        pause = max(wait_milliseconds(self._failures, self._entropy), least * SECOND)
        self._failures += 1
        return pause

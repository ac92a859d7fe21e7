"""How long to wait before trying again: doubling, with jitter (Spec: MB-13, CL-6)."""

from typing import Final, final

from securemsg.client.problems import RelayProblem
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
    return limit // 2 + _up_to(limit // 2, entropy)


@final
class Backoff:
    """The waits between connections to one relay (Spec: MB-13)."""

    __slots__ = ("_entropy", "_failures")

    def __init__(self, entropy: Entropy) -> None:
        self._entropy = entropy
        self._failures = 0

    def after(self, lasted: float, problem: RelayProblem) -> int:
        """Return the milliseconds to wait after a connection that lasted `lasted` seconds.

        For as long as the relay sent us away nothing is tried; what is random comes on top,
        as whoever else was sent away is told the same.
        """
        if lasted >= STEADY_SECONDS:
            self._failures = 0
        self._failures += 1
        return wait_after(self._failures - 1, problem, self._entropy)


def wait_after(attempts: int, problem: RelayProblem, entropy: Entropy) -> int:
    """Return the milliseconds to wait after a relay could not be used, after `attempts` other failures."""
    span = (problem.spread_seconds or problem.retry_seconds) * SECOND
    pause = max(wait_milliseconds(attempts, entropy), _up_to(span, entropy))
    return problem.retry_seconds * SECOND + pause


def _up_to(milliseconds: int, entropy: Entropy) -> int:
    draw = int.from_bytes(entropy(4), "big")
    return milliseconds * draw // 0xFFFF_FFFF

"""How long to wait before trying again: doubling, with jitter (Spec: MB-13, CL-6)."""

from typing import Final

from securemsg.crypto.entropy import Entropy

FIRST: Final = 500
"""Milliseconds before the second try: most breaks are over at once."""

LONGEST: Final = 60_000
"""Milliseconds between tries at most: a relay that is back is noticed within a minute."""

_DOUBLINGS: Final = 7
"""After which the longest wait is reached."""


def wait_milliseconds(attempts: int, entropy: Entropy) -> int:
    """Return a random wait after `attempts` failures, between half of the doubling limit and all of it.

    *Reason for the randomness: clients that lost a relay together must not come back together.*
    """
    limit = min(LONGEST, FIRST << min(attempts, _DOUBLINGS))
    draw = int.from_bytes(entropy(2), "big")
    return limit // 2 + (limit // 2) * draw // 0xFFFF

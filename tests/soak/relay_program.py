"""The relay's program on a clock that runs faster, so that hours of retention go by within a soak.

`SOAK_SPEED` says how many times as fast, `SOAK_ROUND_SECONDS` how long its house is left alone
before it is looked for what has expired.
"""

import os
import sys

import pytest

import relay.serve
from relay.clock import system_clock
from relay.main import main
from securemsg.instant import Instant

_SPEED = int(os.environ["SOAK_SPEED"])
_ROUND_SECONDS = int(os.environ["SOAK_ROUND_SECONDS"])
_START = system_clock()


def fast_clock() -> Instant:
    """The time that the relay believes in."""
    return Instant(_START + _SPEED * (system_clock() - _START))


if __name__ == "__main__":
    changed = pytest.MonkeyPatch()
    changed.setattr(relay.serve, "system_clock", fast_clock)
    changed.setattr("relay.housekeeping._ROUND_SECONDS", _ROUND_SECONDS)
    changed.setattr("relay.housekeeping._ROUNDS_PER_EXPIRY", 1)
    sys.exit(main())

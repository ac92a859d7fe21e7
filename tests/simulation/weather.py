"""How the network treats its connections: drawn for each seed, and fair at the end."""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from tests.simulation.dice import Dice, geometric

SPLIT_BYTES: Final = (16, 8_192)
"""The pieces in which bytes arrive."""

_FATE_BYTES: Final = (1, 200_000)
"""How much passes before a connection meets its fate; registering alone takes about 100,000."""

_STALL_SECONDS: Final = (1.0, 200.0)


class Fate(Enum):
    """What becomes of a connection after so many bytes."""

    CUT = "is cut"
    MUTE = "swallows everything"
    STALL = "stalls"


@dataclass(frozen=True, slots=True)
class Fortune:
    """One connection's fate, met after `bytes` of both directions; a stall takes `seconds`."""

    fate: Fate
    bytes: int
    seconds: float


@dataclass(slots=True)
class Weather:
    """What may happen to a connection; `latency` in seconds, the rest are chances."""

    latency: tuple[float, float] = (0.001, 0.01)
    splits: bool = False
    cut: float = 0.0
    mute: float = 0.0
    stall: float = 0.0
    refuse: float = 0.0
    hang: float = 0.0

    def fortune(self, dice: Dice) -> Fortune | None:
        """Decide about a new connection."""
        chance = dice.random()
        size, seconds = int(geometric(dice, *_FATE_BYTES)), geometric(dice, *_STALL_SECONDS)
        for fate, share in ((Fate.CUT, self.cut), (Fate.MUTE, self.mute), (Fate.STALL, self.stall)):
            if chance < share:
                return Fortune(fate, size, seconds)
            chance -= share
        return None


FAIR: Final = Weather()
"""Nothing goes wrong."""

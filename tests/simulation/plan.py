"""What a seed decides before it begins: who is there, what is said, and which faults may strike."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from securemsg.instant import DAY, SECOND
from tests.simulation.dice import Dice, dice, geometric
from tests.simulation.weather import Weather


class Kind(StrEnum):
    """A kind of fault; each seed has some of them switched on."""

    CUT = "connections are cut at any byte"
    MUTE = "connections swallow bytes without a word"
    STALL = "connections stall"
    SPLIT = "bytes arrive in small pieces"
    NO_WAY = "dialling fails or hangs"
    RELAY_DIES = "relays are killed"
    RELAY_POWER = "relays lose power"
    RELAY_STOPS = "relays drain and restart"
    RELAY_DROPS_TASKS = "relays end single connections"
    CLIENT_DIES = "clients are killed at any await"
    CLIENT_POWER = "clients lose power at any await"
    CLIENT_STOPS = "clients end and start again"
    NERVES = "what the person asked for is cancelled at any await"
    DISK_FULL = "disks run full"
    DISK_FAILS = "disks fail"
    DISK_SLOW = "disks are slow"
    CLOCK = "clocks of clients jump"
    LATE = "relays deliver late and out of order"
    TWICE = "relays deliver twice"
    DROP = "relays lose what they accepted"
    FORGE = "relays deliver damaged and repeated envelopes under new names"
    RESTORE = "homes are restored from older copies"


LIES: Final = frozenset({Kind.LATE, Kind.TWICE, Kind.DROP, Kind.FORGE})
"""Faults of a relay that does not keep its promises."""

_SHARE: Final = 0.3
"""How many kinds a seed has switched on: few at a time reach further than all at once."""

_CHANGED: Final = 0.5
"""How much of what is said is followed by a sign, an edit or a deletion."""

_LENGTHS: Final = ((60.0, 600.0), (600.0, 7_200.0), (DAY / SECOND, 20 * DAY / SECOND))
"""Seconds that the disturbed part lasts; a relay keeps what it accepted for 30 days."""

_HEARTBEATS: Final = ((30, 60), (120, 600), (3_600,))
"""Seconds; a long simulation would else spend its time on heartbeats."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """Somebody writes: `size` letters, at second `at`; `nerve` is how many steps until they give up."""

    at: float
    to: str
    size: int
    nerve: int


@dataclass(frozen=True, slots=True)
class Meeting:
    """Somebody adds the contact link of `whom`, at second `at`."""

    at: float
    whom: str


@dataclass(frozen=True, slots=True)
class Touch:
    """Somebody puts a sign beside a message with `whom`, at second `at`; an empty one takes it back."""

    at: float
    whom: str
    which: int
    sign: str


@dataclass(frozen=True, slots=True)
class Correction:
    """Somebody lets a message to `whom` say something else, at second `at`."""

    at: float
    whom: str
    which: int


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Somebody takes a message to `whom` back, at second `at`."""

    at: float
    whom: str
    which: int


Deed: TypeAlias = Utterance | Meeting | Touch | Correction | Withdrawal


@dataclass(frozen=True, slots=True)
class Plan:
    """All of it. `seconds` is how long it is disturbed."""

    seed: int
    names: tuple[str, ...]
    kinds: frozenset[Kind]
    seconds: float
    heartbeat: int
    deeds: dict[str, tuple[Deed, ...]]
    weather: Weather

    @property
    def is_honest(self) -> bool:
        """Tell whether relays keep their promises, and homes do not go back in time."""
        return not self.kinds & (LIES | {Kind.RESTORE})


def kinds_of(seed: int) -> frozenset[Kind]:
    """Return the kinds of faults that a seed has switched on."""
    source = dice(seed, "kinds")
    share = source.choice((0.0, _SHARE, _SHARE, _SHARE, _SHARE, 2 * _SHARE))
    return frozenset(kind for kind in Kind if source.random() < share)


def plan_of(seed: int, kinds: frozenset[Kind]) -> Plan:
    """Return the plan of a seed with these kinds of faults."""
    source = dice(seed, "plan")
    names = ("ann", "ben", "cem", "dee")[: source.choice((2, 2, 2, 3, 4))]
    length = source.choice((0, 0, 0, 0, 0, 1, 1, 1, 2))
    seconds = geometric(source, *_LENGTHS[length])
    return Plan(
        seed=seed,
        names=names,
        kinds=kinds,
        seconds=seconds,
        heartbeat=source.choice(_HEARTBEATS[length]),
        deeds={name: _with_changes(_deeds(name, names, seconds, source), seed) for name in names},
        weather=_weather(kinds, source),
    )


def _deeds(name: str, names: tuple[str, ...], seconds: float, source: Dice) -> tuple[Deed, ...]:
    others = [other for other in names if other != name]
    deeds: list[Deed] = [
        Meeting(source.choice((0.0, source.uniform(0, seconds / 2))), other)
        for other in others
        # Whoever does not add the other waits to be written to, as one who is a stranger.
        if source.random() < 0.8 or name == names[0]
    ]
    for _ in range(source.randint(0, 8)):
        at, other = source.uniform(0, seconds), source.choice(others)
        for _ in range(source.choice((1, 1, 1, 2, 5))):
            at += source.uniform(0, 1)
            deeds.append(Utterance(at, other, int(geometric(source, 1, 4_000)), source.randint(1, 30)))
    return tuple(sorted(deeds, key=lambda deed: deed.at))


def _with_changes(deeds: tuple[Deed, ...], seed: int) -> tuple[Deed, ...]:
    """Let some of what is said be followed by changes of what was said; drawn apart from all else."""
    source = dice(seed, f"changes {len(deeds)}")
    changes: list[Deed] = []
    for deed in deeds:
        if isinstance(deed, Utterance) and source.random() < _CHANGED:
            at, which = deed.at + source.uniform(0, 60), source.randint(0, 5)
            touch = Touch(at, deed.to, which, source.choice(("", "!", "?")))
            correction, withdrawal = Correction(at, deed.to, which), Withdrawal(at, deed.to, which)
            changes.append(source.choice((touch, touch, touch, correction, correction, withdrawal)))
    return tuple(sorted([*deeds, *changes], key=lambda deed: deed.at))


def _weather(kinds: frozenset[Kind], source: Dice) -> Weather:
    slowest = geometric(source, 0.005, 1.0)
    no_way = 0.3 if Kind.NO_WAY in kinds else 0.0
    return Weather(
        latency=(slowest / 10, slowest),
        splits=Kind.SPLIT in kinds,
        cut=0.4 if Kind.CUT in kinds else 0.0,
        mute=0.15 if Kind.MUTE in kinds else 0.0,
        stall=0.2 if Kind.STALL in kinds else 0.0,
        refuse=no_way,
        hang=no_way / 3,
    )

"""The faults of a seed: each kind that is on strikes now and then until the calm."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

import trio

from securemsg.instant import HOUR, SECOND
from tests.simulation.dice import Dice, geometric
from tests.simulation.disk import Fault
from tests.simulation.machine import Machine
from tests.simulation.plan import Kind

if TYPE_CHECKING:
    from tests.simulation.world import World

_STRIKES: Final = 5
"""How often each kind strikes, about."""

_STEPS: Final = (1, 400)
"""So many steps of a machine after something was decided it happens: at any await."""

_LONGEST_PAUSE: Final = 6 * 3_600.0
"""Seconds that a machine is down or its disk full: in longer ones the others try each minute in vain."""

_MOST_SKEW: Final = 11 * HOUR
"""What a clock is wrong by at most: openings from more than 24 hours ahead are refused (SE-6)."""


class Faults:
    """Strikes."""

    def __init__(self, world: "World", dice: Dice) -> None:
        self._world = world
        self._dice = dice
        people, stations = world.people.values(), world.stations.values()
        self._clients: list[Machine] = list(people)
        self._relays: list[Machine] = list(stations)
        self._cuts = 0

    async def run(self) -> None:
        """Strike until cancelled."""
        strikes: dict[Kind, Callable[[], None]] = {
            Kind.RELAY_DIES: partial(self._die, self._relays),
            Kind.RELAY_POWER: partial(self._lose_power, self._relays),
            Kind.RELAY_STOPS: partial(self._stop, self._relays),
            Kind.RELAY_DROPS_TASKS: self._drop_task,
            Kind.CLIENT_DIES: partial(self._die, self._clients),
            Kind.CLIENT_POWER: partial(self._lose_power, self._clients),
            Kind.CLIENT_STOPS: partial(self._stop, self._clients),
            Kind.DISK_FULL: partial(self._harm_disk, (Fault.FULL,)),
            Kind.DISK_FAILS: partial(self._harm_disk, (Fault.WRITE, Fault.SYNC)),
            Kind.DISK_SLOW: self._slow_disk,
            Kind.CLOCK: self._turn_clock,
            Kind.RESTORE: self._restore,
        }
        async with trio.open_nursery() as nursery:
            for kind in sorted(self._world.plan.kinds & strikes.keys()):
                nursery.start_soon(self._strike, strikes[kind])

    async def _strike(self, strike: Callable[[], None]) -> None:
        while True:
            await trio.sleep(self._wait())
            strike()

    def _die(self, machines: list[Machine], power: Dice | None = None) -> None:
        machine = self._dice.choice(machines)
        steps = int(geometric(self._dice, *_STEPS))
        self._world.steps.after(machine, steps, partial(machine.crash, power, self._pause()))

    def _lose_power(self, machines: list[Machine]) -> None:
        # Of its own: how much is decided depends on how many pages were written.
        self._cuts += 1
        self._die(machines, self._world.dice(f"power {self._cuts}"))

    def _stop(self, machines: list[Machine]) -> None:
        self._dice.choice(machines).stop(self._pause())

    def _drop_task(self) -> None:
        station = self._world.stations[self._dice.choice(sorted(self._world.stations))]
        self._world.steps.after(station, int(geometric(self._dice, *_STEPS)), station.drop_a_task)

    def _harm_disk(self, faults: tuple[Fault, ...]) -> None:
        machine, fault = self._dice.choice(self._clients + self._relays), self._dice.choice(faults)
        machine.note(f"has a disk that {fault.value}")
        machine.medium.fault = fault
        if fault is Fault.FULL:
            self._world.later(min(self._wait(), _LONGEST_PAUSE), machine.heal)

    def _slow_disk(self) -> None:
        machine = self._dice.choice(self._clients + self._relays)
        machine.latency = (0.0, geometric(self._dice, 0.01, 10.0))
        machine.note("has a slow disk")
        self._later(machine.heal)

    def _turn_clock(self) -> None:
        person = self._world.people[self._dice.choice(sorted(self._world.people))]
        most = self._dice.choice((SECOND, HOUR, _MOST_SKEW))
        person.skew = self._dice.choice((0, self._dice.randint(-most, most)))
        person.note(f"has a clock ahead by {person.skew}")

    def _restore(self) -> None:
        person = self._world.people[self._dice.choice(sorted(self._world.people))]
        backup = person.medium.copy()
        person.note("is copied")

        self._later(lambda: person.go_back(backup, self._pause()))

    def _later(self, happen: Callable[[], None]) -> None:
        """Let something happen before the next strike or after it."""
        self._world.later(self._wait(), happen)

    def _wait(self) -> float:
        """Return the seconds until a strike, or until it ends."""
        return self._dice.expovariate(_STRIKES / self._world.plan.seconds)

    def _pause(self) -> float:
        return geometric(self._dice, 0.1, min(self._world.plan.seconds / 4, _LONGEST_PAUSE))

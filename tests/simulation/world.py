"""One seed from its first event to the verdict."""

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import trio
from trio.testing import MockClock

from securemsg.client.dial import Dialled
from securemsg.client.problems import Unreachable
from securemsg.mailbox.address import RelayAddress
from tests.simulation.cast import cast, memory
from tests.simulation.dice import Dice, dice
from tests.simulation.ends import as_dialled
from tests.simulation.faults import Faults
from tests.simulation.machine import Machine
from tests.simulation.network import Network
from tests.simulation.oracle import Oracle
from tests.simulation.person import Person
from tests.simulation.plan import Plan
from tests.simulation.seals import Seals
from tests.simulation.stage import stage
from tests.simulation.station import Station
from tests.simulation.steps import Steps
from tests.simulation.trace import Trace
from tests.simulation.weather import Weather

_LOST_SECONDS: Final = 3_600.0
"""A dialling that hangs; the client gives up long before."""


class World:
    """Everything there is in one simulation."""

    def __init__(self, plan: Plan, folder: Path, steps: Steps) -> None:
        self.plan = plan
        self.folder = folder
        self.steps = steps
        self.trace = Trace()
        self.calm = trio.Event()
        self.complaints: list[str] = []
        self.disk_dice = self.dice("disks")
        self.fault_dice = self.dice("faults")
        self.network = Network(plan.weather, self.dice("network"), self.trace)
        roles = {role.name: role for role in cast().roles}
        self.seals = Seals(lambda name: self.people[name].losses is not None, self.complain)
        self.people = {name: Person(self, roles[name], plan.deeds[name]) for name in plan.names}
        self.stations = {name: Station(self, name, identity) for name, identity in cast().relays.items()}
        self._nursery: trio.Nursery | None = None

    @property
    def machines(self) -> list[Machine]:
        """All of them."""
        return [*self.people.values(), *self.stations.values()]

    def dice(self, purpose: str) -> Dice:
        """Return this seed's decisions for a purpose."""
        return dice(self.plan.seed, purpose)

    def number(self, purpose: str) -> int:
        """Return a seed that follows from ours."""
        return self.dice(purpose).getrandbits(64)

    def complain(self, what: str) -> None:
        """Note that something promised does not hold."""
        self.trace.note("oracle", what)
        self.complaints.append(what)

    def later(self, seconds: float, happen: Callable[[], None]) -> None:
        """Let something happen then, unless it is calm before."""
        assert self._nursery is not None

        async def wait() -> None:
            await trio.sleep(seconds)
            happen()

        self._nursery.start_soon(wait)

    async def dial(self, machine: Machine, address: RelayAddress) -> Dialled:
        """Connect a client to a relay."""
        weather, dice = self.network.weather, self.network.dice
        await trio.sleep(self.network.latency())
        station, draw = self.stations[address.host], dice.random()
        if draw < weather.hang:
            await trio.sleep(_LOST_SECONDS)
        if draw < weather.hang + weather.refuse or not station.is_up or not machine.is_up:
            raise Unreachable("nobody answers")
        connection = self.network.connect(machine.name, station.name)
        if not station.accept(connection):
            connection.cut()
        return as_dialled(connection, station.identity.spki_digest)

    async def run(self) -> None:
        """Live through the disturbed part and the calm after it; the oracle judges."""
        async with trio.open_nursery() as machines:
            for machine in self.machines:
                machines.start_soon(machine.live)
            with trio.move_on_after(self.plan.seconds):
                async with trio.open_nursery() as self._nursery:
                    await Faults(self, self.fault_dice).run()
                    await trio.sleep_forever()
            self._calm_down()
            await Oracle(self).judge()
            for machine in self.machines:
                machine.retire()
        if self.network.open:
            self.complain(f"tasks: {len(self.network.open)} connections were left open")

    def _calm_down(self) -> None:
        self.trace.note("world", "is calm")
        self.steps.forget()
        self.network.weather = Weather()
        for machine in self.machines:
            machine.heal()
        for person in self.people.values():
            person.skew = 0
        for station in self.stations.values():
            station.liar.hurry()
        self.calm.set()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a seed: complaints, none if all is well, and the trace."""

    plan: Plan
    complaints: tuple[str, ...]
    trace: Trace
    steps: int


def simulate(plan: Plan) -> Outcome:
    """Run one seed; the same plan always has the same outcome."""
    cast()  # before there is a stage: it is made on a sound disk
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=memory())))
        stack.enter_context(stage(plan))
        steps = Steps()
        worlds: list[World] = []

        async def begin() -> None:
            worlds.append(World(plan, folder, steps))
            await worlds[0].run()

        try:
            trio.run(begin, clock=MockClock(autojump_threshold=0), instruments=[steps])
        except Exception as error:  # noqa: BLE001  # whatever escaped is a finding
            worlds[0].complaints.append(f"I5: escaped: {_leaves(error)}")
        return Outcome(plan, tuple(worlds[0].complaints), worlds[0].trace, steps.total)


def _leaves(error: BaseException) -> str:
    if isinstance(error, BaseExceptionGroup):
        return "; ".join(map(_leaves, error.exceptions))
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f" at {place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place is not None else ""
    return f"{error!r}{where}"

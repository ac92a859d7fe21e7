"""A relay: the real store, committer, desk, sessions and deliveries, on a simulated machine and network."""

import contextlib
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import apsw
import trio
from typing_extensions import override

from relay.blobs.service import Blobs
from relay.census import Census
from relay.committer import Committer
from relay.config import Config, LimitSettings
from relay.counters import Counters
from relay.housekeeping import keep_house
from relay.identity import Identity
from relay.log import Event, Log
from relay.reserve import DiskReserve
from relay.service import Service
from relay.session import Session, converse
from relay.storage.operations import Count, StoreBrokenError, Totals
from relay.storage.sqlite.store import SqliteStore
from relay.stream import ConnectionLostError, StalledError
from relay.subscriptions import Delivery
from securemsg.crypto.ed25519 import SigningKey
from securemsg.errors import LocalError
from securemsg.instant import SECOND, Instant
from tests.simulation.cast import START, cast
from tests.simulation.disk import VFS
from tests.simulation.ends import as_accepted
from tests.simulation.liar import Liar, LyingStore
from tests.simulation.machine import Machine
from tests.simulation.network import Connection
from tests.simulation.plan import LIES, Kind
from tests.support.entropy import SeededEntropy

if TYPE_CHECKING:
    from tests.simulation.world import World

_DRAIN_SECONDS: Final = 8.0
_RETURN_SECONDS: Final = 2


class _Log(Log):
    """Hands what a relay complains about to the oracle."""

    def __init__(self, station: "Station") -> None:
        super().__init__(station.clock)
        self._station = station

    @override
    def _write(self, record: Mapping[str, object]) -> None:
        if record["event"] in {Event.CONNECTION_FAILED, Event.CONTROL_FAILED}:
            self._station.world.complain(f"I5: {self._station.name} logs {record}")


class Station(Machine):
    """A machine with a relay."""

    def __init__(self, world: "World", name: str, identity: Identity) -> None:
        super().__init__(world, name, {})
        self.identity = identity
        plan = world.plan
        self.liar = Liar(plan.kinds & LIES, plan.seconds, world.dice(f"{name} lies"))
        self.config = replace(
            Config.default(), data=self.folder, limits=LimitSettings(heartbeat_seconds=plan.heartbeat)
        )
        self.violations = 0
        self._sessions: set[Session] = set()
        self._serving: dict[int, trio.CancelScope] = {}
        self._service: Service | None = None
        self._nursery: trio.Nursery | None = None

    def clock(self) -> Instant:
        """Tell the time: administrators keep the clocks of relays right."""
        return Instant(START + int(trio.current_time() * SECOND))

    @override
    async def program(self) -> None:
        try:
            store = SqliteStore.open(self.folder / "relay.db", self.config.policy, VFS)
        except LocalError:
            self._excuse_disk()
            return
        try:
            if self.starts == 1:
                mailboxes = [role.mailbox for role in cast().roles if role.relay == self.name]
                store.commit(mailboxes, self.clock())
            await self._run(store)
        except* StoreBrokenError:
            self._excuse_disk()
        finally:
            self._service = self._nursery = None
            # A real disk that is full is no error of closing: SQLite leaves the rest to the next opening.
            with contextlib.suppress(apsw.FullError):
                store.close()

    @override
    def stop(self, pause: float) -> None:
        """Drain, as SIGTERM does: say goodbye to everybody, then end."""
        if self.is_up and self._nursery is not None:
            self.note("drains")
            self._nursery = None
            for session in tuple(self._sessions):
                session.dismiss(_RETURN_SECONDS)
            self.end_within(_DRAIN_SECONDS, pause)

    def accept(self, connection: Connection) -> bool:
        """Serve a connection; false if nobody listens."""
        if self._nursery is None or not self.is_up:
            return False
        self._nursery.start_soon(self._serve, connection)
        return True

    def drop_a_task(self) -> None:
        """Cancel whatever one of the connections is at."""
        if self._serving:
            number = self.world.fault_dice.choice(sorted(self._serving))
            self.note(f"gives up connection {number}")
            self._serving[number].cancel()

    async def totals(self) -> Totals:
        """Count what is stored."""
        assert self._service is not None
        (totals,) = await self._service.committer.commit([Count()])
        assert isinstance(totals, Totals)
        return totals

    async def _run(self, store: SqliteStore) -> None:
        counters, log = Counters(), _Log(self)
        committer = Committer(LyingStore(store, self.liar), self.clock, counters, log)
        entropy = SeededEntropy(self.world.number(f"{self.name} {self.starts}"))
        service = self._service = Service(
            config=self.config,
            identity=self.identity,
            entropy=entropy,
            committer=committer,
            delivery=Delivery(committer, counters, self.config.limits.window),
            census=Census(committer, self.config.limits.mailboxes),
            blobs=Blobs(None, committer, counters, log, self.clock),
            reserve=DiskReserve(self.folder, 0),
            counters=counters,
            log=log,
            decoy=SigningKey.generate(entropy).public(),
            clock=self.clock,
        )
        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(committer.run)
                nursery.start_soon(keep_house, service, store)
                nursery.start_soon(self.liar.run, committer, service.delivery.committed)
                self._nursery = nursery
        finally:
            self.violations += counters.violations

    async def _serve(self, connection: Connection) -> None:
        """Do what the real server does around a session."""
        service = self._service
        assert service is not None
        number = self.world.network.connections.index(connection)
        limits = self.config.limits
        stream = as_accepted(connection, limits.stalled_seconds)
        deadline = trio.current_time() + limits.handshake_seconds
        service.counters.connections_open += 1
        try:
            with trio.CancelScope() as self._serving[number]:
                await converse(service, stream, self._sessions, deadline)
        except* ConnectionLostError:
            pass
        except* StalledError:
            self.note(f"finds connection {number} stalled")
        finally:
            del self._serving[number]
            service.counters.connections_open -= 1
            stream.close()

    def _excuse_disk(self) -> None:
        self.note("cannot store")
        if not self.world.plan.kinds & {Kind.DISK_FAILS, Kind.DISK_FULL} and self.is_up:
            self.world.complain(f"I5: {self.name}'s sound disk failed")

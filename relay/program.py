"""The parts of one relay, put together."""

import socket
from typing import Final

import trio

from relay.administration import Administration
from relay.blobs.files import BlobFiles
from relay.blobs.opening import mark_of, open_blobs
from relay.blobs.service import Blobs
from relay.census import Census
from relay.clock import Clock
from relay.cluster.introduction import NODE_ALPN
from relay.cluster.nodes import Nodes
from relay.cluster.router import Router
from relay.cluster.shards import Shards
from relay.cluster.watch import Watch
from relay.committer import Committer
from relay.committing import Committing
from relay.config import MEBIBYTE, Config, StoreKind
from relay.control import Control
from relay.counters import Counters
from relay.folder import DataFolder
from relay.housekeeping import keep_house
from relay.identity import Identity
from relay.log import Event, Log
from relay.monitoring import Monitoring, listen_for_monitors
from relay.opening import OpenStore, movers_of
from relay.reserve import DiskReserve
from relay.server import Server, listen
from relay.service import Service
from relay.storage.operations import StoreFailedError
from relay.subscriptions import Delivery
from relay.supervision import measure_loop
from relay.transport.certificates import Certificates
from relay.transport.pair import Pair
from relay.vitals import Vitals
from securemsg.crypto.ed25519 import SigningKey
from securemsg.crypto.entropy import Entropy
from securemsg.errors import LocalError
from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.limits import Registration
from securemsg.mailbox.transport import ALPN, WEBSOCKET_ALPN

_ANYWHERE: Final = frozenset({"0.0.0.0", "::"})  # noqa: S104  # compared with, not bound


class Relay:
    """One relay on a store and a listener that its caller opens and closes."""

    def __init__(
        self, config: Config, store: OpenStore, listener: socket.socket, clock: Clock, entropy: Entropy
    ) -> None:
        """Load the identity, making it where there is none; raises `LocalError`."""
        folder = DataFolder(config.data)
        _refuse_a_store_of_another(store, folder)
        identity = Identity.prepare(folder, entropy, clock())
        counters, log = Counters(), Log(clock, config.log)
        self._store = store
        self._committer = committing(store, clock, counters, log, config.registration)
        self.service = Service(
            config=config,
            identity=identity,
            entropy=entropy,
            committer=self._committer,
            delivery=Delivery(self._committer, counters, config.limits.window),
            census=Census(self._committer, config.limits.mailboxes),
            blobs=Blobs(_shared(open_blobs(config), store, entropy), self._committer, counters, log, clock),
            reserve=reserve_of(config),
            counters=counters,
            log=log,
            decoy=SigningKey.generate(entropy).public(),
            clock=clock,
        )
        self.address = address_of(config, listener.getsockname()[:2], identity)
        protocols = (ALPN, WEBSOCKET_ALPN) if config.transport.websocket else (ALPN,)
        self._certificates = Certificates(_pair(config, folder), identity, protocols, clock)
        self._server = Server(self.service, listener, self._certificates)
        self.vitals = Vitals(self.service, folder, _pair(config, folder))
        where = config.metrics.listen
        self.monitoring = Monitoring(self.service, self.vitals, listen_for_monitors(where)) if where else None
        administration = Administration(store, folder, clock, entropy)
        self._control = Control(self.service, store, administration, self)
        self.told_to_drain = trio.Event()
        self._watch_store = Watch(self.service.delivery)
        self._nodes = self._other_nodes(
            config, Certificates(_pair(config, folder), identity, (NODE_ALPN,), clock)
        )

    async def run(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Serve until `drain`; returns when everything that was asked is answered.

        Raises a group with `StoreBrokenError` when it is unknown what is stored.
        """
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._committer.run)
            await nursery.start(self._control.run)
            nursery.start_soon(self._certificates.watch, self.service.log)
            nursery.start_soon(keep_house, self.service, self._store)
            nursery.start_soon(self.service.blobs.sweep)
            nursery.start_soon(self.service.blobs.watch)
            self._watch(nursery)
            self._join(nursery)
            self.service.log.note(Event.STARTED)
            task_status.started()
            await self._server.run()
            self.service.log.note(Event.STOPPED, self.service.counters.numbers())
            nursery.cancel_scope.cancel()

    def drain(self) -> None:
        """Be ready for nobody new, then accept nobody, answer what was asked, and end (Spec: RL-9, RL-45).

        Who asks again does not want to wait.
        """
        if self.told_to_drain.is_set() or not self.service.config.metrics.unready_seconds:
            self._server.drain()
        if not self.told_to_drain.is_set():
            self.service.log.note(Event.DRAINING)
            self.vitals.drain()
            self.told_to_drain.set()

    def _watch(self, nursery: trio.Nursery) -> None:
        nursery.start_soon(self.service.reserve.keep)
        nursery.start_soon(measure_loop, self.service.counters)
        nursery.start_soon(self.vitals.watch)
        nursery.start_soon(self._drain_in_time)
        if self.monitoring is not None:
            nursery.start_soon(self.monitoring.run)

    def _other_nodes(self, config: Config, certificates: Certificates) -> Nodes | None:
        if not config.cluster.listen and not config.cluster.peers:
            return None
        listener = listen(config.cluster.listen) if config.cluster.listen else None
        nodes = Nodes(self.service, certificates, listener, self._watch_store)
        self.service.delivery.tell = nodes.tell
        return nodes

    def _join(self, nursery: trio.Nursery) -> None:
        if self.service.config.store.kind is StoreKind.POSTGRES:
            nursery.start_soon(self._watch_store.run)
        if self._nodes is not None:
            nursery.start_soon(self._nodes.run)
        for mover in (
            movers_of(self.service.config, self.service.clock) if isinstance(self._store, Shards) else ()
        ):
            nursery.start_soon(mover.run, self.service.log)

    async def _drain_in_time(self) -> None:
        await self.told_to_drain.wait()
        await trio.sleep(self.service.config.metrics.unready_seconds)
        self._server.drain()

    def reload(self) -> None:
        """Read the certificate again (Spec: RL-32)."""
        self._certificates.read(self.service.log)


def committing(
    store: OpenStore, clock: Clock, counters: Counters, log: Log, registration: Registration
) -> Committing:
    """A committer, or one for each shard."""
    if not isinstance(store, Shards):
        return Committer(store, clock, counters, log)
    committers = {number: Committer(shard, clock, counters, log) for number, shard in store.stores.items()}
    return Router(committers, store.epochs, registration)


def _refuse_a_store_of_another(store: OpenStore, folder: DataFolder) -> None:
    try:
        if store.holds_mailboxes and not folder.identity_key.exists():
            raise LocalError(
                "The store is in use but identity.key is gone; restore identity.key from a backup."
            )
    except StoreFailedError:
        raise LocalError("The store does not answer; is its server there?") from None


def _shared(files: BlobFiles | None, store: OpenStore, entropy: Entropy) -> BlobFiles | None:
    """The same files, if other nodes have them too; raises `LocalError`."""
    if files is not None:
        mark = mark_of(files.places, entropy)
        try:
            agreed = store.agree_on_blobs(mark)
        except StoreFailedError:
            raise LocalError("The store does not answer; is its server there?") from None
        if agreed != mark:
            raise LocalError(
                f"The folder of blobs {files.places.path} is not the one that other nodes use; mount theirs,"
                " or write enabled = false in [blobs]. Where theirs is lost, run `securemsg-relay restored`."
            )
    return files


def _pair(config: Config, folder: DataFolder) -> Pair:
    if config.tls.certificate is None or config.tls.key is None:
        return Pair.of(folder)
    return Pair(config.tls.certificate, config.tls.key)


def reserve_of(config: Config) -> DiskReserve:
    """The reserve of a relay's disk."""
    return DiskReserve(config.data, config.limits.reserve_mebibytes * MEBIBYTE)


def address_of(config: Config, bound: tuple[str, int], identity: Identity) -> RelayAddress:
    """The address to give away; a relay that listens everywhere names its machine."""
    host = config.public_host or (socket.gethostname() if bound[0] in _ANYWHERE else bound[0])
    return RelayAddress(host, bound[1], identity.pin)

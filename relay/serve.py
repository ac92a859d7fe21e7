"""Putting a relay together, and running it until it is told to stop."""

import signal
import socket
import sys
from collections.abc import Callable
from contextlib import closing
from typing import Final

import trio

from relay.administration import Administration
from relay.clock import Clock, system_clock
from relay.committer import Committer
from relay.config import MEBIBYTE, Config
from relay.control import Control
from relay.counters import Counters
from relay.folder import DataFolder
from relay.housekeeping import keep_house
from relay.identity import Identity, server_context
from relay.log import Event, Log
from relay.server import Server, listen
from relay.service import DiskReserve, Service
from relay.storage.operations import StoreBrokenError
from relay.storage.sqlite import SqliteStore
from relay.subscriptions import Delivery
from securemsg.crypto.ed25519 import SigningKey
from securemsg.crypto.entropy import Entropy, SystemEntropy
from securemsg.errors import LocalError
from securemsg.mailbox.address import RelayAddress

_SWITCH_SECONDS: Final = 0.0005
"""How long the event loop may keep the interpreter from the store's thread, which needs it for moments."""

_ANYWHERE: Final = frozenset({"0.0.0.0", "::"})  # noqa: S104  # compared with, not bound


def serve(config: Config, announce: Callable[[str], None]) -> None:
    """Run a relay until SIGTERM or SIGINT; `announce` gets its address when it is ready.

    Raises `LocalError` when it cannot start or go on.

    Spec: RL-9
    """
    sys.setswitchinterval(_SWITCH_SECONDS)
    folder = DataFolder(config.data)
    folder.prepare()
    # The store first: whoever has its lock may also make keys.
    with (
        closing(SqliteStore.open(folder.database, config.policy)) as store,
        listen(config.listen) as listener,
    ):
        if store.holds_mailboxes and not folder.identity_key.exists():
            raise LocalError(
                "relay.db is in use but identity.key is gone; restore identity.key from a backup."
            )
        identity = Identity.prepare(folder, SystemEntropy(), system_clock())
        relay = _Relay(config, folder, store, identity, listener)
        try:
            trio.run(relay.run, announce)
        except BaseExceptionGroup as errors:
            if errors.subgroup(StoreBrokenError) is None:
                raise
            raise LocalError("The disk failed while storing; check it, then start again.") from None


class _Relay:
    """The parts of one running relay."""

    def __init__(
        self,
        config: Config,
        folder: DataFolder,
        store: SqliteStore,
        identity: Identity,
        listener: socket.socket,
    ) -> None:
        clock: Clock = system_clock
        entropy: Entropy = SystemEntropy()
        counters, self._log = Counters(), Log(clock)
        self._committer = Committer(store, clock, counters, self._log)
        self._service = Service(
            config=config,
            identity=identity,
            entropy=entropy,
            committer=self._committer,
            delivery=Delivery(self._committer, counters, config.limits.window),
            reserve=DiskReserve(folder.path, config.limits.reserve_mebibytes * MEBIBYTE),
            counters=counters,
            log=self._log,
            decoy=SigningKey.generate(entropy),
        )
        self._store = store
        self._server = Server(self._service, listener, server_context(folder))
        self._address = address_of(config, listener.getsockname()[:2], identity).text
        administration = Administration(store, folder, clock, entropy)
        self._control = Control(self._service, administration, folder, self._address)

    async def run(self, announce: Callable[[str], None]) -> None:
        """Serve until a signal; returns when everything that was asked is answered."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._committer.run)
            await nursery.start(self._control.run)
            nursery.start_soon(keep_house, self._service, self._store)
            await nursery.start(self._drain_on_signal)
            announce(self._address)
            self._log.note(Event.STARTED)
            await self._server.run()
            self._log.note(Event.STOPPED, self._service.counters.numbers())
            nursery.cancel_scope.cancel()

    async def _drain_on_signal(
        self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED
    ) -> None:
        with trio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
            task_status.started()
            async for _ in signals:
                self._log.note(Event.DRAINING)
                self._server.drain()


def address_of(config: Config, bound: tuple[str, int], identity: Identity) -> RelayAddress:
    """The address to give away; a relay that listens everywhere names its machine."""
    host = config.public_host or (socket.gethostname() if bound[0] in _ANYWHERE else bound[0])
    return RelayAddress(host, bound[1], identity.pin)

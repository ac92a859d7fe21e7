"""Running a relay until it is told to stop."""

import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from typing import Final

import trio

from relay.clock import system_clock
from relay.config import Config
from relay.folder import DataFolder
from relay.program import Relay
from relay.server import listen
from relay.storage.operations import StoreBrokenError
from relay.storage.sqlite import SqliteStore
from securemsg.crypto.entropy import SystemEntropy
from securemsg.errors import LocalError

_SWITCH_SECONDS: Final = 0.0005
"""How long the event loop may keep the interpreter from the store's thread, which needs it for moments."""


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
        relay = Relay(config, store, listener, system_clock, SystemEntropy())
        try:
            trio.run(_run, relay, announce)
        except BaseExceptionGroup as errors:
            if errors.subgroup(StoreBrokenError) is None:
                raise
            raise LocalError("The disk failed while storing; check it, then start again.") from None


async def _run(relay: Relay, announce: Callable[[str], None]) -> None:
    with trio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(_drain_on_signal, signals, relay)
            async with trio.open_nursery() as running:
                await running.start(relay.run)
                announce(relay.address.text)
            nursery.cancel_scope.cancel()


async def _drain_on_signal(signals: AsyncIterator[int], relay: Relay) -> None:
    async for _ in signals:
        relay.drain()

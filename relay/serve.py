"""Running a relay until it is told to stop."""

import gc
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import replace
from typing import Final

import trio

from relay.clock import system_clock
from relay.config import Config
from relay.folder import DataFolder
from relay.log import Event, Log
from relay.opening import open_store
from relay.program import Relay, reserve_of
from relay.server import listen
from relay.storage.operations import StoreBrokenError
from relay.supervision import Supervisor, give_signs_of_life
from relay.transport.descriptors import connections_within, raise_descriptors
from securemsg.crypto.entropy import SystemEntropy
from securemsg.errors import LocalError
from securemsg.instant import DAY, Instant

_SWITCH_SECONDS: Final = 0.0005
"""How long the event loop may keep the interpreter from the store's thread, which needs it for moments."""

_ALLOCATIONS: Final = 100_000
_GENERATIONS: Final = 20, 20
"""Objects made, beyond those freed, before cycles are searched for: a full queue has so many and no cycle."""

_CLOCK_TOLERANCE: Final = DAY
"""How far a clock may have been set back; less than any message waits for."""


def serve(config: Config, announce: Callable[[str], None]) -> None:
    """Run a relay until SIGTERM or SIGINT; `announce` gets its address when it is ready.

    Raises `LocalError` when it cannot start or go on.

    Spec: RL-9
    """
    sys.setswitchinterval(_SWITCH_SECONDS)
    # Collections are rare, and do not look at what is there for good: a third of the event loop's time.
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS, *_GENERATIONS)
    folder = DataFolder(config.data)
    folder.prepare()
    refuse_an_old_clock(folder, system_clock())
    config = fitted(config, Log(system_clock, config.log))
    # Before the store, which may need the room to open.
    reserve_of(config).adjust()
    # The store first: whoever has its lock may also make keys.
    with (
        closing(open_store(config)) as store,
        listen(config.listen) as listener,
    ):
        relay = Relay(config, store, listener, system_clock, SystemEntropy())
        try:
            trio.run(_run, relay, announce)
        except BaseExceptionGroup as errors:
            if errors.subgroup(StoreBrokenError) is None:
                raise
            raise LocalError("The disk failed while storing; check it, then start again.") from None


def refuse_an_old_clock(folder: DataFolder, now: Instant) -> None:
    """Refuse to store with times of the past, which would soon expire; raises `LocalError`."""
    if now < folder.written() - _CLOCK_TOLERANCE:
        raise LocalError(
            "By this machine's clock, relay.db was last written to more than a day in the future;"
            f" set the clock, or, if it is right now, run `touch {folder.database}*`."
        )


def fitted(config: Config, log: Log) -> Config:
    """Raise the limit of open files, and take no more connections than it allows (Spec: RL-36).

    Raises `LocalError` when a number that somebody chose does not fit.
    """
    wanted = config.limits.connections
    connections = connections_within(raise_descriptors(), wanted)
    if connections == wanted:
        return config
    log.note(Event.CONNECTIONS_LIMITED, {"connections": connections})
    return replace(config, limits=replace(config.limits, connections=connections))


async def _run(relay: Relay, announce: Callable[[str], None]) -> None:
    with trio.open_signal_receiver(signal.SIGTERM, signal.SIGINT, signal.SIGHUP) as signals:
        supervisor = Supervisor.of()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(_heed, signals, relay)
            async with trio.open_nursery() as running:
                await running.start(relay.run)
                nursery.start_soon(give_signs_of_life, supervisor, relay.service.committer)
                nursery.start_soon(_tell_of_drain, supervisor, relay)
                supervisor.tell("READY=1")
                announce(relay.address.text)
            nursery.cancel_scope.cancel()


async def _heed(signals: AsyncIterator[int], relay: Relay) -> None:
    async for number in signals:
        if number == signal.SIGHUP:
            relay.reload()
        else:
            relay.drain()


async def _tell_of_drain(supervisor: Supervisor, relay: Relay) -> None:
    await relay.told_to_drain.wait()
    supervisor.tell("STOPPING=1")

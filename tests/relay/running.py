"""A whole relay in the test's own event loop: real TLS, a real store, a clock that the test sets."""

import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import trio

from relay.blobs.settings import BlobSettings
from relay.config import Config, LimitSettings, MetricsSettings
from relay.folder import DataFolder
from relay.program import Relay
from relay.server import listen
from relay.storage.sqlite.store import SqliteStore
from relay.transport.settings import TransportSettings
from securemsg.crypto.entropy import Entropy, SystemEntropy
from securemsg.instant import Instant
from securemsg.mailbox.limits import Registration

START = Instant(1_800_000_000_000)


@dataclass
class Setting:
    """What differs from test to test."""

    limits: LimitSettings = field(default_factory=LimitSettings)
    metrics: MetricsSettings = field(default_factory=MetricsSettings)
    transport: TransportSettings = field(default_factory=TransportSettings)
    blobs: BlobSettings = field(default_factory=BlobSettings)
    registration: Registration = Registration.OPEN
    entropy: Entropy = field(default_factory=SystemEntropy)
    now: Instant = START

    def clock(self) -> Instant:
        """The time that the test sets."""
        return self.now

    def config(self, data: Path) -> Config:
        """The configuration of a relay on the folder `data`, at a port of the system's choice."""
        return replace(
            Config.default(),
            listen="127.0.0.1:0",
            data=data,
            registration=self.registration,
            limits=self.limits,
            transport=self.transport,
            metrics=self.metrics,
            blobs=self.blobs,
        )


@asynccontextmanager
async def running(data: Path, setting: Setting | None = None) -> AsyncIterator[Relay]:
    """Run a relay on the folder `data`; it is drained at the end."""
    setting = setting or Setting()
    config = setting.config(data)
    folder = DataFolder(data)
    folder.prepare()
    with (
        closing(SqliteStore.open(folder.database, config.policy)) as store,
        listen(config.listen) as listener,
    ):
        relay = Relay(config, store, listener, setting.clock, setting.entropy)
        async with trio.open_nursery() as nursery:
            await nursery.start(relay.run)
            yield relay
            relay.drain()


async def until(condition: Callable[[], bool], seconds: float = 5) -> None:
    """Wait until `condition` holds; fails when it takes longer."""
    with trio.fail_after(seconds):
        while not condition():  # noqa: ASYNC110  # what is waited for has no event
            await trio.sleep(0.01)


def raw_connection(relay: Relay) -> socket.socket:
    """A bare TCP connection to `relay`."""
    connection = socket.create_connection((relay.address.host, relay.address.port))
    connection.settimeout(0)
    return connection

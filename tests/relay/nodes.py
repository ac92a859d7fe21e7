"""Several nodes of one relay in this process, on the shards of the test's PostgreSQL server."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import trio

from relay.blobs.settings import BlobSettings
from relay.clock import system_clock
from relay.config import ClusterSettings, Config, StoreKind, StoreSettings
from relay.folder import DataFolder, write_private
from relay.opening import open_store
from relay.program import Relay
from relay.server import listen
from securemsg.crypto.entropy import SystemEntropy
from securemsg.mailbox.limits import Registration
from tests.relay.running import Setting
from tests.support.postgres import postgres
from tests.support.programs import free_port


@dataclass
class Cluster:
    """The folder of every node, the shards' connection strings, and the epochs."""

    folder: Path
    shards: list[str] = field(default_factory=lambda: [postgres().fresh()])
    epochs: tuple[str, ...] = ()
    registration: Registration = Registration.OPEN
    ports: list[int] = field(default_factory=lambda: [free_port(), free_port()])

    def config(self, number: int) -> Config:
        """The configuration of one node; all have one identity key."""
        data = self.folder / f"node{number}"
        data.mkdir(mode=0o700, exist_ok=True)
        folder, place = DataFolder(data), self.folder / "shards"
        if not folder.identity_key.exists():
            write_private(folder.identity_key, bytes(range(32)))
        place.touch(mode=0o600)
        place.write_text("\n".join(self.shards))
        places = [f"127.0.0.1:{port}" for port in self.ports]
        own = places[number] if number < len(places) else ""
        return replace(
            Setting(registration=self.registration).config(data),
            blobs=BlobSettings(folder=self.folder / "blobs"),
            store=StoreSettings(StoreKind.POSTGRES, place, epochs=self.epochs),
            cluster=ClusterSettings(own, tuple(place for place in places if place != own)),
        )

    @asynccontextmanager
    async def node(self, number: int) -> AsyncIterator[Relay]:
        """Run one node; it is drained at the end."""
        config, setting = self.config(number), Setting(now=system_clock())
        DataFolder(config.data).prepare()
        with closing(open_store(config)) as store, listen(config.listen) as listener:
            relay = Relay(config, store, listener, setting.clock, SystemEntropy())
            async with trio.open_nursery() as nursery:
                await nursery.start(relay.run)
                yield relay
                relay.drain()

    @asynccontextmanager
    async def nodes(self, count: int = 2) -> AsyncIterator[Sequence[Relay]]:
        """Run several, until each is heard by the others."""
        async with AsyncExitStack() as stack:
            relays = [await stack.enter_async_context(self.node(number)) for number in range(count)]
            with trio.fail_after(10):
                while not all(map(is_heard, relays)):  # noqa: ASYNC110  # what is waited for has no event
                    await trio.sleep(0.01)
            yield relays


def is_heard(relay: Relay) -> bool:
    """Tell whether every configured peer takes hints of this node."""
    nodes = relay._nodes
    assert nodes is not None
    return all(hints._is_open for hints in nodes._peers.values())

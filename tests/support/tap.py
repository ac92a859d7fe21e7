"""A loopback proxy that keeps every byte that passes, in both directions."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.support.background import both, copy, in_background
from tests.support.programs import free_port


@dataclass
class Tap:
    """Forwards `port` to `target` and records what passes."""

    target: int
    port: int = field(default_factory=free_port)
    seen: bytearray = field(default_factory=bytearray)
    connections: int = 0

    async def serve(self, ready: threading.Event) -> None:
        """Accept until cancelled."""
        server = await asyncio.start_server(self._client, "127.0.0.1", self.port)
        ready.set()
        async with server:
            await server.serve_forever()

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            upstream, downstream = await asyncio.open_connection("127.0.0.1", self.target)
            try:
                await both(copy(reader, downstream, self._keep), copy(upstream, writer, self._keep))
            finally:
                downstream.transport.abort()
        except OSError:
            # The relay is down: the client is told by the end of its connection.
            return
        finally:
            writer.transport.abort()

    def _keep(self, data: bytes) -> bytes:
        self.seen += data
        return data


@contextlib.contextmanager
def tapped(target: int) -> Iterator[Tap]:
    """Run a tap before `target` for the length of the block."""
    tap = Tap(target)
    with in_background(tap.serve):
        yield tap

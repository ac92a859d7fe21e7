"""A path to a relay that breaks after so many bytes, again and again."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.support.background import both, copy, in_background
from tests.support.programs import free_port


@dataclass
class Cutter:
    """Forwards `port` to `target`; each connection that carried `span` bytes is cut, `cuts` times in all."""

    target: int
    span: int
    cuts: int = 0
    """How many are still to come."""

    port: int = field(default_factory=free_port)
    done: int = 0

    async def serve(self, ready: threading.Event) -> None:
        """Accept until cancelled."""
        server = await asyncio.start_server(self._client, "127.0.0.1", self.port)
        ready.set()
        async with server:
            await server.serve_forever()

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        carried = 0

        def count(data: bytes) -> bytes:
            nonlocal carried
            carried += len(data)
            if self.cuts and carried > self.span:
                self.cuts -= 1
                self.done += 1
                raise ConnectionAbortedError
            return data

        with contextlib.suppress(OSError):
            upstream, downstream = await asyncio.open_connection("127.0.0.1", self.target)
            with contextlib.suppress(OSError):
                await both(copy(reader, downstream, count), copy(upstream, writer, count))
            downstream.transport.abort()
        writer.transport.abort()


@contextlib.contextmanager
def cutting(target: int, span: int) -> Iterator[Cutter]:
    """Run a cutter before `target` for the length of the block; it cuts nothing until told to."""
    cutter = Cutter(target, span)
    with in_background(cutter.serve):
        yield cutter

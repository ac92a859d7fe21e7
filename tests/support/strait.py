"""What lies between a node and its PostgreSQL server: a loopback port whose bytes may stop, or get lost."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Flag, auto
from pathlib import Path

from tests.support.background import both, in_background
from tests.support.programs import free_port


class Way(Flag):
    """Where nothing passes."""

    NONE = 0
    THERE = auto()
    BACK = auto()


@dataclass
class Strait:
    """Forwards `port` to the server whose socket lies in `folder`."""

    folder: Path
    port: int = field(default_factory=free_port)
    stalled: Way = Way.NONE
    """What is sent on these ways waits, and arrives late; nobody is told."""

    is_cut: bool = False
    """Connections break, and nobody gets a new one."""

    def place(self, conninfo: str) -> str:
        """The connection string that leads through here instead of straight on."""
        return conninfo.replace(f"host={self.folder}", f"host=127.0.0.1 port={self.port} connect_timeout=2")

    async def serve(self, ready: threading.Event) -> None:
        """Accept until cancelled."""
        server = await asyncio.start_server(self._client, "127.0.0.1", self.port)
        ready.set()
        async with server:
            await server.serve_forever()

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            back, there = await asyncio.open_unix_connection(str(self.folder / ".s.PGSQL.5432"))
            try:
                ways = both(self._carry(reader, there, Way.THERE), self._carry(back, writer, Way.BACK))
                await both(ways, self._until(lambda: self.is_cut))
            finally:
                there.transport.abort()
        finally:
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: Way) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65_536):
                await self._until(lambda: way not in self.stalled)
                writer.write(data)
        # An end is not seen at the other side either, whichever way is closed.
        await self._until(lambda: not self.stalled)

    async def _until(self, condition: Callable[[], bool]) -> None:
        while not condition():  # noqa: ASYNC110  # set from another thread
            await asyncio.sleep(0.01)


@contextlib.contextmanager
def strait(folder: Path) -> Iterator[Strait]:
    """Forward for the length of the block."""
    between = Strait(folder)
    with in_background(between.serve):
        yield between

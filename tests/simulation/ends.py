"""The two ends of a simulated connection, as the client's link and the relay's session use them."""

from typing import TYPE_CHECKING, Final, cast

import anyio
import trio

from relay.stream import ConnectionLostError, StalledError, TlsStream
from securemsg.client.dial import Dialled
from tests.simulation.network import Connection, LostError

if TYPE_CHECKING:
    from anyio.streams.tls import TLSStream

_AT_ONCE: Final = 128 * 1024
"""Bytes that the relay takes at once."""


class ClientEnd:
    """What the client has instead of TLS."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def receive(self, max_bytes: int = 65_536) -> bytes:
        """Return what arrived; raises as anyio's streams do."""
        try:
            data = await self._connection.down.read(max_bytes)
        except LostError:
            raise anyio.BrokenResourceError from None
        if not data:
            raise anyio.EndOfStream
        return data

    async def send(self, item: bytes) -> None:
        """Send bytes; raises as anyio's streams do."""
        try:
            await self._connection.up.write(item)
        except LostError:
            raise anyio.BrokenResourceError from None

    async def aclose(self) -> None:
        """Close."""
        self._connection.close()
        await trio.lowlevel.checkpoint()


class RelayEnd:
    """What the relay has instead of TLS."""

    def __init__(self, connection: Connection, stall_seconds: float) -> None:
        self._connection = connection
        self._stall_seconds = stall_seconds

    async def receive(self) -> bytes:
        """Return what arrived, nothing at the end; raises `ConnectionLostError`."""
        try:
            return await self._connection.up.read(_AT_ONCE)
        except LostError:
            raise ConnectionLostError from None

    async def send(self, data: bytes) -> None:
        """Send all; raises `ConnectionLostError` or `StalledError`."""
        with trio.move_on_after(self._stall_seconds) as scope:
            try:
                await self._connection.down.write(data)
            except LostError:
                raise ConnectionLostError from None
        if scope.cancelled_caught:
            raise StalledError

    def close(self) -> None:
        """Close."""
        self._connection.close()


def as_dialled(connection: Connection, spki_digest: bytes) -> Dialled:
    """Return what dialling returns."""
    return Dialled(cast("TLSStream", ClientEnd(connection)), spki_digest)


def as_accepted(connection: Connection, stall_seconds: float) -> TlsStream:
    """Return what accepting returns."""
    return cast("TlsStream", RelayEnd(connection, stall_seconds))

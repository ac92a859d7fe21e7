"""The client's end of a WebSocket, and of connections that say something else."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, BytesMessage, CloseConnection, Event, Ping, Request

from relay.stream import TlsStream
from securemsg.crypto.certificate import spki_digest
from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.client import ClientConnection, Greeted
from securemsg.mailbox.transport import WEBSOCKET_ALPN, WEBSOCKET_PATH
from tests.relay.client import ENTROPY, RelayClient, client_context


class WebSocket:
    """A stream of bytes in the messages of a WebSocket; each call of `send` makes one message."""

    def __init__(self, tls: TlsStream) -> None:
        self.tls = tls
        self.connection = WSConnection(ConnectionType.CLIENT)
        self.events: list[Event] = []

    async def upgrade(self) -> None:
        """Ask for it, and check that it is granted."""
        await self.tls.send(self.connection.send(Request("relay.invalid", WEBSOCKET_PATH)))
        assert isinstance(await self.event(), AcceptConnection)

    async def event(self) -> Event:
        """The next event, whatever it is."""
        while not self.events:
            self.connection.receive_data(await self.tls.receive() or None)
            self.events.extend(self.connection.events())
        return self.events.pop(0)

    async def receive(self) -> bytes:
        """What came in the next message; empty at the end."""
        while True:
            match await self.event():
                case BytesMessage(data=data):
                    return bytes(data)
                case CloseConnection():
                    return b""
                case Ping() as ping:
                    await self.tls.send(self.connection.send(ping.response()))
                case _:
                    pass

    async def send(self, data: bytes) -> None:
        """Send `data` as one message."""
        await self.tls.send(self.connection.send(BytesMessage(data=data)))

    def close(self) -> None:
        """Close without a word."""
        self.tls.close()


@asynccontextmanager
async def shaken(
    address: RelayAddress, *protocols: str, first: bytes = b""
) -> AsyncIterator[tuple[TlsStream, bytes]]:
    """A TLS connection, and the digest of the key that the relay showed; `first` is sent before TLS."""
    raw = socket.create_connection((address.host, address.port))
    raw.settimeout(0)
    raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    raw.send(first)
    tls = client_context(*protocols).wrap_socket(raw, do_handshake_on_connect=False)
    stream = TlsStream(tls, 30)
    try:
        await stream.shake_hands()
        yield stream, spki_digest(tls.getpeercert(binary_form=True) or b"")
    finally:
        stream.close()


@asynccontextmanager
async def websocket(address: RelayAddress) -> AsyncIterator[tuple[RelayClient, WebSocket]]:
    """A greeted client over a WebSocket."""
    async with shaken(address, WEBSOCKET_ALPN) as (tls, shown):
        stream = WebSocket(tls)
        await stream.upgrade()
        client = RelayClient(cast("TlsStream", stream), ClientConnection(address.pin, shown, ENTROPY))
        await stream.send(client.connection.start())
        assert isinstance(await client._next(), Greeted)
        yield client, stream

"""Networks that let some kinds of TLS through only, and a WebSocket before a relay that has none."""

import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio
from anyio.abc import ByteStream, SocketAttribute, SocketStream
from anyio.streams.tls import TLSStream
from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, BytesMessage, CloseConnection, Event, Ping, Request

from tests.client.live import server_context
from tests.client.proxies import BROKEN, copy_both
from tests.support.programs import RelayProgram

WEB, OURS = b"http/1.1", b"securemsg/1"

Speak = Callable[[bytes], list[Event]]
"""What a server makes of bytes that are for the client."""


def as_one_message(data: bytes) -> list[Event]:
    """Say all at once."""
    return [BytesMessage(data)]


@dataclass
class Wall:
    """What stands before a relay: it lets through first bytes that contain one of `passing`."""

    relay: RelayProgram
    passing: tuple[bytes, ...]
    speak: Speak = as_one_message
    port: int = 0
    seen: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    async def serve(self, stream: SocketStream) -> None:
        """Look at the first bytes, which name the protocols; break off or carry on."""
        first = await stream.receive()
        self.seen.append("web" if WEB in first else "ours" if OURS in first else "other")
        if not any(passing in first for passing in self.passing):
            return
        if WEB in first:
            async with _Replayed(stream, first) as replayed:
                await self._web(replayed)
        else:
            async with await anyio.connect_tcp("127.0.0.1", self.relay.port) as relay:
                await relay.send(first)
                await copy_both(stream, relay)

    async def _web(self, stream: ByteStream) -> None:
        folder = self.relay.data
        outer = await TLSStream.wrap(
            stream, ssl_context=server_context(folder, "http/1.1"), standard_compatible=False
        )
        async with outer, await dial_relay(self.relay.port) as relay:
            socket = WSConnection(ConnectionType.SERVER)
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._out, relay, outer, socket)
                await self._in(outer, relay, socket)
                tasks.cancel_scope.cancel()

    async def _in(self, outer: ByteStream, relay: ByteStream, socket: WSConnection) -> None:
        async for data in outer:
            socket.receive_data(data)
            for event in socket.events():
                if isinstance(event, Request):
                    self.requests.append(event)
                    await outer.send(socket.send(AcceptConnection()))
                elif isinstance(event, BytesMessage):
                    await relay.send(bytes(event.data))
                elif isinstance(event, CloseConnection):
                    return

    async def _out(self, relay: ByteStream, outer: ByteStream, socket: WSConnection) -> None:
        async for data in relay:
            for event in self.speak(data):
                await outer.send(socket.send(event))
        await outer.aclose()


class _Replayed(ByteStream):
    """A stream whose first bytes were looked at."""

    def __init__(self, stream: ByteStream, first: bytes) -> None:
        self._stream = stream
        self._first = first

    async def receive(self, max_bytes: int = 65_536) -> bytes:
        """Return the first bytes again, then the others."""
        if self._first:
            piece, self._first = self._first[:max_bytes], self._first[max_bytes:]
            return piece
        return await self._stream.receive(max_bytes)

    async def send(self, item: bytes) -> None:
        """Pass on."""
        await self._stream.send(item)

    async def send_eof(self) -> None:
        """Pass on."""
        await self._stream.send_eof()

    async def aclose(self) -> None:
        """Pass on."""
        await self._stream.aclose()


async def dial_relay(port: int) -> ByteStream:
    """Connect to the relay as its clients do."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["securemsg/1"])
    tcp = await anyio.connect_tcp("127.0.0.1", port)
    return await TLSStream.wrap(tcp, server_side=False, ssl_context=context, standard_compatible=False)


@asynccontextmanager
async def wall(relay: RelayProgram, *passing: bytes, speak: Speak = as_one_message) -> AsyncIterator[Wall]:
    """Stand before `relay` for the length of the block."""
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    here = Wall(relay, passing, speak, listener.extra_attributes[SocketAttribute.local_port]())

    async def handle(stream: SocketStream) -> None:
        async with stream:
            try:
                await here.serve(stream)
            except BaseExceptionGroup as group:
                if group.split(BROKEN)[1] is not None:
                    raise
            except BROKEN:
                return

    async with listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, handle)
        yield here
        tasks.cancel_scope.cancel()


def chatty(data: bytes) -> list[Event]:
    """Say all in pieces, with pings and empty messages between them."""
    middle = len(data) // 2
    first = BytesMessage(data[:middle], message_finished=False)
    return [Ping(b"still there?"), first, Ping(b""), BytesMessage(data[middle:]), BytesMessage(b"")]

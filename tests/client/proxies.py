"""Tiny proxies on loopback: honest ones that know names nobody else knows, and hostile ones."""

import base64
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio
from anyio.abc import ByteStream, SocketAttribute, SocketStream
from anyio.streams.buffered import BufferedByteReceiveStream

BROKEN = (
    anyio.BrokenResourceError,
    anyio.ClosedResourceError,
    anyio.EndOfStream,
    anyio.IncompleteRead,
    OSError,
)

Answer = Callable[[SocketStream], Awaitable[None]]


@dataclass
class Place:
    """Where a proxy listens, what it was asked to connect to, and with which login."""

    port: int
    hosts: dict[str, int] = field(default_factory=dict)
    """Which hosts it can reach, and at which port on loopback they really are."""

    login: str = ""
    """The `USER:PASSWORD` that it wants; nothing where it wants none."""

    asked: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)


@asynccontextmanager
async def socks_proxy(hosts: dict[str, int], login: str = "") -> AsyncIterator[Place]:
    """Run a SOCKS5 server (RFC 1928, RFC 1929) for the length of the block."""
    async with _serving(_socks, hosts, login) as place:
        yield place


@asynccontextmanager
async def connect_proxy(hosts: dict[str, int], login: str = "") -> AsyncIterator[Place]:
    """Run a web proxy that knows CONNECT (RFC 9110) for the length of the block."""
    async with _serving(_connect, hosts, login) as place:
        yield place


@asynccontextmanager
async def answering(answer: Answer) -> AsyncIterator[int]:
    """Run a server that does `answer` with every connection; yields its port."""

    async def serve(stream: SocketStream, place: Place) -> None:
        place.asked.append("")
        await answer(stream)

    async with _serving(serve, {}, "") as place:
        yield place.port


async def copy_both(one: ByteStream, other: ByteStream) -> None:
    """Carry bytes both ways until either side ends."""

    async def carry(source: ByteStream, sink: ByteStream, scope: anyio.CancelScope) -> None:
        try:
            async for data in source:
                await sink.send(data)
        except BROKEN:
            pass
        finally:
            scope.cancel()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(carry, one, other, tasks.cancel_scope)
        tasks.start_soon(carry, other, one, tasks.cancel_scope)


@asynccontextmanager
async def _serving(
    serve: Callable[[SocketStream, Place], Awaitable[None]], hosts: dict[str, int], login: str
) -> AsyncIterator[Place]:
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    place = Place(listener.extra_attributes[SocketAttribute.local_port](), hosts, login)

    async def handle(stream: SocketStream) -> None:
        async with stream:
            try:
                await serve(stream, place)
            except BROKEN:
                return

    async with listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, handle)
        yield place
        tasks.cancel_scope.cancel()


async def _socks(stream: SocketStream, place: Place) -> None:
    reading = BufferedByteReceiveStream(stream)
    _, count = await reading.receive_exactly(2)
    offered = await reading.receive_exactly(count)
    method = 2 if place.login else 0
    if method not in offered:
        await stream.send(b"\x05\xff")
        return
    await stream.send(bytes((5, method)))
    if method:
        _, length = await reading.receive_exactly(2)
        user = await reading.receive_exactly(length)
        (length,) = await reading.receive_exactly(1)
        place.logins.append(f"{user.decode()}:{(await reading.receive_exactly(length)).decode()}")
        await stream.send(bytes((1, place.logins[-1] != place.login)))
        if place.logins[-1] != place.login:
            return
    host, port = await _socks_target(reading)
    await _join(stream, place, (host, port), (b"\x05\0\0\x01" + bytes(6), b"\x05\x04\0\x01" + bytes(6)))


async def _socks_target(reading: BufferedByteReceiveStream) -> tuple[str, int]:
    head = await reading.receive_exactly(4)
    if head[3] == 1:
        host = ".".join(str(part) for part in await reading.receive_exactly(4))
    else:
        (length,) = await reading.receive_exactly(1)
        host = (await reading.receive_exactly(length)).decode()
    (port,) = struct.unpack(">H", await reading.receive_exactly(2))
    return host, port


async def _connect(stream: SocketStream, place: Place) -> None:
    head = (await BufferedByteReceiveStream(stream).receive_until(b"\r\n\r\n", 8_192)).decode()
    fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:])
    if "Proxy-Authorization" in fields:
        place.logins.append(base64.b64decode(fields["Proxy-Authorization"].removeprefix("Basic ")).decode())
    if place.login and place.logins[-1:] != [place.login]:
        await stream.send(b"HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic\r\n\r\n")
        return
    host, port = head.split(" ")[1].rsplit(":", 1)
    yes, no = b"HTTP/1.1 200 OK\r\nVia: tiny\r\n\r\n", b"HTTP/1.1 502 No such host\r\n\r\n"
    await _join(stream, place, (host, int(port)), (yes, no))


async def _join(
    stream: SocketStream, place: Place, target: tuple[str, int], answers: tuple[bytes, bytes]
) -> None:
    place.asked.append(f"{target[0]}:{target[1]}")
    if target[0] not in place.hosts:
        await stream.send(answers[1])
        return
    async with await anyio.connect_tcp("127.0.0.1", place.hosts[target[0]]) as upstream:
        await stream.send(answers[0])
        await copy_both(stream, upstream)

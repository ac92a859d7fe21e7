"""Ways to trouble a relay from outside, each for ever, and a pair of clients who notice (N01, N03, N04).

A flood keeps no descriptors when it is cancelled.
"""

import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, TypeAlias

import trio

from relay.stream import ConnectionLostError, TlsStream
from securemsg.errors import RemoteError
from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.requests import Acknowledge, Subscribe
from tests.relay.client import ENTROPY, Ended, Mailbox, RelayClient, client_context

Flood: TypeAlias = Callable[[RelayAddress], Awaitable[None]]

GONE: Final = (ConnectionLostError, OSError, Ended, RemoteError, AssertionError)
"""How a relay ends what it does not want."""

_AT_ONCE: Final = 40
_WRONG_AT_ONCE: Final = 500
_WRONG_SECONDS: Final = 0.05
"""A batch of wrong tokens so often: 10,000 a second."""


@asynccontextmanager
async def _connected(address: RelayAddress) -> AsyncIterator[socket.socket]:
    with socket.socket() as raw:
        raw.settimeout(0)
        raw.connect_ex((address.host, address.port))
        await trio.lowlevel.wait_writable(raw)
        yield raw


async def in_parallel(attempt: Flood, address: RelayAddress, count: int) -> None:
    """Make `count` attempts at the same time, each again and again."""

    async def again() -> None:
        while True:
            with contextlib.suppress(*GONE):
                await attempt(address)
            await trio.lowlevel.checkpoint()

    async with trio.open_nursery() as nursery:
        for _ in range(count):
            nursery.start_soon(again)


async def connections(address: RelayAddress) -> None:
    """Connect, and leave at once."""

    async def attempt(address: RelayAddress) -> None:
        async with _connected(address):
            pass

    await in_parallel(attempt, address, _AT_ONCE)


async def handshakes(address: RelayAddress) -> None:
    """Shake hands as fast as that goes, and leave."""
    context = client_context()

    async def attempt(address: RelayAddress) -> None:
        async with _connected(address) as raw:
            tls = context.wrap_socket(raw, do_handshake_on_connect=False)
            try:
                await TlsStream(tls, 30).shake_hands()
            finally:
                tls.close()

    await in_parallel(attempt, address, _AT_ONCE)


async def slowloris(address: RelayAddress) -> None:
    """Many connections that send the beginning of a handshake, byte by byte."""

    async def attempt(address: RelayAddress) -> None:
        async with _connected(address) as raw:
            for byte in b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500):
                raw.send(bytes([byte]))
                await trio.sleep(0.5)

    await in_parallel(attempt, address, 5 * _AT_ONCE)


async def random_bytes(address: RelayAddress) -> None:
    """What is no protocol at all, before TLS."""

    async def attempt(address: RelayAddress) -> None:
        async with _connected(address) as raw:
            raw.send(ENTROPY(2_000))
            await trio.lowlevel.wait_readable(raw)
            raw.recv(1_000)

    await in_parallel(attempt, address, _AT_ONCE)


async def oversized_frames(address: RelayAddress) -> None:
    """A greeted client that declares a frame of 4 GiB."""

    async def attempt(address: RelayAddress) -> None:
        async with RelayClient.open(address) as client:
            await client.stream.send(b"\xff\xff\xff\xff" + bytes(10_000))
            while await client.stream.receive():
                pass

    await in_parallel(attempt, address, 8)


async def wrong_tokens(address: RelayAddress) -> None:
    """Submits with wrong tokens, 10,000 a second on one connection."""
    while True:
        with contextlib.suppress(*GONE):
            async with RelayClient.open(address) as client:
                submits = [Mailbox().submit() for _ in range(_WRONG_AT_ONCE)]
                while True:
                    begun = trio.current_time()
                    await client.ask_all(submits)
                    await trio.sleep_until(begun + _WRONG_SECONDS)
        await trio.lowlevel.checkpoint()


async def slow_readers(address: RelayAddress) -> None:
    """Owners of full mailboxes who subscribe and take nothing."""

    async def attempt(address: RelayAddress) -> None:
        mailbox = Mailbox()
        async with RelayClient.open(address) as sender:
            await sender.ask(mailbox.creation)
            await sender.ask_all([mailbox.submit(bytes(30_000)) for _ in range(100)])
        async with RelayClient.open(address) as owner:
            await owner.own(mailbox)
            await owner.stream.send(owner.connection.send(Subscribe(mailbox.id)))
            await trio.sleep_forever()

    await in_parallel(attempt, address, 4)


FLOODS: Final[dict[str, Flood]] = {
    flood.__name__: flood
    for flood in (
        connections,
        handshakes,
        slowloris,
        random_bytes,
        oversized_frames,
        wrong_tokens,
        slow_readers,
    )
}


@dataclass(frozen=True, slots=True)
class Pair:
    """A sender and an owner who listens."""

    sender: RelayClient
    owner: RelayClient
    mailbox: Mailbox

    @classmethod
    @asynccontextmanager
    async def open(cls, address: RelayAddress) -> AsyncIterator["Pair"]:
        """Connect both."""
        mailbox = Mailbox()
        async with RelayClient.open(address) as sender, RelayClient.open(address) as owner:
            await sender.ask(mailbox.creation)
            await owner.listen(mailbox)
            yield cls(sender, owner, mailbox)

    async def deliver(self) -> float:
        """Send one message; return how long it was until it was delivered (seconds)."""
        begun = trio.current_time()
        submit = self.mailbox.submit(b"e" * 1_180)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self.sender.ask, submit)
            delivery = await self.owner.delivery()
            seconds = trio.current_time() - begun
        assert delivery.submit_id == submit.submit_id
        await self.owner.ask(Acknowledge(self.mailbox.id, delivery.sequence))
        return seconds

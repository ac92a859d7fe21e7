"""What one connection may cost: memory, and the time of the others (Spec: RL-4, MB-5, MB-6)."""

import socket
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trio
import trio.lowlevel

from relay.folder import DataFolder
from relay.identity import Identity
from relay.outgoing import OUTGOING_BYTES
from relay.program import Relay
from relay.stream import StalledError, TlsStream
from relay.transport.certificates import server_context
from relay.transport.pair import Pair
from securemsg.crypto.entropy import SystemEntropy
from securemsg.mailbox.answers import Deliver, Done, ErrorCode, Failed, Prekeys, Subscribed
from securemsg.mailbox.limits import MAX_PROVEN
from securemsg.mailbox.requests import Create, FetchPrekeys, Ping, PublishManifest, Request, Subscribe
from securemsg.mailbox.transport import ALPN
from tests.relay.client import Mailbox, RelayClient, client_context
from tests.relay.running import START, running, until

pytestmark = pytest.mark.anyio

CONFLICT = Failed(ErrorCode.CONFLICT)


@asynccontextmanager
async def watched(relay: Relay) -> AsyncIterator[list[int]]:
    """The most that waited for any connection of `relay`, looked at all the time."""
    most = [0]

    async def look() -> None:
        while True:
            most[0] = max([most[0], *(session.outgoing.size for session in relay._server._sessions)])
            await trio.lowlevel.checkpoint()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(look)
        yield most
        nursery.cancel_scope.cancel()


async def test_large_answers_that_nobody_reads_wait_on_the_disk(tmp_path: Path) -> None:
    """RL-4: as many fetches as a connection may have unanswered, of the largest manifests."""
    mailboxes = [Mailbox() for _ in range(35)]
    async with running(tmp_path) as relay, RelayClient.open(relay.address) as owner:
        await owner.ask_all([mailbox.creation for mailbox in mailboxes])
        for mailbox in mailboxes:
            await owner.own(mailbox)
        await owner.ask_all([PublishManifest(mailbox.id, 1, bytes(24_576)) for mailbox in mailboxes])
        async with RelayClient.open(relay.address) as greedy, watched(relay) as most:
            asked = [FetchPrekeys(one.id, one.token) for one in mailboxes for _ in range(29)]
            await greedy.stream.send(b"".join(map(greedy.connection.send, asked)))
            await until(lambda: most[0] > OUTGOING_BYTES // 2)
            await trio.sleep(0.3)
            for _ in asked:
                assert isinstance(await greedy.answered(), Prekeys)
        assert most[0] <= OUTGOING_BYTES


async def test_subscriptions_of_one_connection_share_its_bound(tmp_path: Path) -> None:
    """RL-4: they all wait for room, and go on one after the other."""
    mailboxes = [Mailbox() for _ in range(40)]
    async with running(tmp_path) as relay:
        async with RelayClient.open(relay.address) as sender:
            await sender.ask_all([mailbox.creation for mailbox in mailboxes])
            for mailbox in mailboxes:
                await sender.ask_all([mailbox.submit(bytes(33_900)) for _ in range(8)])
        async with RelayClient.open(relay.address) as owner, watched(relay) as most:
            for mailbox in mailboxes:
                await owner.own(mailbox)
            subscriptions = [Subscribe(mailbox.id) for mailbox in mailboxes]
            await owner.stream.send(b"".join(map(owner.connection.send, subscriptions)))
            await until(lambda: most[0] > OUTGOING_BYTES // 2)
            await trio.sleep(0.3)
            found = 0
            while found < 40 * 8:
                found += isinstance(await owner._next(), Deliver)
        assert most[0] <= OUTGOING_BYTES


async def test_a_connection_proves_so_many_mailboxes_and_no_more(tmp_path: Path) -> None:
    """MB-5: what was proven stays so, and may be proven again."""
    mailboxes = [Mailbox() for _ in range(MAX_PROVEN + 1)]
    async with running(tmp_path) as relay, RelayClient.open(relay.address) as owner:
        await owner.ask_all([mailbox.creation for mailbox in mailboxes])
        proofs = [owner.connection.proof(mailbox.id, mailbox.key) for mailbox in mailboxes]
        assert await owner.ask_all(proofs) == [*[Done()] * MAX_PROVEN, CONFLICT]
        assert await owner.ask(owner.connection.proof(mailboxes[0].id, mailboxes[0].key)) == Done()
        assert await owner.ask(Subscribe(mailboxes[0].id)) == Subscribed(0, 0)


async def test_who_sent_on_a_connection_proves_nothing_on_it(tmp_path: Path) -> None:
    """MB-6: in this order, too, the relay does not take what would tell it who sends."""
    mailbox, other = Mailbox(), Mailbox()
    async with running(tmp_path) as relay:
        for asked in (other.submit(), FetchPrekeys(other.id, other.token)):
            async with RelayClient.open(relay.address) as client:
                await client.ask_all([mailbox.creation, other.creation, asked])
                client.connection._role = None
                assert await client.ask(client.connection.proof(mailbox.id, mailbox.key)) == CONFLICT


async def test_judging_many_keys_lets_the_others_have_their_turn(tmp_path: Path) -> None:
    keyless = [Create(Mailbox().id, b"\xff" * 32) for _ in range(1_000)]
    async with running(tmp_path) as relay, RelayClient.open(relay.address) as client:
        assert await turns_while_answering(relay, client, keyless) >= 25
        assert {await client.answered() for _ in keyless} == {Failed(ErrorCode.REFUSED)}


async def test_a_thousand_requests_let_the_others_have_their_turn(tmp_path: Path) -> None:
    """RL-4: while they are read, and while they are answered; pings, because nothing else waits for them."""
    async with running(tmp_path) as relay, RelayClient.open(relay.address) as client:
        assert await turns_while_answering(relay, client, [Ping()] * 1_024) >= 15
        assert {await client.answered() for _ in range(1_024)} == {Done()}


async def turns_while_answering(relay: Relay, client: RelayClient, requests: Sequence[Request]) -> int:
    """How often another task ran while all of `requests`, received at once, were answered."""
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            await trio.lowlevel.checkpoint()
            turns += 1

    await until(lambda: len(relay._server._sessions) == 1)
    (session,) = relay._server._sessions
    session._connection.receive_data(b"".join(map(client.connection.send, requests)))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(others)
        await trio.lowlevel.checkpoint()
        before = turns
        await session._desk.answer_received()
        nursery.cancel_scope.cancel()
    return turns - before


@asynccontextmanager
async def pair(folder: Path, stall_seconds: float) -> AsyncIterator[tuple[TlsStream, TlsStream]]:
    """A relay's end of a connection and a client's, with small buffers in between."""
    Identity.prepare(DataFolder(folder), SystemEntropy(), START)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        near = socket.socket()
        near.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
        near.connect(listener.getsockname())
        far, _ = listener.accept()
    far.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2_048)
    for end in (near, far):
        end.settimeout(0)
    client = TlsStream(client_context().wrap_socket(near, do_handshake_on_connect=False), 30)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(client.shake_hands)
        context = server_context(Pair.of(DataFolder(folder)), [ALPN])
        relay = await TlsStream.accept(far, context, stall_seconds)
    yield relay, client
    relay.close()
    client.close()


async def test_records_of_a_byte_are_taken_a_few_at_a_time(tmp_path: Path) -> None:
    async with pair(tmp_path, 30) as (relay, client):
        for _ in range(100):
            await client.send(b"x")
        await trio.sleep(0.1)
        first = await relay.receive()
        assert 0 < len(first) <= 64
        rest = await relay.receive()
        assert first + rest == b"x" * 100


async def test_a_reader_that_takes_a_little_now_and_then_is_closed_too(tmp_path: Path) -> None:
    """RL-4, N04: it must take a record in twice the time in which it must take anything."""
    async with pair(tmp_path, 0.5) as (relay, client), trio.open_nursery() as nursery:

        async def sip() -> None:
            assert isinstance(client._socket, ssl.SSLSocket)
            while True:
                await trio.sleep(0.025)
                await trio.lowlevel.wait_readable(client._socket)
                socket.socket.recv(client._socket, 256)

        nursery.start_soon(sip)
        begun = trio.current_time()
        with pytest.raises(StalledError), trio.fail_after(10):
            await relay.send(bytes(2**20))
        assert trio.current_time() - begun >= 1
        nursery.cancel_scope.cancel()

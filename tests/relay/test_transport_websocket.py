"""WebSocket: the same service, and what does not belong there (Spec: MB-15, MB-16, RL-30)."""

import contextlib
from pathlib import Path

import pytest
import trio
from wsproto.events import BytesMessage, CloseConnection, Ping, Pong

from relay.program import Relay
from relay.stream import ConnectionLostError
from relay.transport.settings import TransportSettings
from securemsg.errors import RemoteError
from securemsg.mailbox.answers import Accepted, Done, Failed, Goodbye
from securemsg.mailbox.client import ClientConnection
from securemsg.mailbox.requests import Ping as Heartbeat
from securemsg.mailbox.transport import ALPN, WEBSOCKET_ALPN, WEBSOCKET_HEAD, WEBSOCKET_MESSAGE
from tests.relay.client import ENTROPY, Mailbox, RelayClient
from tests.relay.running import Setting, running, until
from tests.relay.websockets import shaken, websocket

pytestmark = pytest.mark.anyio

TOO_LONG = WEBSOCKET_MESSAGE + 1
UPGRADE = (
    b"GET /securemsg/1 HTTP/1.1\r\nHost: relay.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


async def answer(relay: Relay, asked: bytes) -> bytes:
    """Everything that the relay says to an HTTP request."""
    async with shaken(relay.address, WEBSOCKET_ALPN) as (tls, _):
        await tls.send(asked)
        said = b""
        with contextlib.suppress(ConnectionLostError), trio.fail_after(5):
            while more := await tls.receive():
                said += more
        return said


async def test_everything_works_over_a_websocket_as_without_one(tmp_path: Path) -> None:
    mailbox = Mailbox()
    async with running(tmp_path) as relay, RelayClient.open(relay.address) as sender:
        await sender.ask(mailbox.creation)
        async with websocket(relay.address) as (owner, _):
            await owner.listen(mailbox)
            envelopes = [bytes([number]) * 33_000 for number in range(40)]
            answers = await sender.ask_all([mailbox.submit(envelope) for envelope in envelopes])
            assert answers == [Accepted()] * 40
            assert [(await owner.delivery()).envelope for _ in envelopes] == envelopes
        async with websocket(relay.address) as (other, _):
            assert await other.ask_all([mailbox.submit(b"x" * 30_000) for _ in range(2)]) == [Accepted()] * 2
        assert relay.service.counters.websockets == 2
        await until(lambda: relay.service.counters.connections_open == 1)


async def test_a_client_that_offers_both_gets_frames_directly_inside_tls(tmp_path: Path) -> None:
    async with running(tmp_path) as relay:
        for offered in ((WEBSOCKET_ALPN, ALPN), (ALPN, WEBSOCKET_ALPN)):
            async with shaken(relay.address, *offered) as (tls, _):
                assert tls.protocol == ALPN


async def test_without_websockets_their_protocol_is_not_known(tmp_path: Path) -> None:
    setting = Setting(transport=TransportSettings(websocket=False))
    async with running(tmp_path, setting) as relay:
        with pytest.raises(ConnectionLostError):
            async with shaken(relay.address, WEBSOCKET_ALPN):
                pass


async def test_messages_are_pieces_of_a_stream(tmp_path: Path) -> None:
    """E20: a byte in each message, in each fragment, and several frames in one message."""
    mailbox = Mailbox()
    async with running(tmp_path) as relay, websocket(relay.address) as (client, stream):
        wire, send = stream.connection, stream.tls.send
        for byte in client.connection.send(mailbox.creation):
            await stream.send(bytes([byte]))
        for byte in client.connection.send(mailbox.submit()):
            await send(wire.send(BytesMessage(data=bytes([byte]), message_finished=False)))
            await send(wire.send(Ping()))
        await send(wire.send(BytesMessage(data=b"", message_finished=True)))
        assert [await client.answered() for _ in range(2)] == [Done(), Accepted()]
        assert await client.ask_all([Heartbeat() for _ in range(300)]) == [Done()] * 300


async def test_the_upgrade_may_come_byte_by_byte_with_the_first_frames_behind_it(tmp_path: Path) -> None:
    async with running(tmp_path) as relay, shaken(relay.address, WEBSOCKET_ALPN) as (tls, shown):
        connection = ClientConnection(relay.address.pin, shown, ENTROPY)
        for byte in UPGRADE[:-1]:
            await tls.send(bytes([byte]))
        masked = bytes([0x82, 0x80 | len(hello := connection.start()), 0, 0, 0, 0]) + hello
        await tls.send(UPGRADE[-1:] + masked)
        said = b""
        while b"\r\n\r\n" not in said or len(said.partition(b"\r\n\r\n")[2]) < 100:
            said += await tls.receive()
        assert said.startswith(b"HTTP/1.1 101 ")


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"404"),
        (b"POST /securemsg/1 HTTP/1.1\r\nHost: a\r\n\r\n", b"404"),
        (UPGRADE.replace(b"/securemsg/1", b"/securemsg/2"), b"404"),
        (UPGRADE.replace(b"HTTP/1.1", b"HTTP/1.0"), b"404"),
        (UPGRADE.replace(b" HTTP/1.1", b""), b"400"),
        (UPGRADE.replace(b"Version: 13", b"Version: 12"), b"400"),
        (UPGRADE.replace(b"Upgrade: websocket", b"Upgrade: h2c"), b"400"),
        (UPGRADE.replace(b"Connection: Upgrade\r\n", b""), b"400"),
        (UPGRADE.replace(b"Sec-WebSocket-Key", b"Key"), b"400"),
        (UPGRADE.replace(b"Host: ", b"Host: xn--\xff"), b"400"),
        (UPGRADE.replace(b"Host: ", b"Host: xn--" + b"a" * 1_024), b"400"),
        (UPGRADE.replace(b"Host: ", b"Sec-WebSocket-Protocol: \xff\r\nHost: "), b"400"),
        (UPGRADE.replace(b"Host: ", b"Content-Length: 5\r\nHost: "), b"400"),
        (UPGRADE.replace(b"Host: ", b"Transfer-Encoding: chunked\r\nHost: "), b"400"),
        (UPGRADE.replace(b"Host: ", b"Host: b\r\nHost: "), b"400"),
        (b"\r\n\r\n", b"400"),
        (b"\0" * 100 + b"\r\n\r\n", b"400"),
        (b"\r\n".join([UPGRADE[:-4], *[b"X: y"] * 2_000, b"", b""]), b"400"),
        (b"A" * (WEBSOCKET_HEAD + 1), b"400"),
    ],
)
async def test_any_other_request_gets_a_short_answer_without_names(
    tmp_path: Path, asked: bytes, status: bytes
) -> None:
    """E06, MB-15: nothing of what was asked comes back."""
    async with running(tmp_path) as relay:
        said = await answer(relay, asked)
        assert said.startswith(b"HTTP/1.1 " + status)
        assert said.endswith(b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        assert len(said) < 100
        await until(lambda: relay.service.counters.connections_open == 0)
        assert relay.service.counters.handshakes_failed == 1
        assert relay.service.counters.connections_failed == 0


async def test_no_extension_is_agreed_on(tmp_path: Path) -> None:
    """MB-15: nothing is compressed."""
    offered = UPGRADE.replace(b"Host: ", b"Sec-WebSocket-Extensions: permessage-deflate\r\nHost: ")
    async with running(tmp_path) as relay, shaken(relay.address, WEBSOCKET_ALPN) as (tls, _):
        await tls.send(offered)
        said = await tls.receive()
        assert said.startswith(b"HTTP/1.1 101 ")
        assert b"xtensions" not in said


def masked(head: bytes, payload: bytes = b"") -> bytes:
    """A frame of a client with an empty mask."""
    return head + bytes(4) + payload


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (masked(b"\x81\x82", b"hi"), 1003),
        (masked(b"\x01\x81", b"h"), 1003),
        (
            masked(b"\x82\xff" + (WEBSOCKET_MESSAGE + 1).to_bytes(8, "big"), bytes(WEBSOCKET_MESSAGE + 1)),
            1009,
        ),
        (masked(b"\x82\xff" + (2**62).to_bytes(8, "big"), bytes(TOO_LONG)), 1009),
        (masked(b"\x02\xfe\x80\x00", bytes(2**15)) + masked(b"\x00\xff" + bytes(7) + b"\xff") * 3, 1002),
        (b"\x82\x02hi", 1002),
        (masked(b"\xc2\x82", b"hi"), 1002),
        (masked(b"\x83\x80"), 1002),
        (masked(b"\x80\x80"), 1002),
        (masked(b"\x89\xfe\x00\x7e", bytes(126)), 1002),
        (masked(b"\x09\x80"), 1002),
        (masked(b"\x88\x81", b"x"), 1002),
        (masked(b"\x02\x80") + masked(b"\x82\x80"), 1002),
    ],
)
async def test_what_a_websocket_of_this_protocol_does_not_carry_is_a_violation(
    tmp_path: Path, sent: bytes, code: int
) -> None:
    """E06, MB-15: text, too much, and what RFC 6455 forbids; the others go on."""
    async with running(tmp_path) as relay, RelayClient.open(relay.address) as other:
        async with websocket(relay.address) as (client, stream):
            await stream.tls.send(sent)
            with trio.fail_after(5):
                with pytest.raises(RemoteError, match="keep to the protocol"):
                    await client.notice()
                closing = await stream.event()
            assert isinstance(closing, CloseConnection)
            assert closing.code == code
        assert await other.ask(Heartbeat()) == Done()
        assert relay.service.counters.violations == 1
        assert relay.service.counters.connections_failed == 0


async def all_answered(client: RelayClient) -> None:
    with trio.fail_after(5):
        while True:
            assert isinstance(await client.answered(), Failed)


async def test_fragments_of_one_message_count_together(tmp_path: Path) -> None:
    """MB-15: good requests in a message that never ends."""
    async with running(tmp_path) as relay, websocket(relay.address) as (client, stream):
        asked = [client.connection.send(mailbox.submit(bytes(1_000))) for mailbox in [Mailbox()] * 80]
        fragments = [BytesMessage(data=one, message_finished=False) for one in asked]
        await stream.tls.send(b"".join(map(stream.connection.send, fragments)))
        with pytest.raises(RemoteError, match="keep to the protocol"):
            await all_answered(client)
        assert relay.service.counters.violations == 1


async def test_of_many_pings_the_last_is_answered_and_a_close_is(tmp_path: Path) -> None:
    """MB-16."""
    async with running(tmp_path) as relay, websocket(relay.address) as (client, stream):
        wire = stream.connection
        pings = b"".join(wire.send(Ping(payload=bytes([number]))) for number in range(200))
        await stream.tls.send(pings)
        pongs: list[Pong] = []
        while not pongs or bytes(pongs[-1].payload) != bytes([199]):
            event = await stream.event()
            assert isinstance(event, Pong)
            pongs.append(event)
        assert len(pongs) < 20
        assert await client.ask(Heartbeat()) == Done()
        await stream.send(client.connection.send(Heartbeat()))
        await stream.tls.send(wire.send(CloseConnection(code=1000)))
        with trio.fail_after(5):
            while not isinstance(event := await stream.event(), CloseConnection):
                assert isinstance(event, BytesMessage)
        assert event.code == 1000
        await until(lambda: relay.service.counters.connections_open == 0)
        assert relay.service.counters.violations == 0


async def test_a_relay_that_goes_down_says_goodbye_and_closes_the_websocket(tmp_path: Path) -> None:
    """MB-16, MB-19."""
    async with running(tmp_path) as relay, websocket(relay.address) as (client, stream):
        relay.drain()
        assert isinstance(await client.notice(), Goodbye)
        closing = await stream.event()
        assert isinstance(closing, CloseConnection)
        assert closing.code == 1000

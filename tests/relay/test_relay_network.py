"""Connections that do not behave: each ends alone, and costs little until it does."""

import contextlib
import json
import socket
import ssl
from pathlib import Path

import pytest
import trio

from relay.config import LimitSettings
from relay.outgoing import OUTGOING_BYTES
from relay.program import Relay
from relay.stream import ConnectionLostError, TlsStream
from securemsg.crypto.entropy import SystemEntropy
from securemsg.errors import AuthenticationError, LocalError
from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.answers import Accepted, Done
from securemsg.mailbox.errors import WrongRelayError
from securemsg.mailbox.requests import Ping
from tests.relay.client import Ended, Mailbox, RelayClient, client_context
from tests.relay.running import Setting, raw_connection, running, until

pytestmark = pytest.mark.anyio


async def shaken(relay: Relay, context: ssl.SSLContext) -> TlsStream:
    """A TLS connection to `relay` that says nothing yet."""
    tls = context.wrap_socket(raw_connection(relay), do_handshake_on_connect=False)
    stream = TlsStream(tls, 30)
    try:
        await stream.shake_hands()
    except ConnectionLostError:
        tls.close()
        raise
    return stream


async def ended(stream: TlsStream) -> bool:
    with contextlib.suppress(ConnectionLostError):
        while await stream.receive():
            pass
    return True


async def test_one_who_dawdles_before_the_hello_is_closed_at_the_deadline(tmp_path: Path) -> None:
    """N01: a byte now and then does not help, neither in the handshake nor after it."""
    setting = Setting(LimitSettings(handshake_seconds=1))
    async with running(tmp_path, setting) as relay:
        silent, dawdling = raw_connection(relay), raw_connection(relay)
        shaken_only = await shaken(relay, client_context())
        with trio.fail_after(3):
            for byte in b"\x16\x03\x01\x02\x00":
                dawdling.send(bytes([byte]))
                await trio.sleep(0.15)
            assert await ended(shaken_only)
            for connection in (silent, dawdling):
                await trio.lowlevel.wait_readable(connection)
                with contextlib.suppress(ConnectionError):
                    assert connection.recv(1) == b""
        await until(lambda: relay.service.counters.connections_open == 0)
        for open_end in (silent, dawdling, shaken_only):
            open_end.close()


@pytest.mark.slow
async def test_a_silent_client_is_closed_after_two_heartbeats_and_loses_nothing(tmp_path: Path) -> None:
    """N02: with the shortest heartbeat there is, in a shortened test."""
    mailbox = Mailbox()
    setting = Setting(LimitSettings(heartbeat_seconds=5))
    async with running(tmp_path, setting) as relay, RelayClient.open(relay.address) as sender:
        await sender.ask(mailbox.creation)
        async with RelayClient.open(relay.address) as owner:
            await owner.listen(mailbox)
            await sender.ask(mailbox.submit(b"kept"))
            assert (await owner.delivery()).envelope == b"kept"
            begun = trio.current_time()
            with trio.fail_after(12):
                while relay.service.counters.connections_open > 1:
                    await trio.sleep(1)
                    await sender.ask(Ping())
            assert trio.current_time() - begun > 8
            with pytest.raises(Ended):
                await owner.delivery()
        async with RelayClient.open(relay.address) as owner:
            await owner.listen(mailbox)
            assert (await owner.delivery()).envelope == b"kept"


async def test_a_reader_that_takes_nothing_is_closed_and_costs_a_bounded_buffer(tmp_path: Path) -> None:
    """N04: other connections go on meanwhile; what it did not take stays stored."""
    mailbox, other = Mailbox(), Mailbox()
    setting = Setting(LimitSettings(stalled_seconds=1, window=1_024))
    async with running(tmp_path, setting) as relay, RelayClient.open(relay.address) as sender:
        await sender.ask_all([mailbox.creation, other.creation])
        for _ in range(8):
            answers = await sender.ask_all([mailbox.submit(bytes(33_000)) for _ in range(60)])
            assert set(answers) == {Accepted()}
        async with RelayClient.open(relay.address) as owner:
            await owner.listen(mailbox)
            with trio.fail_after(10):
                while relay.service.counters.connections_open > 1:
                    assert await sender.ask(other.submit()) == Accepted()
        assert relay.service.counters.stalled == 1
        assert relay.service.counters.delivered < 480
        async with RelayClient.open(relay.address) as owner:
            await owner.listen(mailbox)
            assert (await owner.delivery()).sequence == 1
    assert OUTGOING_BYTES < 480 * 33_000


async def test_an_error_in_one_connection_ends_that_one_only(tmp_path: Path) -> None:
    """N20: here the random generator fails for one connection."""

    class FailsOnce(SystemEntropy):
        fails = False

        def __call__(self, count: int, /) -> bytes:
            if self.fails:
                self.fails = False
                raise LocalError("the random generator failed")
            return super().__call__(count)

    mailbox, entropy = Mailbox(), FailsOnce()
    async with (
        running(tmp_path, Setting(entropy=entropy)) as relay,
        RelayClient.open(relay.address) as before,
    ):
        await before.ask(mailbox.creation)
        entropy.fails = True
        stream = await shaken(relay, client_context())
        assert await ended(stream)
        stream.close()
        assert relay.service.counters.connections_failed == 1
        async with RelayClient.open(relay.address) as later:
            assert await later.ask(mailbox.submit()) == Accepted()
        assert await before.ask(Ping()) == Done()


async def test_a_full_relay_turns_new_connections_away_and_serves_the_others(tmp_path: Path) -> None:
    """N03, RL-4."""
    setting = Setting(LimitSettings(connections=2))
    async with running(tmp_path, setting) as relay, RelayClient.open(relay.address) as first:
        async with RelayClient.open(relay.address):
            with pytest.raises((ConnectionLostError, ConnectionError)):
                await shaken(relay, client_context())
            assert await first.ask(Ping()) == Done()
            assert relay.service.counters.connections_refused == 1
        await until(lambda: relay.service.counters.connections_open == 1)
        async with RelayClient.open(relay.address) as third:
            assert await third.ask(Ping()) == Done()


@pytest.mark.parametrize("prefix", ["00000000", "ffffffff"])
async def test_a_frame_length_that_is_not_allowed_closes_the_connection(tmp_path: Path, prefix: str) -> None:
    """E21, E06: before the hello as after it, without waiting for the bytes that it declares."""
    async with running(tmp_path) as relay, RelayClient.open(relay.address) as client:
        fresh = await shaken(relay, client_context())
        with trio.fail_after(2):
            for stream in (fresh, client.stream):
                await stream.send(bytes.fromhex(prefix))
                assert await ended(stream)
        fresh.close()
        assert relay.service.counters.violations == 2


async def test_frames_may_arrive_byte_by_byte_or_glued(tmp_path: Path) -> None:
    """E20: each byte in a TLS record of its own, then everything in one."""
    mailbox = Mailbox()
    async with running(tmp_path) as relay, RelayClient.open(relay.address) as client:
        for number in client.connection.send(mailbox.creation) + client.connection.send(mailbox.submit()):
            await client.stream.send(bytes([number]))
        assert [(await client.answered()) for _ in range(2)] == [Done(), Accepted()]
        assert await client.ask_all([mailbox.submit() for _ in range(300)]) == [Accepted()] * 300


async def test_only_tls_1_3_with_our_protocol_gets_an_answer(tmp_path: Path) -> None:
    """N10, MB-1: an older version, another ALPN, none."""
    older = client_context()
    older.minimum_version = ssl.TLSVersion.TLSv1_2
    older.maximum_version = ssl.TLSVersion.TLSv1_2
    another = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    another.check_hostname = False
    another.verify_mode = ssl.CERT_NONE
    none = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    none.check_hostname = False
    none.verify_mode = ssl.CERT_NONE
    another.set_alpn_protocols(["h2"])
    async with running(tmp_path) as relay:
        for context in (older, another, none):
            with pytest.raises(ConnectionLostError):
                await shaken(relay, context)
        await until(lambda: relay.service.counters.handshakes_failed == 3)


async def test_a_client_refuses_a_relay_with_another_identity_or_key(tmp_path: Path) -> None:
    """N10: the pin decides, and there is no way to go on."""
    async with running(tmp_path / "one") as one, running(tmp_path / "two") as two:
        for address in (
            RelayAddress(one.address.host, one.address.port, two.address.pin),
            RelayAddress(one.address.host, one.address.port, bytes(32)),
        ):
            with pytest.raises(WrongRelayError):
                async with RelayClient.open(address):
                    pass
        with pytest.raises(AuthenticationError) as refusal:
            async with RelayClient.open(one.address, digest=bytes(32)):
                pass
        assert not isinstance(refusal.value, WrongRelayError)


async def test_noise_on_the_port_is_no_error_of_the_relay(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """RL-8: it is counted, not logged."""
    async with running(tmp_path) as relay:
        counters = relay.service.counters
        for number, noise in enumerate((b"GET / HTTP/1.1\r\n\r\n", bytes(2_000), b"\x16\x03\x01\x00\x00"), 1):
            with raw_connection(relay) as connection:
                connection.send(noise)
                connection.shutdown(socket.SHUT_WR)
                await until(lambda number=number: counters.handshakes_failed >= number)  # type: ignore[misc]  # bound
        assert relay.service.counters.connections_failed == 0
    events = [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()]
    assert events == ["started", "draining", "stopped"]

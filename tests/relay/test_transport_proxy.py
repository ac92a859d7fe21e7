"""PROXY protocol: whom we trust names its clients, nobody else does (Spec: MB-18, RL-31)."""

import contextlib
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import trio
from hypothesis import given
from hypothesis import strategies as st

from relay.config import Config, LimitSettings
from relay.stream import ConnectionLostError
from relay.transport.proxy import HEAD, MOST, client, rest
from relay.transport.settings import TransportSettings
from securemsg.errors import FrameError, LocalError
from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.answers import Done
from securemsg.mailbox.client import ClientConnection
from securemsg.mailbox.requests import Ping
from securemsg.mailbox.transport import ALPN
from tests.relay.client import ENTROPY, RelayClient
from tests.relay.running import Setting, raw_connection, running, until
from tests.relay.websockets import shaken

pytestmark = pytest.mark.anyio

SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"
LOOPBACK = ("127.0.0.0/8",)


def header(source: str, records: bytes = b"") -> bytes:
    """A header for a client at `source`."""
    family = socket.AF_INET6 if ":" in source else socket.AF_INET
    address = socket.inet_pton(family, source)
    body = address * 2 + bytes.fromhex("c001 1d13") + records
    code = b"\x21\x21" if ":" in source else b"\x21\x11"
    return SIGNATURE + code + len(body).to_bytes(2, "big") + body


LOCAL = SIGNATURE + b"\x20\x00\x00\x00"
GOOD = header("192.0.2.7", b"\x01\x00\x02h2\x04\x00\x00")


def parsed(data: bytes) -> str | None:
    """What a whole header says."""
    length = rest(data[:HEAD])
    assert len(data) == HEAD + length
    return client(data[:HEAD], data[HEAD:])


def test_a_header_gives_the_address_of_the_client() -> None:
    assert parsed(GOOD) == "192.0.2.7"
    assert parsed(header("2001:db8::9")) == "2001:db8::9"
    assert parsed(LOCAL) is None
    assert parsed(SIGNATURE + b"\x20\x11\x00\x0c" + bytes(12)) is None


BAD = [
    b"PROXY TCP4 192.0.2.7 192.0.2.1 1 2\r\n",
    bytes(16),
    GOOD[:12] + b"\x11" + GOOD[13:],
    GOOD[:12] + b"\x22" + GOOD[13:],
    GOOD[:13] + b"\x12" + GOOD[14:],
    GOOD[:13] + b"\x00" + GOOD[14:],
    GOOD[:13] + b"\x31" + GOOD[14:],
    GOOD[:13] + b"\x21" + GOOD[14:],
    GOOD[:14] + (MOST + 1).to_bytes(2, "big") + bytes(MOST + 1),
    GOOD[:14] + b"\x00\x0b" + bytes(11),
    header("192.0.2.7", b"\x01"),
    header("192.0.2.7", b"\x01\x00"),
    header("192.0.2.7", b"\x01\x00\x05abcd"),
]


@pytest.mark.parametrize("data", BAD)
def test_what_is_no_header_of_this_version_is_refused(data: bytes) -> None:
    """E06, MB-18."""
    with pytest.raises(FrameError):
        client(data[:HEAD], data[HEAD : HEAD + rest(data[:HEAD])])


@given(st.binary(min_size=4, max_size=4), st.binary(max_size=60))
def test_random_headers_are_taken_or_refused(codes: bytes, body: bytes) -> None:
    """E02, E06."""
    head = SIGNATURE + codes
    with contextlib.suppress(FrameError):
        assert rest(head) <= MOST
        found = client(head, body)
        assert (found is None) == (codes[0] == 0x20)


def behind_a_proxy(**limits: int) -> Setting:
    """A relay that trusts this machine to name its clients."""
    return Setting(LimitSettings(**limits), transport=TransportSettings(proxy_networks=LOOPBACK))


@contextlib.asynccontextmanager
async def greeted(address: RelayAddress, first: bytes) -> AsyncIterator[RelayClient]:
    """A client whose connection begins with `first`."""
    async with shaken(address, ALPN, first=first) as (tls, shown):
        connection = RelayClient(tls, ClientConnection(address.pin, shown, ENTROPY))
        await tls.send(connection.connection.start())
        await connection._next()
        yield connection


async def test_connections_are_counted_for_the_client_that_the_proxy_names(tmp_path: Path) -> None:
    """N03, RL-31: not for the proxy, from which all of them come."""
    async with running(tmp_path, behind_a_proxy(connections_per_address=1)) as relay:
        async with greeted(relay.address, GOOD) as one, greeted(relay.address, header("2001:db8::1")) as two:
            for same in ("192.0.2.7", "::ffff:192.0.2.7", "2001:db8::ffff"):
                with pytest.raises((ConnectionLostError, ConnectionError)):
                    async with greeted(relay.address, header(same)):
                        pass
            async with (
                greeted(relay.address, header("192.0.2.8")) as three,
                greeted(relay.address, LOCAL) as four,
            ):
                for each in (one, two, three, four):
                    assert await each.ask(Ping()) == Done()
            assert relay.service.counters.connections_refused == 3
        await until(lambda: relay.service.counters.connections_open == 0)
        async with greeted(relay.address, GOOD) as again:
            assert await again.ask(Ping()) == Done()


async def test_a_header_may_come_byte_by_byte(tmp_path: Path) -> None:
    async with running(tmp_path, behind_a_proxy()) as relay:
        raw = raw_connection(relay)
        for byte in GOOD:
            raw.send(bytes([byte]))
            await trio.sleep(0.002)
        raw.send(b"\x16\x03\x01\x00\x00")
        await until(lambda: relay.service.counters.handshakes_failed == 1)
        raw.close()


@pytest.mark.parametrize("first", [b"", *BAD])
async def test_a_trusted_proxy_must_name_its_client(tmp_path: Path, first: bytes) -> None:
    """MB-18: TLS without a header is closed without an answer, as is a broken header."""
    async with running(tmp_path, behind_a_proxy()) as relay:
        with pytest.raises((ConnectionLostError, ConnectionError)), trio.fail_after(4):
            async with shaken(relay.address, ALPN, first=first):
                pass
        await until(lambda: relay.service.counters.connections_open == 0)
        assert relay.service.counters.handshakes_failed == 1
        assert relay.service.counters.connections_failed == 0


async def test_nobody_else_names_clients(tmp_path: Path) -> None:
    """MB-18: a header is no TLS."""
    setting = Setting(transport=TransportSettings(proxy_networks=("192.0.2.0/24", "2001:db8::/32")))
    async with running(tmp_path, setting) as relay:
        with pytest.raises((ConnectionLostError, ConnectionError)):
            async with shaken(relay.address, ALPN, first=GOOD):
                pass
        async with RelayClient.open(relay.address) as direct:
            assert await direct.ask(Ping()) == Done()


async def test_a_proxy_that_says_nothing_is_closed_at_the_deadline(tmp_path: Path) -> None:
    """N01, RL-34: half a header does not help."""
    async with running(tmp_path, behind_a_proxy(handshake_seconds=1)) as relay:
        connections = [raw_connection(relay) for _ in range(3)]
        connections[1].send(GOOD[:10])
        connections[2].send(GOOD)
        await until(lambda: relay.service.counters.connections_open == 3)
        await until(lambda: relay.service.counters.connections_open == 0, seconds=3)
        assert relay.service.counters.handshakes_failed == 3
        for connection in connections:
            connection.close()


def test_networks_that_are_none_are_refused() -> None:
    for network in ("192.0.2.1/24", "relay.example", ""):
        config = replace(Config.default(), transport=TransportSettings(proxy_networks=(network,)))
        with pytest.raises(LocalError, match="proxy_networks"):
            config.checked()

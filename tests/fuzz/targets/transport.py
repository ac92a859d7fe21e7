"""What a relay reads before it knows who is there: PROXY headers, upgrades, WebSockets (specs/08)."""

from typing import Final

from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Event, Ping, Pong, TextMessage

from relay.transport.proxy import HEAD, MOST, client, rest
from relay.transport.upgrade import BAD_REQUEST, NOT_FOUND, RefusedUpgradeError, accept
from tests.fuzz.target import Target, taken

_UPGRADE: Final = (
    b"GET /securemsg/1 HTTP/1.1\r\nHost: relay.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
_KNOWN: Final = (BytesMessage, TextMessage, Ping, Pong, CloseConnection)
_SIGNATURE: Final = b"\r\n\r\n\x00\r\nQUIT\n"


def _proxy(data: bytes) -> None:
    head = data[:HEAD].ljust(HEAD, b"\0")
    length = taken(rest, head)
    if length is not None:
        assert length <= MOST
        found = taken(lambda body: client(head, body), data[HEAD : HEAD + length])
        assert found is None or 2 <= len(found) < 40


def _upgrade(data: bytes) -> None:
    try:
        said = accept(data)
    except RefusedUpgradeError as refused:
        said = refused.answer
    assert said in {NOT_FOUND, BAD_REQUEST} or said.startswith(b"HTTP/1.1 101 ")


def _websocket(data: bytes) -> None:
    """The library gives events of five kinds, whatever arrives, and keeps nothing back that is payload."""
    connection = Connection(ConnectionType.SERVER)
    connection.receive_data(data)
    events: list[Event] = list(connection.events())
    assert all(
        isinstance(event, BytesMessage | TextMessage | Ping | CloseConnection | Pong) for event in events
    )


def _headers() -> list[bytes]:
    four = bytes([192, 0, 2, 7, 192, 0, 2, 1, 192, 1, 29, 19])
    return [
        _SIGNATURE + b"\x20\x00\x00\x00",
        _SIGNATURE + b"\x21\x11\x00\x0c" + four,
        _SIGNATURE + b"\x21\x11\x00\x11" + four + b"\x01\x00\x02h2",
        _SIGNATURE + b"\x21\x21\x00\x24" + bytes(36),
    ]


def _frames() -> list[bytes]:
    return [
        b"\x82\x83\0\0\0\0abc",
        b"\x02\x81\0\0\0\0a\x80\x81\0\0\0\0b",
        b"\x89\x80\1\2\3\4",
        b"\x8a\x80\0\0\0\0",
        b"\x88\x82\0\0\0\0\x03\xe8",
        b"\x81\x82\0\0\0\0hi",
        b"\x82\xfe\0\x7e\0\0\0\0" + bytes(126),
    ]


TARGETS: Final = (
    Target("proxy", _proxy, _headers, longest=HEAD + MOST + 10),
    Target("upgrade", _upgrade, lambda: [_UPGRADE, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"], tries=2_000),
    Target("websocket", _websocket, _frames, tries=2_000),
)

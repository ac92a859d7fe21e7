"""The client's end of a WebSocket against servers that say anything (Spec: MB-16, MB-22)."""

from collections.abc import Callable

import anyio
import pytest
from anyio.abc import ByteStream
from hypothesis import given
from hypothesis import strategies as st
from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Event, Ping, Pong
from wsproto.utilities import generate_accept_token

from securemsg.client.websocket import WebSocketStream

PLACE = "relay.example:7443"
UPGRADE = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade%s\r\n"
ENDS = (anyio.BrokenResourceError, anyio.EndOfStream)


class Server(ByteStream):
    """Keeps what it is told; says pieces that it makes of the key of the request."""

    def __init__(self, speak: Callable[[bytes], list[bytes]]) -> None:
        self._speak = speak
        self._pieces: list[bytes] | None = None
        self.heard: list[bytes] = []

    async def receive(self, max_bytes: int = 65_536) -> bytes:
        """Return the next piece."""
        if self._pieces is None:
            lines = b"".join(self.heard).split(b"\r\n")
            self._pieces = self._speak(
                next(line[19:] for line in lines if line.startswith(b"Sec-WebSocket-Key"))
            )
        if not self._pieces:
            raise anyio.EndOfStream
        assert len(self._pieces[0]) <= max_bytes
        return self._pieces.pop(0)

    async def send(self, item: bytes) -> None:
        """Keep it."""
        self.heard.append(item)

    async def send_eof(self) -> None:
        """Nothing to do."""

    async def aclose(self) -> None:
        """Nothing to do."""


def head(key: bytes, connection: bytes = b"", more: bytes = b"") -> bytes:
    """Return the answer that opens a WebSocket, with something besides."""
    accept = b"Sec-WebSocket-Accept: " + generate_accept_token(key) + b"\r\n"
    return UPGRADE % connection + accept + more + b"\r\n"


def said(*events: Event) -> bytes:
    """Return what a server says in one piece."""
    return b"".join(map(Connection(ConnectionType.SERVER).send, events))


def heard(speak: Callable[[bytes], list[bytes]], place: str = PLACE) -> tuple[bytes, Server]:
    """Return what a client takes out of all that a server says; how it ends is one of `ENDS`."""
    server, taken = Server(speak), bytearray()

    async def listen() -> None:
        stream = WebSocketStream(server)
        await stream.upgrade(place)
        while True:
            taken.extend(await stream.receive())

    with pytest.raises(ENDS):
        anyio.run(listen)
    return bytes(taken), server


def test_what_a_server_says_is_heard() -> None:
    """MB-22: the tests below would find nothing where this fails."""
    assert heard(lambda key: [head(key) + said(BytesMessage(b"abc")), said(BytesMessage(b"d"))])[0] == b"abcd"


@pytest.mark.parametrize(
    "header", [b"Sec-WebSocket-Extensions: \xff\r\n", b"Sec-WebSocket-Protocol: \xff\r\n", b"X: \xff\r\n"]
)
def test_headers_that_are_no_text_end_the_handshake(header: bytes) -> None:
    """MB-22: as a broken one, not as an error that nobody expects."""
    heard(lambda key: [head(key, more=header)])
    heard(lambda key: [head(key, connection=b", \xff", more=header)])


@given(st.data())
def test_whatever_a_server_says_ends_as_a_stream_ends(data: st.DataObject) -> None:
    """MB-22: heads and messages with bytes changed, put in and cut out."""

    def speak(key: bytes) -> list[bytes]:
        more = data.draw(st.sampled_from([b"", b"Sec-WebSocket-Extensions: x\r\n", b"Content-Length: 9\r\n"]))
        whole = head(key, more=more) + said(BytesMessage(b"abc"), Ping(b"x"), BytesMessage(b"d"))
        for _ in range(data.draw(st.integers(0, 4))):
            at = data.draw(st.integers(0, len(whole)))
            end = at + data.draw(st.integers(0, 3))
            whole = whole[:at] + data.draw(st.binary(max_size=3)) + whole[end:]
        at = data.draw(st.integers(0, len(whole)))
        return [piece for piece in (whole[:at], whole[at:]) if piece]

    heard(speak)


@pytest.mark.parametrize("label", ["a" * 59, "a" * 63])
def test_a_host_that_cannot_be_asked_for_is_one_that_is_not_reached(label: str) -> None:
    """MB-2, MB-22: an address may have it, and the link of a contact any address."""
    assert heard(lambda key: [head(key)], f"relay.{label}:7443")[1].heard == []


def test_of_pings_that_come_together_only_the_last_is_answered() -> None:
    """MB-16: whoever asks thousands of times in one piece is answered once."""
    pings = said(*(Ping(bytes((number,))) for number in range(200)), BytesMessage(b"abc"))
    taken, server = heard(lambda key: [head(key), pings])
    assert taken == b"abc"
    wire = Connection(ConnectionType.SERVER)
    wire.receive_data(b"".join(server.heard[1:]))
    assert list(wire.events()) == [Pong(bytes((199,)))]


def test_what_came_before_a_farewell_is_heard_and_nothing_is_said_any_more() -> None:
    """MB-16, MB-22: the client leaves without a close message, and answers none."""
    farewell = said(Ping(b"x"), BytesMessage(b"abc"), CloseConnection(1000))
    taken, server = heard(lambda key: [head(key), farewell, said(BytesMessage(b"late"))])
    assert taken == b"abc"
    assert len(server.heard) == 1

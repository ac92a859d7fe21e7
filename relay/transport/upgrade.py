"""The HTTP request that asks for a WebSocket, and what any other request is told."""

from typing import Final

from wsproto.connection import ConnectionType
from wsproto.events import AcceptConnection, Request
from wsproto.handshake import H11Handshake
from wsproto.utilities import ProtocolError

from securemsg.mailbox.transport import WEBSOCKET_PATH

HEAD_END: Final = b"\r\n\r\n"

_REFUSAL: Final = "HTTP/1.1 {}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
NOT_FOUND: Final = _REFUSAL.format("404 Not Found").encode()
BAD_REQUEST: Final = _REFUSAL.format("400 Bad Request").encode()

_REQUEST_LINE: Final = f"GET {WEBSOCKET_PATH} HTTP/1.1".encode()
_WORDS: Final = 3
_LINE: Final = 1_024
"""Bytes of one line: the time to judge a host's name grows with the square of its length."""

_BODY: Final = frozenset({b"content-length", b"transfer-encoding"})


class RefusedUpgradeError(Exception):
    """Not the request that opens a WebSocket; `answer` is what to say before closing."""

    def __init__(self, answer: bytes) -> None:
        super().__init__("no WebSocket")
        self.answer = answer


def accept(head: bytes) -> bytes:
    """The answer that opens the WebSocket; `head` is of a request, empty line included.

    Raises `RefusedUpgradeError`.

    Spec: MB-15
    """
    line, *headers = head.split(b"\r\n")
    if line != _REQUEST_LINE:
        words = line.split(b" ")
        is_http = len(words) == _WORDS and words[2] in {b"HTTP/1.1", b"HTTP/1.0"}
        raise RefusedUpgradeError(NOT_FOUND if is_http else BAD_REQUEST)
    if any(len(header) > _LINE for header in headers):
        raise RefusedUpgradeError(BAD_REQUEST)
    handshake = H11Handshake(ConnectionType.SERVER)
    try:
        handshake.receive_data(head)
        (request,) = handshake.events()
        if not isinstance(request, Request) or _BODY & {name for name, _ in request.extra_headers}:
            raise RefusedUpgradeError(BAD_REQUEST)
        return handshake.send(AcceptConnection())
    except (ProtocolError, ValueError):
        # ValueError: names and values of headers that are no text of the kind that they should be.
        raise RefusedUpgradeError(BAD_REQUEST) from None

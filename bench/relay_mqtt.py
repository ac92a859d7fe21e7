"""Just enough of MQTT 3.1.1 to publish at quality 1 for subscribers that are away."""

import itertools
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Final

from bench.relay_wire import Line

_KEEP_SESSION: Final = 0
_CLEAN_SESSION: Final = 2
_PUBLISH_AT_LEAST_ONCE: Final = 0x32
_LAST_ID: Final = 65_535
_AMBIGUOUS: Final = 0x40

_IN_FLIGHT: Final = 20
"""It answers some hundreds a second."""


def mqtt_lines(port: int, count: int, body: bytes, stack: ExitStack) -> list[Line]:
    """Subscribe and leave, then connect the publishers."""
    for number in range(count):
        with _connected(port, b"owner%d" % number, _KEEP_SESSION) as owner:
            owner.sendall(_packet(0x82, b"\0\1" + _text(b"box%d" % number) + b"\1"))
            owner.recv(5)
            owner.sendall(b"\xe0\0")
    lines = []
    for number in range(count):
        connection = stack.enter_context(_connected(port, b"sender%d" % number, _CLEAN_SESSION))
        # Of a PUBACK, its first two bytes: an id that looks like them would count twice.
        lines.append(Line(connection, _published(b"box%d" % number, body), b"\x40\x02", _IN_FLIGHT))
    return lines


def _connected(port: int, name: bytes, flags: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall(_packet(0x10, _text(b"MQTT") + bytes((4, flags, 0, 0)) + _text(name)))
    connection.recv(4)
    return connection


def _published(topic: bytes, body: bytes) -> Iterator[bytes]:
    for number in itertools.cycle(range(1, _LAST_ID)):
        if _AMBIGUOUS not in divmod(number, 256):
            yield _packet(_PUBLISH_AT_LEAST_ONCE, _text(topic) + number.to_bytes(2, "big") + body)


def _text(value: bytes) -> bytes:
    return len(value).to_bytes(2, "big") + value


def _packet(kind: int, content: bytes) -> bytes:
    size, width = len(content), b""
    while True:
        size, digit = divmod(size, 128)
        width += bytes((digit | 128 if size else digit,))
        if not size:
            return bytes((kind,)) + width + content

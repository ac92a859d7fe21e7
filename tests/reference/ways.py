"""08, MB-15 and MB-18: the request for a WebSocket, and what a load balancer says of a connection."""

from __future__ import annotations

import base64
import hashlib
import socket

from tests.reference.refusal import FRAME, RefusedError, require

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
MOST = 1024
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, section 1.3


def proxied(header: bytes) -> str | None:
    """MB-18: the address that a whole header of PROXY protocol 2 gives."""
    require(FRAME, header[:12] == SIGNATURE, len(header) >= 16)
    command, family, body = header[12], header[13], header[16:]
    length = int.from_bytes(header[14:16], "big")
    require(FRAME, command in {0x20, 0x21}, length <= MOST, length == len(body))
    if command == 0x20:
        return None
    widths = {0x11: (socket.AF_INET, 4), 0x21: (socket.AF_INET6, 16)}
    require(FRAME, family in widths)
    kind, width = widths[family]
    require(FRAME, length >= 2 * width + 4)
    records = body[2 * width + 4 :]
    while records:
        require(FRAME, len(records) >= 3)
        end = 3 + int.from_bytes(records[1:3], "big")
        require(FRAME, len(records) >= end)
        records = records[end:]
    return socket.inet_ntop(kind, body[:width])


def upgraded(head: bytes) -> str:
    """MB-15: what the answer carries as Sec-WebSocket-Accept; the refusals are `404` and `400`."""
    line, *lines = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
    words = line.split(b" ")
    require("400", len(words) == 3, words[-1] in {b"HTTP/1.1", b"HTTP/1.0"})
    require("404", line == b"GET /securemsg/1 HTTP/1.1")
    require("400", len(head) <= 4096, all(len(one) <= 1024 for one in lines))
    fields = {name.lower(): value.strip() for name, _, value in (one.partition(b":") for one in lines)}
    require("400", b"host" in fields, fields.get(b"upgrade", b"").lower() == b"websocket")
    require("400", b"upgrade" in fields.get(b"connection", b"").lower().split(b", "))
    require("400", fields.get(b"sec-websocket-version") == b"13")
    require("400", not {b"content-length", b"transfer-encoding"} & fields.keys())
    key = fields.get(b"sec-websocket-key", b"")
    try:
        require("400", len(base64.b64decode(key, validate=True)) == 16)
    except ValueError:
        raise RefusedError("400") from None
    return base64.b64encode(hashlib.sha1(key + GUID).digest()).decode()  # noqa: S324  # RFC 6455 says so

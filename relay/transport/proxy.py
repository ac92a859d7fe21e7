"""PROXY protocol, version 2: who a connection is from, told by the load balancer before it.

`https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt`, section 2.2.
"""

import ipaddress
import socket
from typing import Final

import trio

from relay.stream import ConnectionLostError
from securemsg.errors import FrameError

_SIGNATURE: Final = b"\r\n\r\n\0\r\nQUIT\n"
HEAD: Final = 16
"""Bytes of signature, version and command, family, and length of the rest."""

MOST: Final = 1_024
"""Bytes of the rest: addresses take 36, and what load balancers tell of TLS some hundred."""

_LOCAL: Final = 0x20
_PROXY: Final = 0x21
_TCP4: Final = 0x11
_TCP6: Final = 0x21
_WIDTHS: Final = {_TCP4: 4, _TCP6: 16}
_PORTS: Final = 4
_TLV_HEAD: Final = 3


def rest(head: bytes) -> int:
    """How many bytes follow the first 16 of a header; raises `FrameError`."""
    if head[:12] != _SIGNATURE or head[12] not in {_LOCAL, _PROXY}:
        raise FrameError("no header of PROXY protocol version 2")
    length = int.from_bytes(head[14:16], "big")
    if length > MOST:
        raise FrameError("a PROXY header is too long")
    return length


def client(head: bytes, body: bytes) -> str | None:
    """The client's address, `None` for a connection of the proxy itself; raises `FrameError`.

    Spec: MB-18
    """
    if head[12] == _LOCAL:
        return None
    width = _WIDTHS.get(head[13])
    if width is None or len(body) < 2 * width + _PORTS:
        raise FrameError("a PROXY header does not give TCP addresses")
    _refuse_torn(body[2 * width + _PORTS :])
    return str(ipaddress.ip_address(body[:width]))


def _refuse_torn(records: bytes) -> None:
    while records:
        end = _TLV_HEAD + int.from_bytes(records[1:_TLV_HEAD], "big")
        if len(records) < _TLV_HEAD or len(records) < end:
            raise FrameError("a PROXY header ends within a record")
        records = records[end:]


async def read_header(raw: socket.socket) -> str | None:
    """Take the header from a fresh non-blocking connection, and nothing of what follows.

    Raises `FrameError`, or `ConnectionLostError` when it ends before.
    """
    head = await _exactly(raw, HEAD)
    return client(head, await _exactly(raw, rest(head)))


async def _exactly(raw: socket.socket, count: int) -> bytes:
    taken = b""
    while len(taken) < count:
        try:
            piece = raw.recv(count - len(taken))
        except BlockingIOError:
            await trio.lowlevel.wait_readable(raw)
            continue
        except OSError as error:
            raise ConnectionLostError from error
        if not piece:
            raise ConnectionLostError
        taken += piece
    return taken

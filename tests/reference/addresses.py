"""08: the address of a relay, and an invitation, as people hand them on."""

from __future__ import annotations

import base64
import re
import socket
from typing import NamedTuple

from tests.reference.refusal import RefusedError, require

TEXT = "TextError"
DEFAULT_PORT = 7443
LABEL = re.compile(r"[A-Za-z0-9_-]{1,63}")


class Address(NamedTuple):
    """Where to dial, and whom to expect there."""

    host: str
    port: int
    pin: bytes


def base64url(raw: bytes) -> str:
    """Write bytes without padding."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def unbase64url(written: str, length: int) -> bytes:
    """Read exactly so many bytes in their one spelling."""
    require(TEXT, re.fullmatch(r"[A-Za-z0-9_-]*", written) is not None, len(written) % 4 != 1)
    raw = base64.urlsafe_b64decode(written + "=" * (-len(written) % 4))
    require(TEXT, len(raw) == length, base64url(raw) == written)
    return raw


def address_text(address: Address) -> str:
    """Write an address, always with its port."""
    host = f"[{address.host}]" if ":" in address.host else address.host
    return f"{host}:{address.port}#{base64url(address.pin)}"


def read_address(written: str) -> Address:
    """MB-2: read HOST:PORT#PIN."""
    where, mark, pin = written.strip().partition("#")
    require(TEXT, mark == "#")
    if where.startswith("["):
        host, bracket, rest = where[1:].partition("]")
        require(TEXT, bracket == "]", rest == "" or rest.startswith(":"))
        host = _ip(socket.AF_INET6, host)
    else:
        host, colon, rest = where.partition(":")
        rest = colon + rest
        _check_name(host)
    port = DEFAULT_PORT
    if rest:
        require(TEXT, re.fullmatch(r":[0-9]{1,5}", rest, re.ASCII) is not None)
        port = int(rest[1:])
    require(TEXT, 1 <= port <= 65535)
    return Address(host, port, unbase64url(pin, 32))


def _ip(family: int, written: str) -> str:
    require(TEXT, written.isascii(), "\0" not in written)
    try:
        return socket.inet_ntop(family, socket.inet_pton(family, written))
    except OSError:
        raise RefusedError(TEXT) from None


def _check_name(host: str) -> None:
    require(TEXT, 1 <= len(host) <= 253, host.isascii())
    labels = host.removesuffix(".").split(".")
    for label in labels:
        require(TEXT, LABEL.fullmatch(label) is not None, not label.startswith("-"), not label.endswith("-"))
    if labels[-1].isdigit():
        _ip(socket.AF_INET, host)


def read_invitation(written: str) -> bytes:
    """MB-4: read the 22 characters of an invitation."""
    return unbase64url(written.strip(), 16)

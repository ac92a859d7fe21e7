"""The address of a relay as people hand it on: where to dial and which identity to expect there."""

import base64
import binascii
import ipaddress
import re
from dataclasses import dataclass
from typing import Final, Self

from securemsg.errors import LocalError

DEFAULT_PORT: Final = 7443
"""Used where an address names no port."""

PIN_BYTES: Final = 32
"""SHA-256 of the relay's identity key."""

_LAST_PORT: Final = 65_535
_LONGEST_HOST: Final = 253
"""The longest name that DNS can carry."""

_LABEL: Final = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_SHAPE: Final = re.compile(
    r"(?P<host>\[[^\[\]#]*\]|[^\[\]:#]*)(?::(?P<port>[0-9]{1,5}))?#(?P<pin>[^#]*)", re.ASCII
)


@dataclass(frozen=True, slots=True)
class RelayAddress:
    """Host (a name, or an IP address without brackets), port and pin (32 bytes) of a relay.

    Spec: MB-2
    """

    host: str
    port: int
    pin: bytes

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `HOST:PORT#PIN`; raises `LocalError` with a sentence that says what is wrong."""
        shape = _SHAPE.fullmatch(text.strip())
        if shape is None:
            raise LocalError(
                "A relay address looks like HOST:PORT#PIN; copy the whole line that the relay printed."
            )
        port = int(shape["port"] or DEFAULT_PORT)
        if not 1 <= port <= _LAST_PORT:
            raise LocalError("The port of a relay address is a number from 1 to 65535.")
        return cls(_parse_host(shape["host"]), port, _parse_pin(shape["pin"]))

    @property
    def text(self) -> str:
        """What `parse` reads, always with its port."""
        pin = base64.urlsafe_b64encode(self.pin).rstrip(b"=").decode()
        return f"{join_host_port(self.host, self.port)}#{pin}"


def join_host_port(host: str, port: int) -> str:
    """`HOST:PORT`, with brackets around an IPv6 address."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def split_host_port(text: str) -> tuple[str, int]:
    """Read `HOST:PORT` where to listen, port 0 allowed; raises `LocalError`."""
    shape = _SHAPE.fullmatch(f"{text.strip()}#")
    if shape is None or shape["port"] is None or int(shape["port"]) > _LAST_PORT:
        raise LocalError("Where to listen is written HOST:PORT, for example 127.0.0.1:7443 or [::]:7443.")
    return _parse_host(shape["host"]), int(shape["port"])


def _parse_host(text: str) -> str:
    if "%" in text:
        # A zone may hold any character, also those that a terminal obeys, and means nothing elsewhere.
        raise LocalError("The host is written without the name of a network interface (%).")
    if text.startswith("["):
        try:
            return str(ipaddress.IPv6Address(text[1:-1]))
        except ValueError:
            raise LocalError("The host between brackets is not an IPv6 address.") from None
    labels = text.removesuffix(".").split(".")
    if len(text) > _LONGEST_HOST or not all(_LABEL.fullmatch(label) for label in labels):
        raise LocalError(
            "The host of a relay address is a name, an IPv4 address or an IPv6 address in brackets."
        )
    if labels[-1].isdigit():
        try:
            return str(ipaddress.IPv4Address(text))
        except ValueError:
            raise LocalError("The host of the relay address is not an IPv4 address.") from None
    return text


def _parse_pin(text: str) -> bytes:
    try:
        pin = base64.b64decode(text.encode("ascii") + b"=", altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        pin = b""
    # The last character of a pin carries two unused bits: only one spelling of each pin is an address.
    if len(pin) != PIN_BYTES or base64.urlsafe_b64encode(pin).decode() != f"{text}=":
        raise LocalError("The pin after # has 43 characters; copy the whole line that the relay printed.")
    return pin

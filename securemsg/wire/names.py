"""Names and hosts as they travel: bounded here, made safe to show elsewhere (Spec: ID-12)."""

import re
from typing import Final

from securemsg.errors import FrameError, LocalError
from securemsg.wire.fields import Fields

MAX_NAME: Final = 64
"""Bytes of a name in UTF-8: enough for a person and a device, small enough for every list."""

MAX_HOST: Final = 253
"""Bytes of a host: the longest name that DNS can carry."""

LAST_PORT: Final = 65_535

PIN_WIDTH: Final = 32
"""Bytes of a pin: SHA-256 of the relay's identity key (Spec: MB-2)."""

# Names, IPv4 and IPv6 addresses need no other character, and logs and terminals
# are spared the rest.
_HOST: Final = re.compile(rf"[0-9A-Za-z._:-]{{1,{MAX_HOST}}}", re.ASCII)


def check_name(name: str) -> None:
    """Check a name that we give ourselves; raises `LocalError` with a sentence for the person."""
    try:
        size = len(name.encode())
    except UnicodeEncodeError:
        raise LocalError("The name contains half a character.") from None
    if size > MAX_NAME:
        raise LocalError(
            "The name is too long: {size} bytes, at most {most} are possible.", size=size, most=MAX_NAME
        )


def check_relay(host: str, port: int, pin: bytes) -> None:
    """Check where a relay of ours is; raises `LocalError`."""
    if not _HOST.fullmatch(host) or not 1 <= port <= LAST_PORT or len(pin) != PIN_WIDTH:
        raise LocalError("a relay has a host name or address, a port from 1 to 65535 and a pin of 32 bytes")


def take_relay(fields: Fields) -> tuple[str, int, bytes]:
    """Take host, port and pin of a relay from `fields`; raises `FrameError`."""
    host, port, pin = fields.text(MAX_HOST), fields.uint(LAST_PORT), fields.binary(PIN_WIDTH)
    if not _HOST.fullmatch(host) or port == 0:
        raise FrameError("not where a relay can be")
    return host, port, pin

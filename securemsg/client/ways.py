"""Which of two ways leads to a relay: TLS of its own kind, or a WebSocket like any web site (Spec: MB-21)."""

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final, final

from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.transport import ALPN, WEBSOCKET_ALPN

BLOCKED_IN_A_ROW: Final = 2
"""Handshakes that must fail before the other way is tried: one may be a relay that just restarts."""

WEBSOCKET_SECONDS: Final = 4 * 3_600.0
"""How long a WebSocket is preferred where it helped: by then the device may be in another network."""


class Transport(StrEnum):
    """What the person wants."""

    AUTO = "auto"
    DIRECT = "direct"
    WEBSOCKET = "websocket"


class Way(Enum):
    """How a relay is dialled; the value is the protocol that TLS is told (ALPN)."""

    DIRECT = ALPN
    WEBSOCKET = WEBSOCKET_ALPN


@dataclass(frozen=True, slots=True)
class _Known:
    """Handshakes blocked in a row on the direct way, and until when a WebSocket is preferred."""

    blocked: int
    websocket_until: float = 0.0


@final
class Ways:
    """What was found out about each relay, in memory only; times are of the event loop's clock (s)."""

    __slots__ = ("_known", "_transport")

    def __init__(self, transport: Transport = Transport.AUTO) -> None:
        self._transport = transport
        self._known: dict[RelayAddress, _Known] = {}

    def choose(self, address: RelayAddress, now: float) -> Way:
        """Return the way to try now."""
        if self._transport is not Transport.AUTO:
            return Way[self._transport.name]
        known = self._known.get(address)
        if known is None or (known.blocked < BLOCKED_IN_A_ROW and now >= known.websocket_until):
            return Way.DIRECT
        return Way.WEBSOCKET

    def blocked(self, address: RelayAddress, way: Way) -> None:
        """Note that a handshake failed; after a WebSocket that did, all begins anew."""
        if way is Way.WEBSOCKET:
            self._known.pop(address, None)
            return
        known = self._known.get(address)
        self._known[address] = _Known(1 if known is None else known.blocked + 1)

    def worked(self, address: RelayAddress, way: Way, now: float) -> None:
        """Note that a relay was reached; a WebSocket is gone back to after one more failure only."""
        if way is Way.DIRECT:
            self._known.pop(address, None)
        else:
            self._known[address] = _Known(BLOCKED_IN_A_ROW - 1, now + WEBSOCKET_SECONDS)

"""What a relay promises and demands, as its hello tells every client."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Self

from securemsg.errors import FrameError
from securemsg.wire.codec import Encodable
from securemsg.wire.envelope import MAX_ENVELOPE
from securemsg.wire.fields import Fields

MAX_UNANSWERED: Final = 1_024
"""Requests of one connection that may wait for an answer (Spec: MB-11)."""

MAX_PROVEN: Final = 64
"""Mailboxes that one connection may prove: each may have a subscription of its own (Spec: MB-5)."""

_ENVELOPES: Final = (1_024, MAX_ENVELOPE)
_WINDOWS: Final = (1, 1_024)
_HEARTBEATS: Final = (5, 3_600)
_RETENTIONS: Final = (1, 8_784)
_RECONNECTS: Final = (0, 3_600)
_COUNT: Final = 6


class Registration(IntEnum):
    """Who may create a mailbox (Spec: MB-2)."""

    CLOSED = 0
    INVITATION = 1
    OPEN = 2


@dataclass(frozen=True, slots=True)
class Limits:
    """Largest envelope (bytes), unacknowledged deliveries, heartbeat (s), retention (hours), registration.

    `reconnect_seconds` is the span over which the clients of a relay that went away come back (Spec: MB-13).
    Construction raises `FrameError` for values out of the bounds of MB-2.

    Spec: MB-2
    """

    max_envelope: int = MAX_ENVELOPE
    window: int = 64
    heartbeat_seconds: int = 30
    retention_hours: int = 720
    registration: Registration = Registration.OPEN
    reconnect_seconds: int = 30

    def __post_init__(self) -> None:
        bounds = (
            (self.max_envelope, _ENVELOPES),
            (self.window, _WINDOWS),
            (self.heartbeat_seconds, _HEARTBEATS),
            (self.retention_hours, _RETENTIONS),
            (self.reconnect_seconds, _RECONNECTS),
        )
        if not all(least <= value <= most for value, (least, most) in bounds):
            raise FrameError("limits of a relay are out of bounds")

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Take the array of limits; raises `FrameError`."""
        array = fields.array(_COUNT)
        envelope, window, heartbeat, retention = (array.uint(MAX_ENVELOPE) for _ in range(4))
        registration = Registration(array.uint(max(Registration)))
        reconnect = array.uint(MAX_ENVELOPE)
        array.end()
        return cls(envelope, window, heartbeat, retention, registration, reconnect)

    def values(self) -> list[Encodable]:
        """The array as it is encoded and signed."""
        numbers = (self.max_envelope, self.window, self.heartbeat_seconds, self.retention_hours)
        return [*numbers, int(self.registration), self.reconnect_seconds]

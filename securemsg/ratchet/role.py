"""Which of the two sides of a session."""

from enum import IntEnum


class Role(IntEnum):
    """Who opened the session; the value is the direction byte of what it seals (Spec: RT-6)."""

    INITIATOR = 1
    RESPONDER = 2

    @property
    def peer(self) -> "Role":
        """The other side."""
        return Role.RESPONDER if self is Role.INITIATOR else Role.INITIATOR

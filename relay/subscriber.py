"""What deliveries know of a connection."""

from typing import Protocol

from relay.outgoing import Outgoing
from securemsg.mailbox.answers import Event


class Subscriber(Protocol):
    """The connection at which a mailbox's owner listens."""

    outgoing: Outgoing

    def push(self, event: Event) -> bytes:
        """The bytes of an event."""
        ...

    def dismiss(self, retry_seconds: int) -> None:
        """Say goodbye and close."""
        ...

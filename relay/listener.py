"""What the desk of a connection knows of the connection."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from relay.subscriber import Subscriber
from relay.subscriptions import Subscription


class Listener(Subscriber, Protocol):
    """A connection that can have deliveries of its own."""

    def adopt(self, subscription: Subscription) -> None:
        """End `subscription` with the connection."""
        ...

    def abandon(self, subscription: Subscription) -> None:
        """End `subscription` now: nothing came of it."""
        ...

    def run_beside(self, task: Callable[[], Awaitable[None]]) -> None:
        """Run `task` as long as the connection lives."""
        ...

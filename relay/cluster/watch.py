"""Looking for what no hint told (Spec: RL-52)."""

from typing import Final

import trio

from relay.storage.operations import LookAtMailbox
from relay.subscriptions import Delivery

_SECONDS: Final = 30
"""Between two looks: so late is what was stored elsewhere when its hint was lost."""

_AT_ONCE: Final = 512
"""Mailboxes in one look: others wait for it, a millisecond or so."""


class Watch:
    """Looks at the mailboxes that are subscribed at this node, now and then."""

    def __init__(self, delivery: Delivery) -> None:
        self._delivery = delivery
        self._doubt = trio.Event()

    def doubt(self) -> None:
        """Hints may have been lost: look soon."""
        self._doubt.set()

    async def run(self) -> None:
        """Look for ever."""
        while True:
            with trio.move_on_after(_SECONDS):
                await self._doubt.wait()
            self._doubt = trio.Event()
            await self._look()

    async def _look(self) -> None:
        waiting = self._delivery.waiting()
        for start in range(0, len(waiting), _AT_ONCE):
            looked = waiting[start : start + _AT_ONCE]
            operations = [LookAtMailbox(one.mailbox, one.owner) for one in looked]
            found = await self._delivery.committer.commit(operations)
            for subscription, result in zip(looked, found, strict=True):
                subscription.compare(result)

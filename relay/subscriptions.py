"""Who waits on which mailbox, and the deliveries to them (Spec: MB-8)."""

from collections import deque
from collections.abc import Sequence
from typing import Final, Protocol

import trio

from relay.committer import Committer
from relay.counters import Counters
from relay.outgoing import Outgoing
from relay.storage.operations import (
    Acknowledge,
    Append,
    Appended,
    Fetch,
    Operation,
    Page,
    Result,
    Shelf,
    Stored,
    TakePrekeys,
)
from securemsg.ids import MailboxId
from securemsg.mailbox.answers import CaughtUp, Event, LowShelf
from securemsg.mailbox.hot import delivery_frame

_PAGE: Final = 32
"""Envelopes read at once: the store ends a page of large ones sooner."""

_RETRY_SECONDS: Final = 1
"""How long a delivery waits after the store could not read."""

LOW_SHELF: Final = 20
"""With fewer leaves left the owner is told (Spec: MB-9)."""


class Subscriber(Protocol):
    """The connection at which a mailbox's owner listens."""

    outgoing: Outgoing

    def push(self, event: Event) -> bytes:
        """The bytes of an event."""
        ...

    def dismiss(self, retry_seconds: int) -> None:
        """Say goodbye and close."""
        ...


class Subscription:
    """The deliveries of one mailbox to one connection."""

    __slots__ = (
        "_behind",
        "_committer",
        "_counters",
        "_fetching",
        "_reached",
        "_stir",
        "_told",
        "_unacknowledged",
        "_window",
        "mailbox",
        "subscriber",
    )

    def __init__(self, mailbox: MailboxId, subscriber: Subscriber, service: "Delivery") -> None:
        self.mailbox = mailbox
        self.subscriber = subscriber
        self._committer = service.committer
        self._counters = service.counters
        self._window = service.window
        self._reached = 0
        self._behind = True
        # Nothing is handed on before `run`: first the client hears that it is subscribed.
        self._fetching = True
        self._told = False
        self._unacknowledged: deque[int] = deque()
        self._stir = trio.Event()

    def committed(self, operation: Acknowledge | TakePrekeys, result: Result) -> None:
        """Take note of what went from the mailbox."""
        match operation, result:
            case Acknowledge(_, sequence), Stored():
                self._acknowledged(sequence)
            case TakePrekeys(), Shelf(generation, _, _, remaining) if remaining < LOW_SHELF:
                notice = LowShelf(self.mailbox, generation, remaining)
                self.subscriber.outgoing.add(self.subscriber.push(notice))
            case _:
                pass

    def stored(self, append: Append, sequence: int) -> None:
        """An envelope was stored: hand it on at once if it is the next one, else remember to fetch.

        A repeat (sequence 0) was stored at a time when perhaps nobody could be told.
        """
        if sequence == self._reached + 1 and self._may_hand_on():
            self._reached = sequence
            self._unacknowledged.append(sequence)
            self._counters.delivered += 1
            self.subscriber.outgoing.add(
                delivery_frame(self.mailbox, sequence, append.submit_id, append.envelope)
            )
        else:
            self._behind = True
            self._stir.set()

    def _acknowledged(self, sequence: int) -> None:
        """Everything up to `sequence` is deleted: there is room in the window."""
        while self._unacknowledged and self._unacknowledged[0] <= sequence:
            self._unacknowledged.popleft()
        self._stir.set()

    async def run(self) -> None:
        """Deliver for ever what `committed` could not."""
        while True:
            if self._behind and len(self._unacknowledged) < self._window:
                await self._fetch()
            else:
                self._stir = trio.Event()
                await self._stir.wait()

    async def _fetch(self) -> None:
        # One page at a time for a connection, however many mailboxes it listens to.
        async with self.subscriber.outgoing.turn:
            await self.subscriber.outgoing.room()
            count = min(self._window - len(self._unacknowledged), _PAGE)
            if not count:
                return
            self._fetching, self._behind = True, False
            (page,) = await self._committer.commit([Fetch(self.mailbox, self._reached, count)])
            self._fetching = False
            if isinstance(page, Page):
                self._hand_on(page)
                return
        self._behind = True
        await trio.sleep(_RETRY_SECONDS)

    def _hand_on(self, page: Page) -> None:
        self._unacknowledged.extend(found.sequence for found in page.envelopes)
        self._counters.delivered += len(page.envelopes)
        frames = [
            delivery_frame(self.mailbox, found.sequence, found.submit_id, found.envelope)
            for found in page.envelopes
        ]
        self.subscriber.outgoing.add(b"".join(frames))
        # An empty page: what lies between was acknowledged or has expired.
        self._reached = page.envelopes[-1].sequence if page.envelopes else page.newest
        self._behind = self._behind or self._reached < page.newest
        if not self._behind and not self._told:
            self._told = True
            self.subscriber.outgoing.add(self.subscriber.push(CaughtUp(self.mailbox)))

    def _may_hand_on(self) -> bool:
        has_room = len(self._unacknowledged) < self._window and not self.subscriber.outgoing.is_full
        return has_room and not self._fetching


class Delivery:
    """Every subscription of this relay, one per mailbox."""

    __slots__ = ("_subscriptions", "committer", "counters", "window")

    def __init__(self, committer: Committer, counters: Counters, window: int) -> None:
        self.committer = committer
        self.counters = counters
        self.window = window
        self._subscriptions: dict[MailboxId, Subscription] = {}

    def subscribe(self, mailbox: MailboxId, subscriber: Subscriber) -> Subscription | None:
        """Take `mailbox` over from whoever has it; `None` when `subscriber` itself has it."""
        older = self._subscriptions.get(mailbox)
        if older is not None:
            if older.subscriber is subscriber:
                return None
            self.counters.takeovers += 1
            older.subscriber.dismiss(0)
        subscription = self._subscriptions[mailbox] = Subscription(mailbox, subscriber, self)
        return subscription

    def has_listener(self, mailbox: MailboxId) -> bool:
        """Tell whether a connection listens to `mailbox`."""
        return mailbox in self._subscriptions

    def leave(self, subscription: Subscription) -> None:
        """End a subscription, unless another has taken over already."""
        if self._subscriptions.get(subscription.mailbox) is subscription:
            del self._subscriptions[subscription.mailbox]

    def committed(self, operations: Sequence[Operation], results: Sequence[Result]) -> None:
        """Tell the owners who listen what was stored, deleted or taken for somebody else."""
        subscriptions = self._subscriptions
        for operation, result in zip(operations, results, strict=True):
            # Appends first: they come by the thousand.
            if isinstance(operation, Append):
                if isinstance(result, Appended):
                    self.counters.accepted += 1
                    if (subscription := subscriptions.get(operation.mailbox)) is not None:
                        subscription.stored(operation, result.sequence)
            elif isinstance(operation, Acknowledge | TakePrekeys):
                listening = subscriptions.get(operation.mailbox)
                if listening is not None:
                    listening.committed(operation, result)

"""Who waits on which mailbox, and the deliveries to them (Spec: MB-8)."""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

import trio

from relay.cluster.hints import GIVEN_UP, Hint, HintKind
from relay.committing import Committing
from relay.counters import Counters
from relay.storage.operations import (
    Acknowledge,
    Append,
    Appended,
    Fetch,
    LookAtShelf,
    Operation,
    Page,
    Progress,
    Refused,
    Result,
    Shelf,
    Stored,
    TakePrekeys,
)
from relay.subscriber import Subscriber
from securemsg.ids import MailboxId
from securemsg.mailbox.answers import CaughtUp, ErrorCode, LowShelf
from securemsg.mailbox.hot import delivery_frame

_PAGE: Final = 32
"""Envelopes read at once: the store ends a page of large ones sooner."""

_RETRY_SECONDS: Final = 1
"""How long a delivery waits after the store could not read."""

LOW_SHELF: Final = 20
"""With fewer leaves left the owner is told (Spec: MB-9)."""


class Subscription:
    """The deliveries of one mailbox to one connection."""

    __slots__ = (
        "_behind",
        "_committer",
        "_counters",
        "_fetching",
        "_is_shelf_low",
        "_life",
        "_newest",
        "_number",
        "_reached",
        "_stir",
        "_told",
        "_unacknowledged",
        "_window",
        "mailbox",
        "owner",
        "subscriber",
    )

    def __init__(self, mailbox: MailboxId, owner: bytes, subscriber: Subscriber, service: "Delivery") -> None:
        self.mailbox = mailbox
        self.owner = owner
        self.subscriber = subscriber
        self._committer = service.committer
        self._counters = service.counters
        self._window = service.window
        self._reached = 0
        self._number = self._newest = 0
        self._is_shelf_low = False
        self._behind = True
        # Nothing is handed on before `run`: first the client hears that it is subscribed.
        self._fetching = True
        self._told = False
        self._unacknowledged: deque[int] = deque()
        self._stir = trio.Event()
        self._life = trio.CancelScope()

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

    def look(self) -> None:
        """Look into the store: something may be there that was stored elsewhere."""
        self._behind = True
        self._stir.set()

    def numbered(self, number: int) -> None:
        """This is the subscription of that number; 0 where nobody counts them."""
        self._number = number
        self.notice_newer(self._newest)

    def notice_newer(self, number: int) -> None:
        """End the connection if that is the number of a newer subscription (Spec: MB-8, RL-53)."""
        self._newest = max(number, self._newest)
        if 0 < self._number < self._newest and not self._life.cancel_called:
            self._counters.takeovers += 1
            self.subscriber.dismiss(0)

    def compare(self, looked: Result) -> None:
        """Do what no hint told (Spec: RL-52)."""
        if looked == Refused(ErrorCode.REFUSED):
            self.notice_newer(GIVEN_UP)
        elif isinstance(looked, Progress):
            self.notice_newer(looked.listener)
            self._acknowledged(looked.acknowledged)
            if looked.newest > self._reached:
                self.look()

    def shelf_is_low(self) -> None:
        """Tell the owner of a shelf that another node found low."""
        self._is_shelf_low = True
        self._stir.set()

    async def _tell_of_shelf(self) -> None:
        self._is_shelf_low = False
        (shelf,) = await self._committer.commit([LookAtShelf(self.mailbox, self.owner)])
        if isinstance(shelf, Shelf) and shelf.remaining < LOW_SHELF:
            notice = LowShelf(self.mailbox, shelf.generation, shelf.remaining)
            self.subscriber.outgoing.add(self.subscriber.push(notice))

    def _acknowledged(self, sequence: int) -> None:
        """Everything up to `sequence` is deleted: there is room in the window."""
        while self._unacknowledged and self._unacknowledged[0] <= sequence:
            self._unacknowledged.popleft()
        self._stir.set()

    async def run(self) -> None:
        """Deliver until `end` what `committed` could not."""
        with self._life:
            while True:
                if self._is_shelf_low:
                    await self._tell_of_shelf()
                elif self._behind and len(self._unacknowledged) < self._window:
                    await self._fetch()
                else:
                    self._stir = trio.Event()
                    await self._stir.wait()

    def end(self) -> None:
        """Deliver nothing any more."""
        self._life.cancel()

    async def _fetch(self) -> None:
        # One page at a time for a connection, however many mailboxes it listens to.
        async with self.subscriber.outgoing.turn:
            await self.subscriber.outgoing.room()
            count = min(self._window - len(self._unacknowledged), _PAGE)
            if not count:
                return
            self._fetching, self._behind = True, False
            fetch = Fetch(self.mailbox, self._reached, count, self.owner)
            (page,) = await self._committer.commit([fetch])
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

    __slots__ = ("_subscriptions", "committer", "counters", "tell", "window")

    def __init__(self, committer: Committing, counters: Counters, window: int) -> None:
        self.committer = committer
        self.counters = counters
        self.window = window
        self._subscriptions: dict[MailboxId, Subscription] = {}
        self.tell: Callable[[Hint], None] | None = None
        """Where there are other nodes: tells them."""

    def subscribe(self, mailbox: MailboxId, owner: bytes, subscriber: Subscriber) -> Subscription | None:
        """Take `mailbox` over, for who proved the key `owner`; `None` when `subscriber` itself has it."""
        older = self._subscriptions.get(mailbox)
        if older is not None:
            if older.subscriber is subscriber:
                return None
            self.counters.takeovers += 1
            older.subscriber.dismiss(0)
        subscription = self._subscriptions[mailbox] = Subscription(mailbox, owner, subscriber, self)
        return subscription

    def has_listener(self, mailbox: MailboxId) -> bool:
        """Tell whether a connection listens to `mailbox`."""
        return mailbox in self._subscriptions

    def numbered(self, subscription: Subscription, number: int) -> None:
        """The newest subscription of its mailbox has this number: others end, here and at other nodes."""
        subscription.numbered(number)
        if self.tell is not None:
            self.tell(Hint(HintKind.SUBSCRIBED, subscription.mailbox, number))

    def learn(self, hint: Hint) -> None:
        """Look where another node says that it is worth it (Spec: RL-51)."""
        subscription = self._subscriptions.get(hint.mailbox)
        if subscription is None:
            return
        match hint.kind:
            case HintKind.STORED:
                subscription.look()
            case HintKind.SUBSCRIBED:
                subscription.notice_newer(hint.number)
            case _:
                subscription.shelf_is_low()

    def waiting(self) -> tuple[Subscription, ...]:
        """Everything that is subscribed now."""
        return tuple(self._subscriptions.values())

    def leave(self, subscription: Subscription) -> None:
        """End a subscription, unless another has taken over already."""
        if self._subscriptions.get(subscription.mailbox) is subscription:
            del self._subscriptions[subscription.mailbox]

    def end(self, mailbox: MailboxId, remover: Subscriber) -> None:
        """Nobody listens to a mailbox that is no more (Spec: MB-29)."""
        found = self._subscriptions.pop(mailbox, None)
        if found is not None:
            found.end()
            if found.subscriber is not remover:
                found.subscriber.dismiss(0)
        if self.tell is not None:
            self.tell(Hint(HintKind.SUBSCRIBED, mailbox, GIVEN_UP))

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
                    elif self.tell is not None:
                        self.tell(Hint(HintKind.STORED, operation.mailbox))
                elif isinstance(result, Refused) and operation.mailbox in subscriptions:
                    self._doubt(result, subscriptions[operation.mailbox])
            elif isinstance(operation, Acknowledge | TakePrekeys):
                self._gone(operation, result)

    def _doubt(self, refused: Refused, subscription: Subscription) -> None:
        if refused.code is ErrorCode.UNAVAILABLE:
            # Perhaps it was stored all the same (Spec: RL-23).
            subscription.look()

    def _gone(self, operation: Acknowledge | TakePrekeys, result: Result) -> None:
        listening = self._subscriptions.get(operation.mailbox)
        if listening is not None:
            listening.committed(operation, result)
        elif self.tell is not None and isinstance(result, Shelf) and result.remaining < LOW_SHELF:
            self.tell(Hint(HintKind.SHELF_LOW, operation.mailbox))

"""A sender and a reader that go to any node of a relay, and what they were told."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import trio

from relay.stream import ConnectionLostError
from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.answers import (
    Accepted,
    Answer,
    CaughtUp,
    Deliver,
    Done,
    ErrorCode,
    Failed,
    LowShelf,
    Prekeys,
    Subscribed,
)
from securemsg.mailbox.requests import (
    Acknowledge,
    FetchPrekeys,
    PublishLeaves,
    PublishManifest,
    Submit,
    Subscribe,
)
from tests.crash.relay_kills import Pair
from tests.relay.client import Ended, RelayClient

_BATCH: Final = 8
_CUT: Final = (Ended, ConnectionLostError, ConnectionError)

Addresses = list[RelayAddress]

_LAST_MOVE_SECONDS = 60
"""A mailbox that was about to move, or a server about to come back, takes far less."""


class UnavailableError(ConnectionError):
    """The store was away: come again."""


@dataclass
class ClusterPair(Pair):
    """A mailbox whose sender and reader go to any node, until `calm`; how long they were without one."""

    addresses: Addresses = field(default_factory=list)
    calm: trio.Event = field(default_factory=trio.Event)
    gaps: list[float] = field(default_factory=list)
    steady: list[Submit] = field(default_factory=list)
    leaves: list[bytes] = field(default_factory=list)
    generation: int = 0

    async def keep(self, work: Callable[[RelayClient], Awaitable[None]]) -> None:
        """Do something at one node after the other, for as long as it lasts."""
        lost = trio.current_time()
        while not self.calm.is_set():
            with suppress(*_CUT):
                async with RelayClient.open(self.chance.choice(self.addresses)) as client:
                    self._since(lost)
                    try:
                        await work(client)
                    finally:
                        lost = trio.current_time()
            await trio.sleep(0.05)

    async def submit(self, client: RelayClient) -> None:
        """Submit, again what was not accepted, and take a leaf now and then."""
        while not self.calm.is_set():
            is_repeat = bool(self.waiting)
            self.waiting = self.waiting or [self._submit() for _ in range(_BATCH)]
            answers = await client.ask_all(self.waiting)
            kept = [one for one, said in zip(self.waiting, answers, strict=True) if said == Accepted()]
            self.accepted += kept
            self.steady += [] if is_repeat or len(kept) < _BATCH else kept
            self.waiting = [one for one in self.waiting if one not in kept]
            if self.chance.random() < 0.05:
                await self._take_leaf(client)
            if self.waiting:
                assert all(map(is_away, [one for one in answers if one != Accepted()]))
                raise UnavailableError

    async def listen(self, client: RelayClient) -> None:
        """Listen, acknowledging now and then."""
        await self._subscribe(client)
        while not self.calm.is_set():
            notice = None
            with trio.move_on_after(0.2):
                notice = await client.notice()
            if isinstance(notice, Deliver):
                await self._take(client, notice)

    async def finish(self) -> None:
        """Send what waits and read what is left, undisturbed."""
        async with RelayClient.open(self.addresses[0]) as client:
            while self.waiting:
                answers = await client.ask_all(self.waiting)
                self.accepted += [
                    one for one, said in zip(self.waiting, answers, strict=True) if said == Accepted()
                ]
                self.waiting = [one for one in self.waiting if one not in self.accepted]
                await trio.sleep(0.2)
        async with RelayClient.open(self.addresses[-1]) as client:
            with trio.fail_after(_LAST_MOVE_SECONDS):
                await self._subscribe_at_last(client)
            while not isinstance(notice := await client.notice(), CaughtUp):
                if isinstance(notice, Deliver):
                    await self._take(client, notice)

    async def _subscribe_at_last(self, client: RelayClient) -> None:
        """Subscribe as soon as the mailbox has come home: while it moves it answers to come again."""
        while True:
            try:
                await self._subscribe(client)
            except UnavailableError:
                await trio.sleep(0.2)
            else:
                return

    def judge(self) -> None:
        """Everything accepted arrived once, in order where nothing was repeated; each leaf went once."""
        lost = [one for one in self.accepted if one.submit_id not in self.delivered]
        assert not lost, f"{len(lost)} accepted submits were lost"
        assert len(set(self.delivered.values())) == len(self.delivered), "two have one number"
        places = [self.delivered[one.submit_id] for one in self.steady]
        assert places == sorted(places), "out of order"
        assert len(set(self.leaves)) == len(self.leaves), "a leaf was handed out twice"

    def _since(self, lost: float) -> None:
        self.gaps.append(trio.current_time() - lost)

    async def _subscribe(self, client: RelayClient) -> None:
        proof = client.connection.proof(self.mailbox.id, self.mailbox.key)
        for request, kind in ((proof, Done), (Subscribe(self.mailbox.id), Subscribed)):
            if not isinstance(answer := await client.ask(request), kind):
                assert is_away(answer)
                raise UnavailableError
        shelf = await client.notice()
        assert isinstance(shelf, LowShelf)
        if shelf.remaining < 8:
            self.generation = shelf.generation + 1
            leaves = tuple(b"%d/%d" % (self.generation, at) for at in range(16))
            await client.ask_all(
                [
                    PublishManifest(self.mailbox.id, self.generation, b"manifest"),
                    PublishLeaves(self.mailbox.id, self.generation, 0, leaves),
                ]
            )

    async def _take_leaf(self, client: RelayClient) -> None:
        answer = await client.ask(FetchPrekeys(self.mailbox.id, self.mailbox.token))
        if isinstance(answer, Prekeys) and answer.leaf is not None:
            self.leaves.append(bytes(answer.leaf.sealed))

    async def _take(self, client: RelayClient, notice: Deliver) -> None:
        assert notice.sequence > self.acknowledged, "delivered again after its acknowledgement was answered"
        assert notice.envelope.startswith(notice.submit_id)
        known = self.delivered.setdefault(notice.submit_id, notice.sequence)
        assert known == notice.sequence, "stored twice"
        if self.chance.random() < 0.2:
            answer = await client.ask(Acknowledge(self.mailbox.id, notice.sequence))
            if answer == Done():
                self.acknowledged = notice.sequence


def is_away(answer: Answer) -> bool:
    """Tell whether the store was away, or the mailbox was moving."""
    return isinstance(answer, Failed) and answer.code is ErrorCode.UNAVAILABLE

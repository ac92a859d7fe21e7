"""Clients of a soak: they come, write, read and go, and know what must have arrived."""

import random  # noqa: TID251  # when they come and what they do; nothing secret
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Final

import trio

from relay.stream import ConnectionLostError
from securemsg.ids import SubmitId
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
    Create,
    FetchPrekeys,
    PublishLeaves,
    PublishManifest,
    Submit,
    Subscribe,
)
from securemsg.mailbox.tokens import Invitation
from tests.relay.client import Ended, Mailbox, RelayClient

_LEAVES: Final = 16
_LOW: Final = 20
_SIZES: Final = (1_200, 1_300, 4_200, 16_000)
_MOST_WAITING: Final = 400
"""Messages in one mailbox: fewer than fill it, so that nothing may be refused."""

LEFT_BEHIND: Final = 3
"""Messages to somebody who registers."""

_STAY: Final = 6.0
"""Seconds that somebody stays at most before coming again."""


Visit = Callable[[RelayClient], Awaitable[None]]

_TURNED_AWAY: Final = (Ended, ConnectionLostError)
_ATTEMPTS: Final = 10


@asynccontextmanager
async def visiting(
    address: RelayAddress, counts: Counter[str], digest: bytes | None = None
) -> AsyncIterator[RelayClient]:
    """Connect; who is late for the relay's five seconds, on a machine that is busy, comes again."""
    async with AsyncExitStack() as stack:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                client = await stack.enter_async_context(RelayClient.open(address, digest))
                break
            except _TURNED_AWAY:
                counts["turned away"] += 1
                assert attempt < _ATTEMPTS, "nobody gets in any more"
                await trio.sleep(1)
        counts["visits"] += 1
        yield client


@dataclass
class Pair:
    """A mailbox, its reader, and the one who writes to it: everything arrives once, in order."""

    chance: random.Random
    counts: Counter[str]
    mailbox: Mailbox = field(default_factory=Mailbox)
    waiting: list[Submit] = field(default_factory=list)
    sent: dict[SubmitId, None] = field(default_factory=dict)
    """What was submitted and is not delivered yet, in its order."""

    unacknowledged: dict[int, SubmitId] = field(default_factory=dict)
    handled: int = 0
    acknowledged: int = 0
    generation: int = 0
    leaves: set[bytes] = field(default_factory=set)

    async def live(self, address: RelayAddress) -> None:
        """Write and read, coming and going, for ever."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._come_and_go, self._write, address)
            nursery.start_soon(self._come_and_go, self._read, address)

    async def settle(self, address: RelayAddress) -> None:
        """Submit what has no answer, read what is left; raises `AssertionError` where something is lost."""
        async with visiting(address, self.counts) as client:
            await self._submit(client)
        async with visiting(address, self.counts) as client:
            await self._read(client, until_caught_up=CaughtUp)
            assert await client.ask(Acknowledge(self.mailbox.id, self.handled)) == Done()
        assert not self.sent, f"{len(self.sent)} accepted messages were lost"

    async def _come_and_go(self, visit: Visit, address: RelayAddress) -> None:
        while True:
            with trio.move_on_after(self.chance.uniform(0.3, _STAY)):
                async with visiting(address, self.counts) as client:
                    await visit(client)
            await trio.sleep(self.chance.uniform(0, 1))

    async def _write(self, client: RelayClient) -> None:
        while True:
            if not self.waiting and len(self.sent) < _MOST_WAITING:
                for _ in range(self.chance.randrange(1, 6)):
                    submit = self.mailbox.submit(bytes(self.chance.choice(_SIZES)))
                    self.waiting.append(submit)
                    self.sent[submit.submit_id] = None
            # One that was accepted long ago may come again, too: it is stored once.
            repeated = self.waiting[:1] if self.chance.random() < 0.1 else []
            await self._submit(client)
            for submit in repeated:
                assert await client.ask(submit) == Accepted()
            if self.chance.random() < 0.1:
                self._note(await client.ask(FetchPrekeys(self.mailbox.id, self.mailbox.token)))
            await trio.sleep(self.chance.uniform(0, 1))

    async def _submit(self, client: RelayClient) -> None:
        if self.waiting:
            answers = await client.ask_all(self.waiting)
            assert answers == [Accepted()] * len(self.waiting)
            self.counts["accepted"] += len(self.waiting)
            self.waiting = []

    def _note(self, answer: Answer) -> None:
        if isinstance(answer, Failed):
            assert answer.code in (ErrorCode.SLOW_DOWN, ErrorCode.NO_PREKEYS)
            return
        assert isinstance(answer, Prekeys)
        if answer.leaf is not None:
            assert answer.leaf.sealed not in self.leaves, "a one-time key was handed out twice"
            self.leaves.add(answer.leaf.sealed)
            self.counts["one-time keys"] += 1

    async def _read(self, client: RelayClient, until_caught_up: type[CaughtUp] | tuple[()] = ()) -> None:
        await client.own(self.mailbox)
        progress = await client.ask(Subscribe(self.mailbox.id))
        assert isinstance(progress, Subscribed)
        assert progress.acknowledged >= self.acknowledged, "an answered acknowledgement was forgotten"
        while True:
            notice = await client.notice()
            if isinstance(notice, Deliver):
                await self._take(client, notice)
            elif isinstance(notice, LowShelf) and notice.generation >= self.generation:
                await self._publish(client, notice)
            elif isinstance(notice, until_caught_up):
                return

    async def _take(self, client: RelayClient, notice: Deliver) -> None:
        assert notice.sequence > self.acknowledged, "delivered again after its acknowledgement was answered"
        if notice.sequence > self.handled:
            assert notice.submit_id == next(iter(self.sent), None), "delivered twice, or out of order"
            del self.sent[notice.submit_id]
            self.handled = notice.sequence
            self.unacknowledged[notice.sequence] = notice.submit_id
            self.counts["delivered"] += 1
        assert self.unacknowledged[notice.sequence] == notice.submit_id
        if self.chance.random() < 0.3:
            assert await client.ask(Acknowledge(self.mailbox.id, notice.sequence)) == Done()
            self.acknowledged = notice.sequence
            self.unacknowledged = {
                at: known for at, known in self.unacknowledged.items() if at > notice.sequence
            }

    async def _publish(self, client: RelayClient, told: LowShelf) -> None:
        if told.remaining >= _LOW:
            return
        # What was told before the new generation was there is about the old one.
        box, generation = self.mailbox.id, told.generation + 1
        self.generation = generation
        assert await client.ask(PublishManifest(box, generation, self.chance.randbytes(9_000))) == Done()
        for first in (0, _LEAVES):
            leaves = tuple(self.chance.randbytes(1_700) for _ in range(_LEAVES))
            assert await client.ask(PublishLeaves(box, generation, first, leaves)) == Done()


async def pass_by(
    address: RelayAddress, invitation: Invitation, chance: random.Random, counts: Counter[str]
) -> int:
    """Register, be written to, and most often never come back; returns how many messages are left behind."""
    mailbox = Mailbox()
    creation = Create(mailbox.id, mailbox.key.public(), (mailbox.token.hash,), invitation)
    async with visiting(address, counts) as client:
        refused = await client.ask(replace(creation, invitation=Invitation(bytes(Invitation.WIDTH))))
        assert refused == Failed(ErrorCode.REGISTRATION_REFUSED)
        answers = await client.ask_all(
            [creation, *(mailbox.submit(bytes(1_200)) for _ in range(LEFT_BEHIND))]
        )
    assert answers == [Done(), *[Accepted()] * LEFT_BEHIND]
    if chance.random() < 0.7:
        return LEFT_BEHIND
    await trio.sleep(chance.uniform(0, 3))
    async with visiting(address, counts) as client:
        await client.listen(mailbox)
        last = [await client.delivery() for _ in range(LEFT_BEHIND)][-1]
        assert await client.ask(Acknowledge(mailbox.id, last.sequence)) == Done()
    return 0

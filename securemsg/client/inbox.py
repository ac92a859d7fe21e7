"""Receiving: the one connection that proves our mailbox (Spec: CL-3, CL-7, CL-8)."""

from dataclasses import replace
from functools import partial
from typing import Final

import anyio
from anyio.abc import TaskGroup

from securemsg.client import upkeep
from securemsg.client.backoff import wait_milliseconds
from securemsg.client.board import Board
from securemsg.client.deciding import Decide
from securemsg.client.link import Link, connected
from securemsg.client.problems import Refused, RelayProblem
from securemsg.client.profile import Profile
from securemsg.client.receiving import quarantine, receive
from securemsg.client.views import LinkState
from securemsg.instant import HOUR, SECOND, Instant, after
from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.answers import CaughtUp, Deliver, LowShelf
from securemsg.mailbox.requests import Acknowledge, Request, Subscribe
from securemsg.store.errors import StorageFailed, VaultDamaged, VaultTooNew

BATCH: Final = 50
"""Deliveries handled in one transaction (Spec: CL-3)."""


class Inbox:
    """Keeps our own relay connected, and takes what it delivers."""

    def __init__(self, profile: Profile, board: Board, decide: Decide) -> None:
        self._profile = profile
        self._board = board
        self._decide = decide
        link = profile.owner.link
        self._address = RelayAddress(link.host, link.port, link.pin)
        self._mailbox = link.mailbox
        self._failures = 0
        self.caught_up = False

    async def run(self) -> None:
        """Connect, receive, and connect again, until cancelled."""
        while True:
            self._show(LinkState.CONNECTING, self._board.connection.reason, None)
            retry_seconds = 0
            try:
                retry_seconds = await self._converse()
            except RelayProblem as problem:
                retry_seconds = problem.retry_seconds if isinstance(problem, Refused) else 0
                self._failed(problem)
            self.caught_up = False
            pause = max(wait_milliseconds(self._failures, self._profile.entropy), retry_seconds * SECOND)
            self._failures += 1
            now = self._profile.clock()
            self._show(LinkState.OFFLINE, self._board.connection.reason, after(now, pause))
            await anyio.sleep(pause / SECOND)

    async def _converse(self) -> int:
        """Receive on one connection until it ends; return for how many seconds the relay sends us away."""
        async with connected(self._address, self._profile.clock, self._profile.entropy) as link:
            async with anyio.create_task_group() as tasks:
                await self._introduce(link)
                self._failures = 0
                self._show(LinkState.ONLINE, "", None)
                tasks.start_soon(self._hourly, link, tasks)
                async for event in link.events:
                    await self._take(link, tasks, event)
                tasks.cancel_scope.cancel()
            if link.problem is not None:
                self._failed(link.problem)
            return link.retry_seconds

    async def _introduce(self, link: Link) -> None:
        """Register what is not registered, prove the mailbox, subscribe."""
        create = await self._decide(upkeep.create_request)
        if create is not None:
            await link.ask(create)
            await self._decide(lambda step: step.vault.owner.mark_registered())
        await link.ask(link.connection.proof(self._mailbox, self._profile.owner.mailbox_key))
        await link.ask(Subscribe(self._mailbox))

    async def _take(self, link: Link, tasks: TaskGroup, event: Deliver | LowShelf | CaughtUp) -> None:
        match event:
            case CaughtUp():
                self.caught_up = True
                self._board.show(replace(self._board.connection, last_received=self._profile.clock()))
                self._board.stir()
            case LowShelf():
                tasks.start_soon(self._replenish, link, event)
            case Deliver():
                await self._receive(link, tasks, event)

    async def _receive(self, link: Link, tasks: TaskGroup, first: Deliver) -> None:
        batch, other = [first], None
        while len(batch) < BATCH and other is None:
            try:
                event = link.events.receive_nowait()
            except (anyio.WouldBlock, anyio.EndOfStream):
                break
            if isinstance(event, Deliver):
                batch.append(event)
            else:
                other = event
        await self._handle(batch)
        self._board.show(replace(self._board.connection, last_received=self._profile.clock()))
        tasks.start_soon(_quietly, link, Acknowledge(self._mailbox, batch[-1].sequence))
        if other is not None:
            await self._take(link, tasks, other)

    async def _handle(self, batch: list[Deliver]) -> None:
        """Handle deliveries in one step; where that fails for no known reason, each alone (Spec: CL-14)."""
        try:
            await self._decide(lambda step: receive(step, batch))
        except (StorageFailed, VaultDamaged, VaultTooNew):
            raise
        except Exception:  # noqa: BLE001  # a poisoned message must not stop those behind it
            if len(batch) == 1:
                await self._decide(lambda step: quarantine(step, batch[0]))
                return
            for delivery in batch:
                await self._handle([delivery])

    async def _hourly(self, link: Link, tasks: TaskGroup) -> None:
        while True:
            tasks.start_soon(self._register_tokens, link)
            await self._decide(upkeep.purge)
            await anyio.sleep(HOUR / SECOND)

    async def _register_tokens(self, link: Link) -> None:
        try:
            while (request := await self._decide(upkeep.tokens_request)) is not None:
                await link.ask(request)
                await self._decide(partial(upkeep.tokens_done, request=request))
            self._board.stir()
        except RelayProblem:
            return

    async def _replenish(self, link: Link, shelf: LowShelf) -> None:
        """Publish prekeys until the relay has confirmed all (Spec: HS-14)."""
        try:
            await self._decide(lambda step: upkeep.renew_prekeys(step, shelf))
            while (request := await self._decide(upkeep.publish_request)) is not None:
                await link.ask(request)
                await self._decide(partial(upkeep.publish_done, request=request))
            self._board.stir()
        except RelayProblem:
            return

    def _failed(self, problem: RelayProblem) -> None:
        self._show(LinkState.OFFLINE, str(problem), None)

    def _show(self, state: LinkState, reason: str, retry_at: Instant | None) -> None:
        self._board.show(replace(self._board.connection, state=state, reason=reason, retry_at=retry_at))


async def _quietly(link: Link, request: Request) -> None:
    """Ask without waiting for the answer to mean anything: an acknowledgement lost is repeated."""
    try:
        await link.ask(request)
    except RelayProblem:
        return

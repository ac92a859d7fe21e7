"""Receiving: the one connection that proves our mailbox (Spec: CL-3, CL-7)."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import anyio

from securemsg.client import upkeep
from securemsg.client.alarms import RELAY_BEHIND, raise_alarm
from securemsg.client.backoff import Backoff
from securemsg.client.board import Board
from securemsg.client.chores import Chores
from securemsg.client.clock import system_steady_clock
from securemsg.client.clocks import compare_clocks
from securemsg.client.copies import take_position
from securemsg.client.deciding import Decide
from securemsg.client.link import Link, Pushed, connected
from securemsg.client.problems import Refused, RelayProblem, of_own_relay
from securemsg.client.profile import Profile
from securemsg.client.randomness import RandomnessFailed
from securemsg.client.receiving import quarantine, receive
from securemsg.client.views import LinkState
from securemsg.instant import SECOND, Instant, after
from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.answers import CaughtUp, Deliver, ErrorCode, LowShelf, Subscribed
from securemsg.mailbox.requests import Subscribe
from securemsg.store.errors import HomeInUse, StorageFailed, VaultDamaged, VaultTooNew

BATCH: Final = 50
"""Deliveries handled in one transaction (Spec: CL-3)."""

TURN: Final = SECOND // 2
"""After which (ms) what was handled is committed, and the person may do something: to take 48 long texts back
takes seconds, and fifty envelopes of a flood can ask for that each."""

_NOT_THE_MESSAGE: Final = (
    StorageFailed,
    VaultDamaged,
    VaultTooNew,
    HomeInUse,
    RandomnessFailed,
    MemoryError,
)
"""What this computer is to blame for: nothing is noted or acknowledged then (Spec: CL-14)."""


class Inbox:
    """Keeps our own relay connected, and takes what it delivers."""

    def __init__(self, profile: Profile, board: Board, decide: Decide) -> None:
        self._profile = profile
        self._board = board
        self._decide = decide
        link = profile.owner.link
        self._address = RelayAddress(link.host, link.port, link.pin)
        self._mailbox = link.mailbox
        self.caught_up = False
        self._chores: Chores | None = None

    def revoke(self) -> None:
        """Tell the relay of tokens that were taken back; without a connection the next does (Spec: CL-31)."""
        if self._chores is not None:
            self._chores.tokens()

    async def run(self) -> None:
        """Connect, receive, and connect again, until cancelled."""
        backoff = Backoff(self._profile.entropy)
        while True:
            self._show(LinkState.CONNECTING, self._board.connection.reason, None)
            began = anyio.current_time()
            try:
                await self._converse()
            except RelayProblem as problem:
                self.caught_up = False
                pause = backoff.after(anyio.current_time() - began, problem)
                self._show(LinkState.OFFLINE, of_own_relay(problem), after(self._profile.clock(), pause))
                await anyio.sleep(pause / SECOND)

    async def _converse(self) -> None:
        """Receive on one connection until it ends; raises why it did."""
        async with connected(self._address, self._profile.network) as link:
            await self._introduce(link)
            self._show(LinkState.ONLINE, "", None)
            self._chores = chores = Chores(link, self._mailbox, self._board, self._decide)
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(chores.run)
                async for event in link.events:
                    await self._take(link, chores, event)
                tasks.cancel_scope.cancel()
            raise link.reason()

    async def _introduce(self, link: Link) -> None:
        """Compare clocks, register what is not, prove the mailbox, subscribe (Spec: CL-8, CL-15, CL-21)."""
        relay_time = link.connection.relay_time
        await self._decide(lambda step: compare_clocks(step, relay_time))
        create = await self._decide(upkeep.create_request)
        if create is not None:
            await link.ask(create)
            await self._decide(lambda step: step.vault.owner.mark_registered())
        await self._prove(link)
        told = await link.ask(Subscribe(self._mailbox))
        if isinstance(told, Subscribed):
            await self._decide(lambda step: take_position(step, told))

    async def _prove(self, link: Link) -> None:
        """Prove the mailbox; at a relay that does not know it any more, make it again first (Spec: CL-15)."""
        owner = self._profile.owner
        try:
            await link.ask(link.connection.proof(self._mailbox, owner.mailbox_key))
        except Refused as refusal:
            if refusal.code is not ErrorCode.REFUSED:
                raise
            try:
                await link.ask(upkeep.creation(owner))
            except Refused:
                # Who may not register is told what is wrong, not what was tried.
                raise refusal from None
            await self._decide(lambda step: raise_alarm(step, RELAY_BEHIND))
            await link.ask(link.connection.proof(self._mailbox, owner.mailbox_key))

    async def _take(self, link: Link, chores: Chores, event: Pushed) -> None:
        match event:
            case CaughtUp():
                self.caught_up = True
                self._heard()
                self._board.stir()
            case LowShelf():
                chores.shelf(event)
            case Deliver():
                await self._receive(link, chores, event)

    async def _receive(self, link: Link, chores: Chores, first: Deliver) -> None:
        """Handle a delivery with all that have arrived behind it, up to a batch."""
        batch: list[Deliver] = [first]
        other: Pushed | None = None
        while len(batch) < BATCH and other is None:
            try:
                event = link.events.receive_nowait()
            except (anyio.WouldBlock, anyio.EndOfStream):
                break
            if isinstance(event, Deliver):
                batch.append(event)
            else:
                other = event
        left = batch
        while left:
            left = left[await self._handle(left) :]
        self._heard()
        chores.handled(batch[-1].sequence)
        if other is not None:
            await self._take(link, chores, other)

    async def _handle(self, batch: list[Deliver]) -> int:
        """Handle deliveries in one step; where that fails for no known reason, each alone (Spec: CL-14).

        Return how many are done.
        """
        try:
            return await self._decide(lambda step: receive(step, batch, _turn()))
        except _NOT_THE_MESSAGE:
            raise
        except Exception:  # noqa: BLE001  # a poisoned message must not stop those behind it
            if len(batch) == 1:
                await self._decide(lambda step: quarantine(step, batch[0]))
            else:
                for delivery in batch:
                    await self._handle([delivery])
            return len(batch)

    def _heard(self) -> None:
        self._board.show(replace(self._board.connection, last_received=self._profile.clock()))

    def _show(self, state: LinkState, reason: str, retry_at: Instant | None) -> None:
        self._board.show(replace(self._board.connection, state=state, reason=reason, retry_at=retry_at))


def _turn() -> Callable[[], bool]:
    """Return what tells whether a turn that begins now has lasted long enough."""
    end = system_steady_clock() + TURN
    return lambda: system_steady_clock() > end

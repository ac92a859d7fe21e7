"""What is due at our own relay besides taking deliveries (Spec: CL-3, CL-8)."""

from functools import partial
from typing import final

import anyio

from securemsg.client import upkeep
from securemsg.client.board import Board
from securemsg.client.deciding import Decide
from securemsg.client.link import Link
from securemsg.client.problems import Refused, RelayProblem
from securemsg.client.transfer.releasing import release_fetched
from securemsg.ids import MailboxId
from securemsg.instant import HOUR, SECOND
from securemsg.mailbox.answers import ErrorCode, LowShelf
from securemsg.mailbox.requests import Acknowledge, PublishLeaves, PublishManifest, Request

_HOUR_SECONDS = HOUR / SECOND
_REFILL_SECONDS = upkeep.REFILL_PAUSE / SECOND


@final
class Chores:
    """The chores of one connection: of each kind one at a time, however often the relay gives cause."""

    def __init__(self, link: Link, mailbox: MailboxId, board: Board, decide: Decide) -> None:
        self._link = link
        self._mailbox = mailbox
        self._board = board
        self._decide = decide
        self._handled = 0
        self._more_handled = anyio.Event()
        self._shelf: LowShelf | None = None
        self._shelf_told = anyio.Event()
        self._tokens_due = anyio.Event()

    def handled(self, sequence: int) -> None:
        """Let the relay forget everything up to `sequence`: it is committed (Spec: CL-3)."""
        self._handled = sequence
        self._more_handled.set()

    def shelf(self, told: LowShelf) -> None:
        """Look whether prekeys are due, now that the relay told what it has (Spec: HS-14)."""
        self._shelf = told
        self._shelf_told.set()

    def tokens(self) -> None:
        """Look whether tokens are to be registered or revoked."""
        self._tokens_due.set()

    async def run(self) -> None:
        """Work until cancelled, or until the link ends."""
        async with anyio.create_task_group() as tasks:
            for chore in (self._acknowledge, self._keep_prekeys, self._keep_tokens):
                tasks.start_soon(chore)
            tasks.start_soon(release_fetched, self._link, self._mailbox, self._board, self._decide)

    async def _acknowledge(self) -> None:
        while self._link.problem is None:
            await self._more_handled.wait()
            self._more_handled = anyio.Event()
            # One that is lost is repeated: the relay delivers again, and we know it again.
            await self._done(Acknowledge(self._mailbox, self._handled))

    async def _keep_prekeys(self) -> None:
        """Publish prekeys until the relay has confirmed all: when it tells of them, and each hour."""
        later: LowShelf | None = None
        while self._link.problem is None:
            with anyio.move_on_after(_HOUR_SECONDS if later is None else _REFILL_SECONDS):
                await self._shelf_told.wait()
            self._shelf_told = anyio.Event()
            if self._shelf is not None:
                await self._doubt_tokens(self._shelf)
            told, self._shelf, later = self._shelf or later, None, None
            if not await self._decide(partial(upkeep.renew_prekeys, shelf=told)):
                # Too soon: the same word counts again later, unless the relay says more meanwhile.
                later = told
            while (request := await self._decide(upkeep.publish_request)) is not None:
                if not await self._publish(request):
                    break
            self._board.stir()

    async def _publish(self, request: PublishManifest | PublishLeaves) -> bool:
        """Publish a part of a generation; tell whether the relay took it."""
        try:
            await self._link.ask(request)
        except Refused as refusal:
            if refusal.code is ErrorCode.CONFLICT:
                self.shelf(await self._decide(partial(upkeep.publish_refused, request=request)))
            return False
        except RelayProblem:
            return False
        await self._decide(partial(upkeep.publish_done, request=request))
        return True

    async def _keep_tokens(self) -> None:
        while self._link.problem is None:
            await self._decide(upkeep.purge)
            while (request := await self._decide(upkeep.tokens_request)) is not None:
                if not await self._done(request):
                    break
                await self._decide(partial(upkeep.tokens_done, request=request))
            self._board.stir()
            with anyio.move_on_after(_HOUR_SECONDS):
                await self._tokens_due.wait()
            self._tokens_due = anyio.Event()

    async def _doubt_tokens(self, told: LowShelf) -> None:
        if await self._decide(partial(upkeep.doubt_tokens, shelf=told)):
            self.tokens()

    async def _done(self, request: Request) -> bool:
        """Ask; tell whether the relay did it. Whoever reads the link is told when it has ended."""
        try:
            await self._link.ask(request)
        except RelayProblem:
            return False
        return True

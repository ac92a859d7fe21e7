"""The engine: everything of a profile that touches the network, in one long-lived task.

It runs on asyncio and trio alike. Decisions run in a worker thread, one transaction
each; what follows from them is done here after the commit (Spec: CL-1).
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeVar

import anyio
import anyio.to_thread

from securemsg.client.board import Board
from securemsg.client.groups import only
from securemsg.client.notices import Notice
from securemsg.client.problems import RelayProblem
from securemsg.client.profile import Profile
from securemsg.client.step import Changes, Step
from securemsg.client.transfer.halt import beside
from securemsg.client.views import CheckView, ConnectionView, MessageState, MessageView
from securemsg.instant import SECOND, after
from securemsg.mailbox.address import RelayAddress

if TYPE_CHECKING:
    from securemsg.client.crew import Crew

T = TypeVar("T")

SOON: Final = 2 * SECOND
"""What is due within this (ms) is worth waiting for before a command ends."""


class Engine:
    """Connects a profile; `run` it in one task from beginning to end."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._board = Board()
        self._threads = anyio.CapacityLimiter(1)
        self._files = anyio.CapacityLimiter(1)
        self._crew: Crew | None = None
        self._early: list[Changes] = []

    @property
    def connection(self) -> ConnectionView:
        """The connection to our own relay, and how much waits."""
        return self._board.connection

    async def run(self) -> None:
        """Receive and send until cancelled; a failing disk ends it with `StorageFailed`."""
        from securemsg.client.crew import Crew  # noqa: PLC0415 - what it loads nobody needs who only reads

        self._crew = Crew(self._profile, self._board, self._decide)
        early, self._early = self._early, []
        for changes in early:
            self._crew.look(changes)
        try:
            waiting = await self._decide(lambda step: step.vault.outbox.waiting())
            self._board.show(replace(self._board.connection, waiting=waiting))
            await self._crew.run()
        except BaseExceptionGroup as group:
            raise only(group) from None
        finally:
            self._board.close()

    def notices(self) -> AsyncIterator[Notice]:
        """Yield notices until the engine ends."""
        return self._board.notices()

    async def perform(self, function: Callable[[Profile], T]) -> T:
        """Run `function` on the profile in the worker thread, then send what it queued.

        Whoever is cancelled before it begins has done nothing; after that the cancellation waits
        for its end. asyncio's own cancellation knows no shield, so that a task of its own waits.
        """
        results: list[T] = []

        async def work() -> None:
            results.append(await self._run(function))

        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(work)
        except BaseExceptionGroup as group:
            raise only(group) from None
        return results[0]

    async def idle(self) -> None:
        """Return once the backlog of our mailbox is here and nothing in the outbox can leave now.

        What is held, or put off for longer than `SOON`, is not waited for.
        """
        while True:
            stirred = self._board.stirring()
            caught_up = self._crew is not None and self._crew.inbox.caught_up
            if caught_up and not await self._decide(_leaves_soon):
                return
            await stirred.wait()

    async def published(self) -> None:
        """Return once our prekeys and spare tokens are at the relay: others can write to us (Spec: CL-8)."""
        from securemsg.client.upkeep import is_published  # noqa: PLC0415 - as in `run`

        while True:
            stirred = self._board.stirring()
            if await self._decide(is_published):
                return
            await stirred.wait()

    async def accepted(self, row: int) -> MessageView:
        """Return a message of ours once a relay keeps it, or once it failed."""
        while True:
            stirred = self._board.stirring()
            message = await self.perform(lambda profile: profile.message(row))
            if message.state is not MessageState.QUEUED:
                return message
            await stirred.wait()

    async def save_file(self, row: int, folder: str) -> str:
        """Put a plain copy of a file into a folder, in a thread of its own; return its path (Spec: FI-12).

        A cancellation ends it, and leaves nothing. Raises `LocalError`.
        """
        saving = self._profile
        path = await beside(lambda halt: saving.save_until(row, folder, halt), self._files)
        self._settle()
        return path

    async def read_file(self, row: int, most: int) -> bytes:
        """Return a file that is here, of at most so many bytes, read in a thread of its own (Spec: FI-5).

        Raises `LocalError`.
        """
        reading = self._profile
        return await beside(lambda halt: reading.read_until(row, most, halt), self._files)

    async def check_relay(self) -> CheckView:
        """Dial our relay and judge it, as `doctor` shows it."""
        from securemsg.client.link import connected  # noqa: PLC0415 - as in `run`

        link = self._profile.owner.link
        address = RelayAddress(link.host, link.port, link.pin)
        try:
            async with connected(address, self._profile.network):
                return CheckView("relay", ok=True, advice="")
        except RelayProblem as problem:
            return CheckView("relay", ok=False, advice=problem.sentence)

    async def _decide(self, function: Callable[[Step], T]) -> T:
        # Tasks of the engine are cancelled by its own scopes only: they need no other task.
        return await self._run(lambda profile: profile.decide(function))

    async def _run(self, function: Callable[[Profile], T]) -> T:
        """Run `function` when its turn has come; no scope cancels this while the thread runs."""
        result = await anyio.to_thread.run_sync(function, self._profile, limiter=self._threads)
        self._settle()
        return result

    def _settle(self) -> None:
        """After a commit: tell who looks, and let the courier look."""
        changes = self._profile.take_changes()
        self._board.changed(changes)
        if self._crew is not None:
            self._crew.look(changes)
        elif changes.files:
            # All else is looked up when the engine runs; what is to be deleted is known here only.
            self._early.append(changes)
        if changes.outbox:
            self._board.stir()
            self._board.show(replace(self._board.connection, waiting=changes.waiting))


def _leaves_soon(step: Step) -> bool:
    following = step.vault.outbox.next_due()
    return following is not None and following <= after(step.now, SOON)

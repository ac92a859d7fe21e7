"""Between the screens and the engine: owns both engine and profile from opening to locking.

The engine's task group must be entered and left in one task, so `run` is called in one
worker of the application that lives until the lock. Everything that reads or writes the vault goes through
`perform`, which runs it in the engine's worker thread: the screen never waits for the disk.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TypeVar

import anyio
import anyio.to_thread

from securemsg.client import Engine, Profile
from securemsg.client.notices import (
    ConnectionChanged,
    ConversationsChanged,
    FileProgress,
    MessagesChanged,
    Notice,
    Typing,
)
from securemsg.client.views import ConnectionView
from securemsg.errors import LocalError

T = TypeVar("T")

CREW = "securemsg.client.crew"
"""What an engine loads when it runs; in a thread, where there are keys to be answered."""

GATHERING = 0.02
"""Seconds in which notices are gathered: a burst of messages repaints 50 times a second at most."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What to look at again; `files` are contacts of whom only the progress of a file changed."""

    conversations: bool = False
    contacts: frozenset[int] = frozenset()
    files: frozenset[int] = frozenset()
    connection: ConnectionView | None = None
    typing: tuple[Typing, ...] = ()

    def with_notice(self, notice: Notice) -> "Changes":
        """Return these changes and what `notice` tells."""
        match notice:
            case ConversationsChanged():
                return replace(self, conversations=True)
            case MessagesChanged(contact):
                return replace(self, conversations=True, contacts=self.contacts | {contact})
            case FileProgress(contact):
                return replace(self, files=self.files | {contact})
            case Typing():
                return replace(self, typing=(*self.typing, notice))
            case ConnectionChanged(connection):
                return replace(self, connection=connection)

    def and_also(self, later: "Changes") -> "Changes":
        """Return these changes and later ones."""
        return Changes(
            self.conversations or later.conversations,
            self.contacts | later.contacts,
            self.files | later.files,
            later.connection or self.connection,
            (*self.typing, *later.typing),
        )


class Bridge:
    """One opened profile with its engine."""

    def __init__(self, profile: Profile, engine: Engine | None = None) -> None:
        """Take over `profile`, which is closed when `run` ends, and its engine where it has one already."""
        self._profile = profile
        self._engine = engine or Engine(profile)
        self._gathered = Changes()
        self._ended = False
        self.own = profile.own()

    @property
    def connection(self) -> ConnectionView:
        """The state of the link to our relay."""
        return self._engine.connection

    async def run(self, changed: Callable[[Changes], object], shown: asyncio.Event | None = None) -> None:
        """Run the engine until cancelled, calling `changed` with what was gathered.

        Where there is a screen, that is `shown` before what the engine needs is loaded.
        """
        try:
            if shown is not None:
                await shown.wait()
                await anyio.to_thread.run_sync(import_module, CREW)
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(self._engine.run)
                tasks.start_soon(self._gather, changed)
        finally:
            self._ended = True
            self._profile.close()

    async def perform(self, function: Callable[[Profile], T]) -> T:
        """Run `function` on the vault in the engine's thread; raises what it raises.

        Who asks when the vault has been closed is a screen that is going: it is cancelled, without a word.
        """
        try:
            return await self._engine.perform(function)
        except LocalError:
            if self._ended:
                raise asyncio.CancelledError from None
            raise

    async def save_file(self, row: int, folder: str) -> str:
        """Save a plain copy of a received file; returns its path. Large files hold up nothing else."""
        return await self._engine.save_file(row, folder)

    async def read_file(self, row: int, most: int) -> bytes:
        """Return the bytes of a file that is here, at most so many; raises `LocalError`."""
        return await self._engine.read_file(row, most)

    async def _gather(self, changed: Callable[[Changes], object]) -> None:
        async with anyio.create_task_group() as tasks:
            async for notice in self._engine.notices():
                if self._gathered == Changes():
                    tasks.start_soon(self._deliver, changed)
                self._gathered = self._gathered.with_notice(notice)

    async def _deliver(self, changed: Callable[[Changes], object]) -> None:
        await anyio.sleep(GATHERING)
        gathered, self._gathered = self._gathered, Changes()
        changed(gathered)

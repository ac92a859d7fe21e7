"""A computer: the program on it, its disk, and the ways in which both fail."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final, TypeVar

import outcome
import trio
from typing_extensions import TypeVarTuple

from tests.simulation.dice import Dice
from tests.simulation.disk import DISKS, Fault, Medium

if TYPE_CHECKING:
    from pathlib import Path

    from tests.simulation.world import World

T = TypeVar("T")
Arguments = TypeVarTuple("Arguments")

MACHINE: Final = ContextVar["Machine"]("MACHINE")
"""On which machine a task runs."""

_RESTART: Final = 0.01
"""Of the disturbed part: how long a program is down that ended by itself."""


class Machine(ABC):
    """Runs its program again and again; `crash` and `stop` end it."""

    def __init__(self, world: "World", name: str, files: dict[str, bytes]) -> None:
        self.world = world
        self.name = name
        self.folder: Path = world.folder / name
        self.folder.mkdir(mode=0o700)
        self.medium = Medium(files)
        self.starts = 0
        self.is_up = False
        self.is_retired = False
        self.latency = (0.0, 0.002)
        """Seconds before and after each access to the disk."""

        self._pause = 0.0
        self._died = trio.Event()
        self._scope = trio.CancelScope()

    @abstractmethod
    async def program(self) -> None:
        """Run until cancelled or until something fails that may."""

    async def live(self) -> None:
        """Run the program, and again after it ended, until retired."""
        MACHINE.set(self)
        pause = _RESTART * self.world.plan.seconds
        while not self.is_retired:
            DISKS.media[self.folder] = self.medium
            self._died, self._scope, self._pause = trio.Event(), trio.CancelScope(), pause
            self.starts, self.is_up = self.starts + 1, True
            self.note("starts")
            with self._scope:
                await self.program()
            self.is_up = False
            self.note("is down")
            with trio.move_on_after(self._pause):
                await self.world.calm.wait()
        del DISKS.media[self.folder]

    def crash(self, power: Dice | None, pause: float) -> None:
        """Kill the program at once, with a power cut if there is `power`; it starts after `pause` seconds."""
        if self.is_up:
            self.note("crashes" if power is None else "loses power")
            self.replace_disk(self.medium.crash(power), pause)

    def replace_disk(self, medium: Medium, pause: float) -> None:
        """Kill the program at once; the next one finds `medium`."""
        self.medium.is_gone = True
        self.medium = medium
        self.is_up, self._pause = False, pause
        self.world.network.cut_all(self.name)
        self._died.set()
        self._scope.cancel()

    def stop(self, pause: float) -> None:
        """End the program as its user does, who starts it again after `pause` seconds."""
        if self.is_up:
            self.note("stops")
            self._pause = pause
            self._scope.cancel()

    def end_within(self, seconds: float, pause: float) -> None:
        """End the program then, and start it again after `pause` seconds."""
        self._pause = pause
        self._scope.deadline = trio.current_time() + seconds

    def retire(self) -> None:
        """Stop for good."""
        self.is_retired = True
        self.stop(0.0)

    def heal(self) -> None:
        """Have a sound disk again."""
        self.medium.fault = Fault.NONE
        self.latency = (0.0, 0.002)

    def note(self, what: str) -> None:
        """Say in the trace what happens here."""
        self.world.trace.note(self.name, what)

    async def work(self, function: Callable[[], T]) -> T:
        """Run `function` as a worker thread does: what has begun ends, unless the machine dies."""
        died = self._died
        result: outcome.Outcome[T] | None = None
        with trio.CancelScope(shield=True):
            await self._wait_for_disk(died)
            if not died.is_set():
                result = outcome.capture(function)
                await self._wait_for_disk(died)
        if result is None or died.is_set():
            # Whatever was done, nobody is there to hear of it: the machine's scope ends this.
            await trio.sleep_forever()
            raise AssertionError("a task outlived its machine")
        return result.unwrap()

    async def _wait_for_disk(self, died: trio.Event) -> None:
        with trio.move_on_after(self.world.disk_dice.uniform(*self.latency)):
            await died.wait()


async def run_inline(
    function: Callable[[*Arguments], T],
    *arguments: *Arguments,
    limiter: AbstractAsyncContextManager[object] | None = None,
) -> T:
    """Do what `to_thread.run_sync` of trio and anyio does, on the machine of the calling task."""
    await trio.lowlevel.checkpoint_if_cancelled()
    async with nullcontext() if limiter is None else limiter:
        return await MACHINE.get().work(lambda: function(*arguments))

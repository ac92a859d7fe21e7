"""A thread that works on a file looks here whether it is still wanted."""

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

import anyio
import anyio.lowlevel
import anyio.to_thread

from securemsg.client.groups import only
from securemsg.errors import LocalError

T = TypeVar("T")


class Halted(LocalError):  # noqa: N818  # named after what happened
    """Whoever wanted the work was cancelled; nothing of it counts."""


class Halt:
    """Set once; looked at after each block."""

    __slots__ = ("_set",)

    def __init__(self) -> None:
        self._set = False

    def call(self) -> None:
        """Ask the work to end."""
        self._set = True

    def check(self) -> None:
        """Raise `Halted` if that was asked."""
        if self._set:
            raise Halted


async def beside(work: Callable[[Halt], T], limiter: anyio.CapacityLimiter) -> T:
    """Run `work` in a thread; a cancellation asks it to end, and waits for that."""
    halt = Halt()
    results: list[T] = []

    def run() -> None:
        with suppress(Halted):
            results.append(work(halt))

    async def watch() -> None:
        try:
            await anyio.sleep_forever()
        finally:
            halt.call()

    try:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(watch)
            await anyio.to_thread.run_sync(run, limiter=limiter)
            tasks.cancel_scope.cancel()
    except BaseExceptionGroup as group:
        raise only(group) from None
    # Whoever was halted was cancelled, and is told so here.
    await anyio.lowlevel.checkpoint_if_cancelled()
    return results[0]

"""Handshakes one after the other, so that those who are in already keep their time (Spec: RL-33)."""

from types import TracebackType
from typing import Final

import trio

_REST: Final = 2
"""How many times as long as a step took nobody takes another: handshakes have a third of the time."""

_SHORT_SECONDS: Final = 0.0001
"""A step that took less did not compute anything, and is no reason to rest."""

_LONGEST_SECONDS: Final = 0.02
"""A step that seems to take longer was interrupted by something else."""


class HandshakeTurns:
    """Entered around a step of a handshake, which itself waits for nothing."""

    __slots__ = ("_begun", "_turn")

    def __init__(self) -> None:
        self._turn = trio.Semaphore(1)
        self._begun = 0.0

    async def __aenter__(self) -> None:
        await self._turn.acquire()
        self._begun = trio.current_time()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        taken = min(trio.current_time() - self._begun, _LONGEST_SECONDS)
        try:
            await trio.sleep(_REST * taken if taken > _SHORT_SECONDS else 0)
        finally:
            self._turn.release()

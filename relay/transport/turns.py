"""Handshakes one after the other, so that those who are in already keep their time (Spec: RL-33)."""

from types import TracebackType
from typing import Final

import trio

_AT_ONCE: Final = 2
"""Steps of handshakes between two turns of everybody else: about a millisecond."""


class HandshakeTurns:
    """Entered around a step of a handshake, which itself waits for nothing."""

    __slots__ = ("_places",)

    def __init__(self) -> None:
        self._places = trio.Semaphore(_AT_ONCE)

    async def __aenter__(self) -> None:
        await self._places.acquire()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # The place is given on after everybody else has had a turn.
        try:
            await trio.lowlevel.checkpoint()
        finally:
            self._places.release()

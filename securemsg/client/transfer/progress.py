"""How far a transfer is, told often enough to look alive (Spec: CL-4)."""

from collections.abc import Callable
from typing import Final, final

import anyio

EVERY_SECONDS: Final = 0.1
"""Between two notices: ten a second are as many as anybody sees."""


@final
class Progress:
    """Counts stored bytes; the thread or task that works writes `done`, others read it."""

    __slots__ = ("done",)

    def __init__(self, done: int = 0) -> None:
        self.done = done

    async def tell(self, listener: Callable[[int], None]) -> None:
        """Call `listener` whenever there is more, not too often, until cancelled."""
        told = -1
        while True:
            if self.done != told:
                told = self.done
                listener(told)
            await anyio.sleep(EVERY_SECONDS)

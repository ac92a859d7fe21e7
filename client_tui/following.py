"""Looking again whenever the engine says that something changed, without missing anything in between."""

from collections.abc import Awaitable, Callable

import anyio

from securemsg.client import Engine


async def follow(engine: Engine, look: Callable[[], Awaitable[object]]) -> None:
    """Await `look()` now and after every notice, until cancelled or until the engine ends."""
    looker = _Looker(engine, look)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(looker.look_for_ever)
        await looker.listen()
        tasks.cancel_scope.cancel()


class _Looker:
    def __init__(self, engine: Engine, look: Callable[[], Awaitable[object]]) -> None:
        self._engine = engine
        self._look = look
        self._news = anyio.Event()

    async def listen(self) -> None:
        async for _ in self._engine.notices():
            self._news.set()
            self._news = anyio.Event()

    async def look_for_ever(self) -> None:
        while True:
            # Taken before looking: what changes while we look sets it, and we look once more.
            news = self._news
            await self._look()
            await news.wait()

"""Opening the home for one command, with or without the network, and closing it whatever happens."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import anyio

from client_tui.commands.asking import known_passphrase
from client_tui.commands.context import Context
from client_tui.terminal.crash import first_of, refuse_tracers
from client_tui.text.language import _
from securemsg.client import Engine, Profile, home_exists, open_profile
from securemsg.errors import LocalError

T = TypeVar("T")


@asynccontextmanager
async def opened(context: Context) -> AsyncIterator[Profile]:
    """Open the profile of `context`; raises `LocalError` where that is not possible."""
    if not home_exists(context.home):
        raise LocalError(
            _("There is no account here yet: run `securemsg init`, or `securemsg` to be guided.")
        )
    refuse_tracers()
    profile = await open_profile(context.home, known_passphrase(context.passphrase_file))
    try:
        yield profile
    finally:
        profile.close()


def offline(context: Context, work: Callable[[Profile], T]) -> T:
    """Run `work` on the opened profile, without the network."""

    async def alone() -> T:
        async with opened(context) as profile:
            return work(profile)

    return anyio.run(alone)


def online(context: Context, work: Callable[[Profile, Engine], Awaitable[T]]) -> T:
    """Run `work` beside a running engine, which first sends what waits in the outbox."""

    async def beside_engine() -> T:
        async with opened(context) as profile:
            engine = Engine(profile)
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(engine.run)
                answer = await work(profile, engine)
                tasks.cancel_scope.cancel()
            return answer

    try:
        return anyio.run(beside_engine)
    except BaseExceptionGroup as group:
        raise first_of(group) from None

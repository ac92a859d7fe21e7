"""Whoever gives up waiting for `perform` learns first what became of it (Spec: CL-1)."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import anyio.lowlevel
import anyio.to_thread
import pytest

from securemsg.client import Engine, Profile
from securemsg.client.views import MessageState
from securemsg.errors import LocalError
from tests.client.live import PATIENCE, friends, reached, running, states, texts
from tests.support.programs import RelayProgram

pytestmark = pytest.mark.anyio

GONE_MEANWHILE = 0.2
"""Seconds in which one that does not wait would have ended."""

NOWHERE = f"127.0.0.1:9#{'A' * 43}"
"""A relay that nobody dials here."""


class Slow:
    """Queues a text when it is let go on, and no sooner."""

    def __init__(self, alias: str) -> None:
        self._alias = alias
        self.begun = threading.Event()
        self.go_on = threading.Event()

    def __call__(self, profile: Profile) -> int:
        """Wait, then commit."""
        self.begun.set()
        assert self.go_on.wait(PATIENCE)
        return profile.queue_text(profile.find_contact(self._alias).contact, "said at last").row


class Asking:
    """Somebody who waits for `perform` until given up."""

    def __init__(self, engine: Engine, function: Callable[[Profile], object]) -> None:
        self._engine = engine
        self._function = function
        self._scope = anyio.CancelScope()
        self._task: asyncio.Task[None] | None = None
        self.ended = anyio.Event()
        self.cancelled = False

    async def ask(self) -> None:
        """Ask, and note how that ends."""
        try:
            await self._engine.perform(self._function)
        except anyio.get_cancelled_exc_class():
            self.cancelled = True
            raise
        finally:
            self.ended.set()

    @asynccontextmanager
    async def asking(self, how: str) -> AsyncIterator[Callable[[], object]]:
        """Ask in another task for the length of the block; yield what gives it up."""
        if how == "task":
            task = asyncio.create_task(self.ask())
            yield task.cancel
            await asyncio.wait([task])
            return
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self.ask)
            yield tasks.cancel_scope.cancel


each_way = pytest.mark.parametrize(
    ("anyio_backend", "how"), [("asyncio", "scope"), ("asyncio", "task"), ("trio", "scope")]
)
"""Giving up by a cancel scope, or as asyncio itself and Textual cancel."""


async def begun(function: Slow) -> None:
    """Return once it runs in its thread."""
    assert await anyio.to_thread.run_sync(function.begun.wait, PATIENCE)


@each_way
async def test_what_is_given_up_while_it_commits_leaves_before_the_asker_does(
    relay: RelayProgram, tmp_path: Path, how: str
) -> None:
    """N19, CL-1: the cancellation waits for the commit; the courier is woken."""
    with friends(tmp_path, relay.address, "ann", "ben") as (ann, ben):
        async with running(ann, ben) as (of_ann, of_ben):
            await of_ben.published()
            slow = Slow("ben")
            asker = Asking(of_ann, slow)
            async with asker.asking(how) as give_up:
                await begun(slow)
                give_up()
                with anyio.CancelScope(shield=True):
                    await anyio.sleep(GONE_MEANWHILE)
                    assert not asker.ended.is_set()
                    slow.go_on.set()
                    await asker.ended.wait()
            await reached(lambda: states(ann, "ben") == [MessageState.DELIVERED])
        assert texts(ben, "ann") == ["said at last"]


@each_way
async def test_what_is_given_up_before_its_turn_is_not_done(tmp_path: Path, how: str) -> None:
    """N19: the one before it is not disturbed."""
    with friends(tmp_path, NOWHERE, "ann", "ben") as (ann, _):
        engine = Engine(ann)
        slow, next_one = Slow("ben"), Slow("ben")
        first, second = Asking(engine, slow), Asking(engine, next_one)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(first.ask)
            await begun(slow)
            async with second.asking(how) as give_up:
                await anyio.lowlevel.checkpoint()
                give_up()
            assert second.cancelled
            assert not first.ended.is_set()
            slow.go_on.set()
        assert not next_one.begun.is_set()
        assert len(states(ann, "ben")) == 1


async def test_what_perform_raises_is_the_error_itself(tmp_path: Path) -> None:
    """No group, whatever runs inside."""
    with friends(tmp_path, NOWHERE, "ann") as (ann,), pytest.raises(LocalError):
        await Engine(ann).perform(lambda profile: profile.find_contact("cem"))

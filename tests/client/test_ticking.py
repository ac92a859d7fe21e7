"""An engine wakes when a message ends, and for nothing else (CL-29)."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import anyio
import pytest

from securemsg.client import Profile
from securemsg.client.lifetimes import begin_counting
from securemsg.client.notices import MessagesChanged, Notice
from securemsg.client.sending import new_id
from securemsg.client.step import Step
from securemsg.client.ticking import Ticker
from securemsg.store.ids import ContactId
from securemsg.store.messages import TEXT_KIND, NewMessage
from tests.client.live import profile_at, reached, running

pytestmark = pytest.mark.anyio

T = TypeVar("T")
NOWHERE = f"127.0.0.1:1#{'A' * 43}"


def note_for(profile: Profile, seconds: int, text: str) -> int:
    """Write to oneself what lives so many seconds: also fewer than a person can choose."""
    contact = ContactId(profile.note_to_self().contact)

    def say(step: Step) -> None:
        new = NewMessage(new_id(step), step.now, TEXT_KIND, text, b"", seconds)
        begin_counting(step, [step.vault.messages.add_outgoing(contact, new, step.now)])

    profile.decide(say)
    return contact


async def test_a_message_ends_while_a_later_one_is_waited_for(tmp_path: Path) -> None:
    """CL-27, CL-29: without a relay, and who looks is told."""
    profile = profile_at(tmp_path, "ann", NOWHERE)
    heard: list[Notice] = []
    async with anyio.create_task_group() as tasks, running(profile) as (engine,):

        async def listen() -> None:
            heard.extend([notice async for notice in engine.notices()])

        await engine.perform(lambda held: note_for(held, 600, "later"))
        contact = await engine.perform(lambda held: note_for(held, 1, "soon"))
        tasks.start_soon(listen)
        await reached(lambda: [view.text for view in profile.messages(contact)] == ["later"], 10)
    assert MessagesChanged(contact) in heard
    profile.close()


async def test_nothing_looks_where_nothing_is_due(tmp_path: Path) -> None:
    """CL-29: no polling."""
    profile = profile_at(tmp_path, "ann", NOWHERE)
    looks = 0

    class Counting:
        """Decides here and now, and counts."""

        async def __call__(self, function: Callable[[Step], T], /) -> T:
            nonlocal looks
            looks += 1
            return profile.decide(function)

    ticker = Ticker(Counting())
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ticker.run)
        await anyio.sleep(0.3)
        assert looks == 1
        note_for(profile, 600, "later")
        ticker.wake()
        await anyio.sleep(0.3)
        assert looks == 2
        tasks.cancel_scope.cancel()
    profile.close()

"""What a person writes ends the wait for a relay that was down, once, and nothing else does (Spec: CL-6)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import anyio
import pytest
from anyio.abc import SocketAttribute, SocketStream

from securemsg.client import Engine, Profile
from securemsg.client.sending import queue_report
from securemsg.client.views import MessageState
from securemsg.ids import SubmitId
from securemsg.store.ids import ContactId
from tests.client.live import crew_of, friends, reached, running, states, write
from tests.support.programs import RelayProgram

pytestmark = pytest.mark.anyio

QUEUED = MessageState.QUEUED
SOON = 0.4
"""Seconds in which something that happens at once has happened: local connections are refused in less."""


@pytest.fixture(autouse=True)
def long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no wait between dials end by itself during a test."""
    monkeypatch.setattr("securemsg.client.backoff.FIRST", 60_000)


class Door:
    """Where a relay should be: counts who comes, and says nothing."""

    def __init__(self) -> None:
        self.port = 0
        self.dials = 0

    async def shut(self, stream: SocketStream) -> None:
        """Count and close."""
        self.dials += 1
        await anyio.aclose_forcefully(stream)


@asynccontextmanager
async def waiting(
    folder: Path, names: tuple[str, ...] = ("ben",)
) -> AsyncIterator[tuple[Profile, Engine, Door]]:
    """Let Ann write to others at a relay where the door is shut, until she waits to dial again."""
    door = Door()
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    door.port = listener.extra_attributes[SocketAttribute.local_port]()
    async with listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, door.shut)
        address = f"127.0.0.1:{door.port}#{'A' * 43}"
        with friends(folder, address, "ann", *names) as profiles:
            async with running(profiles[0]) as (engine,):
                await write(engine, names[0], "first")
                # One for the mailbox, one for the message.
                await reached(lambda: door.dials == 2)
                await anyio.sleep(SOON)
                assert door.dials == 2
                yield profiles[0], engine, door
        tasks.cancel_scope.cancel()


async def test_what_is_written_while_a_relay_is_waited_for_is_tried_at_once(tmp_path: Path) -> None:
    """CL-6, MB-13: also what is for somebody else there, and what failed and is sent again."""
    async with waiting(tmp_path, ("ben", "cem")) as (ann, engine, door):
        await write(engine, "cem", "second")
        await reached(lambda: door.dials == 3, 10)
        assert states(ann, "ben") + states(ann, "cem") == [QUEUED] * 2


async def test_many_messages_to_a_relay_that_is_down_are_one_dial(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CL-6: another comes when the first is `HASTE_SECONDS` ago, and no third without an act."""
    monkeypatch.setattr("securemsg.client.courier.HASTE_SECONDS", 2.5)
    async with waiting(tmp_path) as (_, engine, door):
        began = anyio.current_time()
        for number in range(8):
            await write(engine, "ben", str(number))
            await reached(lambda: door.dials >= 3)
            await anyio.sleep(0.02)
        # All that a busy machine leaves of the wait.
        assert door.dials == 3 or anyio.current_time() - began >= 2.5
        await reached(lambda: door.dials == 4)
        assert anyio.current_time() - began >= 2.5
        await anyio.sleep(2.5 + SOON)
        assert door.dials == 4


async def test_nothing_but_the_person_ends_a_wait(tmp_path: Path) -> None:
    """MB-13: receipts, answers of other relays and looks at the outbox wait like what was lost."""
    async with waiting(tmp_path) as (ann, engine, door):
        contact = ann.find_contact("ben").contact
        for _ in range(5):
            crew_of(engine).courier.wake()
            await engine.perform(lambda profile: profile.mark_read(contact))
            await anyio.sleep(SOON / 5)
        assert door.dials == 2


async def test_what_waits_leaves_as_soon_as_the_person_writes_to_a_relay_that_is_back(tmp_path: Path) -> None:
    """CL-6: in order, although the wait would have been long."""
    relay = RelayProgram(tmp_path / "data").start()
    try:
        with friends(tmp_path, relay.address, "ann", "ben") as (ann, ben):
            async with running(ben) as (of_ben,):
                await of_ben.published()
            relay.stop()
            async with running(ann) as (of_ann,):
                await write(of_ann, "ben", "while it is down")
                await reached(lambda: ann.message(1).reason)
                relay.start()
                await anyio.sleep(SOON)
                assert states(ann, "ben") == [QUEUED]
                await write(of_ann, "ben", "when it is back")
                await reached(lambda: states(ann, "ben") == [MessageState.ACCEPTED] * 2, 15)
    finally:
        relay.kill()


async def test_what_nobody_asked_for_waits_after_a_connection_that_was_idle_when_it_was_lost(
    tmp_path: Path,
) -> None:
    """MB-13: over the relay's span, like what found out by itself; the person does not wait."""
    relay = RelayProgram(tmp_path / "data", config="[limits]\nreconnect_seconds = 300\n").start()
    try:
        with friends(tmp_path, relay.address, "ann", "ben") as (ann, ben):
            async with running(ben) as (of_ben,):
                await of_ben.published()
            async with running(ann) as (of_ann,):
                await of_ann.accepted(await write(of_ann, "ben", "before"))
                relay.stop()
                relay.start()
                contact = ContactId(ann.find_contact("ben").contact)
                report = partial(queue_report, contact=contact, submits=[SubmitId(bytes(16))])
                await of_ann.perform(lambda profile: profile.decide(report))
                await anyio.sleep(3 * SOON)
                assert ann.waiting() == 1
                await write(of_ann, "ben", "after")
                await reached(lambda: ann.waiting() == 0, 15)
    finally:
        relay.kill()

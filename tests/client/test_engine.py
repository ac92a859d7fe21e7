"""Engines of two people in one process, with a real relay between them."""

from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from securemsg.client import Engine, StorageFailed
from securemsg.client.clock import system_clock
from securemsg.client.notices import ConversationsChanged, MessagesChanged, Notice
from securemsg.client.views import Direction, LinkState, MessageState
from securemsg.instant import Instant
from securemsg.store.ids import MessageRow
from tests.client.live import (
    PATIENCE,
    crew_of,
    friends,
    link_states,
    profile_at,
    reached,
    running,
    states,
    texts,
    write,
)
from tests.support.programs import RelayProgram

pytestmark = pytest.mark.anyio

DELIVERED = MessageState.DELIVERED


async def test_two_engines_in_one_process_carry_a_conversation(relay: RelayProgram, tmp_path: Path) -> None:
    """CL-6, CL-7: what `perform` queues leaves at once, in order, and is receipted."""
    with friends(tmp_path, relay.address, "ann", "ben") as (ann, ben):
        async with running(ann, ben) as (of_ann, of_ben):
            with anyio.fail_after(PATIENCE):
                await of_ann.published()
                await of_ben.published()
                for number in range(5):
                    row = await write(of_ann, "ben", f"ann {number}")
                    await write(of_ben, "ann", f"ben {number}")
                accepted = await of_ann.accepted(row)
                assert accepted.state in (MessageState.ACCEPTED, DELIVERED)
            await reached(lambda: len(texts(ben, "ann")) == len(texts(ann, "ben")) == 5)
            await reached(lambda: states(ann, "ben") == states(ben, "ann") == [DELIVERED] * 5)
            with anyio.fail_after(PATIENCE):
                await of_ann.idle()
        assert texts(ben, "ann") == [f"ann {number}" for number in range(5)]
        assert texts(ann, "ben") == [f"ben {number}" for number in range(5)]


async def test_notices_say_where_to_look_again(relay: RelayProgram, tmp_path: Path) -> None:
    """CL-4: of messages, of the list, of the connection; they end with the engine."""
    heard: list[Notice] = []
    ended = anyio.Event()

    async def listen(engine: Engine) -> None:
        heard.extend([notice async for notice in engine.notices()])
        ended.set()

    with friends(tmp_path, relay.address, "ann", "ben") as (ann, ben):
        async with anyio.create_task_group() as tasks:
            async with running(ann, ben) as (of_ann, of_ben):
                tasks.start_soon(listen, of_ben)
                await of_ben.published()
                await write(of_ann, "ben", "hello")
                await reached(lambda: states(ann, "ben") == [DELIVERED])
            with anyio.fail_after(PATIENCE):
                await ended.wait()
        contact = ben.find_contact("ann").contact
    assert MessagesChanged(contact) in heard
    assert ConversationsChanged() in heard
    assert link_states(heard)[-1] is LinkState.ONLINE


async def test_the_relay_refuses_at_once_whom_the_person_blocks(relay: RelayProgram, tmp_path: Path) -> None:
    """CL-31: not when the next hour or the next connection comes."""
    with friends(tmp_path, relay.address, "ann", "ben") as (ann, ben):
        async with running(ann, ben) as (of_ann, of_ben):
            for engine in (of_ann, of_ben):
                await engine.published()
            await write(of_ann, "ben", "here is a token of your own")
            await reached(lambda: states(ann, "ben") == [DELIVERED])
            await of_ann.perform(lambda profile: profile.block(profile.find_contact("ben").contact))
            await reached(lambda: not ann.decide(lambda step: step.vault.tokens.revoked()))
            await write(of_ben, "ann", "do you hear me?")
            await reached(lambda: states(ben, "ann") == [MessageState.FAILED])


async def test_a_start_tells_how_much_waits_from_before(tmp_path: Path) -> None:
    """CL-5: before anything was written or sent since."""
    with friends(tmp_path, f"127.0.0.1:9#{'A' * 43}", "ann", "ben") as (ann, _ben):
        for words in ("one", "two"):
            ann.queue_text(ann.find_contact("ben").contact, words)
        ann.take_changes()
        async with running(ann) as (engine,):
            await reached(lambda: engine.connection.waiting == 2)


async def test_while_the_relay_is_away_messages_wait_and_say_why(relay: RelayProgram, tmp_path: Path) -> None:
    """CL-5, CL-6, MB-13: later they arrive in the order of writing."""
    heard: list[Notice] = []

    async def listen(engine: Engine) -> None:
        heard.extend([notice async for notice in engine.notices()])

    with friends(tmp_path, relay.address, "ann", "ben") as (ann, ben):
        async with anyio.create_task_group() as tasks, running(ann, ben) as (of_ann, of_ben):
            tasks.start_soon(listen, of_ann)
            await of_ben.published()
            await of_ann.accepted(await write(of_ann, "ben", "before"))
            relay.stop()
            rows = [await write(of_ann, "ben", f"while away {number}") for number in range(3)]
            await reached(lambda: of_ann.connection.state is LinkState.OFFLINE)
            await reached(lambda: ann.message(rows[0]).reason != "")
            assert (of_ann.connection.reason, of_ann.connection.waiting) != ("", 0)
            assert "relay" in ann.message(rows[0]).reason
            relay.start()
            await reached(lambda: len(texts(ben, "ann")) == 4)
            await reached(lambda: of_ann.connection.state is LinkState.ONLINE)
            assert of_ann.connection.reason == ""
        assert texts(ben, "ann") == ["before", *(f"while away {number}" for number in range(3))]
    assert link_states(heard)[-1] is LinkState.ONLINE
    assert {LinkState.OFFLINE, LinkState.CONNECTING} <= set(link_states(heard))


async def test_a_relay_that_is_killed_in_mid_conversation_loses_and_turns_around_nothing(
    relay: RelayProgram, tmp_path: Path
) -> None:
    """R06, CL-2: what it had not confirmed is sent again."""
    with friends(tmp_path, relay.address, "ann", "ben") as (ann, ben):
        async with running(ann, ben) as (of_ann, of_ben):
            await of_ann.published()
            await of_ben.published()
            for number in range(30):
                await write(of_ann, "ben", f"ann {number}")
                await write(of_ben, "ann", f"ben {number}")
                if number in (8, 20):
                    relay.kill()
                    relay.start()
            await reached(lambda: states(ann, "ben") == states(ben, "ann") == [DELIVERED] * 30)
        assert texts(ben, "ann") == texts(ann, "ben", Direction.OUT)
        assert texts(ann, "ben") == texts(ben, "ann", Direction.OUT)


async def test_after_a_restart_of_the_relay_the_next_message_leaves_at_the_first_try(
    relay: RelayProgram, tmp_path: Path
) -> None:
    """CL-7: a connection that ended while it was idle is no failure of the message."""
    with friends(tmp_path, relay.address, "ann", "ben") as (ann, ben):
        async with running(ben) as (of_ben,):
            await of_ben.published()
        async with running(ann) as (of_ann,):
            await of_ann.accepted(await write(of_ann, "ben", "before"))
            relay.stop()
            await reached(lambda: of_ann.connection.state is LinkState.OFFLINE)
            relay.start()
            await reached(lambda: of_ann.connection.state is LinkState.ONLINE)
            row = MessageRow(await write(of_ann, "ben", "after"))
            await of_ann.accepted(row)
        entry = ann.decide(lambda step: step.vault.outbox.of_message(row))
        assert entry is not None
        assert entry.attempts == 0


@pytest.mark.parametrize("milliseconds", [0, 3, 20, 100])
async def test_an_engine_may_be_cancelled_at_any_moment(
    relay: RelayProgram, tmp_path: Path, milliseconds: int
) -> None:
    """CL-1: the vault is whole, and the next engine goes on."""
    with friends(tmp_path, relay.address, "ann", "ben") as (ann, ben):
        for number in range(3):
            ann.queue_text(ann.find_contact("ben").contact, str(number))
        async with running(ben) as (of_ben,):
            await of_ben.published()
            for turn in range(3):
                with anyio.move_on_after((milliseconds + turn) / 1_000):
                    await Engine(ann).run()
                assert ann.checks()[0].ok
            async with running(ann):
                await reached(lambda: states(ann, "ben") == [DELIVERED] * 3)
        assert texts(ben, "ann") == ["0", "1", "2"]


async def test_a_failing_disk_ends_the_engine_with_that_error(relay: RelayProgram, tmp_path: Path) -> None:
    """CL-1: unwrapped, and also where several tasks meet it."""
    profile = profile_at(tmp_path, "ann", relay.address)
    engine = Engine(profile)

    async def fail() -> None:
        await engine.published()
        profile._vault._failed = True
        for _ in range(5):
            crew_of(engine).courier.wake()
            engine._board.stir()
            await anyio.lowlevel.checkpoint()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(fail)
        with pytest.raises(StorageFailed), anyio.fail_after(PATIENCE):
            await engine.run()
    profile.close()


class CountingClock:
    """Counts how often the time is asked for: each transaction does, and each dialling."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> Instant:
        """Tell the time."""
        self.asked += 1
        return system_clock()


async def test_an_idle_engine_does_nothing(relay: RelayProgram, tmp_path: Path) -> None:
    """CL-8: no loop turns without a cause."""
    with friends(tmp_path, relay.address, "ann", "ben") as (ann, ben):
        ann.clock = clock = CountingClock()
        async with running(ann, ben) as (of_ann, of_ben):
            await of_ben.published()
            await write(of_ann, "ben", "hello")
            await reached(lambda: states(ann, "ben") == [DELIVERED])
            await of_ann.idle()
            await anyio.sleep(0.3)
            before = clock.asked
            await anyio.sleep(1.5)
            assert clock.asked == before


async def test_an_engine_without_a_relay_tries_rarely(relay: RelayProgram, tmp_path: Path) -> None:
    """MB-13: a few tries in two seconds, each with a few transactions."""
    with friends(tmp_path, relay.address, "ann", "ben") as (ann, _):
        ann.queue_text(ann.find_contact("ben").contact, "waits")
        relay.stop()
        try:
            ann.clock = clock = CountingClock()
            async with running(ann):
                await anyio.sleep(2)
            assert 4 <= clock.asked <= 60
        finally:
            relay.start()


async def test_a_message_that_is_gone_is_not_waited_for(relay: RelayProgram, tmp_path: Path) -> None:
    """CL-6: `accepted` says so instead of waiting for ever."""
    with friends(tmp_path, relay.address, "ann", "ben") as (ann, _):
        row = ann.queue_text(ann.find_contact("ben").contact, "gone").row
        ann.cancel(row)
        async with running(ann) as (of_ann,):
            with anyio.fail_after(PATIENCE), pytest.raises(Exception, match="no such message"):
                await of_ann.accepted(row)

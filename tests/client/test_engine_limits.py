"""Relays that are full, silent, small or hostile do not stop an engine."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest

from securemsg.client.views import LinkState, MessageState
from securemsg.wire.codec import encode
from securemsg.wire.framing import frame
from tests.client.live import friends, reached, running, states, texts, write
from tests.hostile.hostile_relay import DELIVER, HostileRelay, Values, honest, hostile_relay
from tests.support.programs import RelayProgram

pytestmark = pytest.mark.anyio

QUEUED, DELIVERED, FAILED = MessageState.QUEUED, MessageState.DELIVERED, MessageState.FAILED
DONE, CAUGHT_UP = 129, 136


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RelayProgram]:
    """A relay with mailboxes for three messages, that looks after five seconds of silence."""
    relay = RelayProgram(tmp_path_factory.mktemp("relay") / "data")
    relay.config = "[limits]\nmailbox_messages = 3\nheartbeat_seconds = 5\nreconnect_seconds = 1\n"
    relay.start()
    yield relay
    relay.kill()


@pytest.fixture
def hostile(relay: RelayProgram) -> Iterator[HostileRelay]:
    """The same relay behind an operator who changes what it says."""
    with hostile_relay(relay.port, relay.data) as hostile:
        yield hostile


def address(relay: RelayProgram, hostile: HostileRelay) -> str:
    """Return the relay's address with the operator's port."""
    return relay.address.replace(f":{relay.port}#", f":{hostile.port}#")


async def test_a_full_mailbox_is_waited_for(relay: RelayProgram, tmp_path: Path) -> None:
    """N05, CL-6: what does not fit stays here, says why, and follows in order."""
    with friends(tmp_path, relay.address, "ann", "ben") as (ann, ben):
        async with running(ben) as (of_ben,):
            await of_ben.published()
        async with running(ann) as (of_ann,):
            rows = [await write(of_ann, "ben", str(number)) for number in range(5)]
            await reached(lambda: "full" in ann.message(rows[3]).reason)
            assert states(ann, "ben")[3:] == [QUEUED, QUEUED]
            async with running(ben):
                await reached(lambda: len(texts(ben, "ann")) == 3)
                await write(of_ann, "ben", "5")
                await reached(lambda: states(ann, "ben") == [DELIVERED] * 6)
        assert texts(ben, "ann") == [str(number) for number in range(6)]


async def test_a_relay_that_falls_silent_is_left_and_found_again(relay: RelayProgram, tmp_path: Path) -> None:
    """N02, MB-12: after two heartbeats without a byte."""
    assert relay.process is not None
    with friends(tmp_path, relay.address, "ann", "ben") as (ann, ben):
        async with running(ann, ben) as (of_ann, of_ben):
            await of_ben.published()
            await write(of_ann, "ben", "before")
            await reached(lambda: states(ann, "ben") == [DELIVERED])
            os.kill(relay.process.pid, signal.SIGSTOP)
            try:
                row = await write(of_ann, "ben", "into the silence")
                began = anyio.current_time()
                # How soon after two heartbeats depends on the machine, not before does not.
                await reached(lambda: of_ann.connection.state is not LinkState.ONLINE, 90)
                assert anyio.current_time() - began > 5
                assert ann.message(row).state is QUEUED
            finally:
                os.kill(relay.process.pid, signal.SIGCONT)
            await reached(lambda: states(ann, "ben") == [DELIVERED] * 2, 60)
        assert texts(ben, "ann") == ["before", "into the silence"]


async def test_a_relay_for_small_envelopes_fails_the_message_and_not_the_engine(
    relay: RelayProgram, tmp_path: Path
) -> None:
    """CL-6: too large by the relay's own word, before it is sent."""
    relay.stop()
    plain, relay.config = relay.config, "[limits]\nmax_envelope = 1024\n"
    relay.start()
    try:
        with friends(tmp_path, relay.address, "ann", "ben") as (ann, ben):
            async with running(ann, ben) as (of_ann, of_ben):
                await of_ben.published()
                view = await of_ann.accepted(await write(of_ann, "ben", "an opening is longer"))
                assert view.state is FAILED
                assert "larger" in view.reason
    finally:
        relay.stop()
        relay.config = plain
        relay.start()


async def test_a_flood_of_events_instead_of_an_answer_does_not_hold_the_engine(
    relay: RelayProgram, hostile: HostileRelay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MB-12: while we wait for the subscription the queue of events is full; the wait has an end."""
    monkeypatch.setattr("securemsg.client.link.ANSWER_SECONDS", 1.0)
    with friends(tmp_path, address(relay, hostile), "ann") as (ann,):
        mailbox = bytes(ann.owner.link.mailbox)
        answers = 0

        def flood(values: Values) -> list[bytes]:
            nonlocal answers
            answers += values[0] == DONE
            if values[0] == DONE and answers == 3:
                return [frame(encode([CAUGHT_UP, mailbox]))] * 500
            return honest(values)

        hostile.tamper = flood
        async with running(ann) as (of_ann,):
            await reached(lambda: "does not answer" in of_ann.connection.reason)
            await reached(lambda: of_ann.connection.state is LinkState.ONLINE)
            with anyio.fail_after(10):
                await of_ann.published()


async def test_deliveries_whose_acknowledgements_are_not_answered_pile_up_nothing(
    relay: RelayProgram, hostile: HostileRelay, tmp_path: Path
) -> None:
    """MB-8, MB-11: thousands of repeats, no answer, and the engine goes on."""
    copies, place = 2_000, 0

    def repeat(values: Values) -> list[bytes]:
        nonlocal place
        if values[0] == DONE and place:
            return []
        if values[0] != DELIVER:
            return honest(values)
        place += copies
        return [frame(encode([*values[:2], place + number, *values[3:]])) for number in range(copies)]

    with friends(tmp_path, address(relay, hostile), "ann", "ben") as (ann, ben):
        async with running(ben) as (of_ben,):
            await of_ben.published()
        async with running(ann) as (of_ann,):
            await of_ann.accepted(await write(of_ann, "ben", "many times"))
        hostile.tamper = repeat
        async with running(ben):
            await reached(lambda: texts(ben, "ann") == ["many times"])
            await anyio.sleep(1)
        hostile.tamper = honest
        async with running(ann, ben) as (of_ann, _):
            await write(of_ann, "ben", "once")
            await reached(lambda: states(ann, "ben") == [DELIVERED] * 2)
        assert texts(ben, "ann") == ["many times", "once"]


async def test_a_flood_of_words_about_the_shelf_makes_no_more_keys_than_needed(
    relay: RelayProgram, hostile: HostileRelay, tmp_path: Path
) -> None:
    """CL-8: one renewal at a time, whatever the relay says meanwhile."""
    low = 133

    def cry(values: Values) -> list[bytes]:
        return honest(values) * 300 if values[0] == low else honest(values)

    with friends(tmp_path, address(relay, hostile), "ann") as (ann,):
        hostile.tamper = cry
        async with running(ann) as (of_ann,):
            with anyio.fail_after(20):
                await of_ann.published()
            await anyio.sleep(0.5)
        assert ann.decide(lambda step: step.vault.prekeys.published().generation) <= 3

"""The real program, killed and stopped under load."""

import json
import random  # noqa: TID251  # a seed says when to kill; nothing secret
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import trio

from relay.stream import ConnectionLostError
from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.answers import Accepted, Deliver, Done, Goodbye
from securemsg.mailbox.client import Answered
from securemsg.mailbox.requests import Acknowledge, Submit
from tests.relay.client import Ended, Mailbox, RelayClient
from tests.support.programs import RelayProgram, environment

pytestmark = pytest.mark.anyio

KILLS = 10
BATCH = 40


@pytest.fixture
def program(tmp_path: Path) -> Iterator[RelayProgram]:
    relay = RelayProgram(tmp_path / "data").start()
    yield relay
    relay.kill()


class Load:
    """Submits batch after batch; a batch whose answers did not come is submitted again."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox
        self.accepted: list[Submit] = []
        self.waiting: list[Submit] = []

    async def run(self, address: RelayAddress) -> None:
        """Go on until the relay is gone."""
        try:
            async with RelayClient.open(address) as client:
                while True:
                    self.waiting = self.waiting or [self.mailbox.submit(bytes(1_200)) for _ in range(BATCH)]
                    assert set(await client.ask_all(self.waiting)) == {Accepted()}
                    self.accepted += self.waiting
                    self.waiting = []
        except (Ended, ConnectionLostError, ConnectionError):
            return


async def everything(address: RelayAddress, mailbox: Mailbox) -> list[Deliver]:
    found: list[Deliver] = []
    async with RelayClient.open(address) as owner:
        await owner.listen(mailbox)
        while isinstance(notice := await owner.notice(), Deliver):
            found.append(notice)
            if len(found) % 32 == 0:
                await owner.ask(Acknowledge(mailbox.id, notice.sequence))
    return found


@pytest.mark.slow
async def test_kill_after_kill_loses_nothing_accepted_and_doubles_nothing(program: RelayProgram) -> None:
    """R07, R06, R03: SIGKILL under load; what was not answered is repeated and stored once."""
    chance = random.Random(7)  # noqa: S311  # nothing secret
    loads: list[Load] = []
    for _ in range(KILLS):
        # New mailboxes each time, or they would be full.
        newest = [Load(Mailbox()) for _ in range(3)]
        async with RelayClient.open(RelayAddress.parse(program.address)) as client:
            assert set(await client.ask_all([load.mailbox.creation for load in newest])) == {Done()}
        async with trio.open_nursery() as nursery:
            for load in newest:
                nursery.start_soon(load.run, RelayAddress.parse(program.address))
            await trio.sleep(chance.uniform(0.02, 0.15))
            program.kill()
        program.start()
        loads += newest
    address = RelayAddress.parse(program.address)
    for load in loads:
        async with RelayClient.open(address) as client:
            if load.waiting:
                assert set(await client.ask_all(load.waiting)) == {Accepted()}
        stored = [one.submit_id for one in await everything(address, load.mailbox)]
        assert stored == [submit.submit_id for submit in [*load.accepted, *load.waiting]]
    assert sum(len(load.accepted) for load in loads) > KILLS * BATCH
    assert command(program, "check") == {"ok": True}


def command(program: RelayProgram, *words: str) -> object:
    done = subprocess.run(
        [sys.executable, "-m", "relay", "--data", str(program.data), *words, "--json"],
        capture_output=True,
        text=True,
        env=environment(),
        check=True,
    )
    return json.loads(done.stdout)


async def test_sigterm_answers_what_was_asked_says_goodbye_and_ends_with_zero(program: RelayProgram) -> None:
    """RL-9: afterwards there is what it answered, and nothing that it did not answer."""
    address, mailbox = RelayAddress.parse(program.address), Mailbox()
    accepted: list[Submit] = []
    async with RelayClient.open(address) as sender, RelayClient.open(address) as idle:
        await sender.ask(mailbox.creation)
        await sender.ask_all([mailbox.submit() for _ in range(10)])
        submits = [mailbox.submit(bytes(1_000)) for _ in range(500)]
        await sender.stream.send(b"".join(map(sender.connection.send, submits)))
        stopping = trio.to_thread.run_sync
        async with trio.open_nursery() as nursery:
            statuses: list[int] = []

            async def stop() -> None:
                statuses.append(await stopping(program.stop))

            nursery.start_soon(stop)
            while isinstance(event := await sender._next(), Answered):
                assert event.answer == Accepted()
                assert isinstance(event.request, Submit)
                accepted.append(event.request)
            assert isinstance(event, Goodbye)
            assert isinstance(await idle.notice(), Goodbye)
        assert statuses == [0]
    program.start()
    found = await everything(RelayAddress.parse(program.address), mailbox)
    assert [one.submit_id for one in found][10:] == [submit.submit_id for submit in accepted]

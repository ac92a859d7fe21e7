"""The real program, stopped under load; tests/crash kills it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import trio

from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.answers import Accepted, Deliver, Goodbye
from securemsg.mailbox.client import Answered
from securemsg.mailbox.requests import Acknowledge, Submit
from tests.relay.client import Mailbox, RelayClient
from tests.support.programs import RelayProgram

pytestmark = pytest.mark.anyio


@pytest.fixture
def program(tmp_path: Path) -> Iterator[RelayProgram]:
    relay = RelayProgram(tmp_path / "data").start()
    yield relay
    relay.kill()


async def everything(address: RelayAddress, mailbox: Mailbox) -> list[Deliver]:
    found: list[Deliver] = []
    async with RelayClient.open(address) as owner:
        await owner.listen(mailbox)
        while isinstance(notice := await owner.notice(), Deliver):
            found.append(notice)
            if len(found) % 32 == 0:
                await owner.ask(Acknowledge(mailbox.id, notice.sequence))
    return found


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

"""From one client's submit to another's acknowledgement, through a real relay on loopback."""

from pathlib import Path

import pytest
import trio

from relay.config import LimitSettings
from relay.program import Relay
from securemsg.ids import MailboxId, SubmitId
from securemsg.mailbox.answers import (
    Accepted,
    CaughtUp,
    Deliver,
    Done,
    ErrorCode,
    Failed,
    Goodbye,
    Subscribed,
)
from securemsg.mailbox.requests import Acknowledge, Ping, Request, Subscribe
from tests.relay.client import Ended, Mailbox, RelayClient
from tests.relay.running import Setting, running

pytestmark = pytest.mark.anyio


async def received(client: RelayClient, count: int) -> list[Deliver]:
    return [await client.delivery() for _ in range(count)]


async def test_what_was_submitted_while_the_owner_was_away_is_delivered_in_order(tmp_path: Path) -> None:
    """MB-8."""
    mailbox = Mailbox()
    submits = [mailbox.submit(b"%d" % number) for number in range(200)]
    async with running(tmp_path) as relay:
        async with RelayClient.open(relay.address) as sender:
            assert await sender.ask(mailbox.creation) == Done()
            assert set(await sender.ask_all(submits)) == {Accepted()}
        async with RelayClient.open(relay.address) as owner:
            await owner.listen(mailbox)
            found: list[Deliver] = []
            while len(found) < len(submits):
                found += await received(owner, min(64, len(submits) - len(found)))
                assert await owner.ask(Acknowledge(mailbox.id, found[-1].sequence)) == Done()
    assert [(one.sequence, one.submit_id, one.envelope) for one in found] == [
        (number, submit.submit_id, submit.envelope) for number, submit in enumerate(submits, 1)
    ]


@pytest.mark.parametrize("waiting", [0, 1, 63, 64, 200])
async def test_an_owner_is_told_once_when_everything_stored_was_delivered(
    tmp_path: Path, waiting: int
) -> None:
    """MB-8: after the last delivery, whatever the window makes it wait for."""
    mailbox = Mailbox()
    async with (
        running(tmp_path) as relay,
        RelayClient.open(relay.address) as owner,
        RelayClient.open(relay.address) as sender,
    ):
        await owner.ask(mailbox.creation)
        await sender.ask_all([mailbox.submit() for _ in range(waiting)])
        await owner.listen(mailbox)
        for number in range(1, waiting + 1):
            assert isinstance(await owner.notice(), Deliver)
            await owner.ask(Acknowledge(mailbox.id, number))
        assert await owner.notice() == CaughtUp(mailbox.id)
        await sender.ask(mailbox.submit())
        assert isinstance(await owner.notice(), Deliver)


async def test_a_listening_owner_gets_each_envelope_as_it_is_accepted(tmp_path: Path) -> None:
    mailbox = Mailbox()
    async with (
        running(tmp_path) as relay,
        RelayClient.open(relay.address) as owner,
        RelayClient.open(relay.address) as sender,
    ):
        await owner.ask(mailbox.creation)
        await owner.listen(mailbox)
        for number in range(1, 150):
            await sender.ask(mailbox.submit(b"sealed"))
            (delivery,) = await received(owner, 1)
            assert delivery.sequence == number
            await owner.ask(Acknowledge(mailbox.id, number))


async def test_no_more_than_a_window_is_delivered_without_acknowledgement(tmp_path: Path) -> None:
    """MB-8: online and offline envelopes alike."""
    mailbox = Mailbox()
    setting = Setting(LimitSettings(window=5))
    async with (
        running(tmp_path, setting) as relay,
        RelayClient.open(relay.address) as owner,
        RelayClient.open(relay.address) as sender,
    ):
        await owner.ask(mailbox.creation)
        await sender.ask_all([mailbox.submit() for _ in range(3)])
        await owner.listen(mailbox)
        await sender.ask_all([mailbox.submit() for _ in range(9)])
        assert [one.sequence for one in await received(owner, 5)] == [1, 2, 3, 4, 5]
        assert await owner.ask(Ping()) == Done()
        assert relay.service.counters.delivered == 5
        await owner.ask(Acknowledge(mailbox.id, 3))
        assert [one.sequence for one in await received(owner, 3)] == [6, 7, 8]
        await owner.ask(Acknowledge(mailbox.id, 8))
        assert [one.sequence for one in await received(owner, 4)] == [9, 10, 11, 12]


async def test_what_was_not_acknowledged_is_delivered_again(tmp_path: Path) -> None:
    """MB-8: at least once, also after a restart."""
    mailbox = Mailbox()
    async with running(tmp_path) as relay, RelayClient.open(relay.address) as owner:
        await owner.ask(mailbox.creation)
        async with RelayClient.open(relay.address) as sender:
            await sender.ask_all([mailbox.submit(), mailbox.submit(), mailbox.submit()])
        await owner.listen(mailbox)
        await received(owner, 3)
        await owner.ask(Acknowledge(mailbox.id, 1))
    async with running(tmp_path) as relay, RelayClient.open(relay.address) as owner:
        await owner.listen(mailbox)
        assert [one.sequence for one in await received(owner, 2)] == [2, 3]


async def test_a_repeated_submit_is_accepted_and_delivered_once(tmp_path: Path) -> None:
    """R03, MB-7: in one batch, in the next, after the acknowledgement, and after a restart."""
    mailbox = Mailbox()
    submit = mailbox.submit(b"once")
    again: list[Request] = [
        type(submit)(mailbox.id, mailbox.token, submit.submit_id, b"once") for _ in range(3)
    ]
    async with (
        running(tmp_path) as relay,
        RelayClient.open(relay.address) as owner,
        RelayClient.open(relay.address) as sender,
    ):
        await owner.ask(mailbox.creation)
        await owner.listen(mailbox)
        assert set(await sender.ask_all(again)) == {Accepted()}
        assert await sender.ask(submit) == Accepted()
        await received(owner, 1)
        await owner.ask(Acknowledge(mailbox.id, 1))
        assert await sender.ask(submit) == Accepted()
    async with (
        running(tmp_path) as relay,
        RelayClient.open(relay.address) as owner,
        RelayClient.open(relay.address) as sender,
    ):
        await owner.listen(mailbox)
        assert await sender.ask(submit) == Accepted()
        await sender.ask(mailbox.submit(b"next"))
        assert [(one.sequence, one.envelope) for one in await received(owner, 1)] == [(2, b"next")]


async def test_a_submit_id_is_known_per_mailbox(tmp_path: Path) -> None:
    first, second = Mailbox(), Mailbox()
    shared = SubmitId(bytes(16))
    async with running(tmp_path) as relay, RelayClient.open(relay.address) as sender:
        for mailbox in (first, second):
            await sender.ask(mailbox.creation)
            submit = mailbox.submit()
            assert await sender.ask(type(submit)(mailbox.id, mailbox.token, shared, b"sealed")) == Accepted()
        async with RelayClient.open(relay.address) as owner:
            await owner.listen(second)
            assert len(await received(owner, 1)) == 1


async def test_a_newer_subscription_takes_over(tmp_path: Path) -> None:
    """MB-8: the older connection gets `goodbye 0` and is closed."""
    mailbox = Mailbox()
    async with (
        running(tmp_path) as relay,
        RelayClient.open(relay.address) as older,
        RelayClient.open(relay.address) as newer,
        RelayClient.open(relay.address) as sender,
    ):
        await older.ask(mailbox.creation)
        await older.listen(mailbox)
        assert await older.notice() == CaughtUp(mailbox.id)
        await newer.listen(mailbox)
        assert await older.notice() == Goodbye(0)
        with pytest.raises(Ended):
            await older.notice()
        await sender.ask(mailbox.submit())
        assert [one.sequence for one in await received(newer, 1)] == [1]
        assert await newer.ask(Subscribe(mailbox.id)) == Failed(ErrorCode.CONFLICT)


async def test_one_connection_may_own_several_mailboxes(tmp_path: Path) -> None:
    mailboxes = [Mailbox() for _ in range(5)]
    async with (
        running(tmp_path) as relay,
        RelayClient.open(relay.address) as owner,
        RelayClient.open(relay.address) as sender,
    ):
        for mailbox in mailboxes:
            await owner.ask(mailbox.creation)
            await owner.listen(mailbox)
        await sender.ask_all([mailbox.submit() for mailbox in mailboxes])
        assert {one.mailbox for one in await received(owner, 5)} == {mailbox.id for mailbox in mailboxes}


async def test_everything_may_be_asked_at_once(tmp_path: Path) -> None:
    """Requests of one mailbox are handled in order, so a proof holds for what follows it."""
    mailbox = Mailbox()
    async with running(tmp_path) as relay, RelayClient.open(relay.address) as owner:
        proof = owner.connection.proof(mailbox.id, mailbox.key)
        asked: list[Request] = [
            mailbox.creation,
            proof,
            Subscribe(mailbox.id),
            Acknowledge(mailbox.id, 0),
            Ping(),
        ]
        assert await owner.ask_all(asked) == [Done(), Done(), Subscribed(0, 0), Done(), Done()]


async def test_large_envelopes_arrive_whole(tmp_path: Path) -> None:
    """WI-10: 40 of the largest, more than a page and a record."""
    mailbox = Mailbox()
    submits = [mailbox.submit(bytes([number]) * 33_928) for number in range(40)]
    async with running(tmp_path) as relay:
        async with RelayClient.open(relay.address) as sender:
            await sender.ask(mailbox.creation)
            assert set(await sender.ask_all(submits)) == {Accepted()}
        async with RelayClient.open(relay.address) as owner:
            await owner.listen(mailbox)
            assert [one.envelope for one in await received(owner, 40)] == [
                submit.envelope for submit in submits
            ]


@pytest.mark.parametrize("window", [1, 3, 64])
async def test_a_crowd_that_sends_and_reads_at_once_gets_everything_once_and_in_order(
    tmp_path: Path, window: int
) -> None:
    """MB-8: no wake-up is lost between submits, pages, acknowledgements and small windows."""
    mailboxes = [Mailbox() for _ in range(12)]
    got: dict[MailboxId, list[int]] = {mailbox.id: [] for mailbox in mailboxes}

    async def send(relay: Relay, mailbox: Mailbox) -> None:
        async with RelayClient.open(relay.address) as sender:
            for size in range(1, 12):
                await sender.ask_all([mailbox.submit(bytes(size * 300)) for _ in range(size)])

    async def read(relay: Relay, mailbox: Mailbox) -> None:
        async with RelayClient.open(relay.address) as owner:
            await owner.listen(mailbox)
            while len(got[mailbox.id]) < 66:
                got[mailbox.id].append((await owner.delivery()).sequence)
                if len(got[mailbox.id]) % min(window, 7) == 0:
                    await owner.ask(Acknowledge(mailbox.id, got[mailbox.id][-1]))

    async with running(tmp_path, Setting(LimitSettings(window=window))) as relay:
        async with RelayClient.open(relay.address) as client:
            await client.ask_all([mailbox.creation for mailbox in mailboxes])
        with trio.fail_after(20):
            async with trio.open_nursery() as nursery:
                for mailbox in mailboxes:
                    nursery.start_soon(send, relay, mailbox)
                    nursery.start_soon(read, relay, mailbox)
    assert set(map(tuple, got.values())) == {tuple(range(1, 67))}

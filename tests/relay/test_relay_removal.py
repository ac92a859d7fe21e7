"""What is left in a relay's memory of a mailbox that was given up (Spec: MB-29)."""

from pathlib import Path

import pytest
import trio

from relay.blobs.places import Places, payer_of
from relay.storage.operations import Refused
from securemsg.mailbox.answers import Deliver, Done, ErrorCode, Failed, Goodbye, Subscribed
from securemsg.mailbox.removal import Remove
from securemsg.mailbox.requests import Ping, Subscribe
from securemsg.mailbox.roles import Role
from tests.relay.blobs import Blob
from tests.relay.client import Mailbox, RelayClient
from tests.relay.running import running, until

pytestmark = pytest.mark.anyio


async def test_subscriptions_that_came_to_nothing_are_not_kept(tmp_path: Path) -> None:
    """RL-4: each cost a kilobyte until its connection ended, and an older proof let one ask for ever."""
    mailbox = Mailbox()
    async with (
        running(tmp_path) as relay,
        RelayClient.open(relay.address) as one,
        RelayClient.open(relay.address) as other,
    ):
        await one.ask(mailbox.creation)
        await one.own(mailbox)
        await other.own(mailbox)
        assert await other.ask(Remove(mailbox.id)) == Done()
        answers = await one.ask_all([Subscribe(mailbox.id) for _ in range(20)])
        assert set(answers) == {Failed(ErrorCode.REFUSED)}
        assert [session._subscriptions for session in relay._server._sessions] == [[], []]


async def test_nobody_listens_to_a_mailbox_that_was_given_up(tmp_path: Path) -> None:
    """Who makes it again, on the same connection too, subscribes to the new one."""
    mailbox = Mailbox()
    async with running(tmp_path) as relay, RelayClient.open(relay.address) as owner:
        await owner.ask(mailbox.creation)
        await owner.listen(mailbox)
        assert await owner.ask(Remove(mailbox.id)) == Done()
        await owner.ask(mailbox.creation)
        await owner.own(mailbox)
        assert await owner.ask(Subscribe(mailbox.id)) == Subscribed(0, 0)
        async with RelayClient.open(relay.address) as sender:
            await sender.ask(mailbox.submit(b"first"))
        assert (await owner.delivery()).sequence == 1


async def test_whoever_removes_a_mailbox_goes_on_where_the_store_was_asked_about_it_before(
    tmp_path: Path,
) -> None:
    """MB-29, RL-52: the answer comes when nobody listens any more."""
    mailbox = Mailbox()
    async with running(tmp_path) as relay, RelayClient.open(relay.address) as owner:
        await owner.ask(mailbox.creation)
        await owner.listen(mailbox)
        (asked_about,) = relay.service.delivery.waiting()
        # As with several nodes.
        asked_about.numbered(1)
        assert await owner.ask(Remove(mailbox.id)) == Done()
        asked_about.compare(Refused(ErrorCode.REFUSED))
        assert await owner.ask(Ping()) == Done()


async def test_another_connection_that_listens_is_sent_away(tmp_path: Path) -> None:
    mailbox = Mailbox()
    async with (
        running(tmp_path) as relay,
        RelayClient.open(relay.address) as listener,
        RelayClient.open(relay.address) as owner,
    ):
        await listener.ask(mailbox.creation)
        await listener.listen(mailbox)
        await owner.own(mailbox)
        assert await owner.ask(Remove(mailbox.id)) == Done()
        while not isinstance(notice := await listener.notice(), Goodbye):
            assert not isinstance(notice, Deliver)
        assert notice == Goodbye(0)


async def test_an_older_proof_sends_nobody_away_who_listens_to_the_new_mailbox(tmp_path: Path) -> None:
    """MB-29: what is refused changes nothing."""
    mailbox, theirs = Mailbox(), Mailbox()
    theirs.id = mailbox.id
    async with (
        running(tmp_path) as relay,
        RelayClient.open(relay.address) as older,
        RelayClient.open(relay.address) as owner,
        RelayClient.open(relay.address) as sender,
    ):
        await owner.ask(mailbox.creation)
        await older.own(mailbox)
        await owner.own(mailbox)
        assert await owner.ask_all([Remove(mailbox.id), theirs.creation]) == [Done(), Done()]
        await owner.listen(theirs)
        assert await older.ask(Subscribe(mailbox.id)) == Failed(ErrorCode.REFUSED)
        await sender.ask(theirs.submit())
        assert (await owner.delivery()).mailbox == theirs.id


async def test_a_blob_that_is_begun_while_its_mailbox_is_given_up_goes_with_it(tmp_path: Path) -> None:
    """MB-29: nobody could release it, and it took its room for the whole of its time."""
    mailbox = Mailbox()
    blob = Blob(mailbox)
    async with (
        running(tmp_path) as relay,
        RelayClient.open(relay.address) as owner,
        RelayClient.open(relay.address) as sender,
    ):
        await owner.ask(mailbox.creation)
        await owner.own(mailbox)
        writers = relay.service.blobs._writers
        async with trio.open_nursery() as nursery:
            await writers.acquire()
            # The sweep of the beginning waits as well.
            await trio.sleep(0.2)
            waiting = writers.statistics().tasks_waiting
            nursery.start_soon(owner.ask_all, [Remove(mailbox.id)])
            await until(lambda: writers.statistics().tasks_waiting > waiting)
            nursery.start_soon(sender.ask_all, [blob.creation])
            await until(lambda: writers.statistics().tasks_waiting > waiting + 1)
            writers.release()
        assert Places(tmp_path / "blobs").charges(payer_of(mailbox.id)) == []
        assert await sender.ask(blob.look) == Failed(ErrorCode.REFUSED)


async def test_who_gave_a_mailbox_up_is_still_no_sender(tmp_path: Path) -> None:
    """MB-6: the first proof that held decided; the relay would learn whose letters these are."""
    mailbox, other = Mailbox(), Mailbox()
    async with running(tmp_path) as relay, RelayClient.open(relay.address) as owner:
        await owner.ask_all([mailbox.creation, other.creation])
        await owner.own(mailbox)
        assert await owner.ask(Remove(mailbox.id)) == Done()
        # A client of ours would not ask.
        owner.connection._role = None
        assert await owner.ask(other.submit()) == Failed(ErrorCode.CONFLICT)
        owner.connection._role = Role.OWNER
        await owner.listen(other)

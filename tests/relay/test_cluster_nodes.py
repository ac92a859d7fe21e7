"""Two nodes on one PostgreSQL server: a client may come to any of them."""

import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
import trio

import relay.cluster.watch
from relay.blobs.files import BlobFiles
from relay.blobs.places import Places, payer_of
from relay.cluster.hints import Hint, HintKind
from relay.program import Relay
from securemsg.instant import Instant
from securemsg.mailbox.answers import Accepted, Answer, CaughtUp, Done, ErrorCode, Failed, Goodbye, LowShelf
from securemsg.mailbox.blobs import CreateBlob
from securemsg.mailbox.removal import Remove
from securemsg.mailbox.requests import (
    Acknowledge,
    FetchPrekeys,
    PublishLeaves,
    PublishManifest,
    Request,
    Subscribe,
)
from tests.relay.blobs import Blob
from tests.relay.client import Ended, Mailbox, RelayClient
from tests.relay.nodes import Cluster
from tests.relay.running import until

pytestmark = pytest.mark.anyio

Nodes = Sequence[Relay]


@pytest.fixture
async def nodes(tmp_path: Path) -> AsyncIterator[Nodes]:
    async with Cluster(tmp_path).nodes() as running:
        yield running


def deafen(node: Relay) -> None:
    """Have every hint to other nodes be lost."""
    node.service.delivery.tell = lambda _hint: None


async def created(node: Relay) -> Mailbox:
    mailbox = Mailbox()
    async with RelayClient.open(node.address) as client:
        assert await client.ask(mailbox.creation) == Done()
    return mailbox


async def dismissed(client: RelayClient) -> None:
    """Read on until the relay says goodbye and closes."""
    while not isinstance(notice := await client.notice(), Goodbye):
        assert isinstance(notice, CaughtUp | LowShelf)
    assert notice.retry_seconds == 0
    with pytest.raises(Ended):
        await client.notice()


async def test_all_nodes_are_one_relay_with_certificates_of_their_own(nodes: Nodes) -> None:
    """RL-50."""
    first, second = nodes
    assert first.address.pin == second.address.pin
    assert first.service.identity.spki_digest != second.service.identity.spki_digest


async def test_what_is_accepted_at_one_node_is_delivered_at_the_other_at_once(nodes: Nodes) -> None:
    """RL-51: by a hint, in the order of acceptance, also where both nodes accept."""
    first, second = nodes
    mailbox = await created(first)
    submits = [mailbox.submit(b"%d" % number) for number in range(40)]
    async with RelayClient.open(second.address) as owner:
        await owner.listen(mailbox)
        assert isinstance(await owner.notice(), CaughtUp)
        async with RelayClient.open(first.address) as one, RelayClient.open(second.address) as other:
            begun = time.monotonic()
            for number, submit in enumerate(submits):
                sender = (one, other)[number % 2]
                assert await sender.ask(submit) == Accepted()
            with trio.fail_after(5):
                got = [await owner.delivery() for _ in submits]
        assert time.monotonic() - begun < 5
        assert [notice.envelope for notice in got] == [submit.envelope for submit in submits]
        assert [notice.sequence for notice in got] == list(range(1, 41))
        assert await owner.ask(Acknowledge(mailbox.id, 40)) == Done()


async def test_a_newer_subscription_at_another_node_ends_the_older(nodes: Nodes) -> None:
    """RL-53, MB-8."""
    first, second = nodes
    mailbox = await created(first)
    async with RelayClient.open(first.address) as older, RelayClient.open(second.address) as newer:
        await older.listen(mailbox)
        await newer.listen(mailbox)
        with trio.fail_after(5):
            await dismissed(older)
        async with RelayClient.open(first.address) as sender:
            assert await sender.ask(mailbox.submit()) == Accepted()
        with trio.fail_after(5):
            assert (await newer.delivery()).sequence == 1


async def test_lost_hints_are_repaired(nodes: Nodes, monkeypatch: pytest.MonkeyPatch) -> None:
    """RL-52, RL-53: what was stored is found, and who was taken over learns it."""
    first, second = nodes
    mailbox, other = await created(first), await created(first)
    for node in nodes:
        deafen(node)
    async with RelayClient.open(first.address) as older, RelayClient.open(second.address) as newer:
        await older.listen(mailbox)
        await newer.listen(other)
        await newer.listen(mailbox)
        async with RelayClient.open(first.address) as sender:
            assert await sender.ask(other.submit()) == Accepted()
        with trio.move_on_after(0.3) as scope:
            await newer.delivery()
        assert scope.cancelled_caught, "there was no hint, and no look yet"
        monkeypatch.setattr(relay.cluster.watch, "_SECONDS", 0.1)
        for node in nodes:
            node._watch_store.doubt()
        with trio.fail_after(5):
            await dismissed(older)
            assert (await newer.delivery()).mailbox == other.id


async def made_again(node: Relay, mailbox: Mailbox) -> Mailbox:
    """Remove a mailbox at a node, and make it again there with another key."""
    theirs = Mailbox()
    theirs.id = mailbox.id
    async with RelayClient.open(node.address) as remover:
        await remover.own(mailbox)
        assert await remover.ask_all([Remove(mailbox.id), theirs.creation]) == [Done(), Done()]
    return theirs


async def test_a_mailbox_that_is_removed_at_one_node_ends_what_was_proven_at_the_other(nodes: Nodes) -> None:
    """MB-29, RL-51: who listens is sent away by a hint; who only proved gets nothing of the new one."""
    first, second = nodes
    mailbox = await created(first)
    async with RelayClient.open(first.address) as listener, RelayClient.open(first.address) as idle:
        await listener.listen(mailbox)
        await idle.own(mailbox)
        theirs = await made_again(second, mailbox)
        with trio.fail_after(5):
            await dismissed(listener)
        async with RelayClient.open(second.address) as sender:
            assert await sender.ask(theirs.submit()) == Accepted()
        asked: list[Request] = [Subscribe(mailbox.id), Acknowledge(mailbox.id, 1), Remove(mailbox.id)]
        assert await idle.ask_all(asked) == [Failed(ErrorCode.REFUSED)] * 3
        await idle.listen(theirs)
        assert (await idle.delivery()).sequence == 1


async def test_a_removal_of_which_the_hint_was_lost_is_found(nodes: Nodes) -> None:
    """MB-29, RL-52: whether the mailbox is there again, with another key, or not."""
    first, second = nodes
    mailbox, other = await created(first), await created(first)
    deafen(second)
    async with RelayClient.open(first.address) as one, RelayClient.open(first.address) as two:
        await one.listen(mailbox)
        await two.listen(other)
        theirs = await made_again(second, mailbox)
        async with RelayClient.open(second.address) as remover, RelayClient.open(second.address) as sender:
            await remover.own(other)
            assert await remover.ask(Remove(other.id)) == Done()
            assert await sender.ask(theirs.submit()) == Accepted()
        assert len(first.service.delivery.waiting()) == 2
        # A hint that something was stored brings nothing of the new one.
        first.service.delivery.learn(Hint(HintKind.STORED, mailbox.id))
        assert await one.ask(Acknowledge(mailbox.id, 0)) == Failed(ErrorCode.REFUSED)
        first._watch_store.doubt()
        with trio.fail_after(5):
            await dismissed(one)
            await dismissed(two)


async def test_a_blob_that_is_begun_at_one_node_while_its_mailbox_is_removed_at_the_other_goes(
    nodes: Nodes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MB-29: the token was looked at before, and the charge was made after all others were deleted."""
    first, second = nodes
    mailbox = await created(first)
    blob, files = Blob(mailbox), second.service.blobs._files
    assert files is not None

    async def remove() -> None:
        async with RelayClient.open(first.address) as owner:
            await owner.own(mailbox)
            assert await owner.ask(Remove(mailbox.id)) == Done()

    def late(request: CreateBlob, now: Instant) -> Answer:
        trio.from_thread.run(remove)
        return BlobFiles.create(files, request, now)

    monkeypatch.setattr(files, "create", late)
    async with RelayClient.open(second.address) as sender:
        assert await sender.ask(blob.creation) == Failed(ErrorCode.REFUSED)
    assert Places(tmp_path / "blobs").charges(payer_of(mailbox.id)) == []


async def test_an_owner_hears_at_another_node_that_the_shelf_is_low(nodes: Nodes) -> None:
    """RL-51, MB-9."""
    first, second = nodes
    mailbox = await created(first)
    async with RelayClient.open(second.address) as owner:
        await owner.listen(mailbox)
        leaves = PublishLeaves(mailbox.id, 1, 0, (b"leaf",) * 3)
        await owner.ask_all([PublishManifest(mailbox.id, 1, b"manifest"), leaves])
        assert isinstance(await owner.notice(), CaughtUp)
        async with RelayClient.open(first.address) as sender:
            await sender.ask(FetchPrekeys(mailbox.id, mailbox.token))
        with trio.fail_after(5):
            assert await owner.notice() == LowShelf(mailbox.id, 1, 2)


async def test_a_node_that_comes_back_learns_what_it_missed(tmp_path: Path) -> None:
    """RL-52: a connection between nodes that was lost loses hints; the next one makes up for them."""
    cluster = Cluster(tmp_path)
    async with cluster.node(0) as first:
        mailbox = await created(first)
        async with RelayClient.open(first.address) as owner:
            await owner.listen(mailbox)
            assert isinstance(await owner.notice(), CaughtUp)
            async with cluster.node(1) as second:
                deafen(second)
                async with RelayClient.open(second.address) as sender:
                    assert await sender.ask(mailbox.submit()) == Accepted()
            async with cluster.node(1):
                with trio.fail_after(10):
                    assert (await owner.delivery()).sequence == 1


async def test_a_node_goes_on_while_the_others_are_away(tmp_path: Path) -> None:
    """RL-50."""
    cluster = Cluster(tmp_path)
    async with cluster.node(0) as alone:
        mailbox = await created(alone)
        async with RelayClient.open(alone.address) as owner, RelayClient.open(alone.address) as sender:
            await owner.listen(mailbox)
            assert await sender.ask(mailbox.submit()) == Accepted()
            assert (await owner.delivery()).sequence == 1
        await until(lambda: alone.service.counters.accepted == 1)

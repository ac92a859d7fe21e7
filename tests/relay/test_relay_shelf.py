"""Shelves of prekeys behind a real relay (Spec: MB-9)."""

from pathlib import Path

import pytest

from securemsg.instant import SECOND, after
from securemsg.mailbox.answers import Done, ErrorCode, Failed, LowShelf, Prekeys, SealedLeaf
from securemsg.mailbox.requests import FetchPrekeys, PublishLeaves, PublishManifest
from tests.relay.client import Mailbox, RelayClient
from tests.relay.running import START, Setting, running

pytestmark = pytest.mark.anyio

CONFLICT = Failed(ErrorCode.CONFLICT)


async def published(owner: RelayClient, mailbox: Mailbox, count: int) -> None:
    await owner.ask(mailbox.creation)
    await owner.own(mailbox)
    assert await owner.ask(PublishManifest(mailbox.id, 1, b"first")) == Done()
    for start in range(0, count, 16):
        leaves = tuple(b"leaf %d" % position for position in range(start, min(start + 16, count)))
        assert await owner.ask(PublishLeaves(mailbox.id, 1, start, leaves)) == Done()


async def test_each_leaf_is_handed_out_once_lowest_first_then_the_manifest_alone(tmp_path: Path) -> None:
    mailbox = Mailbox()
    async with (
        running(tmp_path) as relay,
        RelayClient.open(relay.address) as owner,
        RelayClient.open(relay.address) as sender,
    ):
        await published(owner, mailbox, 3)
        fetch = FetchPrekeys(mailbox.id, mailbox.token)
        answers = await sender.ask_all([FetchPrekeys(mailbox.id, mailbox.token) for _ in range(3)])
        assert answers == [Prekeys(1, b"first", SealedLeaf(at, b"leaf %d" % at)) for at in range(3)]
        assert await sender.ask(fetch) == Prekeys(1, b"first", None)
        again = PublishLeaves(mailbox.id, 1, 0, (b"again", b"again", b"again", b"leaf 3"))
        assert await owner.ask(again) == Done()
        assert await sender.ask(fetch) == Prekeys(1, b"first", SealedLeaf(3, b"leaf 3"))
        assert await sender.ask(fetch) == Prekeys(1, b"first", None)


async def test_a_leaf_is_not_handed_out_again_after_a_restart(tmp_path: Path) -> None:
    mailbox = Mailbox()
    async with running(tmp_path) as relay, RelayClient.open(relay.address) as owner:
        await published(owner, mailbox, 2)
    for position in range(2):
        async with running(tmp_path) as relay, RelayClient.open(relay.address) as sender:
            answer = await sender.ask(FetchPrekeys(mailbox.id, mailbox.token))
            assert answer == Prekeys(1, b"first", SealedLeaf(position, b"leaf %d" % position))


async def test_a_greater_generation_replaces_manifest_and_leaves(tmp_path: Path) -> None:
    mailbox = Mailbox()
    async with (
        running(tmp_path) as relay,
        RelayClient.open(relay.address) as owner,
        RelayClient.open(relay.address) as sender,
    ):
        await published(owner, mailbox, 20)
        assert await owner.ask(PublishManifest(mailbox.id, 1, b"first")) == Done()
        assert await owner.ask(PublishManifest(mailbox.id, 1, b"other")) == CONFLICT
        assert await owner.ask(PublishManifest(mailbox.id, 5, b"fifth")) == Done()
        assert await owner.ask(PublishManifest(mailbox.id, 4, b"fourth")) == CONFLICT
        assert await owner.ask(PublishLeaves(mailbox.id, 1, 0, (b"old",))) == CONFLICT
        assert await owner.ask(PublishLeaves(mailbox.id, 5, 250, (b"leaf",) * 7)) == CONFLICT
        assert await owner.ask(PublishLeaves(mailbox.id, 5, 249, (b"leaf",) * 7)) == Done()
        answer = await sender.ask(FetchPrekeys(mailbox.id, mailbox.token))
        assert answer == Prekeys(5, b"fifth", SealedLeaf(249, b"leaf"))


async def test_an_owner_who_published_nothing_has_no_prekeys(tmp_path: Path) -> None:
    mailbox = Mailbox()
    async with (
        running(tmp_path) as relay,
        RelayClient.open(relay.address) as owner,
        RelayClient.open(relay.address) as sender,
    ):
        await owner.ask(mailbox.creation)
        fetch = FetchPrekeys(mailbox.id, mailbox.token)
        assert await sender.ask(fetch) == Failed(ErrorCode.NO_PREKEYS)
        assert await owner.listen(mailbox) == LowShelf(mailbox.id, 0, 0)
        assert await owner.ask(PublishLeaves(mailbox.id, 0, 0, (b"leaf",))) == CONFLICT
        assert await owner.ask(PublishManifest(mailbox.id, 0, b"manifest")) == CONFLICT


async def test_the_owner_is_told_when_few_leaves_are_left(tmp_path: Path) -> None:
    mailbox = Mailbox()
    async with (
        running(tmp_path) as relay,
        RelayClient.open(relay.address) as owner,
        RelayClient.open(relay.address) as sender,
    ):
        await published(owner, mailbox, 22)
        assert await owner.listen(mailbox) == LowShelf(mailbox.id, 1, 22)
        for _ in range(3):
            await sender.ask(FetchPrekeys(mailbox.id, mailbox.token))
        while not isinstance(notice := await owner.notice(), LowShelf):
            pass
        assert notice == LowShelf(mailbox.id, 1, 19)


async def test_a_shelf_is_emptied_slowly(tmp_path: Path) -> None:
    """RL-6: thirty at once, then one a minute; another mailbox does not wait."""
    mailbox, other = Mailbox(), Mailbox()
    setting = Setting()
    async with (
        running(tmp_path, setting) as relay,
        RelayClient.open(relay.address) as owner,
        RelayClient.open(relay.address) as sender,
    ):
        await published(owner, mailbox, 100)
        await published(owner, other, 1)
        answers = await sender.ask_all([FetchPrekeys(mailbox.id, mailbox.token) for _ in range(32)])
        assert answers[30:] == [Failed(ErrorCode.SLOW_DOWN, 60)] * 2
        assert all(isinstance(answer, Prekeys) for answer in answers[:30])
        assert isinstance(await sender.ask(FetchPrekeys(other.id, other.token)), Prekeys)
        setting.now = after(START, 45 * SECOND)
        assert await sender.ask(FetchPrekeys(mailbox.id, mailbox.token)) == Failed(ErrorCode.SLOW_DOWN, 15)
        setting.now = after(START, 60 * SECOND)
        assert isinstance(await sender.ask(FetchPrekeys(mailbox.id, mailbox.token)), Prekeys)
        assert isinstance(await sender.ask(FetchPrekeys(mailbox.id, mailbox.token)), Failed)

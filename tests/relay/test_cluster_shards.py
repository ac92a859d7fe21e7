"""One relay on several databases: where mailboxes are made and found, and who may make them."""

import json
from argparse import Namespace
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from relay.clock import system_clock
from relay.cluster.epochs import Epochs
from relay.cluster.shards import Shards
from relay.commands import invite, invites, stats, what_we_hold
from relay.opening import open_store
from relay.program import Relay
from relay.storage.inspection import ListInvitations, RevokeInvitation
from relay.storage.operations import Count, Invite, Refused, Stored, Totals
from securemsg.errors import LocalError
from securemsg.instant import DAY, after
from securemsg.mailbox.answers import Accepted, Done, ErrorCode, Failed
from securemsg.mailbox.limits import Registration
from securemsg.mailbox.requests import Create
from securemsg.mailbox.tokens import Invitation
from tests.relay.client import ENTROPY, Mailbox, RelayClient
from tests.relay.nodes import Cluster
from tests.support.postgres import postgres

pytestmark = pytest.mark.anyio

NOW = system_clock()

Start = Callable[[Cluster], Awaitable[Relay]]


@pytest.fixture
def cluster(tmp_path: Path) -> Cluster:
    return Cluster(tmp_path, [postgres().fresh(), postgres().fresh()], ports=[])


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    async with AsyncExitStack() as stack:
        yield lambda cluster: stack.enter_async_context(cluster.node(0))


@asynccontextmanager
async def asking(node: Relay) -> AsyncIterator[RelayClient]:
    async with RelayClient.open(node.address) as client:
        yield client


def count(place: str, what: str = "mailbox") -> int:
    with psycopg.connect(place) as connection:
        query = f"SELECT count(*) FROM {what}"  # noqa: S608  # a table's name
        return int(connection.execute(query.encode()).fetchall()[0][0])


def test_a_home_depends_on_the_mailbox_alone_and_few_change_it_with_a_new_shard() -> None:
    """RL-54."""
    epochs = Epochs.parse(["1 2", "1 2 3"], 3)
    names = [ENTROPY(16) for _ in range(600)]
    homes = [epochs.homes(name) for name in names]
    assert homes == [epochs.homes(name) for name in names]
    assert {home for (home, *_) in homes} == {1, 2, 3}
    moved = [found for found in homes if len(found) == 2]
    assert {found[0] for found in moved} == {3}
    assert 130 < len(moved) < 270


@pytest.mark.parametrize("written", [["1 3"], ["1 1"], [""], ["x"], ["1", "-"], ["0"], ["1,2"]])
def test_lists_that_name_no_shards_are_refused(written: list[str]) -> None:
    """RL-54."""
    with pytest.raises(LocalError, match="epochs"):
        Epochs.parse(written, 2)


async def test_requests_that_came_together_are_answered_from_all_shards(
    cluster: Cluster, start: Start
) -> None:
    """RL-56."""
    node = await start(cluster)
    boxes = [Mailbox() for _ in range(12)]
    async with asking(node) as client:
        requests = [request for box in boxes for request in (box.creation, box.submit(), box.submit())]
        stranger = Mailbox()
        answers = await client.ask_all([*requests, stranger.submit(), *requests])
    refused = Failed(ErrorCode.REFUSED)
    assert (
        answers == [Done(), Accepted(), Accepted()] * 12 + [refused] + [Done(), Accepted(), Accepted()] * 12
    )
    assert min(map(count, cluster.shards)) > 0
    assert sum(map(count, cluster.shards)) == 12
    assert [count(place, "envelope") for place in cluster.shards] == [
        2 * count(place) for place in cluster.shards
    ]
    async with asking(node) as owner:
        for box in boxes:
            await owner.listen(box)
            assert [(await owner.delivery()).sequence for _ in range(2)] == [1, 2]


async def test_a_shard_that_is_away_delays_and_refuses_only_what_lies_on_it(
    cluster: Cluster, start: Start
) -> None:
    """RL-56, RL-58."""
    node = await start(cluster)
    boxes = [Mailbox() for _ in range(12)]
    async with asking(node) as client:
        await client.ask_all([box.creation for box in boxes])
        with psycopg.connect(cluster.shards[0], autocommit=True) as administrator:
            administrator.execute("ALTER TABLE envelope ADD CHECK (false) NOT VALID")
        answers = await client.ask_all([box.submit() for box in boxes])
    away = sum(isinstance(one, Failed) and one.code is ErrorCode.UNAVAILABLE for one in answers)
    assert (away, answers.count(Accepted())) == (count(cluster.shards[0]), count(cluster.shards[1]))
    assert not node.vitals.obstacles()


async def test_a_node_starts_while_a_shard_is_away(cluster: Cluster, start: Start) -> None:
    """RL-58: it makes and serves what lies on the others, and says of the rest that it cannot know."""
    cluster.shards[1] = "host=/nonexistent"
    node = await start(cluster)
    async with asking(node) as client:
        answers = await client.ask_all([Mailbox().creation for _ in range(12)])
    away = [one for one in answers if isinstance(one, Failed)]
    assert {one.code for one in away} == {ErrorCode.UNAVAILABLE}
    assert 12 - len(away) == count(cluster.shards[0]) > 0


async def test_an_invitation_is_used_once_whatever_shard_its_mailbox_comes_to(
    cluster: Cluster, start: Start
) -> None:
    """RL-57, MB-4: a repeat uses nothing, and nothing connects it with the mailbox afterwards."""
    cluster.registration = Registration.INVITATION
    node = await start(cluster)
    refused = Failed(ErrorCode.REGISTRATION_REFUSED)
    async with asking(node) as client:
        for _ in range(6):
            invitation = Invitation.make(ENTROPY)
            invite = Invite(invitation.hash, 1, after(NOW, DAY))
            assert await node.service.committer.commit([invite]) == [Stored()]
            first, second = (
                Create(box.id, box.key.public(), (box.token.hash,), invitation)
                for box in (Mailbox(), Mailbox())
            )
            assert await client.ask_all([first, first, second, first]) == [Done(), Done(), refused, Done()]
            stolen = Create(first.mailbox, Mailbox().key.public(), (), invitation)
            assert await client.ask(stolen) == refused
        assert await client.ask(Mailbox().creation) == refused
    assert sum(map(count, cluster.shards)) == 6
    assert [count(place, "redemption") for place in cluster.shards] == [0, 0]
    assert min(count(place, "invitation") for place in cluster.shards) > 0


async def test_a_create_that_broke_off_after_its_invitation_was_used_is_repeated(
    cluster: Cluster, start: Start
) -> None:
    """RL-57."""
    cluster.registration = Registration.INVITATION
    node = await start(cluster)
    invitation, box = Invitation.make(ENTROPY), Mailbox()
    await node.service.committer.commit([Invite(invitation.hash, 1, after(NOW, DAY))])
    create = Create(box.id, box.key.public(), (), invitation)
    for place in cluster.shards:
        with psycopg.connect(place) as administrator:
            administrator.execute("ALTER TABLE mailbox ADD CONSTRAINT broken CHECK (false) NOT VALID")
    async with asking(node) as client:
        answer = await client.ask(create)
        assert isinstance(answer, Failed)
        assert answer.code is ErrorCode.UNAVAILABLE
        assert sum(count(place, "redemption") for place in cluster.shards) == 1
        for place in cluster.shards:
            with psycopg.connect(place) as administrator:
                administrator.execute("ALTER TABLE mailbox DROP CONSTRAINT broken")
        assert await client.ask(create) == Done()
    assert sum(count(place, "redemption") for place in cluster.shards) == 0


def test_an_administrator_asks_all_shards(cluster: Cluster) -> None:
    """RL-59."""
    store = open_store(cluster.config(0))
    assert isinstance(store, Shards)
    hashes = [ENTROPY(32) for _ in range(8)]
    store.commit([Invite(hash_, 2, after(NOW, DAY)) for hash_ in hashes], NOW)
    assert store.commit([Count()], NOW) == [Totals(0, 0, 0, 8)]
    revoke = RevokeInvitation(hashes[0][:5])
    assert store.commit([revoke, revoke], NOW) == [Stored(), Refused(ErrorCode.REFUSED)]
    assert len(store.commit([ListInvitations()], NOW)[0].found) == 7  # type: ignore[union-attr]  # what it lists
    store.close()


def test_an_administrator_is_answered_without_a_shard_that_is_away(
    cluster: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    """RL-59: who asks is told which one is missing."""
    hashes = [ENTROPY(32) for _ in range(12)]
    with closing(open_store(cluster.config(0))) as store:
        store.commit([Invite(hash_, 2, after(NOW, DAY)) for hash_ in hashes], NOW)
    there = count(cluster.shards[0], "invitation")
    with psycopg.connect(cluster.shards[0]) as connection:
        ((revocable,),) = connection.execute("SELECT hash FROM invitation LIMIT 1").fetchall()
    cluster.shards[1] = "host=/nonexistent"
    asked = Namespace(json=True, revoke=revocable[:5].hex(), mailbox=bytes(16).hex())
    replies: list[Any] = []
    for command in (stats, invites, what_we_hold, invite, invite):
        with ExitStack() as told:
            if len(replies) != 3:  # what is revoked lay on that shard alone
                told.enter_context(pytest.raises(LocalError, match="shard 2,"))
            command(cluster.config(0), asked)
        replies.append(json.loads(capsys.readouterr().out))
    assert replies[0]["invitations"] == there > 1
    assert len(replies[1]["invitations"]) == there
    assert replies[2]["held"] is None
    assert [reply["ok"] for reply in replies[3:]] == [True, False]
    assert [reply.get("missing_shards") for reply in replies] == [[2], [2], [2], None, [2]]


def test_lists_of_shards_only_grow_and_keep_their_order(cluster: Cluster) -> None:
    """RL-54: a node that knows less, or mixed the shards up, does not start."""
    cluster.epochs = ("1", "1 2")
    open_store(cluster.config(0)).close()
    for epochs, shards, said in (
        (("1",), cluster.shards, "longer list"),
        (("2", "1 2"), cluster.shards, "must stay"),
        (("1", "1 2"), cluster.shards[::-1], "order must stay"),
    ):
        other = Cluster(cluster.folder, shards, epochs, ports=[])
        with pytest.raises(LocalError, match=said):
            open_store(other.config(0))


async def test_a_node_with_an_older_list_makes_no_mailbox_and_denies_none(
    cluster: Cluster, start: Start
) -> None:
    """RL-54: what it does not find may be on a shard that it does not know."""
    cluster.epochs = ("1",)
    old = await start(cluster)
    known = Mailbox()
    async with asking(old) as client:
        assert await client.ask(known.creation) == Done()
        newer = Cluster(cluster.folder, cluster.shards, ("1", "1 2"), ports=[])
        open_store(newer.config(1)).close()
        answers = await client.ask_all([known.submit(), Mailbox().creation, Mailbox().submit()])
    assert answers[0] == Accepted()
    assert [isinstance(one, Failed) and one.code for one in answers[1:]] == [ErrorCode.UNAVAILABLE] * 2

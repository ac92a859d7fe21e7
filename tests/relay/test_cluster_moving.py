"""Mailboxes move home to a new shard: whole, at any moment interrupted, and while they are used."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg
import pytest
import trio

from relay.cluster.epochs import Epochs
from relay.cluster.mover import Mover
from relay.storage.inspection import LookAtHoldings
from relay.storage.operations import (
    Acknowledge,
    Append,
    Appended,
    Count,
    Expire,
    ExpiryCursor,
    FindOwner,
    LookAtShelf,
    Operation,
    PutLeaves,
    PutManifest,
    Refused,
    Result,
    Shelf,
    TakePrekeys,
    Totals,
)
from relay.storage.policy import StorePolicy
from relay.storage.postgres.check import faults
from relay.storage.postgres.claim import Shard
from relay.storage.postgres.moving import MovingShard
from relay.storage.postgres.store import PostgresStore
from securemsg.instant import HOUR, Instant
from securemsg.mailbox.answers import Accepted, Deliver, Done, ErrorCode, Failed
from securemsg.mailbox.requests import Request, Subscribe
from tests.relay.client import Mailbox, RelayClient
from tests.relay.nodes import Cluster
from tests.relay.running import until
from tests.relay.stored import ENTROPY, NOW, Box, one
from tests.support.postgres import postgres

EPOCHS = Epochs.parse(["1", "2"], 2)
REFUSED, ELSEWHERE = Refused(ErrorCode.REFUSED), Refused(ErrorCode.UNAVAILABLE, 1)


@dataclass
class Pair:
    """Two shards, one mailbox on the first whose home is the second."""

    places: list[str]
    stores: list[PostgresStore]
    box: Box

    def mover(self) -> Mover:
        """A mover of a node that just started."""
        return Mover(1, self.shards(), EPOCHS, lambda: NOW)

    def shards(self) -> dict[int, MovingShard]:
        """Both, as those see them who move."""
        return {
            number: MovingShard(place, Shard(number, EPOCHS.written), ENTROPY)
            for number, place in enumerate(self.places, 1)
        }

    def ask(self, operation: Operation, now: Instant = NOW) -> list[Result]:
        """What each shard says."""
        return [one(store, operation, now) for store in self.stores]


@pytest.fixture
def pair() -> Iterator[Pair]:
    places = [postgres().fresh() for _ in range(2)]
    stores = [
        PostgresStore.of_shard(place, Shard(number, EPOCHS.written), StorePolicy(), ENTROPY)
        for number, place in enumerate(places, 1)
    ]
    for store in stores:
        store.open_link()
    box = Box()
    full: Sequence[Operation] = [
        box.creation,
        *(box.append(b"sealed %d" % number) for number in range(5)),
        Acknowledge(box.id, 2),
        PutManifest(box.id, 7, b"manifest"),
        PutLeaves(box.id, 7, 0, (b"first", b"second", b"third")),
        TakePrekeys(box.id, box.token),
    ]
    assert REFUSED not in stores[0].commit(full, NOW)
    yield Pair(places, stores, box)
    for place, store in zip(places, stores, strict=True):
        store.close()
        with psycopg.connect(place) as connection:
            assert faults(connection) == []


def move(pair: Pair) -> bool:
    mover = pair.mover()
    try:
        return mover.move(pair.box.id, 0)
    finally:
        mover.close()


def test_a_mailbox_moves_whole(pair: Pair) -> None:
    """RL-55: numbers, submit ids, leaves and what was spent, and the tokens."""
    box, (old, new) = pair.box, pair.stores
    before = one(old, LookAtHoldings(box.id))
    repeated = box.append()
    one(old, repeated)
    assert move(pair)
    assert pair.ask(LookAtHoldings(box.id))[0] == REFUSED
    assert one(new, LookAtHoldings(box.id)) != before
    assert one(new, repeated) == Appended(0)
    assert [found.sequence for found in box.content(new)] == [3, 4, 5, 6]
    shelf = one(new, TakePrekeys(box.id, box.token))
    assert isinstance(shelf, Shelf)
    assert shelf.leaf is not None
    assert (shelf.leaf.position, shelf.remaining) == (1, 1)
    assert pair.ask(Count()) == [Totals(0, 0, 0, 0), Totals(1, 4, 30, 0)]
    assert one(new, box.append()) == Appended(7)


def test_a_mailbox_that_is_marked_answers_that_it_is_elsewhere(pair: Pair) -> None:
    """RL-55: to those who may know that it exists, and nothing changes it."""
    box, source = pair.box, pair.shards()[1]
    assert source.mark(box.id, 2)
    assert not source.mark(box.id, 2)
    wrong = Append(box.id, Box().token, box.append().submit_id, b"x")
    asked: list[Operation] = [
        box.append(),
        wrong,
        FindOwner(box.id),
        Acknowledge(box.id, 5),
        box.creation,
        LookAtShelf(box.id),
    ]
    expected = [ELSEWHERE, REFUSED, *[ELSEWHERE] * 4]
    assert [one(pair.stores[0], operation) for operation in asked] == expected
    source.leave(box.id, NOW)
    assert [one(pair.stores[0], operation) for operation in asked] == expected
    source.close()


@pytest.mark.parametrize("steps", range(4))
def test_a_move_that_broke_off_after_any_step_is_finished_by_another(pair: Pair, steps: int) -> None:
    """RL-55: also where the mailbox was used at its new place meanwhile."""
    box, shards = pair.box, pair.shards()
    parcel = None
    if steps > 0:
        assert shards[1].mark(box.id, 2)
    if steps > 1:
        parcel = shards[1].pack(box.id)
        assert parcel is not None
        assert shards[2].unpack(parcel)
        assert one(pair.stores[1], box.append(b"there already")) == Appended(6)
        assert one(pair.stores[1], Acknowledge(box.id, 4)) not in (REFUSED, ELSEWHERE)
    if steps > 2:
        shards[1].leave(box.id, NOW)
    for shard in shards.values():
        shard.close()
    mover = pair.mover()
    for name, marked in mover._source.names(b""):
        mover.move(name, marked)
    assert mover._source.names(b"") == []
    mover.close()
    assert [found.sequence for found in box.content(pair.stores[1])] == ([5, 6] if steps > 1 else [3, 4, 5])
    assert one(pair.stores[0], FindOwner(box.id)) == ELSEWHERE


def test_a_late_copy_is_not_stored_over_the_mailbox_or_where_it_went_from(pair: Pair) -> None:
    """RL-55."""
    box, shards = pair.box, pair.shards()
    shards[1].mark(box.id, 2)
    parcel = shards[1].pack(box.id)
    assert parcel is not None
    assert shards[2].unpack(parcel)
    one(pair.stores[1], Acknowledge(box.id, 5))
    assert shards[2].unpack(parcel)
    assert box.content(pair.stores[1]) == []
    shards[1].leave(box.id, NOW)
    assert not shards[1].has_room_for(box.id)
    assert not shards[1].unpack(parcel)
    assert one(pair.stores[0], FindOwner(box.id)) == ELSEWHERE
    for shard in shards.values():
        shard.close()


def test_what_is_left_behind_goes_after_a_day(pair: Pair) -> None:
    """RL-55."""
    assert move(pair)
    for hours, expected in ((23, ELSEWHERE), (25, REFUSED)):
        now = Instant(NOW + hours * HOUR)
        one(pair.stores[0], Expire(ExpiryCursor(), 50), now)
        assert one(pair.stores[0], FindOwner(pair.box.id), now) == expected
    with psycopg.connect(pair.places[0]) as connection:
        left = connection.execute("SELECT (SELECT count(*) FROM mailbox), (SELECT count(*) FROM token)")
        assert left.fetchone() == (0, 0)


def test_one_node_moves_from_a_shard(pair: Pair) -> None:
    """RL-55."""
    first, second = pair.shards()[1], pair.shards()[1]
    with closing(first), closing(second):
        assert first.take_turn()
        assert not second.take_turn()
        first.close()
        # The server notices in a moment.
        assert any(second.take_turn() or threading.Event().wait(0.05) for _ in range(100))


@pytest.mark.anyio
async def test_a_shard_is_added_while_clients_send_and_listen(tmp_path: Path) -> None:
    """RL-54, RL-55, RL-56: all mailboxes come home, everything accepted is delivered in order, once."""
    cluster = Cluster(tmp_path, [postgres().fresh()], ports=[])
    boxes = [Mailbox() for _ in range(10)]
    async with cluster.node(0) as node, RelayClient.open(node.address) as client:
        assert set(await client.ask_all([box.creation for box in boxes])) == {Done()}
        assert set(await client.ask_all([box.submit(b"0") for box in boxes])) == {Accepted()}
    cluster.shards.append(postgres().fresh())
    cluster.epochs = ("1", "1 2")
    async with (
        cluster.node(0) as node,
        RelayClient.open(node.address) as sender,
        RelayClient.open(node.address) as owner,
    ):
        for box in boxes:
            await answered(owner, partial(owner.connection.proof, box.id, box.key))
            await answered(owner, partial(Subscribe, box.id))
        for number in range(1, 20):
            for box in boxes:
                await answered(sender, partial(same, box.submit(b"%d" % number)))
        expected = {box.id: [b"%d" % number for number in range(20)] for box in boxes}
        assert await delivered(owner, boxes, 20) == expected
        homes = [Epochs.parse(cluster.epochs, 2).home(box.id) for box in boxes]
        await until(lambda: [here(place) for place in cluster.shards] == [homes.count(1), homes.count(2)], 20)


async def answered(client: RelayClient, request: Callable[[], Request]) -> None:
    """Ask again and again while the mailbox moves."""
    while isinstance(answer := await client.ask(request()), Failed):
        assert answer.code is ErrorCode.UNAVAILABLE
        await trio.sleep(0.05)


def same(request: Request) -> Request:
    return request


async def delivered(owner: RelayClient, boxes: list[Mailbox], count: int) -> dict[bytes, list[bytes]]:
    """What comes, until so many came to each mailbox."""
    got: dict[bytes, list[bytes]] = {box.id: [] for box in boxes}
    with trio.fail_after(20):
        while any(len(found) < count for found in got.values()):
            if isinstance(notice := await owner.notice(), Deliver):
                got[notice.mailbox].append(notice.envelope)
    return got


def here(place: str) -> int:
    with psycopg.connect(place) as connection:
        return int(connection.execute("SELECT count(*) FROM mailbox WHERE moved = 0").fetchall()[0][0])

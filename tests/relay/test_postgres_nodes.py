"""Several nodes on one database at the same moment."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from functools import partial
from typing import TypeVar

import psycopg
import pytest

from relay.storage.operations import (
    Acknowledge,
    Append,
    Appended,
    ChangeTokens,
    Create,
    Expire,
    ExpiryCursor,
    Fetch,
    Invite,
    Operation,
    Page,
    PutLeaves,
    PutManifest,
    Refused,
    Result,
    Shelf,
    Stored,
    StoreFailedError,
    TakePrekeys,
)
from relay.storage.policy import StorePolicy
from relay.storage.postgres.check import faults
from relay.storage.postgres.shelves import HOURLY
from relay.storage.postgres.store import PostgresStore
from securemsg.ids import MailboxId
from securemsg.instant import DAY, HOUR, SECOND, Instant, after
from securemsg.mailbox.answers import ErrorCode
from securemsg.mailbox.limits import Registration
from tests.relay.stored import ENTROPY, NOW, Box, created, one
from tests.support.postgres import postgres

_T = TypeVar("_T")

REFUSED = Refused(ErrorCode.REFUSED)

OpenNode = Callable[[StorePolicy], PostgresStore]


@pytest.fixture
def place() -> str:
    return postgres().fresh()


@pytest.fixture
def open_node(place: str) -> Iterator[OpenNode]:
    with ExitStack() as stack:
        yield lambda policy: stack.enter_context(closing(PostgresStore.open(place, policy, ENTROPY)))
        with psycopg.connect(place) as connection:
            assert faults(connection) == []


def at_once(*work: Callable[[], _T]) -> list[_T]:
    """Run all of `work` in threads of their own, which begin together."""
    start = threading.Barrier(len(work))

    def run(function: Callable[[], _T]) -> _T:
        start.wait(10)
        return function()

    with ThreadPoolExecutor(len(work)) as pool:
        return [done.result(60) for done in [pool.submit(run, function) for function in work]]


def send(node: PostgresStore, boxes: list[Box]) -> dict[tuple[MailboxId, int], bytes]:
    """Append to the boxes in this order, again and again; returns what was accepted, by place."""
    accepted = {}
    for number in range(25):
        operations = [box.append(b"%d %s" % (number, ENTROPY(8))) for box in boxes]
        for operation, result in zip(operations, node.commit(operations, NOW), strict=True):
            assert isinstance(result, Appended)
            accepted[operation.mailbox, result.sequence] = operation.envelope
    return accepted


def read(node: PostgresStore, boxes: list[Box], total: int) -> dict[tuple[MailboxId, int], bytes]:
    """Read each box on from the last that was seen, until so much is there."""
    seen: dict[tuple[MailboxId, int], bytes] = {}
    last = dict.fromkeys((box.id for box in boxes), 0)
    deadline = time.monotonic() + 30
    while sum(last.values()) < total and time.monotonic() < deadline:
        for name, after_ in last.items():
            page = one(node, Fetch(name, after_, 64))
            assert isinstance(page, Page)
            seen |= {(name, found.sequence): found.envelope for found in page.envelopes}
            last[name] = max([found.sequence for found in page.envelopes], default=after_)
    return seen


def test_what_a_reader_sees_never_changes_behind_it(open_node: OpenNode) -> None:
    """RL-22: two nodes append, a third reads on after what it saw, and misses nothing."""
    nodes = [open_node(StorePolicy()) for _ in range(3)]
    boxes = [created(nodes[0]) for _ in range(4)]
    first, second, seen = at_once(
        partial(send, nodes[0], boxes),
        partial(send, nodes[1], [boxes[3], boxes[1], boxes[0]]),
        partial(read, nodes[2], boxes, 25 * 7),
    )
    assert seen == {**first, **second}
    assert len(seen) == 25 * 7


def test_a_leaf_is_handed_out_by_one_node_only(open_node: OpenNode) -> None:
    """RL-22, MB-9."""
    nodes = [open_node(StorePolicy()) for _ in range(2)]
    box = created(nodes[0])
    leaves = tuple(b"leaf %d" % at for at in range(16))
    nodes[0].commit([PutManifest(box.id, 1, b"manifest"), PutLeaves(box.id, 1, 0, leaves)], NOW)

    def take(node: PostgresStore) -> list[bytes]:
        shelves = [
            shelf for _ in range(5) for shelf in node.commit([TakePrekeys(box.id, box.token)] * 2, NOW)
        ]
        return [shelf.leaf.sealed for shelf in shelves if isinstance(shelf, Shelf) and shelf.leaf]

    first, second = at_once(*(partial(take, node) for node in nodes))
    assert sorted(first + second) == sorted(leaves)


def test_prekeys_are_counted_by_the_hour_over_all_nodes(open_node: OpenNode) -> None:
    """RL-26: what more than one node would let pass together."""
    box = created(open_node(StorePolicy()))
    node = open_node(StorePolicy())
    one(node, PutManifest(box.id, 1, b"manifest"))
    given = 0
    for _ in range(4):
        results = open_node(StorePolicy()).commit([TakePrekeys(box.id, box.token)] * 31, NOW)
        given += sum(isinstance(result, Shelf) for result in results)
    assert given == HOURLY == 90
    fresh = open_node(StorePolicy())
    refused = one(fresh, TakePrekeys(box.id, box.token), Instant(NOW + 600 * SECOND))
    assert refused == Refused(ErrorCode.SLOW_DOWN, (HOUR - NOW % HOUR) // SECOND - 600)
    assert isinstance(one(fresh, TakePrekeys(box.id, box.token), after(NOW, HOUR)), Shelf)


def test_quota_and_submit_ids_hold_over_all_nodes(open_node: OpenNode) -> None:
    """RL-22, MB-7: the same submits through two nodes are stored once, up to the quota."""
    nodes = [open_node(StorePolicy(messages=30)) for _ in range(2)]
    box = created(nodes[0])
    submits = [box.append() for _ in range(40)]

    def submit(node: PostgresStore) -> list[Result]:
        commits = [submits[start : start + 8] for start in range(0, 40, 8)]
        return [result for commit in commits for result in node.commit(commit, NOW)]

    first, second = at_once(*(partial(submit, node) for node in nodes))
    results = first + second
    given = sorted(result.sequence for result in results if isinstance(result, Appended))
    assert [sequence for sequence in given if sequence] == list(range(1, 31))
    assert len(box.content(nodes[0])) == 30


def test_a_revocation_that_was_answered_holds_on_every_node(open_node: OpenNode) -> None:
    nodes = [open_node(StorePolicy()) for _ in range(2)]
    box = created(nodes[0])
    for _ in range(10):
        assert isinstance(one(nodes[1], box.append()), Appended)
        assert one(nodes[0], ChangeTokens(box.id, (), (box.token,))) == Stored()
        assert one(nodes[1], box.append()) == REFUSED
        assert one(nodes[0], ChangeTokens(box.id, (box.token,), ())) == Stored()


def test_an_invitation_for_one_makes_one_mailbox(open_node: OpenNode) -> None:
    """RL-22: also when two nodes are asked at once, and for the same mailbox as for others."""
    policy = StorePolicy(registration=Registration.INVITATION)
    nodes = [open_node(policy) for _ in range(2)]
    for _ in range(10):
        hash_, boxes = ENTROPY(32), [Box(), Box()]
        one(nodes[0], Invite(hash_, 1, after(NOW, DAY)))
        creations = [Create(box.id, box.key, (box.token,), hash_) for box in boxes]
        results = at_once(*(partial(one, *each) for each in zip(nodes, creations, strict=True)))
        assert sorted(results, key=str) == [Refused(ErrorCode.REGISTRATION_REFUSED), Stored()]


def test_a_mailbox_that_two_nodes_make_at_once_is_one(open_node: OpenNode) -> None:
    """RL-22: the node that comes second tries again, and finds it."""
    nodes = [open_node(StorePolicy()) for _ in range(2)]
    for _ in range(10):
        box = Box()
        results = at_once(*(partial(one, node, box.creation) for node in nodes))
        assert results == [Stored(), Stored()]


def test_nodes_that_meet_in_any_order_do_not_block_each_other(open_node: OpenNode) -> None:
    """RL-22: appends, acknowledgements and expiry of the same mailboxes in contrary order."""
    nodes = [open_node(StorePolicy(messages=10_000)) for _ in range(3)]
    boxes = [created(nodes[0]) for _ in range(12)]

    def work(node: PostgresStore, order: list[Box]) -> None:
        for number in range(15):
            operations: list[Operation] = [box.append() for box in order]
            operations += [Acknowledge(box.id, number) for box in order]
            assert Refused not in map(type, node.commit(operations, NOW))

    def expire() -> None:
        for _ in range(15):
            one(nodes[2], Expire(ExpiryCursor(), 50), after(NOW, 40 * DAY))

    at_once(partial(work, nodes[0], boxes), partial(work, nodes[1], boxes[::-1]), expire)


def test_a_node_that_hangs_does_not_hold_up_the_others_for_ever(open_node: OpenNode, place: str) -> None:
    """RL-24: who waits for its locks is refused in time, and nothing of it is stored."""
    node = open_node(StorePolicy())
    box, other = created(node), created(node)
    node._link.get().execute("SET lock_timeout = '100ms'")
    with psycopg.connect(place) as hanging:
        hanging.execute("SELECT * FROM mailbox WHERE name = %s FOR UPDATE", (box.id,))
        with pytest.raises(StoreFailedError):
            node.commit([other.append(), box.append()], NOW)
        assert one(node, other.append()) == Appended(1)
    assert one(node, box.append()) == Appended(1)


def test_no_append_waits_for_a_mailbox_whose_token_it_does_not_know(open_node: OpenNode, place: str) -> None:
    """RL-22."""
    node = open_node(StorePolicy())
    box = created(node)
    node._link.get().execute("SET lock_timeout = '100ms'")
    with psycopg.connect(place) as hanging:
        hanging.execute("SELECT * FROM mailbox WHERE name = %s FOR UPDATE", (box.id,))
        wrong = Append(box.id, Box().token, box.append().submit_id, b"x")
        assert one(node, wrong) == REFUSED

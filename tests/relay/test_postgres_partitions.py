"""Servers that stop, partitions, clocks that jump: unavailable rather than wrong (R23)."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import psycopg
import pytest

from relay.clock import system_clock
from relay.storage.operations import (
    Appended,
    Expire,
    ExpiryCursor,
    LookAtMailbox,
    Operation,
    Progress,
    Result,
    Stored,
    StoreFailedError,
)
from relay.storage.policy import StorePolicy
from relay.storage.postgres.check import faults
from relay.storage.postgres.clocks import ClockApartError
from relay.storage.postgres.connection import Link
from relay.storage.postgres.store import PostgresStore
from securemsg.instant import DAY, HOUR, after
from tests.crash.cluster import ServerPair
from tests.relay.stored import ENTROPY, NOW, Box, created, one
from tests.support.postgres import PostgresServer
from tests.support.strait import Strait, Way, strait

PATIENCE = 1.5
"""Seconds after which these nodes give a silent server up."""

POLICY = StorePolicy(messages=10**9, bytes=10**12)

Open = Callable[[str], PostgresStore]


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    server = PostgresServer()
    server.start()
    yield server
    server.remove()


@pytest.fixture
def node() -> Iterator[Open]:
    with ExitStack() as stack:

        def opened(place: str) -> PostgresStore:
            store = PostgresStore(Link(place, patience=PATIENCE), POLICY, ENTROPY)
            store.open_link()
            return stack.enter_context(closing(store))

        yield opened


def at_last(store: PostgresStore, operation: Operation) -> Result:
    """Have the store do it as soon as it can, again where it is not known whether it did."""
    deadline = time.monotonic() + 60
    while True:
        try:
            return one(store, operation)
        except StoreFailedError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def made(store: PostgresStore) -> Box:
    """A mailbox that the store has; a busy machine is not always in time for its patience."""
    box = Box()
    assert at_last(store, box.creation) == Stored()
    return box


def content(place: str, box: Box) -> list[bytes]:
    """What is in the mailbox, as one with all patience sees it; the tables agree."""
    with closing(PostgresStore.open(place, POLICY, ENTROPY)) as store:
        assert faults(store._link.get()) == []
        return [found.envelope for found in box.content(store)]


def append_until_parted(store: PostgresStore, box: Box, parting: threading.Timer) -> list[bytes]:
    """Append until it fails because they were parted; returns what was accepted."""
    accepted = []
    while True:
        append, was_parted = box.append(ENTROPY(40)), not parting.is_alive()
        try:
            one(store, append)
            accepted.append(append.envelope)
        except StoreFailedError:
            if was_parted:
                return accepted


def test_a_server_that_is_stopped_is_given_up_and_nothing_is_wrong_when_it_goes_on(
    server: PostgresServer, node: Open
) -> None:
    """R23, RL-24: SIGSTOP; no timeout of the system notices it."""
    place = server.fresh()
    store = node(f"{place} connect_timeout=2")
    box = made(store)
    append = box.append()
    with server.frozen():
        begun = time.monotonic()
        for _ in range(2):
            with pytest.raises(StoreFailedError):
                one(store, append)
        assert time.monotonic() - begun < 20
        assert not store.is_connected
    at_last(store, box.append(b"after it"))
    assert isinstance(at_last(store, append), Appended)
    assert sorted(content(place, box)) == sorted([append.envelope, b"after it"])


@pytest.mark.parametrize("way", [Way.THERE, Way.BACK, Way.THERE | Way.BACK, None])
def test_a_node_that_is_cut_off_accepts_nothing_and_holds_nobody_back_for_long(
    server: PostgresServer, node: Open, way: Way | None
) -> None:
    """R23, RL-23, RL-24: bytes that wait on the way, either way, and arrive late; connections that break."""
    place = server.fresh()
    with strait(server.folder) as between:
        far, near = node(between.place(place)), node(place)
        box = made(near)
        parting = threading.Timer(0.5, part, [between, way])
        parting.start()
        accepted = append_until_parted(far, box, parting)
        assert not far.is_connected
        # The locks of the one that is cut off are given back by the server, within ten seconds.
        at_last(near, box.append(b"meanwhile"))
        between.stalled, between.is_cut = Way.NONE, False
        at_last(far, box.append(b"together again"))
        kept = content(place, box)
        assert accepted
        assert [envelope for envelope in kept if envelope in accepted] == accepted
        assert len(set(kept)) == len(kept)


def part(between: Strait, way: Way | None) -> None:
    """Let nothing pass any more."""
    between.stalled, between.is_cut = way or Way.NONE, way is None


def test_a_primary_that_stops_is_followed_by_its_standby_and_goes_on_alone_for_nobody(node: Open) -> None:
    """R23, R24, RL-58: what the old one would accept when it goes on waits for a standby that is gone."""
    pair = ServerPair.start()
    with ExitStack() as stack:
        stack.callback(pair.remove)
        store = node(f"{pair.place()} connect_timeout=2")
        box = made(store)
        at_last(store, box.append(b"before it"))
        with pair.primary.frozen():
            with pytest.raises(StoreFailedError):
                one(store, box.append(b"lost"))
            pair.standby.promote()
            at_last(store, box.append(b"at the new one"))
        old = node(pair.place(pair.primary))
        with pytest.raises(StoreFailedError):
            one(old, box.append(b"at the old one"))
        assert content(pair.place(pair.standby), box) == [b"before it", b"at the new one"]


@pytest.mark.parametrize("jump", [40 * DAY, -40 * DAY, 2 * HOUR])
def test_a_node_whose_clock_jumps_stores_and_deletes_nothing(server: PostgresServer, jump: int) -> None:
    """R23, RL-26: what others accepted does not expire by its clock, nor what it accepts by theirs."""
    place, policy = server.fresh(), StorePolicy(clock_apart=HOUR)
    right = system_clock()
    with (
        closing(PostgresStore.open(place, policy, ENTROPY)) as good,
        closing(PostgresStore.open(place, policy, ENTROPY)) as bad,
    ):
        box = Box()
        good.commit([box.creation, box.append(b"kept")], right)
        wrong = after(right, jump)
        for operation in (Expire(ExpiryCursor(), 100), box.append()):
            with pytest.raises(ClockApartError):
                one(bad, operation, wrong)
        assert [found.envelope for found in box.content(good, right)] == [b"kept"]
        # As soon as its clock is right it goes on.
        assert one(bad, box.append(), right) == Appended(2)


@pytest.mark.parametrize("harm", ["flipped", "truncated"])
def test_a_replica_with_a_damaged_table_answers_nothing_of_it_rather_than_something_wrong(harm: str) -> None:
    """R23: the server's checksums notice a bit, and the index a page that is gone; the rest is served."""
    server = PostgresServer()
    server.start()
    place = server.fresh()
    with closing(PostgresStore.open(place, POLICY, ENTROPY)) as store:
        box, other = created(store), created(store)
        store.commit([box.append(bytes(1_000)) for _ in range(20)], NOW)
    with psycopg.connect(place, autocommit=True) as administrator:
        ((name,),) = administrator.execute("SELECT pg_relation_filepath('envelope')").fetchall()
        administrator.execute("CHECKPOINT")
    server.stop()
    with (server.folder / "data" / name).open("r+b") as table:
        if harm == "truncated":
            table.truncate(8_192)
        else:
            table.seek(8_192 + 5_000)
            table.write(b"\1")
    server.start()
    with closing(PostgresStore.open(place, POLICY, ENTROPY)) as store:
        for _ in range(2):
            with pytest.raises(StoreFailedError):
                box.content(store)
        assert isinstance(one(store, LookAtMailbox(box.id)), Progress)
        assert not other.content(store)
    server.remove()

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
    Progress,
    StoreFailedError,
    StoreUnsureError,
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

PATIENCE = 0.5
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


def until_stored(store: PostgresStore, box: Box, envelopes: list[bytes]) -> None:
    """Append each, as soon as the store can, again where it is not known whether it did."""
    for envelope in envelopes:
        append, deadline = box.append(envelope), time.monotonic() + 30
        while True:
            try:
                assert isinstance(one(store, append), Appended)
                break
            except StoreFailedError:
                assert time.monotonic() < deadline
                time.sleep(0.05)


def append_until_it_fails(store: PostgresStore, box: Box, accepted: list[bytes]) -> None:
    """Append, noting what was accepted."""
    while True:
        try:
            append = box.append(ENTROPY(40))
            one(store, append)
        except StoreFailedError:
            return
        accepted.append(append.envelope)


def test_a_server_that_is_stopped_is_given_up_and_nothing_is_wrong_when_it_goes_on(
    server: PostgresServer, node: Open
) -> None:
    """R23, RL-24: SIGSTOP; no timeout of the system notices it."""
    store = node(f"{server.fresh()} connect_timeout=2")
    box = created(store)
    append = box.append()
    with server.frozen():
        begun = time.monotonic()
        for _ in range(2):
            with pytest.raises(StoreFailedError):
                one(store, append)
        assert time.monotonic() - begun < 4
        assert not store.is_connected
    until_stored(store, box, [b"after it"])
    assert isinstance(one(store, append), Appended)
    assert {found.envelope for found in box.content(store)} == {append.envelope, b"after it"}
    assert len(box.content(store)) == 2


@pytest.mark.parametrize("way", [Way.THERE, Way.BACK, Way.THERE | Way.BACK, None])
def test_a_node_that_is_cut_off_accepts_nothing_and_holds_nobody_back_for_long(
    server: PostgresServer, node: Open, way: Way | None
) -> None:
    """R23, RL-23, RL-24: bytes that wait on the way, either way, and arrive late; connections that break."""
    place = server.fresh()
    with strait(server.folder) as between:
        far, near = node(between.place(place)), node(place)
        box = created(near)
        accepted: list[bytes] = []
        parting = threading.Timer(0.2, part, [between, way])
        parting.start()
        append_until_it_fails(far, box, accepted)
        parting.join()
        assert not far.is_connected
        # The locks of the one that is cut off are given back by the server, within ten seconds.
        until_stored(near, box, [b"meanwhile"])
        between.stalled, between.is_cut = Way.NONE, False
        until_stored(far, box, [b"together again"])
        kept = [found.envelope for found in box.content(near)]
        assert accepted
        assert [envelope for envelope in kept if envelope in accepted] == accepted
        assert len(set(kept)) == len(kept) <= len(accepted) + 3
        assert faults(near._link.get()) == []


def part(between: Strait, way: Way | None) -> None:
    """Let nothing pass any more."""
    between.stalled, between.is_cut = way or Way.NONE, way is None


def test_a_primary_that_stops_is_followed_by_its_standby_and_goes_on_alone_for_nobody(node: Open) -> None:
    """R23, R24, RL-58: what the old one would accept when it goes on waits for a standby that is gone."""
    pair = ServerPair.start()
    with ExitStack() as stack:
        stack.callback(pair.remove)
        store = node(f"{pair.place()} connect_timeout=2")
        box = created(store)
        until_stored(store, box, [b"before it"])
        with pair.primary.frozen():
            with pytest.raises(StoreFailedError):
                one(store, box.append(b"lost"))
            pair.standby.promote()
            until_stored(store, box, [b"at the new one"])
        old = node(pair.place(pair.primary))
        with pytest.raises(StoreUnsureError):
            one(old, box.append(b"at the old one"))
        kept = [found.envelope for found in box.content(store)]
        assert kept == [b"before it", b"at the new one"]


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

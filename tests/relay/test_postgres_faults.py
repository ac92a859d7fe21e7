"""What becomes of commits when the server fails, goes away, or comes back as another one."""

import threading
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from relay.storage.operations import (
    Appended,
    LookAtShelf,
    Operation,
    PutLeaves,
    PutManifest,
    Refused,
    Shelf,
    Stored,
    StoreFailedError,
    StoreUnsureError,
    TakePrekeys,
)
from relay.storage.policy import StorePolicy
from relay.storage.postgres.check import faults
from relay.storage.postgres.store import PostgresStore
from securemsg.errors import LocalError
from securemsg.mailbox.answers import ErrorCode
from tests.relay.stored import ENTROPY, NOW, Box, created, one
from tests.support.postgres import PostgresServer, postgres

POLICY = StorePolicy()


@pytest.fixture
def place() -> str:
    return postgres().fresh()


@pytest.fixture
def store(place: str) -> Iterator[PostgresStore]:
    with closing(PostgresStore.open(place, POLICY, ENTROPY)) as opened:
        yield opened


def cut(store: PostgresStore) -> None:
    """Have the server end the connection of `store`."""
    pid = store._link.get().info.backend_pid
    with psycopg.connect(postgres().conninfo, autocommit=True) as administrator:
        administrator.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))


def append_for_ever(store: PostgresStore, box: Box, accepted: list[bytes]) -> None:
    """Append in batches, noting what was accepted, until the store fails."""
    while True:
        batch = [box.append(ENTROPY(500)) for _ in range(20)]
        assert Refused not in map(type, store.commit(batch, NOW))
        accepted += [append.envelope for append in batch]


def patient(store: PostgresStore, box: Box) -> int:
    """Append once the server is there again; returns the sequence number."""
    for _ in range(600):
        try:
            result = one(store, box.append())
        except StoreFailedError:
            threading.Event().wait(0.05)
        else:
            assert isinstance(result, Appended)
            return result.sequence
    raise AssertionError("the store did not come back")


def test_a_connection_lost_before_the_commit_stores_nothing(
    store: PostgresStore, caplog: pytest.LogCaptureFixture
) -> None:
    """RL-23, RL-43: this is known, and said so, in words of ours only."""
    box = created(store)
    cut(store)
    with pytest.raises(StoreFailedError) as raised:
        one(store, box.append())
    assert not isinstance(raised.value, StoreUnsureError)
    assert not store.is_connected
    assert patient(store, box) == 1
    assert store.is_connected
    assert not caplog.records


def test_a_connection_lost_during_the_commit_leaves_it_open(store: PostgresStore, place: str) -> None:
    """RL-23: nobody is told that anything was accepted, and a repeat stores it once."""
    box = created(store)
    one(store, PutManifest(box.id, 1, b"manifest"))
    one(store, PutLeaves(box.id, 1, 0, (b"first", b"second")))
    with psycopg.connect(place) as administrator:
        # The server ends the connection when the transaction is complete but for its end.
        administrator.execute(
            "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS"
            " 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END'"
        )
        administrator.execute(
            "CREATE CONSTRAINT TRIGGER die AFTER INSERT ON envelope DEFERRABLE INITIALLY DEFERRED"
            " FOR EACH ROW EXECUTE FUNCTION die()"
        )
    submit = box.append()
    with pytest.raises(StoreUnsureError):
        store.commit([submit, TakePrekeys(box.id, box.token)], NOW)
    with psycopg.connect(place) as administrator:
        administrator.execute("DROP TRIGGER die ON envelope")
    shelf = one(store, TakePrekeys(box.id, box.token))
    assert isinstance(shelf, Shelf)
    assert shelf.leaf is not None
    assert one(store, submit) in (Appended(0), Appended(1))
    assert [found.submit_id for found in box.content(store)] == [submit.submit_id]


def test_a_warning_during_a_commit_is_no_acceptance(store: PostgresStore, place: str) -> None:
    """RL-20: a commit that no longer waits for the standby only warns."""
    box = created(store)
    with psycopg.connect(place) as administrator:
        administrator.execute(
            "CREATE FUNCTION warn() RETURNS trigger LANGUAGE plpgsql AS"
            " 'BEGIN RAISE WARNING $$not replicated$$; RETURN NEW; END'"
        )
        administrator.execute(
            "CREATE TRIGGER warn AFTER INSERT ON envelope FOR EACH ROW EXECUTE FUNCTION warn()"
        )
    submit = box.append()
    with pytest.raises(StoreUnsureError):
        one(store, submit)
    assert one(store, submit) == Appended(0)


def test_a_failed_statement_stores_nothing_of_its_commit(store: PostgresStore, place: str) -> None:
    """RL-23, RL-5."""
    box, other = created(store), created(store)
    with psycopg.connect(place) as administrator:
        administrator.execute("ALTER TABLE envelope ADD CHECK (octet_length(sealed) < 100)")
    with pytest.raises(StoreFailedError) as raised:
        store.commit([other.append(), box.append(bytes(100))], NOW)
    assert not isinstance(raised.value, StoreUnsureError)
    assert one(store, other.append()) == Appended(1)


def test_nothing_accepted_is_lost_when_the_server_is_killed() -> None:
    """RL-20: every process of it at once, in the middle of commits, three times."""
    server, roomy = PostgresServer(), StorePolicy(messages=10**9, bytes=10**12)
    server.start()
    with closing(PostgresStore.open(server.fresh(), roomy, ENTROPY)) as store:
        box = created(store)
        accepted: list[bytes] = []
        for _ in range(3):
            killing = threading.Timer(0.15, server.kill)
            killing.start()
            with pytest.raises(StoreFailedError):
                append_for_ever(store, box, accepted)
            killing.join()
            server.start()
            patient(store, box)
            kept = [found.envelope for found in box.content(store)]
            assert [envelope for envelope in kept if envelope in accepted] == accepted
            assert faults(store._link.get()) == []
    server.remove()


def test_a_server_that_cannot_or_must_not_be_used_is_refused(place: str) -> None:
    """RL-20."""
    server = PostgresServer()
    with (server.folder / "data" / "postgresql.conf").open("a") as configuration:
        configuration.write("full_page_writes = off\n")
    server.start()
    with pytest.raises(LocalError, match="full_page_writes"):
        PostgresStore.open(server.fresh(), POLICY)
    server.remove()
    with pytest.raises(LocalError, match="cannot be used"):
        PostgresStore.open(place.replace("dbname=postgres", "dbname=absent"), POLICY)
    with pytest.raises(LocalError, match="address"):
        PostgresStore.open("host=x what", POLICY)


@pytest.mark.parametrize(
    "change", ["UPDATE store SET timeline = timeline + 1", "UPDATE store SET cluster = cluster + 1"]
)
def test_a_database_that_comes_back_elsewhere_has_empty_shelves(
    store: PostgresStore, place: str, change: str
) -> None:
    """RL-25: after a promotion and in another cluster alike; each only once."""
    box = created(store)
    one(store, PutManifest(box.id, 1, b"manifest"))
    one(store, PutLeaves(box.id, 1, 0, (b"first", b"second")))
    with psycopg.connect(place) as administrator:
        administrator.execute(change.encode())
    for _ in range(2):
        cut(store)
        with pytest.raises(StoreFailedError):
            one(store, LookAtShelf(box.id))
        assert one(store, TakePrekeys(box.id, box.token)) == Shelf(1, b"manifest", None, 0)
        assert one(store, PutLeaves(box.id, 1, 2, (b"third",))) == Refused(ErrorCode.CONFLICT)
    published: list[Operation] = [PutManifest(box.id, 2, b"next"), PutLeaves(box.id, 2, 0, (b"a",))]
    assert store.commit(published, NOW) == [Stored(), Stored()]
    cut(store)
    with pytest.raises(StoreFailedError):
        one(store, LookAtShelf(box.id))
    assert one(store, LookAtShelf(box.id)) == Shelf(2, b"next", None, 1)


def test_an_administrator_voids_the_leaves_of_a_restored_dump(store: PostgresStore) -> None:
    """RL-25: what the store cannot see by itself."""
    box = created(store)
    store.commit([PutManifest(box.id, 1, b"manifest"), PutLeaves(box.id, 1, 0, (b"leaf",))], NOW)
    store.void_leaves()
    assert one(store, LookAtShelf(box.id)) == Shelf(1, b"manifest", None, 0)
    assert faults(store._link.get()) == []

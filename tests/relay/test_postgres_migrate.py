"""Moving a relay from one kind of store to the other loses and changes nothing."""

from contextlib import ExitStack, closing
from pathlib import Path

import psycopg
import pytest
from hypothesis import given, settings

from relay.storage.inspection import LookAtHoldings
from relay.storage.migrate import postgres_to_sqlite, sqlite_to_postgres
from relay.storage.operations import (
    Acknowledge,
    Count,
    LookAtShelf,
    Operation,
    PutLeaves,
    PutManifest,
    Refused,
    Shelf,
    Store,
    Stored,
    TakePrekeys,
)
from relay.storage.policy import StorePolicy
from relay.storage.postgres.store import PostgresStore
from relay.storage.sqlite.snapshot import void_leaves
from relay.storage.sqlite.store import SqliteStore
from securemsg.errors import LocalError
from securemsg.mailbox.answers import ErrorCode
from securemsg.mailbox.limits import Registration
from tests.relay.schedules import APART, SCHEDULES, Commit, Names, begin, minutes_later, operations
from tests.relay.stored import ENTROPY, NOW, created, one
from tests.support.postgres import postgres

POLICY = StorePolicy(messages=8, bytes=90_000, registration=Registration.INVITATION)


@pytest.fixture
def place() -> str:
    return postgres().fresh()


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """A file with a mailbox in it that has everything."""
    path = tmp_path / "filled.db"
    store = SqliteStore.open(path, StorePolicy())
    box = created(store)
    store.commit([box.append(b"x" * 20_000), box.append(), box.append(), Acknowledge(box.id, 1)], NOW)
    store.commit([PutManifest(box.id, 3, b"manifest"), PutLeaves(box.id, 3, 0, (b"a", b"b", b"c"))], NOW)
    one(store, TakePrekeys(box.id, box.token))
    store.close()
    return path


@settings(max_examples=8, deadline=None)
@given(SCHEDULES)
def test_there_and_back_is_the_same_store(
    tmp_path_factory: pytest.TempPathFactory, schedule: list[Commit]
) -> None:
    """RL-29: what is held of each mailbox, and how the copies answer to what comes next."""
    folder, names, now = tmp_path_factory.mktemp("there"), Names(), NOW
    source = SqliteStore.open(folder / "source.db", POLICY)
    source.commit(begin(names), now)
    for minutes, steps in schedule:
        now = minutes_later(now, minutes)
        source.commit(operations(names, steps), now)
    looks: list[Operation] = [*(LookAtHoldings(name) for name in names.mailboxes), Count()]
    held = source.commit(looks, now)
    source.close()
    there = postgres().fresh()
    moved = sqlite_to_postgres(folder / "source.db", there, ENTROPY)
    assert postgres_to_sqlite(there, folder / "back.db", ENTROPY) == moved
    with ExitStack() as stack:
        copies: list[Store] = [
            stack.enter_context(closing(PostgresStore.open(there, POLICY, ENTROPY))),
            stack.enter_context(closing(SqliteStore.open(folder / "back.db", POLICY))),
            stack.enter_context(closing(SqliteStore.open(folder / "source.db", POLICY))),
        ]
        assert [copy.commit(looks, now) for copy in copies] == [held] * 3
        # What is the administrator's has no place among the others: stores may carry it out last.
        further = operations(names, [step for _, steps in schedule for step in steps if step[0] not in APART])
        answers, *others = [copy.commit(further, now) for copy in copies]
        assert others == [answers] * 2


def test_shelves_that_a_restore_voided_stay_void(filled: Path, place: str, tmp_path: Path) -> None:
    """RL-29: in both directions."""
    void_leaves(filled)
    sqlite_to_postgres(filled, place, ENTROPY)
    postgres_to_sqlite(place, tmp_path / "back.db", ENTROPY)
    with psycopg.connect(place) as connection:
        row = connection.execute("SELECT name FROM mailbox").fetchone()
    assert row is not None
    for store in (PostgresStore.open(place, POLICY), SqliteStore.open(tmp_path / "back.db", POLICY)):
        assert one(store, LookAtShelf(row[0])) == Shelf(3, b"manifest", None, 0)
        assert one(store, PutLeaves(row[0], 3, 9, (b"z",))) == Refused(ErrorCode.CONFLICT)
        assert one(store, PutManifest(row[0], 4, b"next")) == Stored()
        assert one(store, PutLeaves(row[0], 4, 9, (b"z",))) == Stored()
        store.close()


def test_a_target_that_holds_a_relay_is_refused(filled: Path, place: str) -> None:
    """RL-29."""
    first = sqlite_to_postgres(filled, place, ENTROPY)
    assert (first.mailboxes, first.envelopes, first.invitations) == (1, 2, 0)
    with pytest.raises(LocalError, match="holds a relay"):
        sqlite_to_postgres(filled, place, ENTROPY)
    with pytest.raises(LocalError, match="in the way"):
        postgres_to_sqlite(place, filled, ENTROPY)


def test_a_source_in_use_is_refused(filled: Path, place: str) -> None:
    store = SqliteStore.open(filled, POLICY)
    with pytest.raises(LocalError, match="Another securemsg-relay"):
        sqlite_to_postgres(filled, place, ENTROPY)
    store.close()
    assert sqlite_to_postgres(filled, place, ENTROPY).mailboxes == 1


@pytest.mark.parametrize("damage", ["UPDATE mailbox SET messages = 7", "DELETE FROM envelope"])
def test_a_damaged_source_moves_nothing(filled: Path, place: str, damage: str) -> None:
    """RL-29."""
    sound = SqliteStore.open(filled, POLICY)
    sound.database.execute(damage)
    sound.close()
    with pytest.raises(LocalError, match="does not agree"):
        sqlite_to_postgres(filled, place, ENTROPY)
    store = PostgresStore.open(place, POLICY)
    assert not store.holds_mailboxes
    store.close()


def test_a_move_that_the_server_ends_leaves_nothing(
    filled: Path, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RL-29: whole or not at all, in both directions."""
    place_with_trigger(place)
    with pytest.raises(LocalError, match="nothing was moved"):
        sqlite_to_postgres(filled, place, ENTROPY)
    store = PostgresStore.open(place, POLICY)
    assert not store.holds_mailboxes
    store.close()
    full = postgres().fresh()
    sqlite_to_postgres(filled, full, ENTROPY)
    monkeypatch.setattr("relay.storage.migration.sqlite.LAST_BOX", 0)
    with pytest.raises(ZeroDivisionError):
        postgres_to_sqlite(full, tmp_path / "target.db", ENTROPY)
    assert [path.name for path in tmp_path.iterdir()] == ["filled.db"]


def place_with_trigger(place: str) -> None:
    """Have the server fail when the last leaf is stored."""
    PostgresStore.open(place, POLICY).close()
    with psycopg.connect(place) as connection:
        connection.execute("ALTER TABLE leaf ADD CHECK (position < 2)")


def test_a_copy_that_differs_is_not_kept(filled: Path, place: str) -> None:
    """RL-29: counts and digests are compared."""
    PostgresStore.open(place, POLICY).close()
    with psycopg.connect(place) as connection:
        connection.execute(
            "CREATE FUNCTION flip() RETURNS trigger LANGUAGE plpgsql AS"
            " 'BEGIN NEW.sealed = set_byte(NEW.sealed, 0, 9); RETURN NEW; END'"
        )
        connection.execute(
            "CREATE TRIGGER flip BEFORE INSERT ON envelope FOR EACH ROW EXECUTE FUNCTION flip()"
        )
    with pytest.raises(LocalError, match="differs"):
        sqlite_to_postgres(filled, place, ENTROPY)
    store = PostgresStore.open(place, POLICY)
    assert not store.holds_mailboxes
    store.close()

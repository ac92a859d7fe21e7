"""What a store forgets, and what it must keep whatever its clock and settings were (Spec: MB-7, RL-7)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from relay.storage.operations import (
    Acknowledge,
    Appended,
    Create,
    Expire,
    Expired,
    ExpiryCursor,
    Invite,
    PutManifest,
    Refused,
    Shelf,
    Stored,
    TakePrekeys,
)
from relay.storage.policy import StorePolicy
from relay.storage.sqlite.schema import LAST_BOX
from relay.storage.sqlite.snapshot import faults
from relay.storage.sqlite.store import SqliteStore
from securemsg.instant import DAY, HOUR, SECOND, Instant, after
from securemsg.mailbox.answers import ErrorCode
from securemsg.mailbox.limits import Registration
from tests.relay.stored import ENTROPY, NOW, Box, created, one


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore.open(tmp_path / "relay.db", StorePolicy(submit_ids=20))
    yield opened
    assert faults(opened.database) == []
    opened.close()


def expire(store: SqliteStore, now: Instant) -> None:
    """Walk until nothing is left to remove."""
    cursor: ExpiryCursor | None = ExpiryCursor()
    while cursor is not None:
        result = one(store, Expire(cursor, 200), now)
        assert isinstance(result, Expired)
        cursor = result.cursor


def remembered(store: SqliteStore) -> int:
    """How many submit ids are in the two tables of them."""
    rows: Any = store.database.execute(
        "SELECT (SELECT count(*) FROM submitted) + (SELECT total(length(ids)) / 16 FROM recent)"
    ).fetchall()
    return int(rows[0][0])


def test_a_shorter_retention_takes_nothing_that_was_accepted_for_longer(tmp_path: Path) -> None:
    path = tmp_path / "relay.db"
    store = SqliteStore.open(path, StorePolicy())
    box = created(store)
    store.commit([box.append() for _ in range(5)], NOW)
    store.close()
    store = SqliteStore.open(path, StorePolicy(retention_hours=1))
    assert one(store, box.append()) == Appended(6)
    expire(store, after(NOW, 3 * HOUR))
    assert [found.sequence for found in box.content(store)] == [1, 2, 3, 4, 5]
    assert faults(store.database) == []
    assert one(store, Acknowledge(box.id, 6)) == Stored()
    store.close()


def test_a_clock_that_was_wrong_for_a_moment_takes_nothing_else_with_it(store: SqliteStore) -> None:
    box = created(store)
    store.commit([box.append() for _ in range(5)], NOW)
    store.commit([box.append()], Instant(1_000 * HOUR))
    store.commit([box.append()], NOW)
    expire(store, after(NOW, HOUR))
    assert [found.sequence for found in box.content(store)] == [1, 2, 3, 4, 5, 7]


def test_a_mailbox_remembers_so_many_submit_ids_and_the_newest(store: SqliteStore) -> None:
    """MB-7: a flood of tiny messages, acknowledged at once, leaves little more than that on the disk."""
    box, other = created(store), created(store)
    quiet = other.append()
    store.commit([quiet], NOW)
    submits = [box.append() for _ in range(90)]
    for number, submit in enumerate(submits, 1):
        at = after(NOW, number * HOUR)
        assert store.commit([submit, Acknowledge(box.id, number)], at) == [Appended(number), Stored()]
    assert 21 <= remembered(store) <= 24
    later = after(NOW, 90 * HOUR)
    assert set(store.commit([*submits[-20:], quiet], later)) == {Appended(0)}
    assert one(store, submits[0], later) == Appended(91)


def test_many_submit_ids_expire_a_few_at_a_time(tmp_path: Path) -> None:
    """MB-7: others wait for each commit; those that are not past their time stay, and are counted."""
    store = SqliteStore.open(tmp_path / "relay.db", StorePolicy(messages=9_000))
    boxes = [created(store) for _ in range(3)]
    store.commit([box.append() for box in boxes for _ in range(900)], NOW)
    store.commit([box.append() for box in boxes for _ in range(9)], after(NOW, DAY))
    steps: list[Expired] = []
    cursor: ExpiryCursor | None = ExpiryCursor()
    while cursor is not None:
        result = one(store, Expire(cursor, 200), after(NOW, 7 * DAY + HOUR))
        assert isinstance(result, Expired)
        steps, cursor = [*steps, result], result.cursor
    assert sum(step.removed for step in steps) == 3 * 900
    assert max(step.removed for step in steps) <= 1_000
    for box in boxes:
        known = store._boxes.find(box.id)
        assert known is not None
        assert known.submit_ids == 9
    assert remembered(store) == 27
    store.close()


def test_submit_ids_are_counted_again_when_they_have_expired(store: SqliteStore) -> None:
    box = created(store)
    store.commit([box.append() for _ in range(20)], NOW)
    expire(store, after(NOW, 8 * DAY))
    assert remembered(store) == 0
    submits = [box.append() for _ in range(20)]
    store.commit(submits, after(NOW, 8 * DAY))
    assert set(store.commit(submits, after(NOW, 8 * DAY))) == {Appended(0)}


def test_the_numbers_of_mailboxes_do_not_tell_in_which_order_they_were_made(store: SqliteStore) -> None:
    """RL-2: nor does a table list them in that order."""
    boxes = [created(store) for _ in range(12)]
    store.commit([box.append() for box in boxes], NOW)
    listed = store.database.execute("SELECT box, name FROM mailbox ORDER BY box").fetchall()
    assert [name for _, name in listed] != [box.id for box in boxes]
    assert all(isinstance(number, int) and 0 < number <= LAST_BOX for number, _ in listed)
    assert [len(box.content(store)) for box in boxes] == [1] * 12


def test_a_database_of_the_first_version_is_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "relay.db"
    store = SqliteStore.open(path, StorePolicy())
    box = created(store)
    store.commit([box.append()], NOW)
    store.database.execute("DROP TABLE recent")
    store.database.execute("DROP INDEX envelope_by_hour")
    store.database.execute("ALTER TABLE mailbox DROP COLUMN acknowledged")
    store.database.pragma("user_version", 1)
    store.close()
    store = SqliteStore.open(path, StorePolicy())
    expire(store, after(NOW, 31 * DAY))
    assert box.content(store) == []
    assert faults(store.database) == []
    store.close()


def test_a_clock_that_is_set_back_makes_nobody_wait_longer_for_prekeys(store: SqliteStore) -> None:
    """RL-6, MB-10: within the bounds of an answer, and of the next minute."""
    box = created(store)
    one(store, PutManifest(box.id, 1, b"manifest"))
    take = TakePrekeys(box.id, box.token)
    assert isinstance(one(store, take), Shelf)
    back = Instant(NOW - 8 * DAY)
    assert one(store, take, back) == Refused(ErrorCode.SLOW_DOWN, 60)
    assert isinstance(one(store, take, after(back, 60 * SECOND)), Shelf)
    assert one(store, take, after(back, 60 * SECOND)) == Refused(ErrorCode.SLOW_DOWN, 60)


@pytest.mark.parametrize("registration", [Registration.CLOSED, Registration.INVITATION])
def test_who_may_not_register_does_not_learn_which_mailboxes_there_are(
    tmp_path: Path, registration: Registration
) -> None:
    path = tmp_path / "relay.db"
    store = SqliteStore.open(path, StorePolicy())
    box = created(store)
    store.close()
    store = SqliteStore.open(path, StorePolicy(registration=registration))
    thief, invitation = Box(), ENTROPY(32)
    refused = Refused(ErrorCode.REGISTRATION_REFUSED)
    for name in (box.id, thief.id):
        for token in (None, invitation):
            assert one(store, Create(name, thief.key, (), token)) == refused
    assert one(store, box.creation) == Stored()
    one(store, Invite(invitation, 1, after(NOW, DAY)))
    if registration is Registration.INVITATION:
        assert one(store, Create(box.id, thief.key, (), invitation)) == Refused(ErrorCode.REFUSED)
        assert one(store, Create(thief.id, thief.key, (), invitation)) == Stored()
        assert one(store, Create(Box().id, thief.key, (), invitation)) == refused
    store.close()

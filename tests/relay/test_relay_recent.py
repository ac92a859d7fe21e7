"""Submit ids on their way from memory into their table: recognised at each moment (Spec: MB-7)."""

from pathlib import Path
from typing import Any

from relay.storage.inspection import Holdings, LookAtHoldings
from relay.storage.operations import Acknowledge, Append, Appended, Expire, Expired, ExpiryCursor
from relay.storage.policy import StorePolicy
from relay.storage.sqlite.store import SqliteStore
from securemsg.instant import DAY, HOUR, Instant, after
from tests.relay.stored import NOW, Box, created, one

POLICY = StorePolicy(messages=10_000)
MANY = 1_300


def opened(path: Path) -> SqliteStore:
    return SqliteStore.open(path / "relay.db", POLICY)


def count(store: SqliteStore, table: str) -> int:
    rows: Any = store.database.execute(f"SELECT count(*) FROM {table}").fetchall()  # noqa: S608  # names of ours
    return int(rows[0][0])


def walk(store: SqliteStore, now: Instant) -> list[int]:
    """Expire everything; how many went in each step."""
    removed: list[int] = []
    cursor: ExpiryCursor | None = ExpiryCursor()
    while cursor is not None:
        result = one(store, Expire(cursor, 10_000), now)
        assert isinstance(result, Expired)
        removed.append(result.removed)
        cursor = result.cursor
    return removed


def test_a_repeat_is_recognised_wherever_its_id_is_and_after_a_restart(tmp_path: Path) -> None:
    """MB-7: before and after the ids are moved, which happens more than once here."""
    store = opened(tmp_path)
    box, other = created(store), created(store)
    said: list[Append] = []
    for size in (1, 2, 97, 1, 398, 1, 13, 600, 87, 100):
        said += (fresh := [box.append() for _ in range(size)])
        assert store.commit([*fresh, other.append()], NOW)[-2] == Appended(len(said))
        assert set(store.commit([*fresh, said[0], said[-1]], NOW)) == {Appended(0)}
    assert len(said) == MANY
    assert count(store, "submitted") > 0 < count(store, "recent")
    one(store, Acknowledge(box.id, MANY))
    assert set(store.commit(said, NOW)) == {Appended(0)}
    store.close()
    store = opened(tmp_path)
    assert set(store.commit(said, NOW)) == {Appended(0)}
    assert one(store, box.append()) == Appended(MANY + 1)
    store.close()


def test_each_hour_has_rows_of_its_own_and_they_are_moved_before_they_are_many(tmp_path: Path) -> None:
    """RL-7: ids go when their own hour comes; what is held is told by the hour."""
    store = opened(tmp_path)
    box = created(store)
    said = [box.append() for _ in range(60)]
    for hour, submit in enumerate(said):
        one(store, submit, after(NOW, hour * HOUR))
        assert count(store, "recent") <= 25
    held = one(store, LookAtHoldings(box.id))
    assert isinstance(held, Holdings)
    assert [number for _, number in held.submit_ids] == [1] * 60
    later = after(NOW, 7 * DAY + 29 * HOUR)
    assert sum(walk(store, later)) == 30
    assert set(store.commit(said[30:], later)) == {Appended(0)}
    assert store.commit(said[:30], later) == [*map(Appended, range(61, 91))]
    store.close()


def test_what_expires_is_counted_once_whether_its_mailbox_is_in_memory_or_not(tmp_path: Path) -> None:
    store = opened(tmp_path)
    boxes = [created(store) for _ in range(3)]
    for box in boxes:
        store.commit([box.append() for _ in range(MANY)], NOW)
        store.commit([box.append() for _ in range(9)], after(NOW, DAY))
    store.close()
    store = opened(tmp_path)
    assert store._boxes.find(boxes[0].id) is not None
    assert sum(walk(store, after(NOW, 7 * DAY + HOUR))) == 3 * MANY
    for box in boxes:
        known = store._boxes.find(box.id)
        assert known is not None
        assert known.submit_ids == 9
    store.close()


def test_many_mailboxes_with_few_ids_expire_a_few_at_a_time(tmp_path: Path) -> None:
    store = opened(tmp_path)
    boxes = [Box() for _ in range(350)]
    store.commit([box.creation for box in boxes], NOW)
    store.commit([box.append() for box in boxes], NOW)
    steps = walk(store, after(NOW, 8 * DAY))
    assert sum(steps) == 350
    assert max(steps) <= 101
    assert count(store, "recent") == 0
    store.close()

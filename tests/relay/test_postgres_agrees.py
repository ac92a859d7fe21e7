"""The PostgreSQL store answers as the SQLite store does, whatever is asked in which order and grouping."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings

from relay.storage.inspection import LookAtHoldings
from relay.storage.operations import Count, Expire, Expired, ExpiryCursor, Operation, Store
from relay.storage.policy import StorePolicy
from securemsg.instant import Instant
from securemsg.mailbox.limits import Registration
from tests.relay.schedules import EXPIRING, SCHEDULES, Commit, Names, begin, minutes_later, operations
from tests.relay.stored import NOW, one
from tests.relay.stores import open_postgres, open_sqlite

POLICY = StorePolicy(
    # Room for every submit id: which of an hour are forgotten first, and when in a commit, is free (MB-7).
    messages=6,
    bytes=80_000,
    retention_hours=3,
    registration=Registration.INVITATION,
    submit_ids=10_000,
)

Pair = tuple[Store, Store]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("pair")
    stores = open_sqlite(folder, POLICY), open_postgres(folder, POLICY)
    yield stores
    for store in stores:
        store.close()


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SCHEDULES)
def test_both_stores_give_the_same_answers(pair: Pair, schedule: list[Commit]) -> None:
    """RL-20: results, and everything that is kept of each mailbox afterwards."""
    names, now = Names(), NOW
    agree(pair, begin(names), now)
    for minutes, steps in schedule:
        now = minutes_later(now, minutes)
        if minutes == EXPIRING:
            assert expired(pair[1], now) == expired(pair[0], now)
        agree(pair, operations(names, steps), now)
    agree(pair, [LookAtHoldings(name) for name in names.mailboxes], now)
    assert one(pair[1], Count(), now) == one(pair[0], Count(), now)


def agree(pair: Pair, asked: list[Operation], now: Instant) -> None:
    """Have both stores carry out a commit, and compare their answers."""
    sqlite, postgres = (store.commit(asked, now) for store in pair)
    assert postgres == sqlite


def expired(store: Store, now: Instant) -> int:
    """How much is removed until nothing more is past its time."""
    removed = 0
    cursor: ExpiryCursor | None = ExpiryCursor()
    while cursor is not None:
        result = one(store, Expire(cursor, 5), now)
        assert isinstance(result, Expired)
        removed, cursor = removed + result.removed, result.cursor
    return removed

"""apsw 3.54 keeps one of two cursors that are open together; each that is kept slows all later statements."""

import gc
from pathlib import Path

import apsw
from hypothesis import HealthCheck, given, settings

from relay.storage.operations import Count
from relay.storage.policy import StorePolicy
from tests.relay.schedules import SCHEDULES, Commit, Names, begin, minutes_later, operations
from tests.relay.stored import NOW, one
from tests.relay.stores import open_sqlite


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SCHEDULES)
def test_no_cursor_outlives_its_commit(tmp_path: Path, schedule: list[Commit]) -> None:
    """RL-1: opened anew before each commit, so that every mailbox is read from the file."""
    names, now = Names(), NOW
    # What other tests left behind is not looked at.
    gc.freeze()
    for minutes, steps in [(0, []), *schedule]:
        now = minutes_later(now, minutes)
        store = open_sqlite(tmp_path, StorePolicy())
        store.commit(operations(names, steps) if steps else begin(names), now)
        one(store, Count(), now)
        alive = [found for found in gc.get_objects() if isinstance(found, apsw.Cursor)]
        store.close()
        assert not alive
    gc.unfreeze()

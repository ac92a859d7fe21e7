"""Power cuts under the store on the real SQLite, and that the oracle would notice a loss."""

from collections.abc import Iterable

import pytest

from securemsg.errors import LocalError
from tests.crash.powercuts import SERIES, Series, report
from tests.relay.unreliable import Disk

# What a file system raises where SQLite cannot pass it on is reported a second time.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def test_power_cut_after_power_cut_loses_nothing_and_hands_no_leaf_out_twice() -> None:
    """R08, R06, R10, RL-1: any operation, recovery cut too; what was under way is whole or absent."""
    done = [Series(seed) for seed in range(20)]
    for one in done:
        one.run(SERIES)
    assert sum(one.whole for one in done) > 20
    assert sum(one.absent for one in done) > 100
    assert sum(one.full for one in done) > 50
    assert sum(len(one.handed) for one in done) > 100
    assert "0 accepted lost" in report(done)


class Liar(Disk):
    """A disk that says it synced and did not."""

    def sync(self, name: str) -> None:
        """Do nothing."""
        del name
        self.step()


@pytest.mark.parametrize("seed", range(5))
def test_a_disk_that_lies_about_syncs_is_noticed(seed: int) -> None:
    """The oracle can fail: without syncs something answered is lost, or the file is damaged."""
    with pytest.raises((AssertionError, LocalError)):
        Series(seed, Liar()).run(1)


def test_a_store_that_does_not_sync_each_commit_is_noticed() -> None:
    def lose_power_early(seeds: Iterable[int]) -> None:
        for series in map(Series, seeds):
            series.store.database.pragma("synchronous", "NORMAL")
            series.run(1)

    with pytest.raises(AssertionError, match="an answered commit is gone"):
        lose_power_early(range(20))

"""The report of timing differences: its arithmetic, and that it sees one that was planted."""

from pathlib import Path

import pytest

from relay.storage.policy import StorePolicy
from relay.storage.sqlite.store import SqliteStore
from tests.support.entropy import SeededEntropy
from tests.timing import report
from tests.timing.welch import NOTABLE, Pair, compare, welch


def test_t_is_the_difference_in_its_own_standard_error() -> None:
    """By hand: means 2 and 5, variances 1 and 4, three of each: -3 / sqrt(1/3 + 4/3)."""
    assert welch([1, 2, 3], [3, 5, 7]) == pytest.approx(-3 / (5 / 3) ** 0.5)
    assert welch([3, 5, 7], [1, 2, 3]) == pytest.approx(3 / (5 / 3) ** 0.5)


def test_equal_measurements_differ_by_nothing() -> None:
    assert welch([3, 3, 3], [3, 3]) == 0
    assert welch([4, 4], [3, 3]) == float("inf")


@pytest.mark.parametrize("place", [0, 31])
def test_a_planted_difference_is_seen(place: int) -> None:
    """N23: the tool can fail what it measures: a comparison that stops at the first difference."""
    secret = bytes(range(200))
    guess = secret[:place] + b"\xff" + secret[place + 1 :]

    def careless(shown: bytes) -> bool:
        return all(a == b for a, b in zip(secret, shown, strict=True))

    found = compare(Pair(careless, guess, secret), 400, SeededEntropy())
    assert found.t < -NOTABLE


def test_every_pair_of_the_report_runs(tmp_path: Path) -> None:
    """N23: bad positions in tags, pins and commitments, and mailboxes known or unknown."""
    store = SqliteStore.open(tmp_path / "relay.db", StorePolicy())
    pairs = report.primitives() | report.mailboxes(store)
    assert len(pairs) == 8
    for pair in pairs.values():
        found = compare(pair, 30, SeededEntropy())
        assert min(found.first, found.second) > 0
    store.close()

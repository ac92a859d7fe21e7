"""SIGKILL at random moments to relay and clients loses, repeats and reorders nothing."""

from pathlib import Path

import pytest

from tests.crash.kills import storm


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_kills_at_random_moments_lose_repeat_and_reorder_nothing(tmp_path: Path) -> None:
    """R02-R07: what was queued arrives once and in order, whatever is killed when (CL-2, CL-3, RL-1)."""
    assert storm(tmp_path, messages=10, kills=9, seed=7) >= 9

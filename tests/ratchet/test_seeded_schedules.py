"""Some of the schedules of `tests.ratchet.schedules`; the command runs any number."""

from tests.ratchet.schedules import run


def test_after_every_storm_everything_that_arrived_was_opened_once_and_a_new_epoch_comes() -> None:
    """S01, S02, S03, S09, S11: up to 40 % loss, repetition, reordering and restarts."""
    counts = run(range(300))
    assert counts["opened"] + counts["lost"] + counts["too old"] == counts["sealed"]
    assert counts["lost"] > 1_000
    assert counts["too old"] > 10
    assert counts["epochs"] > 600

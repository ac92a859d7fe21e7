"""SIGKILL to the real relay under load: nothing accepted is lost, nothing acknowledged comes again."""

import random  # noqa: TID251  # nothing secret
from pathlib import Path

import pytest

from securemsg.ids import SubmitId
from tests.crash.relay_kills import PAIRS, Pair, play, report


@pytest.mark.slow
def test_kill_after_kill_under_load_loses_nothing_and_delivers_nothing_again(tmp_path: Path) -> None:
    """R07, R06, R03: submits in flight are repeated and stored once; each restart is ready in two seconds."""
    scene = play(tmp_path, kills=10, seed=3)
    assert all(len(pair.accepted) > 10 for pair in scene.pairs)
    assert sum(pair.acknowledged > 0 for pair in scene.pairs) == PAIRS
    # On the processor, and a start waits for little else: other work on the machine does not count.
    assert max(scene.costs) < 2
    assert "0 lost" in report(10, scene)


def a_pair() -> Pair:
    pair = Pair(random.Random(1))  # noqa: S311  # nothing secret
    pair.accepted = [pair.mailbox.submit() for _ in range(3)]
    pair.delivered = {submit.submit_id: place for place, submit in enumerate(pair.accepted, 1)}
    return pair


def test_the_oracle_notices_what_is_lost_doubled_or_out_of_order() -> None:
    a_pair().judge()
    lost, doubled, moved = a_pair(), a_pair(), a_pair()
    lost.delivered.popitem()
    doubled.delivered[SubmitId(bytes(16))] = 4
    moved.accepted.reverse()
    for pair in (lost, doubled, moved):
        with pytest.raises(AssertionError):
            pair.judge()

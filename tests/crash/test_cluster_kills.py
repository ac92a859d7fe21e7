"""Nodes and servers die under load: nothing accepted is lost, nothing acknowledged comes again."""

import random  # noqa: TID251  # nothing secret
from pathlib import Path

import pytest

from tests.crash.cluster_kills import Kills, play, report
from tests.crash.cluster_pair import ClusterPair


@pytest.mark.slow
def test_nodes_and_servers_die_and_fail_over_without_losing_anything(tmp_path: Path) -> None:
    """R23, R24, RL-50, RL-58, RL-25: mailboxes move to a second shard meanwhile; clients move in 5 s."""
    kills = Kills(nodes=2, servers=1, failovers=1)
    scene = play(tmp_path, kills, seed=3)
    assert all(len(pair.accepted) > 10 for pair in scene.pairs)
    assert all(pair.acknowledged for pair in scene.pairs)
    assert sum(len(pair.leaves) for pair in scene.pairs) > 0
    assert max(gap for pair in scene.pairs for gap in pair.gaps) < 5
    assert max(scene.back["failover"]) < 20
    assert "0 lost" in report(kills, scene)


def a_pair() -> ClusterPair:
    pair = ClusterPair(random.Random(1))  # noqa: S311  # nothing secret
    pair.accepted = [pair.mailbox.submit() for _ in range(3)]
    pair.steady = list(pair.accepted)
    pair.delivered = {submit.submit_id: place for place, submit in enumerate(pair.accepted, 1)}
    pair.leaves = [b"1/0", b"1/1"]
    return pair


def test_the_oracle_of_clusters_notices_what_is_lost_doubled_or_out_of_order() -> None:
    a_pair().judge()
    lost, moved, doubled, handed_out = a_pair(), a_pair(), a_pair(), a_pair()
    lost.delivered.popitem()
    moved.steady.reverse()
    doubled.delivered[doubled.accepted[0].submit_id] = 2
    handed_out.leaves.append(b"1/0")
    for pair in (lost, moved, doubled, handed_out):
        with pytest.raises(AssertionError):
            pair.judge()

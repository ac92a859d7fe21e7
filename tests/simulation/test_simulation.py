"""Clients, relays, network, disks and clocks in one process, with faults that follow from a seed."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.simulation.plan import Deed, Kind, Meeting, Plan, Utterance, kinds_of, plan_of
from tests.simulation.planted import PLANTS
from tests.simulation.run import report
from tests.simulation.weather import Weather
from tests.simulation.world import simulate

ROOT = Path(__file__).resolve().parents[2]
SEEDS = 40
"""As many as fit a minute; `make simulate` runs more."""

BATCH = 10
SEARCHED = 25
"""Seeds in which a planted bug must show."""


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, SEEDS, BATCH))
def test_what_is_accepted_arrives_once_in_order_whatever_fails(first: int) -> None:
    """N12, N19, R18, R19, S16: I1, I2, I3, I5, order and marks hold in the calm after a swarm of faults."""
    for seed in range(first, first + BATCH):
        outcome = simulate(plan_of(seed, kinds_of(seed)))
        assert not outcome.complaints, report(outcome)


@pytest.mark.slow
@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_bug_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oracle sees each of these bugs within a few seeds."""
    plant, kinds = PLANTS[name]
    plant(monkeypatch)
    assert any(simulate(plan_of(seed, kinds)).complaints for seed in range(SEARCHED))


def test_a_seed_tells_the_same_story_whatever_keys_and_hashes_are() -> None:
    """Twice in this process, and in another one, which has other keys and another order of sets."""
    digests = [simulate(plan_of(3, kinds_of(3))).trace.digest for _ in range(2)]
    command = [sys.executable, "-m", "tests.simulation.run", "--seed", "3", "--digest"]
    elsewhere = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert {f"3 {digest}" for digest in digests} == {elsewhere.stdout.splitlines()[0]}


def test_different_seeds_tell_different_stories() -> None:
    assert len({simulate(plan_of(seed, kinds_of(seed))).trace.digest for seed in range(4)}) == 4


@pytest.mark.parametrize("steps", range(1, 8))
def test_what_is_cancelled_after_its_commit_leaves_all_the_same(steps: int) -> None:
    """N19: whoever asked for the message may be gone; nothing else would ever wake the courier."""
    outcome = simulate(quiet_conversation(steps))
    assert not outcome.complaints, report(outcome)


def quiet_conversation(nerve: int) -> Plan:
    """Return a plan in which one text is said and given up after so many steps; else nothing happens."""
    deeds: dict[str, tuple[Deed, ...]] = {
        "ann": (Meeting(0.0, "ben"), Utterance(300.0, "ben", 10, nerve)),
        "ben": (Meeting(0.0, "ann"),),
    }
    return replace(
        plan_of(0, frozenset({Kind.NERVES})),
        names=("ann", "ben"),
        seconds=600.0,
        heartbeat=60,
        deeds=deeds,
        weather=Weather(),
    )

"""Every fuzz target holds for every entry of its corpus and for seeded random damage of them.

The same checks are searched with coverage by `python -m tests.fuzz.run`; what that finds is kept in
the corpus and replayed here for ever.
"""

import tracemalloc
from pathlib import Path
from typing import Final

import pytest

from securemsg.errors import FrameError, LocalError
from tests.fuzz.damage import damaged
from tests.fuzz.target import CORPUS, Target, taken, typed
from tests.fuzz.targets.table import TARGETS
from tests.store.chance import Chance

every_target = pytest.mark.parametrize("target", TARGETS.values(), ids=list(TARGETS))

MOST_MEMORY: Final = 1_500_000
"""Bytes at once for one input of at most 40 kB: keys are parsed and texts encoded, nothing is multiplied."""

MOST_COMMITTED: Final = 50_000
"""Bytes of all stored corpora: what follows from vectors is made from them instead."""


@every_target
def test_every_entry_of_the_corpus_is_taken_or_refused(target: Target) -> None:
    """E01, E02, E03, E18, E25."""
    entries = target.corpus()
    assert entries
    for entry in entries:
        target.check(entry)


@every_target
def test_random_damage_is_taken_or_refused(target: Target) -> None:
    """E02, E04, E05, E06, E07, E09, E12, E25: bytes and elements changed, from one seed for ever."""
    chance, entries = Chance(target.name), target.corpus()
    for _ in range(target.tries):
        data = damaged(chance.choice(entries), chance.choice(entries), chance, target.longest)
        try:
            target.check(data)
        except BaseException as error:
            error.add_note(f"{target.name}: {data.hex()}")
            raise


@every_target
def test_no_input_takes_much_memory(target: Target) -> None:
    """E05, E06, E07: whatever it declares."""
    chance, entries = Chance(target.name), target.corpus()
    inputs = entries + [damaged(entry, entry, chance, target.longest) for entry in entries for _ in range(5)]
    target.check(inputs[0])
    tracemalloc.start()
    try:
        for data in inputs:
            tracemalloc.reset_peak()
            before = tracemalloc.get_traced_memory()[0]
            target.check(data)
            assert tracemalloc.get_traced_memory()[1] - before < MOST_MEMORY, data.hex()
    finally:
        tracemalloc.stop()


def test_a_parser_that_raises_anything_else_is_caught() -> None:
    """The harness itself can fail."""

    def overrun(data: bytes) -> int:
        return data[3]

    def refuse(_data: bytes) -> int:
        raise FrameError("no")

    assert taken(refuse, b"") is None
    assert typed(str.upper, "a") == "A"
    with pytest.raises(IndexError):
        taken(overrun, b"abc")
    with pytest.raises(LocalError):
        taken(_local_fault, b"")


def _local_fault(_data: bytes) -> int:
    raise LocalError("our own side")


def test_damage_reaches_every_part_of_a_value_and_repeats() -> None:
    """The random inputs are neither all refused at once nor different from run to run."""
    target = TARGETS["content"]
    entries = target.corpus()
    runs = []
    for _ in range(2):
        chance = Chance(1)
        runs.append([damaged(chance.choice(entries), b"", chance, 4_096) for _ in range(300)])
    assert runs[0] == runs[1]
    assert len(set(runs[0])) > 200


def test_the_stored_corpora_are_small_and_each_has_its_target() -> None:
    folders = [path for path in CORPUS.iterdir() if path.is_dir()]
    assert {folder.name for folder in folders} <= TARGETS.keys()
    assert sum(_sizes(folder) for folder in folders) <= MOST_COMMITTED


def _sizes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())

"""Mutation testing: `python -m tests.mutation.run securemsg/wire` (a package below, or files of one).

Every mutant must be noticed by a test of its package, or be listed in survivors.toml with a reason.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.mutation.mutants import ROOT, Mutant, mutants
from tests.mutation.suite import Outcome, run
from tests.mutation.survivors import as_entries, excused

TESTS: Final = {
    "securemsg/wire": (
        "tests/vectors/test_vectors_wire.py",
        "tests/vectors/test_vectors_content.py",
        "tests/wire",
        "tests/messages",
    ),
    "securemsg/ratchet": ("tests/vectors/test_vectors_ratchet.py", "tests/ratchet", "tests/session"),
    "securemsg/handshake": (
        "tests/vectors/test_vectors_prekeys.py",
        "tests/vectors/test_vectors_handshake.py",
        "tests/handshake",
        "tests/session/test_session_openings.py",
    ),
}
"""Which tests must notice a fault in which package."""

_BASE_SECONDS: Final = 600


@dataclass(slots=True)
class Hunt:
    """One package's mutants against its tests; those that killed before try first."""

    tests: Sequence[str]
    order: dict[str, int] = field(default_factory=dict)
    seconds: int = _BASE_SECONDS
    killed: int = 0
    survivors: list[Mutant] = field(default_factory=list)

    def prepare(self) -> None:
        """Run the tests without a mutant: they must pass, and tell their durations."""
        began = time.monotonic()
        outcome = run(self.tests, {}, _BASE_SECONDS, None)
        if outcome.killed:
            raise SystemExit(f"without a mutant these fail already: {outcome.failed or self.tests}")
        by_duration = sorted(outcome.durations, key=lambda name: outcome.durations[name])
        self.order = {name: place for place, name in enumerate(by_duration, start=1)}
        # A loop without end is told from a slow machine.
        self.seconds = 10 + 2 * int(time.monotonic() - began)

    def try_one(self, mutant: Mutant) -> Outcome:
        """Run the tests with `mutant`."""
        outcome = run(self.tests, self.order, self.seconds, mutant)
        if not outcome.killed:
            self.survivors.append(mutant)
            return outcome
        self.killed += 1
        if outcome.failed in self.order:
            self.order[outcome.failed] = min(self.order.values()) - 1
        return outcome


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns 1 where a mutant survives that should not, or a listed one does not."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation.run", description=__doc__)
    parser.add_argument("paths", nargs="+", help="a package, or files of one", metavar="PATH")
    parser.add_argument("--match", default="", help="only mutants with this text in their line or place")
    options = parser.parse_args(arguments)
    return max(_hunted(Path(path), options.match) for path in options.paths)


def _hunted(path: Path, match: str) -> int:
    package = next(name for name in TESTS if path.is_relative_to(name))
    found = [mutant for mutant in _below(ROOT / path) if match in mutant.line or match in mutant.place]
    hunt = Hunt(TESTS[package])
    hunt.prepare()
    for number, mutant in enumerate(found, start=1):
        outcome = hunt.try_one(mutant)
        if not outcome.killed:
            sys.stdout.write(f"survives: {mutant.module}:{mutant.number} {mutant.line} | {mutant.change}\n")
            sys.stdout.flush()
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{number}/{len(found)} mutants, {len(hunt.survivors)} survive ")
    return _judged(hunt, found)


def _below(path: Path) -> Iterator[Mutant]:
    for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
        yield from mutants(file)


def _judged(hunt: Hunt, found: Sequence[Mutant]) -> int:
    """Compare the survivors with the list; print what is in one only."""
    known = excused()
    names = {mutant.name for mutant in hunt.survivors}
    unexcused = [mutant for mutant in hunt.survivors if mutant.name not in known]
    noticed = [mutant for mutant in found if mutant.name in known and mutant.name not in names]
    sys.stdout.write(
        f"{len(found)} mutants, {hunt.killed} killed, {len(hunt.survivors)} survive, "
        f"{len(unexcused)} of these without a reason in survivors.toml\n"
    )
    for mutant in noticed:
        sys.stdout.write(f"no longer survives, take it off the list: {mutant.name}\n")
    sys.stdout.write(as_entries(unexcused))
    return 1 if unexcused or noticed else 0


if __name__ == "__main__":
    sys.exit(main())

"""Mutation testing: `python -m tests.mutation.run securemsg/wire` (a package below, or files of one).

Every mutant must be noticed by a test of its package, or be listed in survivors.toml with a reason.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from typing import Final

from tests.mutation.mutants import ROOT, Mutant, mutants
from tests.mutation.suite import Known, Verdict, imported, observe, planted
from tests.mutation.survivors import as_entries, excused

TESTS: Final = {
    "securemsg/wire": (
        "tests/vectors/test_vectors_wire.py",
        "tests/vectors/test_vectors_content.py",
        "tests/vectors/test_vectors_files.py",
        "tests/wire",
        "tests/messages/test_content.py",
        "tests/messages/test_content_limits.py",
        "tests/messages/test_opening_content.py",
    ),
    "securemsg/ratchet": (
        "tests/vectors/test_vectors_ratchet.py",
        "tests/vectors/test_vectors_epochs.py",
        "tests/ratchet",
    ),
    "securemsg/handshake": (
        "tests/vectors/test_vectors_prekeys.py",
        "tests/vectors/test_vectors_handshake.py",
        "tests/handshake",
        "tests/session/test_session_openings.py",
    ),
}
"""Which tests must notice a fault in which package."""


@dataclass(slots=True)
class Hunt:
    """One package's mutants against its tests."""

    tests: Sequence[str]
    found: Sequence[Mutant]
    longest: float = inf
    killed: int = 0
    survivors: list[Mutant] = field(default_factory=list)

    def run(self, package: str) -> None:
        """Try every mutant: planted where that can be, else imported."""
        known = observe(self.tests, package, self.longest)
        tried = set()
        for number, verdict in planted(self.tests, known, self.found):
            tried.add(number)
            self._judge(self.found[number], verdict)
        for number, mutant in enumerate(self.found):
            if number not in tried:
                self._judge(mutant, self._imported(known, mutant))

    def _imported(self, known: Known, mutant: Mutant) -> Verdict:
        # The vectors come first in every table: they kill most, and are collected at once.
        first = imported(self.tests[:1], known, mutant)
        return first if first.killed else imported(self.tests, known, mutant)

    def _judge(self, mutant: Mutant, verdict: Verdict) -> None:
        if verdict.killed:
            self.killed += 1
        else:
            self.survivors.append(mutant)
            sys.stdout.write(f"survives: {mutant.module}:{mutant.number} {mutant.line} | {mutant.change}\n")
            sys.stdout.flush()
        done = self.killed + len(self.survivors)
        end = "\r" if sys.stderr.isatty() else "\n"
        if end == "\r" or done % 100 == 0:
            sys.stderr.write(f"{done}/{len(self.found)} mutants, {len(self.survivors)} survive{end}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns 1 where a mutant survives that should not, or a listed one does not."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation.run", description=__doc__)
    parser.add_argument("paths", nargs="+", help="a package, or files of one", metavar="PATH")
    parser.add_argument("--match", default="", help="only mutants with this text in their line or place")
    parser.add_argument("--tests", nargs="+", help="only these, in place of the package's", metavar="PATH")
    parser.add_argument("--longest", type=float, default=inf, help="leave longer tests out (ms)")
    options = parser.parse_args(arguments)
    paths = [Path(path) for path in options.paths]
    if not all(any(path.is_relative_to(package) for package in TESTS) for path in paths):
        parser.error(f"only below {', '.join(TESTS)}")
    with tempfile.TemporaryDirectory() as compiled:
        # Every child that imports anew would else compile everything anew.
        sys.pycache_prefix, sys.dont_write_bytecode = compiled, False
        return max(_hunted(package, paths, options) for package in TESTS)


def _hunted(package: str, paths: Sequence[Path], options: argparse.Namespace) -> int:
    files = [ROOT / path for path in paths if path.is_relative_to(package)]
    every = [mutant for file in files for mutant in _below(file)]
    found = [each for each in every if options.match in each.line or options.match in each.place]
    if not found:
        return 0
    hunt = Hunt(options.tests or TESTS[package], found, options.longest)
    hunt.run(package)
    return _judged(hunt)


def _below(path: Path) -> Iterator[Mutant]:
    for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
        yield from mutants(file)


def _judged(hunt: Hunt) -> int:
    """Compare the survivors with the list; print what is in one only."""
    known = excused()
    names = {mutant.name for mutant in hunt.survivors}
    unexcused = [mutant for mutant in hunt.survivors if mutant.name not in known]
    noticed = [mutant for mutant in hunt.found if mutant.name in known and mutant.name not in names]
    sys.stdout.write(
        f"{len(hunt.found)} mutants, {hunt.killed} killed, {len(hunt.survivors)} survive, "
        f"{len(unexcused)} of these without a reason in survivors.toml\n"
    )
    for mutant in noticed:
        sys.stdout.write(f"no longer survives, take it off the list: {mutant.name}\n")
    sys.stdout.write(as_entries(unexcused))
    return 1 if unexcused or noticed else 0


if __name__ == "__main__":
    sys.exit(main())

"""`python -m tests.client_tui.fuzzing --strings 1000000`: hostile texts through everything that is shown.

Half an hour. Each text goes through every sink that prints lines, and through the real widgets on a screen.
It ends with a failure at the first byte that a terminal would obey.
"""

import argparse
import sys
import time

from tests.client_tui.fuzzing.run import PROGRAMS, run

BATCH = 20_000
"""Texts of one process: a failure names a seed that finds it again within half a minute."""


def main() -> None:
    """Run as long as there are texts left, in each program in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strings", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=sorted(PROGRAMS))
    given = parser.parse_args()
    begun, done = time.monotonic(), 0
    while done < given.strings:
        count = min(BATCH, given.strings - done)
        seed = given.seed + done
        for program in [given.only] if given.only else PROGRAMS:
            _tell(f"{program} seed={seed} texts={count} ...")
            seen = run(program, seed, count)
            told = f" {seen.texts} recognised, {seen.characters} characters, {seen.sequences} sequences"
            _tell(f"{told}, {time.monotonic() - begun:.0f} s\n")
        done += count
    _tell(f"{done} texts through every sink: nothing that a terminal obeys came out\n")


def _tell(words: str) -> None:
    sys.stdout.write(words)
    sys.stdout.flush()


if __name__ == "__main__":
    main()

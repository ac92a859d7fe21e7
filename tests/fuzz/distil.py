"""Keeps what a search found: `python -m tests.fuzz.distil FOLDER [target ...]`, the FOLDER of `run --keep`.

Of the inputs there, those that reach a line of our packages after another line in a way that no
entry of the corpus does are stored in it, the shortest first.
"""

import argparse
import hashlib
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, Final, TypeAlias

from tests.fuzz.target import CORPUS, Target
from tests.fuzz.targets.table import TARGETS

MOST_BYTES: Final = 300
"""Longer inputs are not stored: the corpora stay small, and what is long is mostly filler."""

_OURS: Final = tuple(f"{CORPUS.parents[2]}/{package}/" for package in ("securemsg", "relay", "client_tui"))

Steps: TypeAlias = set[tuple[str, int, int]]


def reached(check: Callable[[bytes], None], data: bytes) -> Steps:
    """Return which line of which file followed which other while `data` was checked."""
    steps: Steps = set()

    def enter(frame: FrameType, _event: str, _argument: Any) -> Any:  # noqa: ANN401  # as Python calls it
        name, last = frame.f_code.co_filename, frame.f_lineno
        if not name.startswith(_OURS):
            return None

        def line(frame: FrameType, event: str, _argument: Any) -> Any:  # noqa: ANN401  # as Python calls it
            nonlocal last
            if event == "line":
                steps.add((name, last, frame.f_lineno))
                last = frame.f_lineno
            return line

        return line

    sys.settrace(enter)
    try:
        check(data)
    finally:
        sys.settrace(None)
    return steps


def distilled(target: Target, inputs: Sequence[bytes]) -> list[bytes]:
    """Return the inputs that reach what neither the corpus nor a shorter input reaches."""
    known: Steps = set()
    for entry in target.corpus():
        # Once more, because the first time fills caches.
        target.check(entry)
        known |= reached(target.check, entry)
    kept = []
    for data in sorted(inputs, key=lambda data: (len(data), data)):
        steps = reached(target.check, data) if len(data) <= MOST_BYTES else set()
        if not steps <= known:
            known |= steps
            kept.append(data)
    return kept


def main(arguments: Sequence[str] | None = None) -> int:
    """Store what the searched targets, or those named, have found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.distil", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("targets", nargs="*", metavar="target")
    options = parser.parse_args(arguments)
    for name in options.targets or TARGETS:
        found = [path.read_bytes() for path in sorted((options.folder / name / "corpus").glob("*"))]
        kept = distilled(TARGETS[name], found)
        for data in kept:
            folder = CORPUS / name
            folder.mkdir(parents=True, exist_ok=True)
            (folder / hashlib.sha256(data).hexdigest()[:12]).write_bytes(data)
        sys.stdout.write(f"{name}: {len(kept)} of {len(found)} kept\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

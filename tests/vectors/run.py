"""Run vector files against the library: `python -m tests.vectors.run [FILE ...]`, all files without one.

A line tells how many vectors of an operation passed; after it stand those that did not. The exit
status is 1 where one failed, or where an operation has no interpretation. What each operation means
is the test of it in `test_vectors_*.py`: that is what this runs.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.reference.make_vectors import DIRECTORY
from tests.vectors import reading
from tests.vectors.reading import Vector

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTH = 24


def main(arguments: list[str]) -> int:
    """Run the files; return the exit status."""
    paths = [Path(name) for name in arguments] or sorted(DIRECTORY.glob("*.json"))
    for module in sorted(Path(__file__).parent.glob("test_vectors_*.py")):
        importlib.import_module(f"{__package__}.{module.stem}")
    complaints = sum([_run(path) for path in paths], 0)
    sys.stdout.write(f"{complaints or 'no'} failures\n")
    return int(complaints > 0)


def _run(path: Path) -> int:
    """Run a file; return how many vectors failed."""
    reading.use(path)
    file: dict[str, Any] = reading.load(path.stem)
    groups: dict[str, list[Vector]] = {}
    for fields in file["tests"]:
        groups.setdefault(fields["op"], []).append(Vector(path.stem, fields))
    sys.stdout.write(f"{path.name}: {' '.join(file['requirements'])}\n")
    complaints = 0
    for op, group in groups.items():
        failed = [line for vector in group for line in _complaints(vector)]
        sys.stdout.write(f"  {op:{WIDTH}} {len(group) - len(failed):4} of {len(group):4} pass\n")
        sys.stdout.writelines(f"    {line}\n" for line in failed)
        complaints += len(failed)
    return complaints


def _complaints(vector: Vector) -> Iterator[str]:
    """Give one line for a vector that fails, whatever it fails with."""
    checks = [one.check for one in reading.INTERPRETATIONS if one.concerns(vector)]
    if not checks:
        yield f"{vector['id']}: no interpretation of this operation"
    for check in checks:
        try:
            check(vector)
        except (Exception, reading.NotRaised) as failure:  # noqa: BLE001  # told, counted, and the next one runs
            yield f"{vector['id']}: {type(failure).__name__} in {check.__name__}: {vector['comment']}"
            return


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

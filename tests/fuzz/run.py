"""Coverage-guided search: `python -m tests.fuzz.run [--seconds N] [--keep FOLDER] [target ...]`.

Needs atheris (the extra `fuzz`). A finding is left in the folder that the last line names: copy it to
tests/fuzz/corpus/TARGET/, where every test run replays it, and mend the parser.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.fuzz.target import Target
from tests.fuzz.targets.table import TARGETS

_MEMORY_MEBIBYTES: Final = 600
"""More than interpreter, libraries and instrumentation take: a finding is what makes it grow."""

_INPUT_SECONDS: Final = 10
"""No input takes longer."""

_EXECUTIONS: Final = re.compile(r"stat::number_of_executed_units:\s+(\d+)")
_COVERAGE: Final = re.compile(r"cov: (\d+)")


def main(arguments: Sequence[str] | None = None) -> int:
    """Search the targets one after another; returns 1 if any has a finding."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.run", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="target", help=f"of {', '.join(TARGETS)}; default: all")
    parser.add_argument("--seconds", type=int, default=60, metavar="N", help="for each target")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where inputs with new coverage stay")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.targets if name not in TARGETS]
    if unknown:
        parser.error(f"no such target: {', '.join(unknown)}")
    folder = options.keep or Path(tempfile.mkdtemp(prefix="securemsg-fuzz-"))
    names = options.targets or list(TARGETS)
    findings = sum(_searched(TARGETS[name], folder / name, options.seconds) for name in names)
    sys.stdout.write(f"{findings} findings; inputs are in {folder}\n")
    return 1 if findings else 0


def _searched(target: Target, folder: Path, seconds: int) -> int:
    """Search one target in a process of its own; tell what was done; return how many findings it made."""
    corpus, findings = folder / "corpus", folder / "findings"
    for path in (corpus, findings):
        path.mkdir(parents=True, exist_ok=True)
    for number, entry in enumerate(target.corpus()):
        (corpus / f"seed-{number:03}").write_bytes(entry)
    before = len(list(findings.iterdir()))
    limits = (
        f"-max_total_time={seconds}",
        f"-rss_limit_mb={_MEMORY_MEBIBYTES}",
        f"-timeout={_INPUT_SECONDS}",
    )
    places = (f"-artifact_prefix={findings}/", str(corpus))
    command = [
        sys.executable,
        "-m",
        "tests.fuzz.guided",
        target.name,
        *limits,
        "-print_final_stats=1",
        *places,
    ]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": str(folder)}
    done = subprocess.run(command, capture_output=True, check=False, env=environment)
    log = done.stderr.decode(errors="replace") + done.stdout.decode(errors="replace")
    (folder / "log").write_text(log, encoding="utf-8")
    found = len(list(findings.iterdir())) - before
    # It ended by itself, but not as it should: not installed, or a fault of the target's own.
    broken = done.returncode != 0 and found == 0
    numbers = f"{_last(_EXECUTIONS, log)} executions, coverage {_last(_COVERAGE, log)}, {found} findings"
    sys.stdout.write(f"{target.name}: {numbers}{f', broken: see {folder}/log' if broken else ''}\n")
    sys.stdout.flush()
    return found + broken


def _last(number: re.Pattern[str], log: str) -> str:
    found: list[str] = number.findall(log)
    return found[-1] if found else "0"


if __name__ == "__main__":
    sys.exit(main())

"""A migration in a process of its own, which is killed when it comes to some statement."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TypeAlias

from securemsg.store.migrations import migrate
from tests.store.vaults import raw_connection

Steps: TypeAlias = tuple[tuple[str, ...], ...]

ROOT = Path(__file__).resolve().parents[2]


def migrate_and_kill(home: Path, statement: int, steps: Steps) -> int:
    """Return how the process ended: 0 where it had fewer statements to run."""
    command = [sys.executable, "-m", "tests.store.killing", str(home), str(statement), json.dumps(steps)]
    status = subprocess.run(command, cwd=ROOT, timeout=60, check=False).returncode
    assert status in (0, -signal.SIGKILL)
    return status


def _main(home: Path, left: int, steps: Steps) -> None:
    def trace(_cursor: object, _statement: str, _bindings: object) -> bool:
        nonlocal left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return True

    connection = raw_connection(home)
    connection.exec_trace = trace
    migrate(connection, steps)
    connection.exec_trace = None
    connection.close()


if __name__ == "__main__":
    _main(Path(sys.argv[1]), int(sys.argv[2]), tuple(tuple(step) for step in json.loads(sys.argv[3])))

"""Invented homes for measuring, made once for a run."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]

MESSAGES: Final = 100_000
"""In two conversations: what somebody has after some years of much work."""

BURST: Final = 2_000
"""Messages that come at once, as after a week away."""


@dataclass(frozen=True, slots=True)
class Home:
    """A home, and the file that opens it."""

    folder: Path
    secret: Path

    @property
    def environment(self) -> dict[str, str]:
        """The variables for our programs."""
        return {
            "PYTHONPATH": str(ROOT),
            "SECUREMSG_LANGUAGE": "en",
            "XDG_CONFIG_HOME": str(self.secret.parent),
        }

    @property
    def locked(self) -> list[str]:
        """The command that asks for the passphrase."""
        return [sys.executable, "-m", "client_tui", "--home", str(self.folder)]

    @property
    def opened(self) -> list[str]:
        """The command that reads it from the file."""
        return [*self.locked, "--passphrase-file", str(self.secret)]

    @property
    def stormy(self) -> list[str]:
        """The command of the same screen among messages that come when it gets SIGUSR1."""
        return [sys.executable, "-m", "bench.bench_client_storm", str(self.folder), str(BURST)]


@contextmanager
def invented_home(messages: int = MESSAGES) -> Iterator[Home]:
    """Make a home with so many messages, which is removed at the end."""
    with tempfile.TemporaryDirectory(prefix="securemsg-bench-") as name:
        folder, secret = Path(name) / "home", Path(name) / "secret"
        command = [sys.executable, "-m", "client_tui.demo", str(folder), "--messages", str(messages)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        made = subprocess.run(command, capture_output=True, check=True, env=environment, text=True)
        secret.write_text(made.stdout)
        secret.chmod(0o600)
        yield Home(folder, secret)

"""A real terminal for tests: one tmux server with one pane and a plain shell."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.programs import PATIENCE

TITLE_BEFORE = "an honest title"


@dataclass(frozen=True)
class Tmux:
    """One tmux server of the test's own, with one pane that runs a shell."""

    socket: Path

    def call(self, *arguments: str) -> str:
        """Run a tmux command on this server and return what it prints."""
        command = ["tmux", "-S", str(self.socket), "-f", "/dev/null", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE).stdout

    def screen(self) -> str:
        """Return the pane as text."""
        return self.call("capture-pane", "-p", "-t", "0")

    def history(self) -> str:
        """Return pane and scrollback."""
        return self.call("capture-pane", "-p", "-S", "-", "-t", "0")

    def title(self) -> str:
        """Return the title of the pane."""
        return self.call("display-message", "-p", "-t", "0", "#{pane_title}").strip()

    def buffers(self) -> str:
        """Return the paste buffers, where OSC 52 would land."""
        return self.call("list-buffers")

    def start(self, command: list[str]) -> None:
        """Run a program in the shell of the pane."""
        self.call("send-keys", "-t", "0", " ".join(command), "Enter")

    def write(self, text: str) -> None:
        """Type a text, character by character."""
        if text:
            self.call("send-keys", "-t", "0", "-l", text)

    def type(self, *keys: str) -> None:
        """Press keys."""
        self.call("send-keys", "-t", "0", *keys)


@contextmanager
def running_tmux(folder: Path) -> Iterator[Tmux]:
    """A server that is ended with the test; OSC 52 is allowed, so that it would show."""
    if shutil.which("tmux") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("tmux is needed in CI")
        pytest.skip("tmux is not installed")
    server = Tmux(folder / "tmux.socket")
    shell = "env -i PATH=/usr/bin:/bin LC_ALL=C.UTF-8 TERM=screen-256color PS1='$ ' bash --norc --noprofile"
    server.call("new-session", "-d", "-x", "120", "-y", "36", shell)
    server.call("set-option", "-g", "set-clipboard", "on")
    server.call("select-pane", "-t", "0", "-T", TITLE_BEFORE)
    try:
        yield server
    finally:
        server.call("kill-server")

"""The client on a pseudo-terminal: what it writes there, byte by byte, and in what state it leaves it."""

import contextlib
import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.support.programs import PATIENCE, environment

LEADING = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0);os.execv(sys.argv[1], sys.argv[1:])"
)
"""Only the leader of a session gets a hang-up, so it must take the terminal as its own."""

LOCAL_FLAGS = 3


@dataclass
class Pty:
    """One program on one terminal."""

    program: subprocess.Popen[bytes]
    controller: int
    shown: bytes = b""
    seen: int = field(default=0)

    def until(self, text: str, patience: float = PATIENCE) -> None:
        """Read until `text` came, behind what an earlier call waited for."""
        wanted, end = text.encode(), time.monotonic() + patience
        while (place := self.shown.find(wanted, self.seen)) < 0:
            assert self._read(end - time.monotonic()), f"{text!r} did not come: {self.shown[-400:]!r}"
        self.seen = place + len(wanted)

    def write(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self.controller, keys)

    def resize(self, columns: int, rows: int) -> None:
        """Change the size of the window."""
        fcntl.ioctl(self.controller, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def end(self) -> int:
        """Read what comes until the program ends; return its status."""
        end = time.monotonic() + PATIENCE
        while self.program.poll() is None and time.monotonic() < end:
            self._read(0.05)
        self.drain()
        return self.program.wait(1)

    def drain(self) -> None:
        """Read what was written already."""
        while self._read(0):
            pass

    def echoes(self) -> bool:
        """Tell whether the terminal is in the state of a shell: lines, echo, keys that make signals."""
        flags = termios.tcgetattr(self.controller)[LOCAL_FLAGS]
        wanted = termios.ECHO | termios.ICANON | termios.ISIG
        return bool(flags & wanted == wanted)

    def close(self) -> None:
        """Close the window."""
        os.close(self.controller)

    def _read(self, seconds: float) -> bool:
        if not select.select([self.controller], [], [], max(seconds, 0))[0]:
            return False
        try:
            piece = os.read(self.controller, 65_536)
        except OSError:
            return False
        self.shown += piece
        return bool(piece)


CLIENT = (sys.executable, "-m", "client_tui")


@contextmanager
def client_on_pty(*arguments: str, **variables: str) -> Iterator[Pty]:
    """Run `securemsg ARGUMENTS` on a terminal of 80 by 24, as the leader of its session."""
    with program_on_pty(*CLIENT, *arguments, **variables) as shown:
        yield shown


@contextmanager
def program_on_pty(*command: str, **variables: str) -> Iterator[Pty]:
    """Run a program in the same way."""
    # Our own end of the terminal stays open, so that its state can be looked at after the program has ended.
    with _running([sys.executable, "-c", LEADING, *command], variables) as (shown, terminal):
        try:
            yield shown
        finally:
            os.close(terminal)


@contextmanager
def unled(*arguments: str, **variables: str) -> Iterator[Pty]:
    """Run `securemsg` where no hang-up comes, and where the terminal is gone once its window is closed."""
    with _running([*CLIENT, *arguments], variables) as (shown, terminal):
        os.close(terminal)
        yield shown


@contextmanager
def _running(command: Sequence[str], variables: dict[str, str]) -> Iterator[tuple[Pty, int]]:
    controller, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    program = subprocess.Popen(
        command,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env=environment() | {"TERM": "xterm", "LC_ALL": "C.UTF-8"} | variables,
        start_new_session=True,
    )
    try:
        yield Pty(program, controller), terminal
    finally:
        program.kill()
        program.wait()
        with contextlib.suppress(OSError):
            os.close(controller)

"""A program on a pseudo-terminal, watched from the terminal's side: what is painted, when, at what cost."""

import fcntl
import os
import pty
import re
import select
import signal
import statistics
import struct
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

COLUMNS: Final = 120
ROWS: Final = 36

PATIENCE: Final = 30.0
"""Seconds after which a program that painted nothing of what is waited for is taken for stuck."""

CALM: Final = 0.15
"""Seconds without output after which a change of the screen counts as complete."""

ESCAPES: Final = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_=>()].?)")
"""Sequences between the characters of a word: programs colour and place them one by one."""


class Screen:
    """One running program; every time is in milliseconds since what is said there."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start it; the clock of `since_start` runs from before the fork."""
        self._began = time.perf_counter()
        self.process, self._terminal = pty.fork()
        if not self.process:
            _become(command, environment)
        size = struct.pack("HHHH", ROWS, COLUMNS, 0, 0)
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, size)
        self._raw = b""

    def since_start(self, word: str) -> float:
        """Wait until `word` is painted; return the time since the program was started."""
        self._until(word)
        return (time.perf_counter() - self._began) * 1e3

    def press(self, keys: bytes) -> None:
        """Send keys."""
        os.write(self._terminal, keys)

    def to_word(self, keys: bytes, word: str) -> float:
        """Press keys; return the time until `word` is painted."""
        self._raw = b""
        began = time.perf_counter()
        self.press(keys)
        self._until(word)
        return (time.perf_counter() - began) * 1e3

    def to_first_byte(self, keys: bytes) -> float:
        """Press keys; return the time until something is painted."""
        began = time.perf_counter()
        self.press(keys)
        self._read(PATIENCE)
        return (time.perf_counter() - began) * 1e3

    def to_calm(self, keys: bytes) -> float:
        """Press keys; return the time until the last byte before a calm."""
        began = last = time.perf_counter()
        self.press(keys)
        patience = PATIENCE
        while self._read(patience):
            last, patience = time.perf_counter(), CALM
        return (last - began) * 1e3

    def settle(self, seconds: float = 0.5) -> None:
        """Read whatever comes until nothing came for `seconds`, for at most half a minute."""
        end = time.perf_counter() + PATIENCE
        while time.perf_counter() < end and self._read(seconds):
            pass

    def watch(self, seconds: float) -> int:
        """Read for so long; return how many bytes came."""
        end, count = time.perf_counter() + seconds, 0
        while (left := end - time.perf_counter()) > 0:
            count += self._read(left)
        return count

    def cpu_milliseconds(self) -> float:
        """Return the CPU time of the threads that run now; finer than that of all."""
        spent = 0
        for task in Path(f"/proc/{self.process}/task").iterdir():
            spent += int((task / "schedstat").read_text().split()[0])
        return spent / 1e6

    def cpu_of_all(self) -> float:
        """Return the CPU time up to now in milliseconds, threads that have ended included; by tens."""
        fields = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * 1e3 / os.sysconf("SC_CLK_TCK")

    def memory_mib(self) -> float:
        """Return the resident memory."""
        status = Path(f"/proc/{self.process}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def end(self) -> None:
        """End the program."""
        os.kill(self.process, signal.SIGTERM)
        end = time.perf_counter() + 5
        while not os.waitpid(self.process, os.WNOHANG)[0]:
            if time.perf_counter() > end:
                os.kill(self.process, signal.SIGKILL)
            self._read(0.02)
        os.close(self._terminal)

    def _until(self, word: str) -> None:
        wanted = word.encode()
        while wanted not in ESCAPES.sub(b"", self._raw):
            if not self._read(PATIENCE):
                raise RuntimeError(f"{word!r} was not painted: {ESCAPES.sub(b'', self._raw)[-300:]!r}")

    def _read(self, seconds: float) -> int:
        if not select.select([self._terminal], [], [], max(seconds, 0))[0]:
            return 0
        try:
            piece = os.read(self._terminal, 65_536)
        except OSError:
            return 0
        self._raw = (self._raw + piece)[-200_000:]
        return len(piece)


@contextmanager
def screen(command: Sequence[str], environment: Mapping[str, str]) -> Iterator[Screen]:
    """Run a program on a terminal of 120 by 36 for the length of the block."""
    running = Screen(command, environment)
    try:
        yield running
    finally:
        running.end()


def _become(command: Sequence[str], environment: Mapping[str, str]) -> None:
    """In the forked child: be the program."""
    names = {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "COLORTERM": "truecolor"}
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    os.execvpe(command[0], list(command), {**inherited, **names, **environment})  # noqa: S606 - no shell


def percentile(values: Sequence[float], share: int) -> float:
    """Return the value that `share` per cent of `values` do not exceed."""
    return statistics.quantiles(values, n=100, method="inclusive")[share - 1]

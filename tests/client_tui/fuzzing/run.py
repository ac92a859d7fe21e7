"""Runs a program on a pseudo-terminal and reads, as strictly as can be, every byte that it writes there."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from dataclasses import dataclass
from typing import Final

from tests.client_tui.fuzzing.grammar import MARK
from tests.client_tui.fuzzing.strict import LINES, SCREEN, Strict
from tests.support.programs import environment

ROWS: Final = 120
COLUMNS: Final = 160
PIECE: Final = 65_536
SILENCE: Final = 120.0
"""Seconds without a byte after which a program is taken for stuck."""

_OUTPUT_FLAGS: Final = 1
_DRAWN: Final = re.compile(rf"{MARK}(\d{{7}}) ".encode())
_KEPT: Final = 400
"""Bytes of the piece before in which a number may have begun."""

_LEFT_OUT: Final = frozenset(
    {"TMUX", "STY", "DISPLAY", "WAYLAND_DISPLAY", "NO_COLOR", "TERM_PROGRAM", "LANG", "COLUMNS", "LINES"}
)

PROGRAMS: Final = {"lines": LINES, "screens": SCREEN}


@dataclass(frozen=True, slots=True)
class Seen:
    """What came out: characters, sequences, and how many different texts were recognised by their number."""

    characters: int
    sequences: int
    texts: int
    end: bytes


def run(program: str, seed: int, count: int) -> Seen:
    """Let `program` show `count` texts; raises `ObeyedError` for what the terminal would obey."""
    controller, terminal = _terminal()
    child = subprocess.Popen(
        [sys.executable, "-m", f"tests.client_tui.fuzzing.{program}", str(seed), str(count)],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env=_environment(),
        start_new_session=True,
    )
    os.close(terminal)
    try:
        seen = _read(controller, Strict(PROGRAMS[program], ROWS, COLUMNS))
        status = child.wait(SILENCE)
    finally:
        child.kill()
        child.wait()
        os.close(controller)
    assert status == 0, f"the program ended with {status}: {seen.end!r}"
    return seen


def _read(controller: int, strict: Strict) -> Seen:
    numbers: set[bytes] = set()
    before, end = b"", time.monotonic() + SILENCE
    while select.select([controller], [], [], max(end - time.monotonic(), 0))[0]:
        try:
            piece = os.read(controller, PIECE)
        except OSError:
            break
        end = time.monotonic() + SILENCE
        numbers.update(_DRAWN.findall(before + piece))
        before = piece[-_KEPT:]
        strict.feed(piece)
    else:
        raise AssertionError("the program says nothing any more")
    strict.close()
    return Seen(strict.characters, strict.sequences, len(numbers), before)


def _terminal() -> tuple[int, int]:
    """Return the two ends of a terminal that changes nothing of what is written to it."""
    controller, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    flags = termios.tcgetattr(terminal)
    flags[_OUTPUT_FLAGS] &= ~termios.OPOST
    termios.tcsetattr(terminal, termios.TCSANOW, flags)
    return controller, terminal


def _environment() -> dict[str, str]:
    """Return an environment in which nothing of this machine is asked or told."""
    kept = {name: value for name, value in environment().items() if name not in _LEFT_OUT}
    settings = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"}
    return kept | settings | {"SECUREMSG_LANGUAGE": "en", "XDG_CONFIG_HOME": os.devnull}

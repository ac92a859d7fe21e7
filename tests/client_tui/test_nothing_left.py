"""What can be read in a terminal after each way in which the conversations are taken from it (T20, T21)."""

import os
import re
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pyte
import pytest

from tests.client_tui.ptys import Pty, program_on_pty

COLUMNS, ROWS = 80, 24

PROGRAM = """
import asyncio, os, signal, sys
from client_tui.app import SecureApp, Start
from client_tui.demo.entrance import staged_home
from client_tui.demo.stage import stage_engine

class Failing(SecureApp):
    async def on_mount(self):
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, self.call_later, self.fail)

    def fail(self):
        secret = self.screen.talk.transcript.messages
        raise RuntimeError(secret)

with staged_home() as (home, profile, engine):
    app = Failing(Start(home=home, profile=profile, engine=engine, engine_after=stage_engine))
    app.run()
sys.exit(app.return_code)
"""
"""The demonstration, which can be told to fail with the words of a conversation in its hands."""

ALTERNATE = re.compile(rb"\x1b\[\?1049([hl])")

ERASED = b"\x1b[2;1H\x1b[J"
"""The last of what erases the screen."""

WORD = re.compile(r"[^\W\d_]{4,}")

SENTENCE = frozenset(
    WORD.findall("Internal error RuntimeError What was stored is safe; please report this line.")
)

OURS = frozenset({"securemsg"})
"""What may be seen at any time."""


def emulated(sent: bytes) -> set[str]:
    """Return the words on the screen and in the scrollback of a terminal that was sent this."""
    screen = pyte.HistoryScreen(COLUMNS, ROWS, history=5_000)
    pyte.ByteStream(screen).feed(sent)
    scrolled = ["".join(line[x].data for x in range(COLUMNS)) for line in screen.history.top]
    return set(WORD.findall("\n".join([*scrolled, *screen.display])))


def readable(sent: bytes) -> set[str]:
    """Return what is readable, whether or not the terminal has a second screen."""
    first, second = b"", b""
    parts = ALTERNATE.split(sent)
    for place in range(0, len(parts), 2):
        inside = place > 0 and parts[place - 1] == b"h"
        first, second = (first, parts[place]) if inside else (first + parts[place], b"")
    return emulated(ALTERNATE.sub(b"", sent)) | emulated(first) | emulated(second)


def locked(shown: Pty) -> None:
    """Lock, and wait until it is."""
    shown.write(b"\x0c")
    shown.until("\x1b[3J")
    shown.until("08:41")


def left(shown: Pty) -> None:
    """Leave."""
    shown.write(b"\x11")
    assert shown.end() == 0


def ended(number: signal.Signals, status: int) -> Callable[[Pty], None]:
    """Return what ends the client by a signal."""

    def end(shown: Pty) -> None:
        os.kill(shown.program.pid, number)
        assert shown.end() == status

    return end


def stopped(shown: Pty) -> None:
    """Stop the client, and come back to the shell."""
    os.kill(shown.program.pid, signal.SIGTSTP)
    os.waitid(os.P_PID, shown.program.pid, os.WSTOPPED | os.WNOWAIT)
    shown.until("\x1b[?1049l")


WAYS: dict[str, Callable[[Pty], None]] = {
    "lock": locked,
    "exit": left,
    "stop": stopped,
    "sigterm": ended(signal.SIGTERM, 128 + signal.SIGTERM),
    "hang-up": ended(signal.SIGHUP, 128 + signal.SIGHUP),
    "crash": ended(signal.SIGUSR1, 1),
}


@pytest.mark.parametrize("way", WAYS)
def test_nothing_of_the_conversations_can_be_read_any_more(tmp_path: Path, way: str) -> None:
    """T20, T21: on the screen, in the scrollback, in the words of a failure; with a second screen or none."""
    script = tmp_path / "failing.py"
    script.write_text(PROGRAM)
    with program_on_pty(sys.executable, str(script), SECUREMSG_LANGUAGE="en") as shown:
        shown.until("Claire")
        shown.until("Version finale")
        known = readable(shown.shown) - OURS
        assert {"Claire", "Dumont", "Version"} <= known
        WAYS[way](shown)
        seen = readable(shown.shown)
        assert not seen & known - SENTENCE
        assert ("Internal" in seen) is (way == "crash")
        assert b"Version" not in shown.shown[shown.shown.rindex(ERASED) :]
        assert [shown.echoes(), ALTERNATE.findall(shown.shown)[-1]] == [
            way != "lock",
            b"h" if way == "lock" else b"l",
        ]

"""A window that was closed, or that nothing reads any more: nothing of the client goes on behind it."""

import os
import signal
import time
from pathlib import Path

import pyte

from client_tui.terminal.writer import MOST_WAITING, TerminalWriter
from tests.client_tui.ptys import Pty, client_on_pty, unled
from tests.support.programs import PATIENCE

HUNG_UP, TOLD = 128 + signal.SIGHUP, 128 + signal.SIGTERM
BUFFERED = {"PYTHONUNBUFFERED": ""}
"""As for people: what is written twice fails otherwise than what is written once."""


def stall(shown: Pty) -> None:
    """Have much drawn that nobody reads."""
    shown.until("Claire")
    shown.resize(150, 50)
    for press in range(60):
        shown.write(b"\x0e" if press % 2 else b"\x10")
        time.sleep(0.02)


def test_who_gets_no_hang_up_notices_that_the_terminal_is_gone(tmp_path: Path) -> None:
    """Only the leader of a session is told; others would run on, with the vault open."""
    with unled("--demo", TMPDIR=str(tmp_path), **BUFFERED) as shown:
        shown.until("Claire")
        shown.close()
        assert shown.program.wait(PATIENCE) == HUNG_UP
    assert list(tmp_path.iterdir()) == []


def test_a_window_that_was_not_read_and_is_closed_frees_who_waited_for_it() -> None:
    """The thread that writes ends with the terminal; the one that draws must not wait for it."""
    with unled("--demo", **BUFFERED) as shown:
        stall(shown)
        shown.close()
        assert shown.program.wait(PATIENCE) == HUNG_UP


def test_a_terminal_that_is_not_read_keeps_nobody_from_locking_and_ending() -> None:
    """A stopped multiplexer, a connection that hangs: signals and the lock come through all the same."""
    with client_on_pty("--demo", **BUFFERED) as shown:
        stall(shown)
        shown.write(b"\x0c")
        time.sleep(1)
        place = len(shown.shown)
        shown.until("\x1b[3J")
        shown.until("08:41")
        screen = pyte.Screen(150, 50)
        pyte.ByteStream(screen).feed(shown.shown[place:].split(b"\x1b[3J")[-1])
        assert not any("Claire" in line for line in screen.display)
        shown.write(b"x")
        shown.until("Passphrase")
    with client_on_pty("--demo", **BUFFERED) as shown:
        stall(shown)
        os.kill(shown.program.pid, signal.SIGTERM)
        assert shown.program.wait(PATIENCE) == TOLD


def test_nobody_waits_for_the_thread_that_writes() -> None:
    readable, writable = os.pipe()
    with os.fdopen(writable, "w") as file:
        writer = TerminalWriter(file)
        writer.start()
        for _ in range(2 * MOST_WAITING):
            writer.write("x" * 65_536)
        assert writer.is_behind
        os.close(readable)
        writer.stop()
        assert not writer.is_alive()


def test_what_is_read_late_is_read_whole() -> None:
    readable, writable = os.pipe()
    with os.fdopen(writable, "w") as file, os.fdopen(readable) as reader:
        writer = TerminalWriter(file)
        writer.start()
        for number in range(1_000):
            writer.write(f"{number:0999}\n")
        lines = [int(reader.readline()) for _ in range(1_000)]
        writer.stop()
    assert lines == list(range(1_000))
    assert not writer.is_behind

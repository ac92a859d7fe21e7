"""What is on the screen while the screen is loaded, where there is nothing to ask."""

import os
import signal
import sys

from tests.client_tui.ptys import client_on_pty, program_on_pty

LOADING = "import os, select, sys, time; from client_tui.doorstep.welcome import welcomed;"


def loading(load: str, show: str = "lambda _: 0") -> tuple[str, ...]:
    """Return a program that loads and shows so."""
    return (sys.executable, "-c", f"{LOADING}sys.exit(welcomed({load}, {show}))")


def test_the_first_run_says_at_once_that_it_comes() -> None:
    with client_on_pty("--home", "/nonexistent/securemsg", SECUREMSG_LANGUAGE="en") as terminal:
        terminal.until("One moment, please.")
        terminal.until("Passphrase")
        terminal.write(b"\x11")
        assert terminal.end() == 0
        assert terminal.echoes()


def test_what_is_typed_meanwhile_is_read_by_nobody() -> None:
    """An Enter that nobody saw the field of must not answer it."""
    until_typed = "lambda: select.select([0], [], [], 60)"
    left = "lambda typed: 10 * bool(typed[0]) + len(select.select([0], [], [], 0)[0])"
    with program_on_pty(*loading(until_typed, left)) as terminal:
        terminal.until("securemsg")
        terminal.write(b"\r")
        assert terminal.end() == 10


def test_a_signal_or_a_failure_meanwhile_gives_the_terminal_back() -> None:
    """T21."""
    for load, status in (("lambda: time.sleep(60)", 128 + signal.SIGTERM), ("lambda: 1 / 0", 1)):
        with program_on_pty(*loading(load)) as terminal:
            terminal.until("securemsg")
            if status > 1:
                os.kill(terminal.program.pid, signal.SIGTERM)
            assert terminal.end() == status
            assert terminal.echoes()
            assert b"\x1b[?1049l" in terminal.shown

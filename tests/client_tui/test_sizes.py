"""Terminals of every size and poverty: nothing crashes (T18)."""

import contextlib
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.client_tui.people import acquaint, client, connected, is_setup, screen_text, unlock, until
from tests.support.programs import Person, RelayProgram, environment

SIZES = [(1, 1), (1, 30), (300, 1), (3, 3), (83, 24), (10, 60), (120, 36)]


@pytest.mark.anyio
async def test_resize_storms_do_not_crash_any_sheet(tmp_path: Path, relay: RelayProgram) -> None:
    """T18: down to one cell, with each sheet open."""
    home, other, contact = await acquaint(tmp_path, relay.address)
    async with connected(other, contact) as ben, client(home) as (app, pilot):
        await unlock(app, pilot)
        await ben.write("some words that need wrapping " * 10)
        for key in ("escape", "f1", "f2", "f3", "f5", "f7", "ctrl+f", "ctrl+k", "ctrl+o", "ctrl+t", "escape"):
            await pilot.press(key)
            for width, height in SIZES:
                await pilot.resize_terminal(width, height)
        await until(pilot, lambda: "some words that need wrapping" in screen_text(app))


@pytest.mark.anyio
async def test_the_first_run_survives_one_cell(tmp_path: Path) -> None:
    """T18."""
    async with client(tmp_path / "new", (1, 1)) as (app, pilot):
        for width, height in SIZES:
            await pilot.resize_terminal(width, height)
        assert is_setup(app)
        assert "Your name" in screen_text(app)


@pytest.mark.anyio
async def test_the_list_hides_where_there_is_no_room(tmp_path: Path, relay: RelayProgram) -> None:
    home, other, _ = await acquaint(tmp_path, relay.address)
    other.close()
    async with client(home, (84, 24)) as (app, pilot):
        screen = await unlock(app, pilot)
        assert screen.query_one("#people").display
        await pilot.resize_terminal(83, 24)
        await until(pilot, lambda: not screen.query_one("#people").display)
        await pilot.press("f5")
        assert screen.query_one("#people").display
        await pilot.press("enter")
        await until(pilot, lambda: not screen.query_one("#people").display)


@pytest.mark.parametrize(
    "poverty",
    [{"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}, {"NO_COLOR": "1"}],
)
def test_the_client_starts_on_a_poor_terminal(tmp_path: Path, poverty: dict[str, str]) -> None:
    """T18: no UTF-8 locale, no colour."""
    program, controller = started(tmp_path, poverty)
    os.write(controller, b"\x11")
    drain(controller)
    assert program.wait(20) == 0
    os.close(controller)


def test_the_client_ends_when_its_window_is_closed(tmp_path: Path) -> None:
    """T18: the terminal is gone; what would restore it is written to nobody."""
    program, controller = started(tmp_path, {})
    os.close(controller)
    assert program.wait(20) == 128 + signal.SIGHUP


def started(folder: Path, poverty: dict[str, str]) -> tuple[subprocess.Popen[bytes], int]:
    """Start the client on a terminal of its own; return it and our end, once it has greeted."""
    controller, terminal = pty.openpty()
    command = [sys.executable, "-m", "client_tui", "--home", str(folder / "new")]
    # Only the leader of a session gets a hang-up, so it must take the terminal as its own.
    leading = (
        "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
        "os.execv(sys.argv[1], sys.argv[1:])"
    )
    program = subprocess.Popen(
        [sys.executable, "-c", leading, *command],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env=environment() | {"TERM": "xterm"} | poverty,
        start_new_session=True,
    )
    os.close(terminal)
    shown = b""
    while b"Welcome" not in shown:
        shown += os.read(controller, 65_536)
        assert b"Internal error" not in shown
    return program, controller


def drain(controller: int) -> None:
    """Read until the other end is closed."""
    with contextlib.suppress(OSError):
        while os.read(controller, 65_536):
            pass


def test_commands_print_on_a_terminal_without_utf8(tmp_path: Path, relay: RelayProgram) -> None:
    """T18: what cannot be encoded becomes a question mark, not a traceback."""
    person = Person.at(tmp_path, "ann")
    person.do("init", "--name", "Ann", "--relay", relay.address)
    link = Person.at(tmp_path, "ben").do("init", "--name", "B", "--relay", relay.address)[0]["link"]
    person.do("add", link, "--name", "Zoé 会议")
    answer = subprocess.run(
        person.command("contacts"),
        env=environment() | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=True,
    )
    assert answer.stdout.endswith(b"  Zo? ??\n")

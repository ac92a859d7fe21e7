"""Copies: a program of the desktop, else the terminal; and what is said about it."""

import base64
import os
from pathlib import Path

import anyio
import pytest

from client_tui.terminal.clipboard import (
    MAC,
    WAYLAND,
    XCLIP,
    Tool,
    clear_if_unchanged,
    copy_by,
    digest_of,
    terminal_sequence,
    tool_here,
)
from tests.client_tui.rehearsing import chatting

pytestmark = pytest.mark.anyio


@pytest.fixture
def board(tmp_path: Path) -> tuple[Tool, Path]:
    """A clipboard that is a file."""
    held = tmp_path / "held"

    def program(name: str, script: str) -> tuple[str]:
        file = tmp_path / name
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o700)
        return (str(file),)

    return Tool(
        program("in", f"cat > {held}"), program("out", f"cat {held}"), program("no", f": > {held}")
    ), held


async def test_a_copy_is_taken_away_when_it_is_still_there(board: tuple[Tool, Path]) -> None:
    tool, held = board
    assert await copy_by(tool, "caf\u00e9 $(reboot) `x` '\"")
    assert held.read_text() == "caf\u00e9 $(reboot) `x` '\""
    await clear_if_unchanged(tool, digest_of(held.read_bytes()))
    assert held.read_bytes() == b""


async def test_what_was_copied_meanwhile_stays(board: tuple[Tool, Path]) -> None:
    tool, held = board
    held.write_text("something else")
    await clear_if_unchanged(tool, digest_of(b"ours"))
    assert held.read_text() == "something else"


async def test_a_program_that_fails_or_hangs_is_no_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that hangs is ended with that."""
    hanging = ("sh", "-c", f"echo $$ > {tmp_path}/number; exec sleep 60")
    monkeypatch.setattr("client_tui.terminal.clipboard.PATIENCE", 0.2)
    for command in (("false",), hanging, (str(tmp_path / "none"),)):
        with anyio.fail_after(5):
            assert not await copy_by(Tool(command, command, command), "text")
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "number").read_text()), 0)


def test_the_program_is_the_one_of_this_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: f"/bin/{name}")
    assert tool_here({"WAYLAND_DISPLAY": "w", "DISPLAY": ":0"}, "linux") is WAYLAND
    assert tool_here({"DISPLAY": ":0"}, "linux") is XCLIP
    assert tool_here({}, "darwin") is MAC
    assert tool_here({}, "linux") is None
    assert tool_here({"DISPLAY": ":0", "SSH_CONNECTION": "x"}, "linux") is None


def test_a_terminal_is_asked_in_one_sequence() -> None:
    copied = "caf\u00e9\x1b\x07"
    coded = base64.b64encode(copied.encode()).decode()
    assert terminal_sequence(copied, {}) == f"\x1b]52;c;{coded}\x07"
    assert terminal_sequence("x" * 80_000, {}) == ""


def test_tmux_is_not_given_what_it_would_keep_or_drop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("client_tui.terminal.clipboard.tmux_option", lambda _name: "off")
    assert terminal_sequence("x", {"TMUX": "x"}) == ""
    monkeypatch.setattr("client_tui.terminal.clipboard.tmux_option", lambda _name: "on")
    assert terminal_sequence("x", {"TMUX": "x"}).startswith("\x1bPtmux;\x1b\x1b]52;c;")


@pytest.mark.parametrize(("meanwhile", "left"), [("", ""), ("something else", "something else")])
async def test_what_was_copied_is_taken_away_when_one_leaves_before_its_time(
    board: tuple[Tool, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, meanwhile: str, left: str
) -> None:
    """As the sentence says; what was copied elsewhere by then stays."""
    tool, held = board
    monkeypatch.setattr("client_tui.outward.tool_here", lambda _environment: tool)
    async with chatting(tmp_path) as (app, _screen, pilot):
        assert "30" in await app.outward.copy("first")
        assert "leave" in await app.outward.copy("words")
        assert held.read_text() == "words"
        if meanwhile:
            held.write_text(meanwhile)
        await pilot.press("ctrl+q")
        await pilot.pause()
    assert held.read_text() == left

"""Line by line, too, the vault is closed when nobody is there."""

import os
from collections.abc import Iterator
from pathlib import Path

import anyio
import pytest

from client_tui.bridge import Bridge
from client_tui.demo.stage import stage_engine, staged
from client_tui.idleness import Idleness, machine_clocks
from client_tui.plain.console import Console
from client_tui.plain.editor import Editor
from client_tui.plain.session import Ending, Session


@pytest.fixture
def console() -> Iterator[Console]:
    """A console on which nobody types."""
    reading, writing = os.pipe()
    console = Console.__new__(Console)
    console._input, console.is_terminal = reading, True
    console._editor, console._prompt, console._idleness = Editor(), "", Idleness()
    yield console
    os.close(reading)
    os.close(writing)


def sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the machine sleep for an hour."""
    awake, passed = machine_clocks()
    monkeypatch.setattr("client_tui.plain.console.machine_clocks", lambda: (awake, passed + 3_600))


def test_a_key_after_the_sleep_of_the_machine_does_not_hide_it(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not console.is_alone(10)
    sleep(monkeypatch)
    console._note_key()
    assert console.is_alone(0)


def test_a_pipe_is_never_alone(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    sleep(monkeypatch)
    console.is_terminal = False
    assert not console.is_alone(10)


def test_the_vault_is_closed_and_the_line_that_was_typed_is_forgotten(
    console: Console, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    profile = staged(tmp_path / "home")
    sleep(monkeypatch)
    console._editor.take(b"half a sentence")
    talk = Session(Bridge(profile, stage_engine(profile)), console)
    assert anyio.run(talk.run) is Ending.LOCKED
    assert console._editor.text == ""

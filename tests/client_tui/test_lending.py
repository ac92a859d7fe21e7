"""The editor of the person while it has the terminal."""

import asyncio
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from textual.app import App

from client_tui.screens.editing import Lending

pytestmark = pytest.mark.anyio

SAVES_AND_STAYS = """#!/bin/sh
printf ' and more' >> "$1"
touch "$STARTED"
exec sleep 60
"""


class Suspended(App[int]):
    """Gives a terminal away that there is none of in tests."""

    @contextmanager
    def suspend(self) -> Iterator[None]:
        """Do nothing around the block."""
        yield


@pytest.fixture
def started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make the editor one that saves and stays; the file that it makes once it has saved."""
    editor, started = tmp_path / "editor", tmp_path / "started"
    editor.write_text(SAVES_AND_STAYS)
    editor.chmod(0o700)
    runtime = tmp_path / "runtime"
    runtime.mkdir()
    for name, value in (("VISUAL", editor), ("STARTED", started), ("XDG_RUNTIME_DIR", runtime)):
        monkeypatch.setenv(name, str(value))
    return started


def wait_for(file: Path) -> None:
    """Return once there is such a file."""
    end = time.monotonic() + 20
    while not file.exists():
        assert time.monotonic() < end
        time.sleep(0.01)


def left() -> list[str]:
    """Return what lies where the words were lent."""
    return [each.name for each in Path(os.environ["XDG_RUNTIME_DIR"]).iterdir()]


async def test_an_editor_is_ended_before_the_vault_and_what_it_saved_counts(started: Path) -> None:
    """T22: it would show the words over the lock, and read the passphrase."""
    lending = Lending()
    editing = asyncio.create_task(lending.edited(Suspended(), "words"))
    await asyncio.to_thread(wait_for, started)
    assert lending.is_out
    await lending.end()
    assert await editing == "words and more"
    assert not lending.is_out
    assert left() == []


async def test_no_editor_is_left_where_nobody_waits_for_it_any_more(started: Path) -> None:
    lending = Lending()
    editing = asyncio.create_task(lending.edited(Suspended(), "words"))
    await asyncio.to_thread(wait_for, started)
    program = lending._program
    assert program is not None
    editing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await editing
    assert program.returncode is not None
    assert left() == []


@pytest.mark.parametrize("steps", range(6))
async def test_an_editor_that_is_only_being_started_is_ended_too(started: Path, steps: int) -> None:
    """Else the lock and the end would wait for somebody to leave it."""
    del started
    lending = Lending()
    editing = asyncio.create_task(lending.edited(Suspended(), "words"))
    for _ in range(steps):
        await asyncio.sleep(0)
    await lending.end()
    async with asyncio.timeout(20):
        assert await editing in {None, "words", "words and more"}
    assert not lending.is_out
    assert left() == []

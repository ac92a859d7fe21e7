"""Line by line, too, the vault is closed when nobody is there, and a text goes to whom it is for."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import anyio
import pytest

from client_tui.bridge import Bridge
from client_tui.demo.stage import stage_engine, staged
from client_tui.idleness import Idleness, machine_clocks
from client_tui.plain.console import Console
from client_tui.plain.editor import Editor
from client_tui.plain.people import same, verify
from client_tui.plain.session import Ending, Session
from securemsg.client import Profile
from securemsg.client.views import Trust
from securemsg.errors import LocalError

T = TypeVar("T")


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


@pytest.mark.anyio
async def test_nobody_is_verified_by_the_number_of_another(console: Console, tmp_path: Path) -> None:
    with closing(staged(tmp_path / "home")) as profile:
        before, after = [view for view in profile.conversations() if view.trust is Trust.FIRST_SEEN][:2]
        talk = Session(Bridge(profile, stage_engine(profile)), console)
        talk.turn_to(before)
        await verify(talk, "")
        talk.turn_to(after)
        with pytest.raises(LocalError, match="Compare first"):
            await same(talk, "")
        talk.turn_to(before)
        await same(talk, "")
        trusts = {view.contact: view.trust for view in profile.conversations()}
        assert (trusts[before.contact], trusts[after.contact]) == (Trust.VERIFIED, Trust.FIRST_SEEN)


@pytest.mark.anyio
async def test_whoever_is_turned_to_while_news_are_looked_up_is_written_to(
    console: Console, tmp_path: Path
) -> None:
    """What is written next must not go to the person before."""
    with closing(staged(tmp_path / "home")) as profile:
        before, after = profile.conversations()[:2]

        class Turning(Session):
            """Turns to somebody else as soon as the vault was asked something."""

            async def perform(self, function: Callable[[Profile], T]) -> T:
                answer = await super().perform(function)
                self.turn_to(after)
                return answer

        talk = Turning(Bridge(profile, stage_engine(profile)), console)
        talk.turn_to(before)
        await talk._look_at(before.contact, anything_new=False)
        assert talk.current() is after

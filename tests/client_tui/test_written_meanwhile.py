"""What is written while the person goes on: it stays with whom it is for, and none of it is lost."""

import asyncio
import threading
from pathlib import Path

import pytest

from client_tui.app import SecureApp
from client_tui.screens.lock import LockScreen
from client_tui.widgets.attach_sheet import AttachSheet
from client_tui.widgets.composer import About, Composer
from client_tui.widgets.talk import Talk
from securemsg.client import Profile, open_profile
from tests.client_tui.meanwhile import telling
from tests.client_tui.people import PASSPHRASE, until

pytestmark = pytest.mark.anyio


async def test_a_file_is_sent_once_and_ends_no_answer_to_somebody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "note.txt"
    file.write_text("words")
    async with telling(tmp_path, monkeypatch) as (story, pilot):
        (said_to_ann, *_rest) = await story.messages(story.ann)

        async def answer_ann() -> None:
            await story.write_to_ann()
            story.talk.writer.answer(said_to_ann)

        story.meanwhile(answer_ann)
        for _ in range(2):
            story.screen.post_message(AttachSheet.Chosen(story.ben, str(file), ""))
        await until(pilot, story.writes_to_ann)
        await story.screen.settle()
        assert story.talk.composer.about == About(answers=said_to_ann.row)
        assert sum(each.file is not None for each in await story.messages(story.ben)) == 1


async def test_what_was_written_in_one_conversation_does_nothing_in_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with telling(tmp_path, monkeypatch) as (story, _pilot):
        await story.write_to_ann()
        story.talk.submit(Composer.Submitted(story.ben, "/nonsense", About()))
        await story.screen.settle()
        assert story.writes_to_ann()
        assert await story.draft(story.ben) == "/nonsense"
        story.talk.send(Composer.Submitted(story.ben, "x" * 16_001, About()), story.talk.writer.take())
        await story.screen.settle()
        assert await story.draft(story.ben) == "x" * 16_001 + "\n/nonsense"
        await story.screen.written_order(Talk.Ordered(story.ben, "block"))
        await story.screen.attach_dropped(Talk.AttachWanted(story.ben, ""))
        assert not any(view.blocked for view in await story.ask(Profile.conversations))
        assert story.screen._shown is None


async def test_a_command_ends_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with telling(tmp_path, monkeypatch) as (story, pilot):
        message = (await story.messages(story.ben))[0]
        for command in ("/mute 1h", "/nonsense"):
            story.talk.writer.answer(message)
            story.talk.composer.load_text(command)
            story.talk.composer.action_submit()
            await pilot.pause()
            await story.screen.settle()
            assert story.talk.composer.about == About(answers=message.row)


async def test_a_draft_that_is_only_opened_is_not_told_as_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with telling(tmp_path, monkeypatch) as (story, pilot):
        await story.ask(lambda held: held.save_draft(story.ann, "begun"))
        await story.screen.go_to(story.ann)
        await pilot.pause()
        assert story.talk._told == {}
        await pilot.press("x")
        assert list(story.talk._told) == [story.ann]


async def test_the_editor_takes_away_nothing_that_was_given_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with telling(tmp_path, monkeypatch) as (story, _pilot):

        async def edited(_app: SecureApp, text: str) -> str:
            story.talk.composer.load_text("refused")
            return f"{text} and more"

        monkeypatch.setattr(story.screen.lending, "edited", edited)
        monkeypatch.setattr("client_tui.screens.chat.editor", list)
        story.talk.composer.load_text("begun")
        await story.screen._write_elsewhere().wait()
        assert story.talk.composer.text == "refused\nbegun and more"


async def test_what_is_copied_last_is_what_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program that copies takes its time: an earlier copy must not end behind a later one."""
    async with telling(tmp_path, monkeypatch) as (story, pilot):
        free, copied = asyncio.Event(), list[str]()

        async def copy(text: str) -> str:
            await free.wait()
            copied.append(text)
            return text

        monkeypatch.setattr(story.app.outward, "copy", copy)
        for text in ("earlier", "later"):
            story.app.copy_to_clipboard(text)
            await pilot.pause()
        free.set()
        await until(pilot, lambda: "later" in copied)
        assert copied == ["later"]


async def test_what_was_sent_before_the_lock_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The vault may be busy: the lock waits for it."""
    free = threading.Event()
    async with telling(tmp_path, monkeypatch) as (story, pilot):
        story.app.run_worker(story.ask(lambda _held: free.wait(30)))
        story.talk.composer.load_text("sent and locked")
        story.talk.composer.action_submit()
        await pilot.pause()
        story.app.call_later(story.app._lock)
        await asyncio.sleep(0.1)
        free.set()
        await until(pilot, lambda: isinstance(story.app.screen, LockScreen))
    profile = await open_profile(tmp_path / "home", PASSPHRASE)
    assert profile.messages(story.ben)[-1].text == "sent and locked"
    profile.close()

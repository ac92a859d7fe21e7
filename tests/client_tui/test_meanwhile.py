"""The person acts while the vault is asked: nothing goes to, or is taken from, who is open by then."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
from textual.pilot import Pilot

from client_tui.app import SecureApp
from client_tui.bridge import Changes
from client_tui.screens.chat import ChatScreen
from client_tui.screens.lock import LockScreen
from client_tui.widgets.attach_sheet import AttachSheet
from client_tui.widgets.composer import About, Composer
from client_tui.widgets.save_sheet import SaveSheet
from client_tui.widgets.talk import Talk
from client_tui.widgets.window import Window
from securemsg.client import Profile, open_profile
from securemsg.client.scene import Scene
from securemsg.client.views import MessageView, SessionView
from tests.client_tui.people import PASSPHRASE, until
from tests.client_tui.rehearsing import OUT, chatting, said

pytestmark = pytest.mark.anyio

T = TypeVar("T")


def three_people(place: Scene) -> None:
    """Cleo, of whom something is unread, then Ann and Ben, who is open."""
    said(place, place.meet("Cleo"), ["unread"])
    for name in ("Ann", "Ben"):
        contact = place.meet(name)
        said(place, contact, ["hello", f"hello {name}"], OUT)
        place.read(contact)


class Story:
    """Ben is open; Ann may be turned to while something is looked up."""

    def __init__(self, app: SecureApp, screen: ChatScreen, patch: pytest.MonkeyPatch) -> None:
        self.app, self.screen, self.talk, self._patch = app, screen, screen.talk, patch
        self.contacts = {view.alias: view.contact for view in screen.views.values()}
        self.ann, self.ben = self.contacts["Ann"], self.contacts["Ben"]

    def meanwhile(self, act: Callable[[], Awaitable[object]]) -> None:
        """Let the person act once, while the vault is asked next."""
        asked = self.screen.bridge.perform

        async def perform(function: Callable[[Profile], T]) -> T:
            self._patch.setattr(self.screen.bridge, "perform", asked)
            try:
                return await asked(function)
            finally:
                await act()

        self._patch.setattr(self.screen.bridge, "perform", perform)

    async def write_to_ann(self) -> None:
        """Go to Ann and begin a text."""
        await self.screen.go_to(self.ann)
        self.talk.composer.load_text("for Ann")

    def writes_to_ann(self) -> bool:
        """Tell whether nothing came between Ann and what is written to her."""
        names = self.talk.view is not None and self.talk.view.contact == self.ann
        return names and self.talk.composer.contact == self.ann and self.talk.composer.text == "for Ann"

    async def ask(self, function: Callable[[Profile], T]) -> T:
        """Ask the vault."""
        return await self.screen.bridge.perform(function)

    async def draft(self, contact: int) -> str:
        """Return what is begun for a contact."""
        return (await self.ask(lambda held: held.draft(contact))).text

    async def messages(self, contact: int) -> list[MessageView]:
        """Return what was said with a contact."""
        return list(await self.ask(partial(Profile.messages, contact=contact)))


@asynccontextmanager
async def telling(folder: Path, patch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Story, Pilot[int]]]:
    """Begin a story."""
    async with chatting(folder, three_people) as (app, screen, pilot):
        story = Story(app, screen, patch)
        assert story.talk.composer.contact == story.ben
        yield story, pilot


async def test_the_conversation_that_was_wanted_last_is_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with telling(tmp_path, monkeypatch) as (story, _pilot):
        story.meanwhile(story.write_to_ann)
        await story.screen.go_to(story.contacts["Cleo"])
        assert story.writes_to_ann()
        assert story.screen.people._opened == story.ann


async def test_a_decision_takes_no_draft_and_no_cursor_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with telling(tmp_path, monkeypatch) as (story, _pilot):
        for decide in (
            partial(story.screen.action_mute, ""),
            partial(story.screen.action_delete_conversation, "Ben"),
            story.screen.action_verify,
            partial(story.screen.open_attach, ""),
            partial(story.screen.action_forget, "Ben"),
        ):
            await story.screen.go_to(story.ben)
            story.meanwhile(story.write_to_ann)
            await decide()
            assert story.writes_to_ann(), decide
            assert story.screen._shown is None
            assert story.ben not in story.screen.views or not await story.draft(story.ben)


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


async def test_a_copy_that_was_saved_closes_no_other_sheet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with telling(tmp_path, monkeypatch) as (story, pilot):

        async def save_file(row: int, folder: str) -> str:
            await story.screen.action_goto()
            return f"{folder}/{row}"

        monkeypatch.setattr(story.screen.bridge, "save_file", save_file)
        await story.screen.save(SaveSheet.Chosen(1, "folder")).wait()
        await pilot.pause()
        assert story.screen._shown is story.screen.sheets.goto
        assert story.app.focused is not story.talk.composer


async def test_who_only_goes_somewhere_forwards_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with telling(tmp_path, monkeypatch) as (story, pilot):
        message = (await story.messages(story.ben))[-1]
        wanted = Talk.SheetWanted("forward", message)
        await asyncio.gather(story.screen.action_goto(), story.screen.message_sheet(wanted))
        await pilot.press(*"Ann", "enter")
        await until(pilot, lambda: story.talk.composer.contact == story.ann)
        assert len(await story.messages(story.ann)) == 2
        await story.screen.message_sheet(wanted)
        await pilot.press(*"Cleo", "enter", "enter")
        await until(pilot, lambda: story.talk.composer.contact == story.contacts["Cleo"])
        assert [each.text for each in await story.messages(story.contacts["Cleo"])] == [
            "unread",
            message.text,
        ]


async def test_the_first_conversation_opens_over_no_sheet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with telling(tmp_path, monkeypatch) as (story, _pilot):
        story.meanwhile(story.screen.action_goto)
        await story.screen.on_mount()
        assert story.screen._shown is story.screen.sheets.goto


async def test_nothing_is_read_before_it_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with telling(tmp_path, monkeypatch) as (story, _pilot):

        async def nothing_yet(*_view: object) -> None:
            await story.talk.read()

        monkeypatch.setattr(story.talk.reader, "open", nothing_yet)
        await story.screen.go_to(story.contacts["Cleo"])
        await story.screen.refresh_people()
        assert story.screen.views[story.contacts["Cleo"]].unread == 1


async def test_a_page_that_was_loaded_meanwhile_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with telling(tmp_path, monkeypatch) as (story, _pilot):
        first, _last = await story.messages(story.ben)

        async def another_page() -> None:
            story.talk.transcript.show_window(Window((first,), at_start=True, at_end=False))

        story.meanwhile(another_page)
        await story.talk.reader.reload()
        assert story.talk.transcript.messages == (first,)


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


async def test_codes_are_shown_under_the_number_of_their_contact_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with telling(tmp_path, monkeypatch) as (story, _pilot):
        await story.screen.action_verify()
        number = await story.ask(lambda held: held.verification(story.ann))
        shown: list[SessionView | None] = []
        monkeypatch.setattr(story.screen.sheets.verify, "show_session", shown.append)

        async def compare_with_ann() -> None:
            story.screen.sheets.verify.open(number, None)

        story.meanwhile(compare_with_ann)
        await story.screen._look_at_sheets(Changes(contacts=frozenset({story.ben})))
        assert shown == [None]


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


async def test_what_is_found_answers_what_is_looked_for_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with telling(tmp_path, monkeypatch) as (story, _pilot):
        sheet = story.screen.sheets.search
        await story.screen.action_search("hello")
        sheet.take(sheet.Asked("hallo"), await story.messages(story.ben))
        assert sheet._found == []
        sheet.take(sheet.Asked("hello"), await story.messages(story.ben))
        assert len(sheet._found) == 2

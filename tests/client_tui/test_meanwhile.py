"""The person acts while the vault is asked: nothing is done to who is open by then."""

import asyncio
from functools import partial
from pathlib import Path

import pytest

from client_tui.bridge import Changes
from client_tui.clock import now
from client_tui.widgets.save_sheet import SaveSheet
from client_tui.widgets.talk import Talk
from client_tui.widgets.window import Window
from securemsg.client import Profile
from securemsg.client.alarms import BEHIND, RELAY_BEHIND, raise_alarm
from tests.client_tui.meanwhile import telling
from tests.client_tui.people import until

pytestmark = pytest.mark.anyio


async def test_the_conversation_that_was_wanted_last_is_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with telling(tmp_path, monkeypatch) as (story, _pilot):
        story.meanwhile(story.write_to_ann)
        await story.screen.go_to(story.contacts["Cleo"])
        assert story.writes_to_ann()
        assert story.screen.people._opened == story.ann


async def test_a_conversation_that_opens_behind_the_lock_harms_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The field is gone by then: an error would end the client, and say so."""
    async with telling(tmp_path, monkeypatch) as (story, pilot):
        composer = story.screen.talk.composer
        await composer.remove()
        composer.turn_to(story.ann, "a draft")
        await pilot.pause()
        assert not composer.is_attached


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


async def test_a_second_enter_saves_no_second_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with telling(tmp_path, monkeypatch) as (story, pilot):
        free, saved = asyncio.Event(), list[int]()

        async def save_file(row: int, folder: str) -> str:
            saved.append(row)
            await free.wait()
            return folder

        monkeypatch.setattr(story.screen.bridge, "save_file", save_file)
        workers = [story.screen.save(SaveSheet.Chosen(row, "folder")) for row in (1, 1, 2)]
        await pilot.pause()
        free.set()
        for worker in workers:
            await worker.wait()
        assert saved == [1, 2]


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


async def test_an_alarm_stays_where_it_stands_until_it_is_dismissed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CL-17: a newer one may come just before the key for this one."""
    async with telling(tmp_path, monkeypatch) as (story, _pilot):

        async def tell(kind: str) -> None:
            await story.ask(lambda held: held.decide(lambda step: raise_alarm(step, kind)))
            await story.screen.alarms.look_again()

        await tell(BEHIND)
        await asyncio.sleep(0.002)
        await tell(RELAY_BEHIND)
        await story.screen.action_dismiss_alarm()
        assert [alarm.kind for alarm in await story.ask(Profile.alarms)] == [RELAY_BEHIND]


async def test_another_message_than_was_marked_is_not_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The marked one may have left just before the key."""
    async with telling(tmp_path, monkeypatch) as (story, _pilot):
        sheet, (first, last) = story.screen.sheets.outbox, await story.messages(story.ben)
        await story.screen.action_outbox()
        sheet.open((first, last), now())
        assert sheet._marked() == first
        sheet.show((last,), now())
        assert sheet._marked() is None
        sheet._list.action_move(1)
        assert sheet._marked() == last


async def test_codes_are_shown_under_the_number_of_their_contact_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with telling(tmp_path, monkeypatch) as (story, _pilot):
        await story.screen.action_verify()
        number = await story.ask(lambda held: held.verification(story.ann))
        shown: list[object] = []
        monkeypatch.setattr(story.screen.sheets.verify, "show_session", shown.append)

        async def compare_with_ann() -> None:
            story.screen.sheets.verify.open(number, None)

        story.meanwhile(compare_with_ann)
        await story.screen._look_at_sheets(Changes(contacts=frozenset({story.ben})))
        assert shown == [None]


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

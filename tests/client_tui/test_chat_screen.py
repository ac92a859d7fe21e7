"""What keys do on the main screen, in front of a vault with invented people."""

from pathlib import Path

import pytest

from client_tui.bridge import Changes
from client_tui.clock import now
from client_tui.screens.chat import ChatScreen
from securemsg.client import open_profile
from securemsg.client.notices import Typing
from securemsg.client.scene import Scene
from securemsg.client.views import Trust
from securemsg.instant import Instant
from tests.client_tui.people import PASSPHRASE, screen_text, type_text, until
from tests.client_tui.rehearsing import chatting, late, said

pytestmark = pytest.mark.anyio


async def test_a_message_is_chosen_and_answered_and_each_step_can_be_taken_back(tmp_path: Path) -> None:
    async with chatting(tmp_path) as (app, screen, pilot):
        await until(pilot, lambda: "another from Ben" in screen_text(app))
        await pilot.press("up", "up", "enter")
        assert screen.talk.menu.has_focus
        assert "r answer" in " ".join(screen_text(app).split())
        await pilot.press("escape")
        assert screen.talk.transcript.has_focus
        await pilot.press("r")
        assert "Answer to Ben" in screen_text(app)
        await pilot.press("escape")
        assert "Answer to Ben" not in screen_text(app)
        await pilot.press("up", "r")
        await type_text(pilot, "an answer")
        await pilot.press("enter")
        await until(pilot, lambda: "\u258e Ben  another from Ben" in screen_text(app))
        assert "Answer to Ben" not in screen_text(app)
        assert screen.talk.transcript.messages[-1].quoted is not None


async def test_what_looks_like_a_command_is_never_sent_and_two_slashes_begin_a_message(
    tmp_path: Path,
) -> None:
    async with chatting(tmp_path) as (app, screen, pilot):
        count = len(screen.talk.transcript.messages)
        await pilot.press("/", "v", "e", "r")
        await until(pilot, lambda: "/verify Compare safety numbers" in screen_text(app))
        await pilot.press("tab")
        assert screen.talk.composer.text == "/verify"
        await pilot.press("enter")
        await until(pilot, lambda: "Verify Ben" in screen_text(app))
        await pilot.press("escape", "/", "x", "y", "z", "enter")
        await until(pilot, lambda: "No such command" in screen_text(app))
        assert screen.talk.composer.text == "/xyz"
        assert len(screen.talk.transcript.messages) == count
        await pilot.press("ctrl+u", "/", "/", "x", "enter")
        await until(pilot, lambda: len(screen.talk.transcript.messages) == count + 1)
        assert screen.talk.transcript.messages[-1].text == "/x"


async def test_drafts_stay_with_their_conversation_and_outlast_the_program(tmp_path: Path) -> None:
    async with chatting(tmp_path) as (app, screen, pilot):
        await type_text(pilot, "for Ben")
        await pilot.press("ctrl+n")
        await until(pilot, lambda: screen.talk.composer.text == "")
        await type_text(pilot, "for Ann")
        await screen.settle()
        drafts = await screen.bridge.perform(
            lambda held: {view.alias: held.draft(view.contact).text for view in held.conversations()}
        )
        assert drafts == {"Ben": "for Ben", "Ann": "for Ann"}
        await pilot.press("ctrl+p")
        await until(pilot, lambda: screen.talk.composer.text == "for Ben")
        assert "draft" in screen_text(app)


async def test_a_lock_in_the_middle_of_a_word_keeps_the_draft(tmp_path: Path) -> None:
    async with chatting(tmp_path) as (app, screen, pilot):
        await type_text(pilot, "half a sen")
        await pilot.press("ctrl+l")
        await until(pilot, lambda: app.screen is not screen)
        assert "half a sen" not in screen_text(app)
        profile = await open_profile(tmp_path / "home", PASSPHRASE)
        try:
            assert "half a sen" in {view.draft for view in profile.conversations()}
        finally:
            profile.close()


async def test_a_few_letters_go_to_a_person_or_run_a_command(tmp_path: Path) -> None:
    async with chatting(tmp_path) as (app, screen, pilot):
        await pilot.press("ctrl+k")
        await until(pilot, lambda: "Go to" in screen_text(app))
        await pilot.press("a", "n", "n", "enter")
        await until(pilot, lambda: screen.talk.view is not None and screen.talk.view.alias == "Ann")
        await pilot.press("ctrl+k", "t", "i", "m", "e", "r", "enter")
        await until(pilot, lambda: "Messages that disappear" in screen_text(app))
        await pilot.press("escape", "tab", "k", "enter")
        await until(pilot, lambda: screen.talk.view is not None and screen.talk.view.alias == "Ben")


async def test_a_paste_of_many_lines_or_of_a_path_waits_for_an_answer(tmp_path: Path) -> None:
    """T13."""
    file = tmp_path / "plan.pdf"
    file.write_text("x")
    async with chatting(tmp_path) as (app, screen, pilot):
        await type_text(pilot, "1\n2\n3\n4\n5\n6")
        assert "Insert 6 lines?" in screen_text(app)
        await pilot.press("x", "escape")
        assert screen.talk.composer.text == ""
        await type_text(pilot, "1\n2\n3\n4\n5\n6")
        await pilot.press("enter")
        assert screen.talk.composer.text == "1\n2\n3\n4\n5\n6"
        await pilot.press("escape")
        screen.talk.composer.clear()
        await type_text(pilot, str(file))
        assert "Attach plan.pdf?" in screen_text(app)
        await pilot.press("enter")
        await until(pilot, lambda: "Attach a file" in screen_text(app))
        assert "1 B" in screen_text(app)


async def test_whoever_reads_above_stays_there_and_hears_of_what_comes(tmp_path: Path) -> None:
    def long_talk(place: Scene) -> None:
        ben = place.meet("Ben")
        said(place, ben, [f"number {n}." for n in range(400)])
        place.read(ben)

    async with chatting(tmp_path, long_talk) as (app, screen, pilot):
        await until(pilot, lambda: "number 399." in screen_text(app))
        await pilot.press("pageup")
        await until(pilot, lambda: "number 399." not in screen_text(app))
        assert screen.talk.composer.has_focus
        await pilot.press("up", "pageup", "pageup", "pageup")
        before = [line for line in screen_text(app).split("\n") if "number" in line]
        contact = screen.talk.view.contact if screen.talk.view is not None else 0
        await screen.bridge.perform(lambda held: late(held, contact))
        screen.post_message(screen.Changed(Changes(conversations=True, contacts=frozenset({contact}))))
        await until(pilot, lambda: "1 new message below" in screen_text(app))
        after = [line for line in screen_text(app).split("\n") if "number" in line]
        assert after == before[-len(after) :] or after == before[: len(after)]
        await pilot.press("home", "home", "home")
        await until(pilot, lambda: "number 0." in screen_text(app))
        assert len(screen.talk.transcript.messages) <= 401
        await pilot.press("end")
        await until(pilot, lambda: "a late one" in screen_text(app))


async def test_where_there_is_hardly_room_the_messages_keep_it(tmp_path: Path) -> None:
    """T18."""
    async with chatting(tmp_path, size=(50, 15)) as (app, screen, pilot):
        await until(pilot, lambda: "another from Ben" in screen_text(app))
        assert "Online" not in screen_text(app)
        assert "^K" not in screen_text(app)
        await pilot.press("up", "n")
        await until(pilot, lambda: "There is no other one" in screen_text(app))
        for size in ((1, 1), (200, 60), (30, 6)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        assert screen.talk.display


async def test_who_had_been_verified_and_changed_costs_a_written_word(tmp_path: Path) -> None:
    """ID-11: one key opened by habit is not enough."""

    def changed(place: Scene) -> None:
        said(place, place.meet("Ben", Trust.CHANGED), ["a new telephone"])

    async with chatting(tmp_path, changed) as (app, screen, pilot):
        await pilot.press("f4", "f4", "enter", "n", "o", "enter")
        assert "Write yes and press Enter" in " ".join(screen_text(app).split())
        assert screen.talk.view is not None
        assert screen.talk.view.trust is Trust.CHANGED
        await pilot.press("escape")
        assert "Write yes" not in screen_text(app)
        await pilot.press("f4", "y", "e", "s", "enter")
        await until(pilot, lambda: screen.talk.composer.display)
        assert "not verified" in screen_text(app)


async def test_a_stranger_is_answered_with_two_keys_before_anything_is_written(tmp_path: Path) -> None:
    """CL-10: the place where one writes says what accepting means."""

    def stranger(place: Scene) -> None:
        said(place, place.stranger("Eve"), ["hello?"])

    async with chatting(tmp_path, stranger) as (app, screen, pilot):
        await pilot.press("x", "enter")
        assert "a accept" in screen_text(app)
        await pilot.press("b")
        await until(pilot, lambda: "You have blocked Eve" in screen_text(app))
        await pilot.press("u")
        await until(pilot, lambda: "You have blocked Eve" not in screen_text(app))
        await pilot.press("a")
        await until(pilot, lambda: screen.talk.composer.display)
        assert screen.talk.composer.has_focus


async def test_deleting_asks_and_a_conversation_wants_its_name(tmp_path: Path) -> None:
    async with chatting(tmp_path) as (app, _screen, pilot):
        await pilot.press("up")
        await pilot.pause()
        await pilot.press("d")
        assert "y delete here" in screen_text(app)
        await pilot.press("escape", "d", "n")
        assert "another from Ben" in screen_text(app)
        await pilot.press("d", "y")
        await until(pilot, lambda: "another from Ben" not in screen_text(app))
        await pilot.press("escape")
        await type_text(pilot, "/delete")
        await pilot.press("enter")
        await until(pilot, lambda: "write: /delete Ben" in screen_text(app))
        assert "read by us" in screen_text(app)
        await type_text(pilot, "/delete ben")
        await pilot.press("enter")
        await until(pilot, lambda: "No messages yet" in screen_text(app))
        await type_text(pilot, "/mute 8h")
        await pilot.press("enter")
        await until(pilot, lambda: "muted until" in screen_text(app))


async def test_a_result_opens_where_it_was_said_and_n_goes_on_to_the_next(tmp_path: Path) -> None:
    def long_talk(place: Scene) -> None:
        ben = place.meet("Ben")
        said(place, ben, [f"number {n}." if n % 100 else f"umbrella {n}." for n in range(400)])
        place.read(ben)

    async with chatting(tmp_path, long_talk) as (app, screen, pilot):
        await pilot.press("ctrl+f")
        await type_text(pilot, "umbrella")
        await until(pilot, lambda: "4 found" in screen_text(app))
        await pilot.press("down", "enter")
        await until(pilot, lambda: "number 199." in screen_text(app))
        assert selected(screen) == "umbrella 200."
        await pilot.press("n")
        await until(pilot, lambda: selected(screen) == "umbrella 100.")
        await pilot.press("N", "N", "N")
        await until(pilot, lambda: "no other one" in screen_text(app))
        assert selected(screen) == "umbrella 300."
        await pilot.press("end")
        await until(pilot, lambda: "number 399." in screen_text(app))


def selected(screen: ChatScreen) -> str:
    """Return the words of the selected message."""
    message = screen.talk.transcript.message_selected()
    return "" if message is None else message.text


async def test_words_that_are_marked_with_the_mouse_are_copied_without_what_we_add(tmp_path: Path) -> None:
    async with chatting(tmp_path) as (app, screen, pilot):
        rows = screen_text(app).split("\n")
        y = next(place for place, row in enumerate(rows) if "new from Ben" in row)
        x = rows[y].index("new from Ben")
        await pilot.mouse_down(offset=(x, y))
        await pilot.hover(offset=(x + 6, y + 1))
        await pilot.mouse_up(offset=(x + 6, y + 1))
        assert screen.get_selected_text() == "new from Ben\nanother"


async def test_it_shows_who_is_writing_and_help_begins_with_the_place_one_is_in(tmp_path: Path) -> None:
    async with chatting(tmp_path) as (app, screen, pilot):
        contact = screen.talk.view.contact if screen.talk.view is not None else 0
        screen.post_message(screen.Changed(Changes(typing=(Typing(contact, Instant(now() + 9_000)),))))
        await until(pilot, lambda: "Ben is writing" in screen_text(app))
        screen.post_message(screen.Changed(Changes(typing=(Typing(contact, now()),))))
        await until(pilot, lambda: "Ben is writing" not in screen_text(app))
        await pilot.press("up")
        await pilot.pause()
        await pilot.press("f1")
        await until(pilot, lambda: "Among messages" in screen_text(app))
        assert "Everywhere" not in screen_text(app)

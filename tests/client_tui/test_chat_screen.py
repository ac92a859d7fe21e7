"""What keys do on the main screen, in front of a vault with invented people."""

from pathlib import Path

import pytest

from client_tui.bridge import Changes
from client_tui.clock import now
from securemsg.client import Profile
from securemsg.client.rehearsal import scene
from securemsg.client.scene import Line, Scene
from tests.client_tui.people import screen_text, type_text, until
from tests.client_tui.rehearsing import IN, chatting, said

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


async def test_a_few_letters_go_to_a_person_or_run_a_command(tmp_path: Path) -> None:
    async with chatting(tmp_path) as (app, screen, pilot):
        await pilot.press("ctrl+k")
        await until(pilot, lambda: "Go to" in screen_text(app))
        await pilot.press("a", "n", "n", "enter")
        await until(pilot, lambda: screen.talk.view is not None and screen.talk.view.alias == "Ann")
        await pilot.press("ctrl+k", "t", "i", "m", "e", "r", "enter")
        await until(pilot, lambda: "Messages that disappear" in screen_text(app))
        await pilot.press("ctrl+g")
        await until(pilot, lambda: "Messages that disappear" not in screen_text(app))


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


def late(profile: Profile, contact: int) -> None:
    """Let another message come."""
    with scene(profile) as place:
        place.say(contact, Line(IN, "a late one", now()))


async def test_where_there_is_hardly_room_the_messages_keep_it(tmp_path: Path) -> None:
    """T18."""
    async with chatting(tmp_path, size=(50, 15)) as (app, screen, pilot):
        await until(pilot, lambda: "another from Ben" in screen_text(app))
        assert "Online" not in screen_text(app)
        assert "^K" not in screen_text(app)
        for size in ((1, 1), (200, 60), (30, 6)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        assert screen.talk.display

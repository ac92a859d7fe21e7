"""Writing, reading, verifying, searching: the main screen against a real peer over a real relay."""

from pathlib import Path

import pytest
from textual import events

from client_tui.app import SecureApp
from securemsg.client.views import ProfileView, Trust
from tests.client_tui.hostile_text import CLIPBOARD, OVERWRITE
from tests.client_tui.people import (
    acquaint,
    client,
    connected,
    make_home,
    screen_text,
    type_text,
    unlock,
    until,
)
from tests.support.programs import RelayProgram

pytestmark = pytest.mark.anyio


async def test_two_people_talk_and_see_how_far_their_messages_came(
    tmp_path: Path, relay: RelayProgram
) -> None:
    home, other, contact = await acquaint(tmp_path, relay.address)
    async with connected(other, contact) as ben, client(home) as (app, pilot):
        screen = await unlock(app, pilot)
        await pilot.press("h", "e", "l", "l", "o", "ctrl+j", "y", "o", "u", "enter")
        await until(pilot, lambda: not screen.talk.composer.text)
        await until(pilot, lambda: "\u2713\u2713 delivered" in screen_text(app))
        assert await ben.texts() == ["hello\nyou"]
        await ben.write("good morning")
        await until(pilot, lambda: "good morning" in screen_text(app))
        assert "not verified" in screen_text(app)


async def test_a_paste_is_filtered_and_never_sends(tmp_path: Path, relay: RelayProgram) -> None:
    """T13: line ends in a paste are line ends, controls are removed."""
    home, other, _ = await acquaint(tmp_path, relay.address)
    other.close()
    async with client(home) as (app, pilot):
        screen = await unlock(app, pilot)
        screen.talk.composer.post_message(
            events.Paste(f"one\r\ntwo\rthree\n{CLIPBOARD}{OVERWRITE}\x1b[201~\n")
        )
        await pilot.pause()
        text = screen.talk.composer.text
        assert text.startswith("one\ntwo\nthree\n]52;c;")
        assert "\x1b" not in text
        assert not screen.talk.transcript.messages


async def test_a_long_paste_is_not_cut(tmp_path: Path, relay: RelayProgram) -> None:
    """The limit of a message speaks when it is sent; until then nothing of it is lost."""
    home, other, _ = await acquaint(tmp_path, relay.address)
    other.close()
    lines = [f"line {number}\u2603" for number in range(2_000)]
    async with client(home) as (app, pilot):
        screen = await unlock(app, pilot)
        await type_text(pilot, "\r\n".join(lines) + "\n\ttab")
        await pilot.press("enter")
        assert screen.talk.composer.text.split("\n") == [*lines, "    tab"]


async def test_an_empty_field_sends_nothing_and_up_goes_into_the_messages(
    tmp_path: Path, relay: RelayProgram
) -> None:
    home, other, contact = await acquaint(tmp_path, relay.address)
    async with connected(other, contact) as ben, client(home) as (app, pilot):
        screen = await unlock(app, pilot)
        await pilot.press("enter", "space", "enter")
        assert not screen.talk.transcript.messages
        await pilot.press("backspace")
        await ben.write("first")
        await ben.write("second")
        await until(pilot, lambda: "second" in screen_text(app))
        await pilot.press("up", "up")
        selected = screen.talk.transcript.message_selected()
        assert selected is not None
        assert selected.text == "first"
        await pilot.press("escape")
        assert screen.talk.composer.has_focus


async def test_verifying_marks_the_contact(tmp_path: Path, relay: RelayProgram) -> None:
    home, other, contact = await acquaint(tmp_path, relay.address)
    number = other.verification(contact).safety_number
    other.close()
    async with client(home) as (app, pilot):
        screen = await unlock(app, pilot)
        await pilot.press("f2")
        await until(pilot, lambda: "Verify Ben" in screen_text(app))
        for start in range(0, len(number), 5):
            assert number[start : start + 5] in screen_text(app)
        await pilot.press("d")
        assert "Different numbers mean" in screen_text(app)
        await pilot.press("v")
        assert screen.talk.view is not None
        assert screen.talk.view.trust is Trust.FIRST_SEEN
        await pilot.press("escape", "f2", "v")
        await until(pilot, lambda: "\u2714 verified" in _heading(app))


async def test_a_changed_identity_takes_the_composer_away_until_the_person_decides(
    tmp_path: Path, relay: RelayProgram
) -> None:
    """The draft stays; F4 asks once more; what was decided shows."""
    home, other, _ = await acquaint(tmp_path, relay.address)
    impostor = await make_home(tmp_path / "impostor", "Ben", relay.address)
    link = impostor.own().link
    impostor.close()
    other.close()
    async with client(home, (80, 24)) as (app, pilot):
        screen = await unlock(app, pilot)
        await type_text(pilot, "a secret")
        await screen.bridge.perform(lambda held: held.add_contact(link, "Ben"))
        await until(pilot, lambda: "Sending is paused" in " ".join(screen_text(app).split()))
        assert not screen.talk.composer.display
        await pilot.press("x", "enter", "f4")
        assert "Press F4 again" in " ".join(screen_text(app).split())
        await pilot.press("escape")
        assert "Sending is paused" in " ".join(screen_text(app).split())
        await pilot.press("f4", "f4")
        await until(pilot, lambda: screen.talk.composer.display)
        assert screen.talk.composer.text == "a secret"
        assert "not verified" in _heading(app)
        assert screen.talk.view is not None
        assert screen.talk.view.trust is Trust.FIRST_SEEN


async def _made(home: Path, relay: RelayProgram) -> ProfileView:
    """Return what somebody is called by, whose home was just made."""
    profile = await make_home(home, home.name, relay.address)
    try:
        return profile.own()
    finally:
        profile.close()


async def test_a_contact_is_added_from_a_wrapped_link_and_the_own_link_is_shown(
    tmp_path: Path, relay: RelayProgram
) -> None:
    """T23: after what the link says was shown."""
    ann, ben = [await _made(tmp_path / name, relay) for name in ("ann", "ben")]
    link = ben.link
    async with client(tmp_path / "ann", (120, 40)) as (app, pilot):
        screen = await unlock(app, pilot)
        await pilot.press("f3")
        await type_text(pilot, "securemsg:nonsense")
        await pilot.press("enter", "ctrl+u")
        await type_text(pilot, f"{link[:70]}\n  {link[70:140]}\r\n{link[140:]}\n")
        assert "looks like a link" in screen_text(app)
        await pilot.press("enter")
        await type_text(pilot, "Benjamin")
        await pilot.press("enter")
        await until(pilot, lambda: ben.account[:16] in screen_text(app))
        assert not screen.views
        await pilot.press("enter")
        await until(pilot, lambda: screen.talk.view is not None)
        assert "Benjamin" in _heading(app)
        await pilot.press("f7")
        await until(pilot, lambda: "Your link" in screen_text(app))
        assert ann.link[:20] in screen_text(app)
        assert "\u2580" in screen_text(app)
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: "enlarge the terminal" in " ".join(screen_text(app).split()))
        assert ann.link in "".join(screen_text(app).split())


async def test_searching_opens_the_message_where_it_was_said(tmp_path: Path, relay: RelayProgram) -> None:
    home, other, contact = await acquaint(tmp_path, relay.address)
    async with connected(other, contact) as ben, client(home) as (app, pilot):
        screen = await unlock(app, pilot)
        for text in ("the minister arrives at nine", "bring the umbrella", "and the papers"):
            await ben.write(text)
        await until(pilot, lambda: "papers" in screen_text(app))
        await pilot.press("ctrl+f")
        await type_text(pilot, "umbrella")
        await until(pilot, lambda: "1 found" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: screen.talk.transcript.selected is not None)
        selected = screen.talk.transcript.message_selected()
        assert selected is not None
        assert selected.text == "bring the umbrella"


async def test_long_conversations_are_loaded_page_by_page(tmp_path: Path, relay: RelayProgram) -> None:
    home, other, contact = await acquaint(tmp_path, relay.address)
    other.close()
    async with client(home) as (app, pilot):
        screen = await unlock(app, pilot)
        view = screen.talk.view
        assert view is not None
        await screen.bridge.perform(
            lambda held: [held.queue_text(view.contact, f"number {n}") for n in range(400)]
        )
        await until(pilot, lambda: "number 399" in screen_text(app))
        transcript = screen.talk.transcript
        assert len(transcript.messages) < 400
        await pilot.press("up")
        while "number 0 " not in screen_text(app):
            before = transcript.messages[0].row
            await pilot.press("home", "home")
            await until(
                pilot,
                lambda before=before: transcript.messages[0].row < before or "number 0 " in screen_text(app),
            )
        await pilot.press("end")
        await until(pilot, lambda: "number 399" in screen_text(app))
    assert contact


def _heading(app: SecureApp) -> str:
    """Return the row with name and trust of the open conversation."""
    rows = screen_text(app).split("\n")
    return rows[1]

"""Where a conversation opens, and what is known there of what was done."""

import os
import signal
from pathlib import Path

import anyio
import pytest

from client_tui.bridge import Changes
from client_tui.screens.chat import ChatScreen
from securemsg.client import Profile
from securemsg.client.drafting import MAX_DRAFT
from securemsg.client.scene import Scene
from tests.client_tui.people import PATIENCE, screen_text, type_text, until
from tests.client_tui.ptys import client_on_pty
from tests.client_tui.rehearsing import chatting, late, said, two_people

pytestmark = pytest.mark.anyio


async def test_the_first_conversation_opens_at_the_first_unread_message(tmp_path: Path) -> None:
    """It is opened before the screen is laid out."""

    def much_news(place: Scene) -> None:
        ben = place.meet("Ben")
        said(place, ben, ["read by us"])
        place.read(ben)
        said(place, ben, [f"news {n}." for n in range(60)])

    async with chatting(tmp_path, much_news) as (app, _screen, pilot):
        await until(pilot, lambda: "new messages" in screen_text(app))
        assert "news 0." in screen_text(app)
        assert "news 59." not in screen_text(app)
        await pilot.press("f1")
        await until(pilot, lambda: "While writing" in screen_text(app))
        await pilot.press("escape")
        await until(pilot, lambda: "news 0." in screen_text(app))


async def test_commands_of_the_person_are_seen_at_once(tmp_path: Path) -> None:
    """Another name of ours, words to search, a mark at the last conversation of the list."""
    async with chatting(tmp_path, two_people) as (app, screen, pilot):
        await type_text(pilot, "/name Zo\u00e9")
        await pilot.press("enter")
        await until(pilot, lambda: "Zo\u00e9" in screen.status.text)
        await type_text(pilot, "/search hello")
        await pilot.press("enter")
        await until(pilot, lambda: "2 found" in screen_text(app))
        await pilot.press("escape", "ctrl+n")
        await until(pilot, lambda: "hello to Ann" in screen_text(app))
        await pilot.press("ctrl+x", "u")
        await until(pilot, lambda: any(view.marked_unread for view in screen.views.values()))
        assert screen.talk.view is not None
        assert screen.talk.view.alias == "Ben"


async def test_a_draft_that_cannot_be_kept_is_told_and_one_whose_answer_is_gone_is_kept(
    tmp_path: Path,
) -> None:
    async with chatting(tmp_path) as (app, screen, pilot):
        composer, view = screen.talk.composer, screen.talk.view
        assert view is not None
        await until(pilot, lambda: bool(screen.talk.transcript.messages))
        answered = screen.talk.transcript.messages[-1]
        screen.talk.act("reply", answered.row)
        await screen.bridge.perform(lambda held: held.delete_for_me([answered.row]))
        composer.insert("a" * MAX_DRAFT)
        await screen.settle()
        kept = await screen.bridge.perform(lambda held: held.draft(view.contact))
        assert kept.text == "a" * MAX_DRAFT
        composer.insert("a")
        await screen.settle()
        await until(pilot, lambda: "The draft is too long to be kept." in screen_text(app))


async def test_what_comes_while_the_terminal_is_not_looked_at_stays_unread_until_it_is(
    tmp_path: Path,
) -> None:
    async with chatting(tmp_path) as (app, screen, pilot):
        contact = screen.talk.view.contact if screen.talk.view is not None else 0
        app.app_focus = False
        await screen.bridge.perform(lambda held: late(held, contact))
        screen.post_message(screen.Changed(Changes(conversations=True, contacts=frozenset({contact}))))
        await until(pilot, lambda: "a late one" in screen_text(app))
        assert await unread(screen, contact)
        app.app_focus = True
        with anyio.fail_after(PATIENCE):
            while await unread(screen, contact):
                await pilot.pause(0.02)


async def unread(screen: ChatScreen, contact: int) -> int:
    """Return how much is unread of a contact, by the vault."""
    views = await screen.bridge.perform(Profile.conversations)
    return next(view.unread for view in views if view.contact == contact)


def test_whoever_stops_the_process_finds_it_locked() -> None:
    with client_on_pty("--demo") as shown:
        shown.until("Claire")
        os.kill(shown.program.pid, signal.SIGTSTP)
        os.waitid(os.P_PID, shown.program.pid, os.WSTOPPED | os.WNOWAIT)
        shown.drain()
        seen = len(shown.shown)
        main, alternate = shown.shown.rfind(b"\x1b[?1049l"), shown.shown.rfind(b"\x1b[?1049h")
        assert main > alternate
        assert b"Claire" not in shown.shown[main:]
        os.kill(shown.program.pid, signal.SIGCONT)
        shown.until("08:41")
        shown.write(b"a")
        shown.until("Passphrase")
        assert b"Claire" not in shown.shown[seen:]

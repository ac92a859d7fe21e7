"""Keys that come in one piece go where the person who typed them expects the cursor to be by then."""

from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
from textual import events

from client_tui import one_by_one
from client_tui.app import SecureApp
from client_tui.screens.chat import ChatScreen
from client_tui.screens.lock import LockScreen
from client_tui.widgets.search_sheet import SearchSheet
from securemsg.client import Profile, open_profile
from securemsg.client.scene import Scene
from tests.client_tui.people import PASSPHRASE, until
from tests.client_tui.rehearsing import chatting, said

pytestmark = pytest.mark.anyio


def burst(app: SecureApp, *pieces: str) -> None:
    """Send names of keys, and letters one by one, as a terminal hands over what it read in one piece."""
    for piece in pieces:
        named = piece in {"enter", "up", "backspace"} or piece.startswith("ctrl+")
        for key in [piece] if named else piece:
            letter = None if named and key != "enter" else "\r" if named else key
            event = events.Key({"/": "slash", " ": "space"}.get(key, key), letter)
            event.set_sender(app)
            app.post_message(event)


async def heard(screen: ChatScreen, text: str) -> list[str]:
    """Return with whom `text` was said."""
    found: list[str] = []
    for view in list(screen.views.values()):
        page = await screen.bridge.perform(partial(Profile.messages, contact=view.contact))
        found += [view.alias for message in page if message.text == text]
    return found


def is_through(app: SecureApp) -> bool:
    """Tell whether all keys were followed through."""
    order = app._one_by_one
    return not order._follows and not order._held


def shown(screen: ChatScreen) -> list[str]:
    """Return the texts of the open conversation."""
    return [message.text for message in screen.talk.transcript.messages]


async def test_what_is_typed_behind_a_command_goes_to_where_it_leads(tmp_path: Path) -> None:
    async with chatting(tmp_path) as (app, screen, pilot):
        burst(app, "ctrl+k", "Ann", "enter", "for Ann", "enter")
        await until(pilot, lambda: is_through(app) and "for Ann" in shown(screen))
        assert await heard(screen, "for Ann") == ["Ann"]
        burst(app, "/note", "enter", "buy milk", "enter")
        await until(pilot, lambda: is_through(app) and "buy milk" in shown(screen))
        assert await heard(screen, "buy milk") == ["Note to self"]
        burst(app, "ctrl+f", "nothing said", "enter")
        await until(pilot, lambda: is_through(app) and isinstance(screen._shown, SearchSheet))
        assert await heard(screen, "nothing said") == []
        assert screen.talk.composer.text == ""


async def test_what_is_typed_before_a_command_stays_where_it_was_typed(tmp_path: Path) -> None:
    async with chatting(tmp_path) as (app, screen, pilot):
        assert screen.talk.view is not None
        here = screen.talk.view.contact
        burst(app, "x" * 60, "ctrl+n", "for Ann", "enter")
        await until(pilot, lambda: is_through(app) and "for Ann" in shown(screen))
        assert await heard(screen, "for Ann") == ["Ann"]
        assert (await screen.bridge.perform(lambda held: held.draft(here))).text == "x" * 60
        there = screen.talk.composer.contact or 0
        burst(app, "unfinished", "ctrl+l")
        await until(pilot, lambda: isinstance(app.screen, LockScreen) and is_through(app))
    profile = await open_profile(tmp_path / "home", PASSPHRASE)
    assert profile.draft(there).text == "unfinished"
    profile.close()


async def test_a_passphrase_typed_behind_the_lock_is_told_nobody(tmp_path: Path) -> None:
    async with chatting(tmp_path) as (app, screen, pilot):
        contacts = list(screen.views)
        burst(app, "/lock", "enter", "secret words")
        await until(pilot, lambda: isinstance(app.screen, LockScreen))
        assert isinstance(app.screen, LockScreen)
        asked = app.screen._field
        await until(pilot, lambda: asked.value == "secret words")
    profile = await open_profile(tmp_path / "home", PASSPHRASE)
    assert [profile.draft(contact).text for contact in contacts] == [""] * len(contacts)
    profile.close()


async def test_a_passphrase_that_is_typed_again_ends_before_anybody_can_be_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = ["half of it", "the rest", ""]

    async def sleep(_seconds: float) -> None:
        asked.input.value = typed.pop(0)

    async with chatting(tmp_path) as (app, _screen, pilot):
        await app._lock()
        assert isinstance(app.screen, LockScreen)
        asked = app.screen._field
        monkeypatch.setattr("client_tui.screens.unlock.asyncio", SimpleNamespace(sleep=sleep))
        app.screen._begin(PASSPHRASE)
        asked.input.value = typed.pop(0)
        await until(pilot, lambda: isinstance(app.screen, ChatScreen))
        assert typed == []


async def test_a_key_that_is_held_down_is_followed_before_another_one(tmp_path: Path) -> None:
    """To scroll must not cost what a command costs."""
    async with chatting(tmp_path) as (app, screen, pilot):
        burst(app, "ctrl+k", "Ann", "enter", "hello", "enter")
        await until(pilot, lambda: is_through(app) and "hello" in shown(screen))
        burst(app, "up", "up")
        await until(pilot, lambda: app._one_by_one._moved)
        assert is_through(app)
        await until(pilot, lambda: screen.talk.transcript.has_focus)
        await pilot.press("escape")
        await until(pilot, lambda: is_through(app) and screen.talk.composer.has_focus)
        burst(app, "up", "i")
        await until(pilot, lambda: is_through(app) and screen._shown is screen.sheets.info)
        assert screen.talk.composer.text == ""


async def test_what_is_rubbed_out_is_not_sent(tmp_path: Path) -> None:
    async with chatting(tmp_path) as (app, screen, pilot):
        burst(app, "helx", "backspace", "lo", "enter")
        await until(pilot, lambda: is_through(app) and "hello" in shown(screen))


def two_strangers(place: Scene) -> None:
    """Mia and Noa wrote and were not accepted."""
    for name in ("Mia", "Noa"):
        said(place, place.stranger(name, name), ["hello"])


async def test_who_is_accepted_is_who_was_asked_about(tmp_path: Path) -> None:
    async with chatting(tmp_path, two_strangers) as (app, screen, pilot):
        assert screen.talk.view is not None
        asked = screen.talk.view.contact
        await until(pilot, lambda: screen.talk.banner.has_focus)
        burst(app, "a", "ctrl+n")
        await until(pilot, lambda: is_through(app) and not screen.views[asked].request)
        assert [view.contact for view in screen.views.values() if not view.request] == [asked]


async def test_a_key_that_never_ends_delays_the_others_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(one_by_one, "PATIENCE", 0.0)
    async with chatting(tmp_path) as (app, screen, pilot):
        burst(app, "ctrl+f", "x")
        await until(pilot, lambda: isinstance(screen._shown, SearchSheet) and is_through(app))

"""What was written in one conversation goes into no other, however quickly one walks on."""

from pathlib import Path

import anyio
import pytest
from textual.pilot import Pilot

from client_tui.screens.chat import ChatScreen
from tests.client_tui.people import client, make_home, unlock
from tests.support.programs import RelayProgram

pytestmark = pytest.mark.anyio


async def two_contacts(folder: Path, relay: RelayProgram) -> Path:
    """Return the home of Ann (closed), who knows Ben and Cleo."""
    ann = await make_home(folder / "ann", "Ann", relay.address)
    for name in ("Ben", "Cleo"):
        other = await make_home(folder / name, name, relay.address)
        ann.add_contact(other.own().link, name)
        other.close()
    ann.close()
    return folder / "ann"


async def walk_on(screen: ChatScreen, pilot: Pilot[int], text: str) -> tuple[int, int]:
    """Press Enter after `text` and go to the other contact before the message is looked at."""
    here = screen.talk.composer.contact
    assert here is not None
    there = next(key for key in screen.people.keys if key != here)
    released = anyio.Event()
    screen.talk.call_next(released.wait)
    screen.talk.composer.load_text(text)
    screen.talk.composer.action_submit()
    await screen.go_to(there)
    released.set()
    await pilot.pause()
    return here, there


async def sent_to(screen: ChatScreen, contact: int) -> list[str]:
    """Return the texts of one conversation."""
    return [message.text for message in await screen.bridge.perform(lambda held: held.messages(contact))]


async def draft_for(screen: ChatScreen, contact: int) -> str:
    """Return what the vault keeps as begun for a contact."""
    return (await screen.bridge.perform(lambda held: held.draft(contact))).text


async def test_enter_sends_to_the_contact_it_was_pressed_for(tmp_path: Path, relay: RelayProgram) -> None:
    async with client(await two_contacts(tmp_path, relay)) as (app, pilot):
        screen = await unlock(app, pilot)
        here, there = await walk_on(screen, pilot, "for the first only")
        with anyio.fail_after(10):
            while not await sent_to(screen, here):
                await pilot.pause(0.02)
        assert await sent_to(screen, there) == []
        assert screen.talk.composer.text == ""
        await screen.go_to(here)
        assert screen.talk.composer.text == ""


async def test_a_refused_text_returns_to_where_it_was_written(tmp_path: Path, relay: RelayProgram) -> None:
    async with client(await two_contacts(tmp_path, relay)) as (app, pilot):
        screen = await unlock(app, pilot)
        here, _ = await walk_on(screen, pilot, "x" * 16_001)
        with anyio.fail_after(10):
            while not await draft_for(screen, here):
                await pilot.pause(0.02)
        assert screen.talk.composer.text == ""
        await screen.go_to(here)
        assert screen.talk.composer.text == "x" * 16_001

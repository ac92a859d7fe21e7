"""What the person has to be told stays on the screen until they dismiss it (Spec: CL-17)."""

import shutil
from pathlib import Path

import pytest
from textual.pilot import Pilot

from client_tui.app import SecureApp
from client_tui.screens.chat import ChatScreen
from securemsg.client.alarms import BEHIND, RELAY_BEHIND, UNKNOWN_RECEIPT, raise_alarm
from securemsg.store.ids import ContactId
from tests.client_tui.hostile_text import ATTACKS, OBEYED
from tests.client_tui.people import (
    acquaint,
    client,
    connected,
    is_locked,
    screen_text,
    type_text,
    unlock,
    until,
)
from tests.support.programs import RelayProgram

pytestmark = pytest.mark.anyio

OLDER = "This copy of your home is older than what your relay has seen of you"


async def told(screen: ChatScreen, kind: str, contact: int = 0) -> None:
    """Let the client find out something that the person must know."""
    await screen.bridge.perform(
        lambda held: held.decide(lambda step: raise_alarm(step, kind, ContactId(contact)))
    )


async def test_an_older_copy_is_announced_with_what_to_do(tmp_path: Path, relay: RelayProgram) -> None:
    """R01, CL-17: a home that was put back from a backup."""
    home, other, contact = await acquaint(tmp_path, relay.address)
    shutil.copytree(home, tmp_path / "copy")
    async with connected(other, contact) as ben:
        async with client(home) as (app, pilot):
            await unlock(app, pilot)
            await ben.write("to the newer copy")
            await until(pilot, lambda: "to the newer copy" in screen_text(app))
            assert OLDER not in _words(screen_text(app))
        shutil.rmtree(home)
        shutil.copytree(tmp_path / "copy", home)
        async with client(home) as (app, pilot):
            await unlock(app, pilot)
            await until(pilot, lambda: OLDER in _words(screen_text(app)))
            assert "ask for it again, and use one copy only. F8" in _words(screen_text(app))


async def test_an_alarm_stays_until_the_person_has_read_it(tmp_path: Path, relay: RelayProgram) -> None:
    """CL-17: through sheets, sizes and the lock; but nothing of it shows on a locked screen."""
    home, other, _ = await acquaint(tmp_path, relay.address)
    other.close()
    async with client(home) as (app, pilot):
        await told(await unlock(app, pilot), BEHIND)
        await until(pilot, lambda: OLDER in _words(screen_text(app)))
        await pilot.press("escape", "f1", "escape", "f2")
        await pilot.resize_terminal(60, 20)
        assert OLDER in _words(screen_text(app))
        await _lock_and_unlock(app, pilot)
        assert OLDER in _words(screen_text(app))
        await pilot.press("f8")
        await until(pilot, lambda: OLDER not in _words(screen_text(app)))
        await _lock_and_unlock(app, pilot)
        assert OLDER not in _words(screen_text(app))


async def _lock_and_unlock(app: SecureApp, pilot: Pilot[int]) -> None:
    await pilot.press("escape", "ctrl+l")
    await until(pilot, lambda: is_locked(app))
    assert OLDER not in _words(screen_text(app))
    await unlock(app, pilot)


async def test_alarms_are_read_one_after_the_other(tmp_path: Path, relay: RelayProgram) -> None:
    """CL-17: each dismissal is of the one that stood there; the draft stays."""
    home, other, _ = await acquaint(tmp_path, relay.address)
    other.close()
    async with client(home) as (app, pilot):
        screen = await unlock(app, pilot)
        assert screen.talk.view is not None
        await type_text(pilot, "a draft")
        await pilot.press("f8")
        await told(screen, RELAY_BEHIND)
        await told(screen, UNKNOWN_RECEIPT, screen.talk.view.contact)
        await until(pilot, lambda: "then 1 more" in screen_text(app))
        await pilot.press("f8")
        await until(pilot, lambda: "then 1 more" not in screen_text(app))
        left = await screen.bridge.perform(lambda held: [alarm.kind for alarm in held.alarms()])
        assert len(left) == 1
        assert (("older state" in screen_text(app)), ("Ben confirmed" in screen_text(app))) == (
            left == [RELAY_BEHIND],
            left == [UNKNOWN_RECEIPT],
        )
        await pilot.press("f8")
        await until(pilot, lambda: "I have read this" not in screen_text(app))
        assert screen.talk.composer.text == "a draft"


async def test_a_name_in_an_alarm_is_filtered(tmp_path: Path, relay: RelayProgram) -> None:
    """T05, CL-9."""
    home, other, _ = await acquaint(tmp_path, relay.address)
    other.close()
    async with client(home) as (app, pilot):
        screen = await unlock(app, pilot)
        view = screen.talk.view
        assert view is not None
        hostile = "".join(ATTACKS)[:40]
        await screen.bridge.perform(
            lambda held: held.decide(
                lambda step: step.vault.contacts.rename(ContactId(view.contact), f"Eve{hostile}")
            )
        )
        await told(screen, UNKNOWN_RECEIPT, view.contact)
        await until(pilot, lambda: "The session with Eve" in _words(screen_text(app)))
        assert not OBEYED.search(screen_text(app).replace("\n", ""))


def _words(text: str) -> str:
    return " ".join(text.split())

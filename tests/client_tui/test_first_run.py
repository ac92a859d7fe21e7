"""From nothing to an account, and from locked to open."""

from pathlib import Path

import pytest

from client_tui.widgets.field import SecretEntry
from securemsg.client import home_exists
from securemsg.client.invitations import write_invitation
from tests.client_tui.people import (
    PASSPHRASE,
    acquaint,
    client,
    connected,
    fill,
    is_locked,
    is_setup,
    make_home,
    screen_text,
    type_text,
    unlock,
    until,
)
from tests.support.programs import RelayProgram, free_port

pytestmark = pytest.mark.anyio


async def test_the_first_run_asks_validates_and_makes_an_account(tmp_path: Path, relay: RelayProgram) -> None:
    """A failure keeps what was typed; correcting it is enough."""
    home = tmp_path / "new"
    async with client(home, (80, 24)) as (app, pilot):
        assert is_setup(app)
        wrong = f"127.0.0.1:{free_port()}#{relay.address.split('#')[1]}"
        await fill(pilot, wrong, "", "Ann", PASSPHRASE, PASSPHRASE)
        await until(pilot, lambda: "press Enter again" in screen_text(app))
        assert not home_exists(home)
        assert "Ann" in screen_text(app)
        await pilot.press("shift+tab", "shift+tab", "shift+tab", "ctrl+u")
        await fill(pilot, relay.address, "", "", "")
        await until(pilot, lambda: "Ready" in screen_text(app))
        assert "registered" in screen_text(app)
        assert "Invitation code" not in screen_text(app)
        await pilot.press("enter")
        await until(pilot, lambda: "Online" in screen_text(app))
    assert home_exists(home)


async def test_an_invitation_leads_to_a_contact_in_three_fields(tmp_path: Path, relay: RelayProgram) -> None:
    """ID-13: wrapped by a mail program, with the name of whoever invites."""
    claire = await make_home(tmp_path / "claire", "Claire", relay.address)
    text = write_invitation(claire.owner, "").text
    claire.close()
    wrapped = "\n  ".join(text[start : start + 60] for start in range(0, len(text), 60))
    async with client(tmp_path / "new", (80, 24)) as (app, pilot):
        await type_text(pilot, wrapped)
        assert "Claire invites you" in screen_text(app)
        assert "Invitation code" not in screen_text(app)
        await fill(pilot, "", "Ann", PASSPHRASE, PASSPHRASE)
        await until(pilot, lambda: "Claire is among your contacts" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: "Online" in screen_text(app) and "Claire" in screen_text(app))


async def test_a_passphrase_is_proposed_and_has_to_be_typed_once(tmp_path: Path) -> None:
    async with client(tmp_path / "new", (80, 24)) as (app, pilot):
        await fill(pilot, "relay.example:1#" + "A" * 43, "", "Ann")
        await pilot.press("ctrl+g")
        field = app.screen.focused
        assert isinstance(field, SecretEntry)
        proposed = field.value
        assert len(proposed.split()) == 6
        assert proposed in screen_text(app)
        assert "strength: strong" in screen_text(app)
        await pilot.press("enter")
        assert (field.value, field.password) == ("", True)
        await type_text(pilot, proposed)
        assert "the same" in screen_text(app)
        assert proposed not in screen_text(app)
        await pilot.press("escape")
        assert field.value == ""


async def test_the_form_judges_while_one_types(tmp_path: Path) -> None:
    async with client(tmp_path / "new", (80, 24)) as (app, pilot):
        await until(pilot, lambda: "HOST:PORT#PIN" in screen_text(app))
        await type_text(pilot, "securemsg:abc")
        assert "damaged or incomplete" in screen_text(app)
        await pilot.press("ctrl+u")
        await fill(pilot, "relay.example:1#" + "A" * 43, "", "")
        assert "How your contacts will see you" in screen_text(app)
        await fill(pilot, "Ann")
        await type_text(pilot, "short")
        assert "at least 8 characters" in screen_text(app)
        await type_text(pilot, " orange tractor violin")
        assert "strength" in screen_text(app)
        await fill(pilot, "")
        await type_text(pilot, "short")
        assert "Not the same yet" in screen_text(app)


async def test_a_wrong_passphrase_is_said_and_can_be_tried_again(tmp_path: Path, relay: RelayProgram) -> None:
    home, other, _ = await acquaint(tmp_path, relay.address)
    other.close()
    async with client(home) as (app, pilot):
        assert is_locked(app)
        await type_text(pilot, "wrong")
        await pilot.press("enter")
        # What is typed before it is said would go with the wrong one.
        await until(pilot, lambda: "Wrong passphrase; again in 1 second" in screen_text(app))
        assert is_locked(app)
        await until(pilot, lambda: "Enter opens" in screen_text(app))
        await unlock(app, pilot)
        assert "Ben" in screen_text(app)


async def test_the_lock_takes_everything_off_the_screen_and_closes_the_vault(
    tmp_path: Path, relay: RelayProgram
) -> None:
    home, other, contact = await acquaint(tmp_path, relay.address)
    async with connected(other, contact) as ben:
        await ben.write("the embargo ends at eleven")
        async with client(home) as (app, pilot):
            await unlock(app, pilot)
            await until(pilot, lambda: "the embargo ends at eleven" in screen_text(app))
            await pilot.press("ctrl+l")
            await until(pilot, lambda: is_locked(app))
            shown = screen_text(app)
            assert "embargo" not in shown
            assert "Ben" not in shown
            assert app._bridge is None
            await unlock(app, pilot)
            await until(pilot, lambda: "the embargo ends at eleven" in screen_text(app))


async def test_a_passphrase_does_not_reach_a_clipboard(tmp_path: Path, relay: RelayProgram) -> None:
    """Neither by copying nor by cutting; and what was copied while locked is forgotten at unlocking."""
    home, other, _ = await acquaint(tmp_path, relay.address)
    other.close()
    async with client(home) as (app, pilot):
        await type_text(pilot, PASSPHRASE)
        await pilot.press("home", "shift+end", "ctrl+c", "ctrl+x")
        assert app.clipboard == ""
        app.copy_to_clipboard(PASSPHRASE)
        await pilot.press("ctrl+u", "ctrl+k")
        await unlock(app, pilot)
        assert app.clipboard == ""


async def test_a_home_in_use_says_so(tmp_path: Path, relay: RelayProgram) -> None:
    home = tmp_path / "ann"
    busy = await make_home(home, "Ann", relay.address)
    async with client(home) as (app, pilot):
        await type_text(pilot, PASSPHRASE)
        await pilot.press("enter")
        await until(
            pilot, lambda: "in use" in screen_text(app).lower() or "another" in screen_text(app).lower()
        )
        assert is_locked(app)
    busy.close()

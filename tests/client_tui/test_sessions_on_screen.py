"""How a session stands, where people verify: the sheet and the command (Spec: CL-20)."""

import re
import subprocess
from pathlib import Path

import pytest

from client_tui.text.healing import healing
from client_tui.text.trust import grouped
from securemsg.client.views import SessionView
from securemsg.instant import Instant
from tests.client_tui.people import acquaint, client, connected, make_home, screen_text, unlock, until
from tests.support.programs import Person, RelayProgram, acquainted, environment

NOON = Instant(1_791_980_000_000)


@pytest.mark.anyio
async def test_the_sheet_shows_how_long_ago_the_session_healed_and_codes_to_compare(
    tmp_path: Path, relay: RelayProgram
) -> None:
    """CL-20, KR-10: as the other side has them; messages that come meanwhile are counted."""
    home, other, contact = await acquaint(tmp_path, relay.address)
    async with connected(other, contact) as ben, client(home, (100, 60)) as (app, pilot):
        screen = await unlock(app, pilot)
        await pilot.press("f2")
        await until(pilot, lambda: "it begins with the first message" in screen_text(app))
        await pilot.press("escape")
        for number in range(3):
            await ben.write(f"ben {number}")
            await until(pilot, lambda number=number: f"ben {number}" in screen_text(app))
            await pilot.press("h", "i", "enter")
            await until(pilot, lambda: not screen.talk.composer.text)
        await until(pilot, lambda: screen_text(app).count("\u2713\u2713") == 3)
        await pilot.press("f2")
        await until(pilot, lambda: "Healed" in screen_text(app))
        theirs = await ben.engine.perform(lambda held: held.session(contact))
        assert theirs is not None
        shown = screen_text(app)
        common = [code for code in theirs.codes if all(group in shown for group in [*grouped(code.digits)])]
        assert common
        assert all(f"Code of epoch {code.epoch}" in shown for code in common)
        assert "same epoch number on the other side" in " ".join(shown.split())
        before = re.findall(r"Healed .* ago;", shown)
        await ben.write("while it is shown")
        await until(pilot, lambda: re.findall(r"Healed .* ago;", screen_text(app)) != before)


@pytest.mark.anyio
async def test_on_a_small_screen_the_session_is_scrolled_to(tmp_path: Path, relay: RelayProgram) -> None:
    """T18, CL-20: and the keys of the sheet work all the same."""
    home, other, _ = await acquaint(tmp_path, relay.address)
    other.close()
    async with client(home, (80, 12)) as (app, pilot):
        await unlock(app, pilot)
        await pilot.press("f2")
        await until(pilot, lambda: "Verify Ben" in screen_text(app))
        assert "it begins with the first message" not in screen_text(app)
        await pilot.press("pagedown", "pagedown")
        await until(pilot, lambda: "it begins with the first message" in screen_text(app))
        await pilot.press("v")
        await until(pilot, lambda: "\u2714 verified" in screen_text(app))


@pytest.mark.anyio
async def test_no_session_is_shown_beside_the_number_of_another_account(
    tmp_path: Path, relay: RelayProgram
) -> None:
    """ID-11, CL-20: the session is with the account before."""
    home, other, contact = await acquaint(tmp_path, relay.address)
    impostor = await make_home(tmp_path / "impostor", "Ben", relay.address)
    link = impostor.own().link
    impostor.close()
    async with connected(other, contact) as ben, client(home, (100, 50)) as (app, pilot):
        screen = await unlock(app, pilot)
        await ben.write("hello")
        await until(pilot, lambda: "hello" in screen_text(app))
        await screen.bridge.perform(lambda held: held.add_contact(link, "Ben"))
        await until(pilot, lambda: "Sending is paused" in " ".join(screen_text(app).split()))
        await pilot.press("f2")
        await until(pilot, lambda: "Verify Ben" in screen_text(app))
        assert "This session" not in screen_text(app)


def test_the_command_prints_the_same(tmp_path: Path, relay: RelayProgram) -> None:
    """CL-20: for people and, with --json, for programs; `doctor` has a line for it."""
    ann, ben = acquainted(tmp_path, relay, "ann", "ben")
    assert ann.do("verify", "ben")[0]["session"] is None
    assert "it begins with the first message" in human(ann, "verify", "ben")
    ann.do("send", "ben", "hello")
    assert ann.do("verify", "ben")[0]["session"]["confirmed"] is False
    assert "Not answered since" in human(ann, "verify", "ben")
    ben.do("receive")
    ben.do("send", "ann", "hello")
    ann.do("receive")
    ours, theirs = ann.do("verify", "ben")[0]["session"], ben.do("verify", "ann")[0]["session"]
    assert ours["confirmed"]
    assert theirs["confirmed"]
    common = ours["epoch_codes"].keys() & theirs["epoch_codes"].keys()
    assert common
    assert all(ours["epoch_codes"][epoch] == theirs["epoch_codes"][epoch] for epoch in common)
    printed = human(ann, "verify", "ben")
    assert "Healed" in printed
    assert all(f"epoch {epoch}\n" in printed for epoch in ours["epoch_codes"])
    assert "ok    session\n" in human(ann, "doctor")


def human(person: Person, *arguments: str) -> str:
    """Return what a command prints for people."""
    return subprocess.run(
        person.command(*arguments), capture_output=True, text=True, env=environment(), check=True
    ).stdout


def view(**changes: int) -> SessionView:
    """Return a session that was answered."""
    figures = {"since_healing": 3, "since_epoch": 12, "epoch": 4} | changes
    return SessionView(NOON, confirmed=True, healed_at=NOON, codes=(), reduced=False, **figures)


@pytest.mark.parametrize(
    ("session", "words"),
    [
        (view(), "Healed 3 messages ago; post-quantum key renewed 12 messages ago (epoch 4)."),
        (
            view(since_healing=1, epoch=0),
            "Healed 1 message ago; post-quantum key not renewed yet (epoch 0).",
        ),
    ],
)
def test_figures_become_sentences(session: SessionView, words: str) -> None:
    """CL-20."""
    assert healing(session) == words

"""Somebody without an account is invited from within the client (Spec: ID-13)."""

import re
from pathlib import Path

import pytest

from securemsg.client.invitations import read_invitation
from securemsg.mailbox.tokens import Invitation
from tests.client_tui.people import screen_text, type_text, until
from tests.client_tui.rehearsing import chatting
from tests.client_tui.test_plain import talked

CODE = Invitation(b"\x07" * 16).text
LINK = re.compile(r"securemsg:[a-z2-7.]+")


@pytest.mark.anyio
async def test_an_invitation_is_shown_and_copied_with_the_code_and_the_link_without(tmp_path: Path) -> None:
    async with chatting(tmp_path, size=(120, 36)) as (app, screen, pilot):
        await type_text(pilot, "/invite no-code")
        await pilot.press("enter")
        await until(pilot, lambda: "An invitation has 22 characters" in screen_text(app))
        for command, code in ((f"/invite {CODE}", CODE), ("/inviter", "")):
            await type_text(pilot, command)
            await pilot.press("enter")
            await until(pilot, lambda: "Your invitation" in screen_text(app))
            screen.sheets.link.action_copy()
            copied = read_invitation(app.clipboard)
            assert (copied.token, copied.name, copied.link) == (code, "Camille", screen.bridge.own.link)
            await pilot.press("escape")
            await until(pilot, lambda: "Your invitation" not in screen_text(app))
        await pilot.press("f7")
        await until(pilot, lambda: "write /invite CODE" in screen_text(app))
        screen.sheets.link.action_copy()
        assert app.clipboard == screen.bridge.own.link


def test_line_by_line_it_is_printed() -> None:
    said = talked(f"/invite {CODE}", "/invite no-code")
    found = LINK.search(said)
    assert found
    assert read_invitation(found.group()).token == CODE
    assert "An invitation has 22 characters" in said

"""Every theme on the main screen: one that lacks a colour would end the client."""

from pathlib import Path

import pytest

from client_tui.theme import THEMES
from tests.client_tui.people import screen_text, until
from tests.client_tui.rehearsing import chatting


@pytest.mark.anyio
async def test_colours_change_while_the_client_runs(tmp_path: Path) -> None:
    async with chatting(tmp_path) as (app, _screen, pilot):
        for name in (*THEMES, next(iter(THEMES))):
            app.theme = name
            await pilot.pause()
            await until(pilot, lambda: "another from Ben" in screen_text(app))
            await pilot.press("f2", "escape", "ctrl+k", "escape")

"""Every screen of the shell in a language longer than English: nothing fails, and no English is left."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from client_tui.app import SecureApp
from client_tui.keymap import Keymap, use_keymap
from client_tui.screens.chat import ChatScreen
from client_tui.screens.key_tester import KeyTester
from client_tui.screens.lock import LockScreen
from client_tui.screens.settings import SettingsScreen
from client_tui.screens.wipe import WipeScreen
from client_tui.text.language import use_language
from tests.client_tui.people import client, screen_text, until
from tests.client_tui.pseudo import Pseudo, english_in
from tests.client_tui.test_device import chatting

pytestmark = pytest.mark.anyio

NAMES = {"securemsg", "English", "Fran\u00e7ais", "HOST", "PORT", "Camille", "Laurent", "Okafor"}
"""What is the same in every language."""


@pytest.fixture(autouse=True)
def pseudo() -> Iterator[None]:
    """Speak it."""
    use_language("pseudo", Pseudo())
    yield
    use_language("en")
    use_keymap(Keymap())


async def test_the_first_run_is_translated_whole(tmp_path: Path) -> None:
    async with client(tmp_path / "new", (80, 24)) as (app, pilot):
        await until(pilot, lambda: "P\u00e0ssphr" in screen_text(app))
        assert english_in(screen_text(app)) - NAMES == set()


async def test_the_screens_of_the_device_are_translated_whole(tmp_path: Path) -> None:
    """Settings, tester of keys, wiping, lock, and the question for the passphrase."""
    async with chatting(tmp_path / "home", (80, 24)) as (app, pilot):
        await pilot.press("ctrl+x", "s")
        await translated_whole(app, pilot, SettingsScreen)
        await pilot.press("escape", "ctrl+x", "k")
        await translated_whole(app, pilot, KeyTester)
        await pilot.press("escape", "escape")
        await until(pilot, lambda: isinstance(app.screen, ChatScreen))
        await app.run_action("app.wipe", default_namespace=app.screen)
        await translated_whole(app, pilot, WipeScreen)
        await pilot.press("escape")
        await translated_whole(app, pilot, LockScreen)
        await pilot.press("a")
        await translated_whole(app, pilot, LockScreen)


async def translated_whole(app: SecureApp, pilot: Pilot[int], kind: type[Screen[None]]) -> None:
    """Wait for a screen of this kind and see that nothing on it is English."""
    await until(pilot, lambda: isinstance(app.screen, kind))
    await pilot.pause()
    assert english_in(screen_text(app)) - NAMES == set()

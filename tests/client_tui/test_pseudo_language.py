"""Every screen of the shell in a language longer than English: nothing fails, and no English is left."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from client_tui.keymap import Keymap, use_keymap
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


@pytest.mark.parametrize(
    "keys", [("ctrl+x", "s"), ("ctrl+x", "k"), ("ctrl+l",), ("ctrl+l", "a")], ids=" ".join
)
async def test_a_screen_of_the_device_is_translated_whole(tmp_path: Path, keys: tuple[str, ...]) -> None:
    async with chatting(tmp_path / "home", (80, 24)) as (app, pilot):
        before = app.screen
        for key in keys:
            await pilot.press(key)
        await until(pilot, lambda: app.screen is not before)
        await pilot.pause()
        assert english_in(screen_text(app)) - NAMES == set()


async def test_wiping_is_translated_whole(tmp_path: Path) -> None:
    async with chatting(tmp_path / "home", (80, 24)) as (app, pilot):
        await app.run_action("app.wipe", default_namespace=app.screen)
        await until(pilot, lambda: isinstance(app.screen, WipeScreen))
        await pilot.pause()
        assert english_in(screen_text(app)) - NAMES == set()

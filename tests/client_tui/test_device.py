"""What belongs to the device: settings, keys, the lock, the end of everything; among invented people."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from client_tui import clock
from client_tui.app import SecureApp, Start
from client_tui.demo.abroad import ENGLISH
from client_tui.demo.stage import NAME, PASSPHRASE, stage_engine, staged
from client_tui.idleness import Idleness, machine_clocks
from client_tui.keymap import Keymap, load_keymap, use_keymap
from client_tui.screens.chat import ChatScreen
from client_tui.screens.key_tester import KeyTester
from client_tui.screens.lock import LockScreen
from client_tui.settings import Settings, load_settings, settings_file
from client_tui.text.when import time_of_day
from client_tui.widgets.composer import Composer
from securemsg.client import home_exists
from securemsg.store.owner import Owner
from tests.client_tui.people import fill, screen_text, type_text, until

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where the settings of this test are."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return settings_file({"XDG_CONFIG_HOME": str(tmp_path / "config")})


@asynccontextmanager
async def chatting(
    home: Path, size: tuple[int, int] = (100, 36)
) -> AsyncIterator[tuple[SecureApp, Pilot[int]]]:
    """Run the client among invented people."""
    profile = staged(home, ENGLISH)
    app = SecureApp(
        Start(home=home, profile=profile, engine=stage_engine(profile), engine_after=stage_engine)
    )
    del profile
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ChatScreen) and "Okafor" in screen_text(app))
        yield app, pilot
    use_keymap(Keymap())


async def test_settings_are_changed_by_arrows_and_kept(tmp_path: Path, settings: Path) -> None:
    async with chatting(tmp_path / "home") as (app, pilot):
        await pilot.press("ctrl+x", "s")
        await until(pilot, lambda: "Settings of this device" in screen_text(app))
        await pilot.press("down", "right", "down", "right", *["down"] * 7, "down", "right")
        assert app.theme == "day"
        assert "on" in row_of(app, "Tell others that I have read")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ChatScreen))
        kept = load_settings(settings)
        assert (kept.theme, kept.keymap, kept.warnings) == ("day", "vim", ())
        await app.run_action("app.theme_named('neon')", default_namespace=app.screen)
        await until(pilot, lambda: "night, day, contrast" in screen_text(app))


def row_of(app: SecureApp, title: str) -> str:
    """Return the row of the screen with `title`."""
    return next(row for row in screen_text(app).splitlines() if title in row)


async def test_whoever_hesitates_after_control_x_sees_what_may_follow(tmp_path: Path) -> None:
    async with chatting(tmp_path / "home") as (app, pilot):
        await pilot.press("ctrl+x")
        await until(pilot, lambda: "Ctrl+X, then" in screen_text(app))
        await pilot.press("escape")
        await until(pilot, lambda: "Ctrl+X, then" not in screen_text(app))
        await pilot.press("ctrl+x", "k")
        await until(pilot, lambda: isinstance(app.screen, KeyTester))
        await pilot.press("ctrl+q", "f2")
        assert "f2: - \u00b7 runs: verify" in screen_text(app)
        assert "\u2714 F2" in screen_text(app)
        await pilot.press("escape", "escape")
        await until(pilot, lambda: isinstance(app.screen, ChatScreen))


async def test_a_key_of_the_person_takes_the_place_of_the_usual_one(tmp_path: Path) -> None:
    """The footer and the help name it, and the old one does nothing any more."""
    use_keymap(load_keymap(Settings(keys={"verify": ("f12",)})))
    async with chatting(tmp_path / "home") as (app, pilot):
        await until(pilot, lambda: "f12" in app.screen._bindings.key_to_bindings)
        await pilot.press("f2")
        await pilot.pause()
        assert "by voice or in person" not in screen_text(app)
        await pilot.press("f12")
        await until(pilot, lambda: "by voice or in person" in screen_text(app))
        await pilot.press("f1")
        await until(pilot, lambda: "F12" in screen_text(app))


@pytest.mark.usefixtures("settings")
async def test_commands_that_take_their_own_field_away_do_not_wait_for_themselves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is written in the field of a screen that it ends; the same conversation is open in the next."""
    monkeypatch.delenv("SECUREMSG_LANGUAGE")
    async with chatting(tmp_path / "home") as (app, pilot):
        await pilot.press("ctrl+n")
        for words, shown in (
            ("/langue fr", "chiffr\u00e9 de bout en bout"),
            ("/lang en", "end-to-end encrypted"),
        ):
            await write(pilot, words)
            await until(pilot, lambda shown=shown: shown in screen_text(app))
            assert "Perfect, thank you." in screen_text(app)
        await write(pilot, "/effacer")
        await until(pilot, lambda: "will be gone" in screen_text(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, LockScreen))


async def write(pilot: Pilot[int], words: str) -> None:
    """Type a line where one writes, and send it."""
    await until(pilot, lambda: isinstance(pilot.app.screen.focused, Composer))
    await type_text(pilot, words)
    await pilot.press("enter")


async def test_what_was_begun_is_there_again_after_the_lock(tmp_path: Path) -> None:
    async with chatting(tmp_path / "home") as (app, pilot):
        await until(pilot, lambda: app.screen.focused is not None)
        await type_text(pilot, "half a thought")
        await pilot.press("ctrl+l")
        await until(pilot, lambda: isinstance(app.screen, LockScreen))
        assert "half" not in screen_text(app)
        await pilot.press("enter")
        await fill(pilot, PASSPHRASE)
        await until(pilot, lambda: "half a thought" in screen_text(app))


def owners_in_memory() -> int:
    """Return how many sets of our keys this process holds; other tests have others."""
    held = (each for each in gc.get_objects() if isinstance(each, Owner))
    return sum(owner.name == NAME for owner in held)


async def test_nobody_there_locks_and_drops_the_keys(tmp_path: Path) -> None:
    """Nothing but the time is shown, and no key of ours can be reached any more."""
    gc.collect()
    before = owners_in_memory()
    async with chatting(tmp_path / "home") as (app, pilot):
        assert owners_in_memory() > before
        app._lock_minutes = 10
        app._idleness = Idleness((-601.0, -601.0))
        await app._watch()
        await until(pilot, lambda: isinstance(app.screen, LockScreen))
        assert screen_text(app).split() == [time_of_day(clock.now())]
        gc.collect()
        assert owners_in_memory() <= before
        await pilot.press("a")
        assert "Passphrase" in screen_text(app)


async def test_the_first_key_after_the_sleep_of_the_machine_locks_and_is_read_by_nobody(
    tmp_path: Path,
) -> None:
    """The watch looks now and then only: whoever opens the lid may be quicker."""
    async with chatting(tmp_path / "home") as (app, pilot):
        awake, passed = machine_clocks()
        app._idleness = Idleness((awake, passed - 3_600))
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, LockScreen))
        assert "Passphrase" not in screen_text(app)


async def test_wiping_takes_a_word_and_the_passphrase_and_leaves_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with chatting(home) as (app, pilot):
        await app.run_action("app.wipe", default_namespace=app.screen)
        await until(pilot, lambda: "will be gone" in screen_text(app))
        await fill(pilot, "wipe", "wrong")
        await until(pilot, lambda: "passphrase is wrong" in screen_text(app))
        assert home_exists(home)
        await fill(pilot, PASSPHRASE)
        await until(pilot, lambda: "Wiped." in screen_text(app))
        assert not home.exists()
        assert "could not be told" in screen_text(app)

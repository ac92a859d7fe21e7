"""What the terminal and the desktop are told when a message comes, by the real ways (T24)."""

from pathlib import Path

import anyio
import pytest
from textual.app import App
from textual.drivers.headless_driver import HeadlessDriver

from client_tui.outward import Outward
from client_tui.settings import Settings
from securemsg.client.views import ConversationView, Trust
from securemsg.instant import Instant

pytestmark = pytest.mark.anyio


class Recording(HeadlessDriver):
    """Keeps what is written to the terminal."""

    written: str = ""

    def write(self, data: str) -> None:
        """Keep `data`."""
        self.written += data


def view(unread: int) -> ConversationView:
    return ConversationView(
        contact=1,
        alias="Ann\x1b]52;c;eA==\x07",
        name="Ann",
        account="aa",
        trust=Trust.VERIFIED,
        last_text="the embargo\x07 ends",
        last_at=Instant(1),
        unread=unread,
        reduced=False,
    )


async def told(settings: Settings, *, focused: bool) -> str:
    """Return what the terminal got when a message came."""
    app: App[int] = App()
    async with app.run_test() as pilot:
        driver = Recording(app)
        usual, app._driver = app._driver, driver
        app.app_focus = focused
        outward = Outward(app, settings)
        outward.look([view(0)])
        outward.look([view(1)])
        await pilot.pause()
        app._driver = usual
        return driver.written


async def test_a_bell_rings_only_where_nobody_looks() -> None:
    """T24: by default a bell, and not a word."""
    assert await told(Settings(), focused=False) == "\x07"
    assert await told(Settings(), focused=True) == ""
    assert await told(Settings(notifications="off"), focused=False) == ""
    assert await told(Settings(quiet_hours="00:00-23:59"), focused=False) == ""


async def test_the_terminal_gets_one_sequence_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """T24, T02: whatever the name and the words."""
    for name in ("TMUX", "TERM_PROGRAM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    written = await told(Settings(notifications="osc", notification_content="full"), focused=False)
    assert written.count("\x1b") == 1
    assert written.startswith("\x1b]777;notify;securemsg;Ann")
    assert "\u241b" in written


async def test_the_desktop_gets_the_words_as_one_argument(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T24: no shell, no options."""
    program, heard = tmp_path / "notify-send", tmp_path / "heard"
    program.write_text(f'#!/bin/sh\nfor each; do echo "[$each]"; done > {heard}\n')
    program.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    settings = Settings(notifications="desktop", notification_content="sender")
    assert await told(settings, focused=False) == ""
    with anyio.fail_after(5):
        while not heard.exists() or not heard.read_text().endswith("]\n"):  # noqa: ASYNC110 - another program writes
            await anyio.sleep(0.02)
    assert heard.read_text().splitlines()[:4] == ["[--app-name]", "[securemsg]", "[--]", "[securemsg]"]
    assert len(heard.read_text().splitlines()) == 5

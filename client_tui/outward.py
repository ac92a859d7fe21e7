"""What leaves the screen for the desktop: notifications and copies, only as the person set them up."""

import contextlib
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import App

from client_tui.clock import now
from client_tui.news import Seen, is_quiet, words
from client_tui.settings import Settings
from client_tui.terminal.clipboard import (
    KEPT,
    Tool,
    clear_if_unchanged,
    copy_by,
    digest_of,
    terminal_sequence,
    tool_here,
)
from client_tui.terminal.notify import BELL, desktop_command, notification
from client_tui.terminal.programs import child_of
from client_tui.text.language import _
from client_tui.text.safe import SafeText
from securemsg.client.views import ConversationView

if TYPE_CHECKING:
    from textual.timer import Timer


class Outward:
    """Tells the desktop; knows what was told."""

    def __init__(self, app: App[int], settings: Settings) -> None:
        """Speak for `app` as `settings` say."""
        self._app = app
        self._seen = Seen()
        self._copied: tuple[Tool, bytes] | None = None
        self._clearing: Timer | None = None
        self.settings = settings

    def forget(self) -> None:
        """Know nothing any more: the vault is closed."""
        self._seen = Seen()

    def look(self, views: Sequence[ConversationView]) -> None:
        """Tell of what came since the last look, unless somebody looks at the screen or wants quiet."""
        present = now()
        news = self._seen.news(views, present)
        self._seen = self._seen.look(views)
        if news and not self._app.app_focus and not is_quiet(self.settings, present):
            self._tell(words(news, self.settings.notification_content))

    def _tell(self, text: SafeText) -> None:
        match self.settings.notifications:
            case "bell":
                self._write(BELL)
            case "osc":
                self._write(notification(text, os.environ))
            case "desktop":
                self._app.run_worker(_run(desktop_command(text)), group="desktop")
            case _:
                pass

    async def copy(self, text: str) -> str:
        """Copy what the person asked for; returns an honest sentence about it."""
        tool = tool_here(os.environ)
        if tool is not None and await copy_by(tool, text):
            self._copied = tool, digest_of(text.encode())
            if self._clearing is not None:
                self._clearing.stop()
            self._clearing = self._app.set_timer(KEPT, self.take_copy_back)
            return _("Copied. The clipboard is emptied in {seconds} seconds, or when you leave.").format(
                seconds=int(KEPT)
            )
        sequence = terminal_sequence(text, os.environ)
        if not sequence:
            return _("Not copied: there is no clipboard that can be reached from here.")
        self._write(sequence)
        return _("Handed to the terminal to copy; whether it did, it does not say.")

    async def take_copy_back(self) -> None:
        """Empty the clipboard if what was copied from here is still in it; takes seconds at most."""
        copied, self._copied = self._copied, None
        if copied is not None:
            await clear_if_unchanged(*copied)

    def _write(self, sequence: str) -> None:
        driver = self._app._driver  # noqa: SLF001 - Textual has no other way to the terminal
        if driver is not None:
            driver.write(sequence)
            driver.flush()


async def _run(command: Sequence[str]) -> None:
    """Run a program of the desktop, without a shell, and forget it."""
    if command:
        with contextlib.suppress(OSError):
            async with child_of(command) as child:
                await child.wait()

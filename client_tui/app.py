"""The application: which screen is shown, the life of the bridge, and how the terminal is left."""

import asyncio
import contextlib
import signal
from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import App
from textual.binding import Binding, BindingType
from textual.filter import LineFilter
from textual.worker import Worker, WorkerCancelled, WorkerFailed

from client_tui.bridge import Bridge, Changes
from client_tui.screens.chat import ChatScreen
from client_tui.screens.setup import SetupScreen
from client_tui.screens.start import Acquaintance, Start
from client_tui.screens.unlock import UnlockScreen
from client_tui.terminal.crash import scrubbed
from client_tui.terminal.driver import WipingDriver
from client_tui.terminal.ending import end_soon
from client_tui.terminal.last_filter import LastFilter
from client_tui.theme import NIGHT
from client_tui.widgets.said import Said
from securemsg.client import Profile, home_exists

__all__ = ["Acquaintance", "SecureApp", "Start", "run_client"]

WARNED = 8.0
"""Seconds in which a second Ctrl+Q or Ctrl+L counts as an answer."""

SIGNALLED = 128
"""Added to the number of a signal, as shells do."""


class SecureApp(App[int]):
    """Set-up or unlocking, then the chat; the lock goes back."""

    TITLE = "securemsg"
    ENABLE_COMMAND_PALETTE = False
    NOTIFICATION_TIMEOUT = 0
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "leave", "Quit", show=False, priority=True),
        Binding("ctrl+c", "copy_or_hint", show=False),
    ]

    def __init__(self, start: Start) -> None:
        """Begin with `start`."""
        super().__init__(driver_class=WipingDriver)
        self._start = start
        self._bridge: Bridge | None = None
        self._running_bridge: Worker[None] | None = None
        self._last_warning = ""
        self._last_filter = LastFilter()
        self.register_theme(NIGHT)
        self.theme = NIGHT.name

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Let the last filter look at every line of every widget, after all others."""
        return [*super().get_line_filters(), self._last_filter]

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Name our own colours for every theme."""
        return NIGHT.variables

    async def on_mount(self) -> None:
        """Show the first screen and take over the signals that would leave plaintext on the screen."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self.call_later, self._leave, SIGNALLED + number)
        if self._start.profile is not None:
            await self.push_screen(self._begin(self._start.profile))
            return
        exists = home_exists(self._start.home)
        await self.push_screen(UnlockScreen(self._start) if exists else SetupScreen(self._start))

    @on(SetupScreen.Done)
    @on(UnlockScreen.Done)
    async def opened(self, event: SetupScreen.Done | UnlockScreen.Done) -> None:
        """Run the engine and show the conversations."""
        await self.switch_screen(self._begin(event.profile))

    def _begin(self, profile: Profile) -> ChatScreen:
        """Run the engine of `profile`; returns the screen that shows it."""
        bridge = self._bridge = Bridge(profile, self._start.engine)
        self._start = Start(self._start.home)
        self._clipboard = ""
        screen = ChatScreen(bridge)
        self._running_bridge = self.run_worker(bridge.run(lambda c: self._tell(screen, c)), group="bridge")
        return screen

    def _tell(self, screen: ChatScreen, changes: Changes) -> None:
        screen.post_message(ChatScreen.Changed(changes))

    async def action_lock(self) -> None:
        """Close the vault and show nothing but the question for the passphrase."""
        if self._bridge is None or not self._sure("Ctrl+L again locks and drops what you have not sent."):
            return
        await self._close_bridge()
        self._clipboard = ""
        await self.switch_screen(UnlockScreen(self._start))

    async def action_leave(self) -> None:
        """Leave; a text that was written and not sent is worth a second thought."""
        if self._sure("Ctrl+Q again leaves and drops what you have not sent."):
            await self._leave(0)

    def action_copy_or_hint(self) -> None:
        """Ctrl+C outside a field does not end the program, but says what does."""
        self._say("Ctrl+Q leaves; Ctrl+L locks.")

    async def _leave(self, status: int) -> None:
        await self._close_bridge()
        if status >= SIGNALLED:
            end_soon(status)
        self.exit(status, status)

    async def _close_bridge(self) -> None:
        """End the engine and wait until the vault is closed."""
        worker, self._running_bridge, self._bridge = self._running_bridge, None, None
        if worker is not None:
            worker.cancel()
            with contextlib.suppress(WorkerCancelled, WorkerFailed):
                await worker.wait()

    def _sure(self, warning: str) -> bool:
        screen = self.screen
        if not isinstance(screen, ChatScreen) or not screen.talk.has_draft or self._last_warning == warning:
            return True
        self._last_warning = warning
        self.set_timer(WARNED, self._forget_warning)
        self._say(warning)
        return False

    def _forget_warning(self) -> None:
        self._last_warning = ""

    def _say(self, sentence: str) -> None:
        if isinstance(self.screen, ChatScreen):
            self.screen.post_message(Said(sentence))

    def _handle_exception(self, error: Exception) -> None:
        """End with one sentence: the inherited way prints local variables, passphrases among them (CL-12)."""
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self._fatal_error()

    def _fatal_error(self) -> None:
        """Say what kind of failure it was and where, without any value."""
        error: BaseException = self._exception or RuntimeError()
        if isinstance(error, WorkerFailed):
            error = error.error
        self._exit_renderables[:] = [Text(f"securemsg: {scrubbed(error)}")]
        self._close_messages_no_wait()


def run_client(start: Start) -> int:
    """Open the client on this terminal; returns the exit status."""
    app = SecureApp(start)
    app.run()
    return app.return_code or 0

"""The application: which screen is shown, the life of the bridge, and how the terminal is left."""

import asyncio
import contextlib
import gc
import os
import signal
from collections.abc import Callable, Sequence
from functools import partial
from types import FrameType
from typing import ClassVar

from rich.text import Text
from textual import events, on
from textual.binding import Binding, BindingType
from textual.filter import LineFilter
from textual.worker import Worker, WorkerCancelled, WorkerFailed

from client_tui.bridge import Bridge, Changes
from client_tui.device_app import DeviceApp
from client_tui.idleness import Idleness, machine_clocks, was_read_lately
from client_tui.keymap import keys_of, load_keymap, use_keymap
from client_tui.news import ListRead
from client_tui.one_by_one import OneByOne
from client_tui.prefix import Prefix
from client_tui.registry import command_named, shown_keys
from client_tui.screens.chat import ChatScreen
from client_tui.screens.key_tester import KeyTester
from client_tui.screens.lock import LockScreen
from client_tui.screens.settings import SettingsScreen
from client_tui.screens.setup import SetupScreen
from client_tui.screens.start import Acquaintance, Start
from client_tui.screens.unlock import UnlockScreen
from client_tui.screens.wipe import WipeScreen
from client_tui.settings import load_settings, settings_file
from client_tui.terminal.clipboard import KEPT
from client_tui.terminal.crash import refuse_tracers, scrubbed
from client_tui.terminal.driver import WipingDriver
from client_tui.terminal.editor import sweep
from client_tui.terminal.ending import PATIENCE, SIGNALLED, end_soon, hear_signals, tell_of_loss
from client_tui.terminal.last_filter import LastFilter
from client_tui.text.language import _, language_of, use_language
from client_tui.text.sentences import translated
from client_tui.widgets.said import Said
from securemsg.client import Profile, home_exists

__all__ = ["Acquaintance", "SecureApp", "Start", "run_client"]

SHOWN_CURSOR = "\x1b[?25h"

WATCH = 5.0
"""Seconds between two looks at whether anybody is there."""


class SecureApp(DeviceApp):
    """Set-up or unlocking, then the chat; the lock goes back."""

    TITLE = "securemsg"
    CSS = ChatScreen.RULES
    ENABLE_COMMAND_PALETTE = False
    NOTIFICATION_TIMEOUT = 0
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "leave", show=False, priority=True),
        Binding("ctrl+c", "copy_or_hint", show=False),
    ]

    def __init__(self, start: Start) -> None:
        """Begin with `start`."""
        super().__init__(start, WipingDriver)
        self._chat: ChatScreen | None = None
        self._running_bridge: Worker[None] | None = None
        self._warnings = start.warnings
        self._last_filter = LastFilter()
        self._idleness = Idleness()
        self._prefix = Prefix(self)
        self._one_by_one = OneByOne(self)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Let the last filter look at every line of every widget, after all others."""
        return [*super().get_line_filters(), self._last_filter]

    async def on_mount(self) -> None:
        """Show the first screen and take over the signals that would leave plaintext on the screen."""
        loop = asyncio.get_running_loop()
        hear_signals(loop, self._told_to_end)
        stop = signal.getsignal(signal.SIGTSTP)
        if callable(stop):
            loop.add_signal_handler(signal.SIGTSTP, self.call_later, self._stop, stop)
        tell_of_loss(partial(loop.call_soon_threadsafe, self._lose_terminal))
        self.set_interval(WATCH, self._watch)
        if self.outward.settings.screen_reader and self._driver is not None:
            # Textual moves the cursor to where one types and hides it; readers follow it.
            self._driver.write(SHOWN_CURSOR)
        if self._start.profile is not None:
            await self.push_screen(self._begin(self._start.profile))
            return
        exists = home_exists(self._start.home)
        await self.push_screen(UnlockScreen(self._start) if exists else SetupScreen(self._start))

    async def on_event(self, event: events.Event) -> None:
        """Note that somebody is there, and let Ctrl+X have the key after it."""
        if self._one_by_one.holds(event):
            return
        if isinstance(event, events.InputEvent) and not event.is_forwarded:
            clocks = machine_clocks()
            over = self._bridge is not None and self._idleness.is_over(clocks, self._lock_minutes)
            self._idleness.touch(clocks)
            if over:
                # The machine woke up, and this key is quicker than the watch: nobody knows whose it is.
                await self._lock()
                return
            if isinstance(event, events.Key) and await self._took(event):
                return
        await super().on_event(event)

    async def _took(self, event: events.Key) -> bool:
        """Tell whether a key was for the tester of keys, or for Ctrl+X."""
        if isinstance(self.screen, KeyTester):
            self.screen.take(event)
            return True
        return isinstance(self.screen, ChatScreen) and await self._prefix.take(event)

    @on(SetupScreen.Done)
    @on(UnlockScreen.Done)
    async def opened(self, event: SetupScreen.Done | UnlockScreen.Done) -> None:
        """Run the engine and show the conversations."""
        await self.switch_screen(self._begin(event.profile))

    def _begin(self, profile: Profile) -> ChatScreen:
        """Run the engine of `profile`; returns the screen that shows it."""
        bridge = self._bridge = Bridge(profile, self._start.engine or self._start.engine_after(profile))
        self._start = self._start.without_secrets()
        self._clipboard = ""
        chat = self._new_chat(bridge)
        self._running_bridge = self.run_worker(bridge.run(self._tell, chat.shown), group="bridge")
        self.call_after_refresh(self._settle_in)
        return chat

    def _new_chat(self, bridge: Bridge, opened: int | None = None) -> ChatScreen:
        self._chat = ChatScreen(bridge, opened)
        return self._chat

    async def _settle_in(self) -> None:
        """Bring the keymap to what was shown, and say what was not understood in the settings."""
        self.rebind_screen(self.screen)
        warnings, self._warnings = self._warnings, ()
        for warning in warnings:
            self.say(translated(warning))
        await self.read_lock_minutes()

    def _tell(self, changes: Changes) -> None:
        if self._chat is not None:
            self._chat.post_message(ChatScreen.Changed(changes))

    async def show_anew(self) -> None:
        """Draw the conversations again, the open one too, in the words and signs of now."""
        if self._chat is not None and self._bridge is not None and self.screen is self._chat:
            view = self._chat.talk.view
            await self._chat.settle()
            await self.switch_screen(self._new_chat(self._bridge, None if view is None else view.contact))
            self.call_after_refresh(self._settle_in)

    @on(ListRead)
    def tell_outside(self, event: ListRead) -> None:
        """Tell the desktop, if anything is to be told."""
        self.outward.look(event.views)

    def copy_to_clipboard(self, text: str) -> None:
        """Copy what the person asked for, and say what became of it."""
        self._clipboard = text
        self.set_timer(KEPT, lambda: self._forget_copy(text))
        self.run_worker(self._copy(text), group="copy", exclusive=True)

    def _forget_copy(self, text: str) -> None:
        if self._clipboard == text:
            self._clipboard = ""

    async def _copy(self, text: str) -> None:
        self.say(await self.outward.copy(text))

    async def action_lock(self) -> None:
        """Close the vault and show nothing but the time."""
        await self.in_own_time(self._lock)

    async def _lock(self) -> None:
        if self._bridge is None:
            return
        await self.close_vault()
        await self._show_lock()

    @on(WipeScreen.Kept)
    async def _show_lock(self) -> None:
        await self.switch_screen(LockScreen(self._start))
        self.call_after_refresh(self._wipe_screen)

    def _wipe_screen(self) -> None:
        """Leave nothing of the conversations in the terminal, nor in memory where it can be let go."""
        if isinstance(self._driver, WipingDriver):
            self._driver.wipe()
        self.screen.refresh()
        gc.collect()

    def _told_to_end(self, status: int) -> None:
        """Leave in order, and in time: without a terminal nobody sees that something waits for ever."""
        end_soon(status, PATIENCE)
        self.call_later(self._leave, status)

    def _lose_terminal(self) -> None:
        """Leave: nobody sends a hang-up to who does not lead the session."""
        if isinstance(self._driver, WipingDriver):
            # Its thread would read the end of what is typed over and over.
            self._driver.exit_event.set()
        self._told_to_end(SIGNALLED + signal.SIGHUP)

    async def _stop(self, stop: Callable[[int, FrameType | None], object]) -> None:
        """Lock before the process stands still: whoever lets it go on may be somebody else."""
        await self._lock()
        stop(signal.SIGTSTP, None)

    async def _watch(self) -> None:
        """Lock when nobody is there; who writes in an editor is."""
        writes = self._chat is not None and self._chat.lending.is_out and was_read_lately()
        clocks = machine_clocks()
        if self._idleness.is_over(clocks, 0 if writes else self._lock_minutes):
            await self._lock()
        elif writes:
            self._idleness.touch(clocks)

    async def action_leave(self) -> None:
        """Leave; what was begun is kept."""
        await self.in_own_time(self._leave, 0)

    @on(WipeScreen.Gone)
    async def _leave_nothing(self) -> None:
        await self._leave(0)

    def action_copy_or_hint(self) -> None:
        """Ctrl+C outside a field does not end the program, but says what does."""
        leave, lock = (shown_keys(keys_of(command_named(name))) for name in ("leave", "lock"))
        self.say(_("{leave} leaves; {lock} locks.").format(leave=leave, lock=lock))

    async def _leave(self, status: int) -> None:
        await self.close_vault()
        await self.outward.take_copy_back()
        if status >= SIGNALLED:
            end_soon(status)
        self.exit(status, status)

    async def close_vault(self) -> None:
        """Save what was begun, end the engine, and wait until the vault is closed and no sheet is open."""
        await self._prefix.drop()
        if self._chat is not None and self._bridge is not None:
            await self._chat.settle()
        self._chat = None
        self._clipboard = ""
        self.outward.forget()
        while isinstance(self.screen, SettingsScreen | KeyTester):
            await self.pop_screen()
        worker, self._running_bridge, self._bridge = self._running_bridge, None, None
        if worker is not None:
            worker.cancel()
            with contextlib.suppress(WorkerCancelled, WorkerFailed):
                await worker.wait()

    def say(self, sentence: str) -> None:
        """Show a sentence in the last row of the conversations."""
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
    """Open the client on this terminal as the settings of this device say; returns the exit status."""
    settings = load_settings(settings_file(os.environ))
    use_language(language_of(os.environ, settings.language))
    keymap = load_keymap(settings)
    use_keymap(keymap)
    refuse_tracers()
    sweep(os.environ)
    WipingDriver.follows_mouse = settings.mouse == "on"
    app = SecureApp(start.on_device(settings, (*settings.warnings, *keymap.warnings)))
    app.run(mouse=settings.mouse != "off")
    return app.return_code or 0

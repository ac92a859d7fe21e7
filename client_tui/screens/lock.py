"""The locked client: the time and nothing else, until somebody presses a key."""

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from client_tui.clock import now
from client_tui.screens.start import Start
from client_tui.screens.unlock import UnlockScreen
from client_tui.text.when import time_of_day

TICK = 1.0
"""Seconds between two looks at the clock."""

ALONE = 30.0
"""Seconds without a key after which only the time is shown again."""


class LockScreen(UnlockScreen):
    """Shows the time; any key asks for the passphrase, and is its first letter if it is one."""

    CSS = f"""
    {UnlockScreen.CSS.replace("UnlockScreen", "LockScreen")}
    LockScreen {{ align: center middle; background: $background; color: $foreground; }}
    LockScreen #time {{ width: auto; color: $muted; }}
    LockScreen.-waiting #box {{ display: none; }}
    LockScreen.-asking #time {{ display: none; }}
    """

    AUTO_FOCUS = ""

    def __init__(self, start: Start) -> None:
        """Lock the home of `start`."""
        super().__init__(start)
        self._time = Static(Content(""), id="time")
        self._shown = ""
        self._alone = 0.0

    def compose(self) -> ComposeResult:
        """Lay out the time and the field."""
        yield self._time
        yield from super().compose()

    def begin(self) -> None:
        """Show the time."""
        self._wait()
        self.set_interval(TICK, self._tick)

    def _wait(self) -> None:
        self._field.input.value = ""
        self.set_focus(None)
        self.add_class("-waiting")
        self.remove_class("-asking")
        self._tick()

    def _tick(self) -> None:
        if (shown := time_of_day(now())) != self._shown:
            self._shown = shown
            self._time.update(Content(shown))
        self._alone += TICK
        if self.has_class("-asking") and self._alone >= ALONE and not self._busy:
            self._wait()

    def on_key(self, event: events.Key) -> None:
        """Ask for the passphrase."""
        self._alone = 0.0
        if self.has_class("-waiting"):
            event.stop()
            self._ask(event.character if event.is_printable and event.character else "")

    def on_paste(self, event: events.Paste) -> None:
        """Ask for the passphrase, with what was pasted in it."""
        self._alone = 0.0
        if self.has_class("-waiting"):
            event.stop()
            self._ask("".join(event.text.splitlines()[:1]))

    def _ask(self, begun: str) -> None:
        self.remove_class("-waiting")
        self.add_class("-asking")
        self._field.input.value = begun
        self._field.input.cursor_position = len(begun)
        self._field.input.focus()

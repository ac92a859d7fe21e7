"""What the terminal really sends: press a key, read its name and what it runs. Nothing is run here."""

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from client_tui.keymap import keys_of
from client_tui.registry import COMMANDS, Command, shown_key
from client_tui.text.language import _
from client_tui.text.safe import safe_line

LEAVE = "escape"


class KeyTester(Screen[None]):
    """Shows each key that arrives, and which of the usual ones have arrived so far; Esc twice leaves."""

    CSS = """
    KeyTester { align: center middle; background: $background; color: $foreground; }
    KeyTester #box { width: 100%; max-width: 90; height: auto; max-height: 100%; padding: 1 2; }
    KeyTester #box { background: $surface; }
    """

    class Closed(Message):
        """The person has seen enough."""

    def __init__(self) -> None:
        """Start without a key."""
        super().__init__()
        self._arrived: set[str] = set()
        self._last = ""
        self._told: list[str] = []
        self._text = Static(Content(""))

    def compose(self) -> ComposeResult:
        """Lay out what arrives."""
        with VerticalScroll(id="box", can_focus=False):
            yield self._text

    def on_mount(self) -> None:
        """Say what to do."""
        self._draw()

    def take(self, event: events.Key) -> None:
        """Show `event`, before anybody acts on it."""
        if event.key == LEAVE == self._last:
            self.post_message(self.Closed())
            return
        self._last = event.key
        self._arrived.add(event.key)
        sent = " ".join(f"U+{ord(letter):04X}" for letter in event.character or "")
        runs = ", ".join(_(command.title) for command in COMMANDS if event.key in keys_of(command))
        line = _("{key}: {code} \u00b7 runs: {commands}")
        self._told = [
            safe_line(line.format(key=event.key, code=sent or "-", commands=runs or "-"), 120),
            *self._told[:4],
        ]
        self._draw()

    def _draw(self) -> None:
        parts: list[str | tuple[str, str]] = [
            (_("Press any key; Esc twice goes back.") + "\n\n", "bold $strong"),
            ("\n".join(self._told) + "\n\n", "$accent"),
            (_("Keys that have arrived so far, and the twin of those that do not:") + "\n", "$muted"),
        ]
        for command in COMMANDS:
            parts += self._row(command)
        self._text.update(Content.assemble(*parts))

    def _row(self, command: Command) -> list[str | tuple[str, str]]:
        keys = keys_of(command)
        if not keys:
            return []
        came = any(key in self._arrived for key in keys)
        names = " ".join(shown_key(key) for key in keys)
        twin = f"  ^X {shown_key(command.after)}" if command.after else ""
        sign, style = ("\u2714", "$success") if came else ("\u00b7", "$foreground")
        return [(f"{sign} {names:<16}", style), f"{_(command.title)}", (twin, "$muted"), "\n"]

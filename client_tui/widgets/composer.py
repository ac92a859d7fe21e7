"""Where one writes: Enter sends, Ctrl+J makes a new line, a paste never sends."""

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.strip import Strip
from textual.widgets import TextArea

from client_tui.registry import Place, bindings
from client_tui.text.safe import safe_paste

LONGEST = 16_000
"""Bytes of one message (Spec: CT-2 table); checked here so that the person hears of it while writing."""


class Composer(TextArea):
    """A field of three rows, so that writing never moves the rest of the screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(Place.WRITING),
        Binding("up", "up", show=False),
    ]

    DEFAULT_CSS = """
    Composer {
        height: 3; border: none; padding: 0 1; background: $surface; color: $foreground;
        scrollbar-size-vertical: 1;
        &:focus { border: none; }
        & .text-area--cursor-line { background: $surface; }
        & .text-area--placeholder { color: $muted; }
    }
    """

    class Submitted(Message):
        """The person wants to send this text to this contact."""

        def __init__(self, contact: int, text: str) -> None:
            """Carry both: when this is read, another conversation may be open."""
            super().__init__()
            self.contact = contact
            self.text = text

    class UpFromEmpty(Message):
        """Up was pressed in an empty field: into the messages."""

    def __init__(self) -> None:
        """Start empty."""
        super().__init__(
            id="composer",
            highlight_cursor_line=False,
            placeholder=Content("Write \u2014 end-to-end encrypted"),
        )
        self.contact: int | None = None

    def turn_to(self, contact: int, draft: str) -> None:
        """Write to `contact` from now on, starting with `draft`; both change in one step."""
        self.contact = contact
        self.load_text(draft)
        self.move_cursor(self.document.end)
        self.disabled = False

    def action_submit(self) -> None:
        """Hand over what was written; an empty field sends nothing."""
        if self.contact is not None and self.text.strip():
            self.post_message(self.Submitted(self.contact, self.text.rstrip()))
            # Cleared at once, so that a second Enter does not send it twice.
            self.clear()

    def action_newline(self) -> None:
        """Start a new line."""
        self.insert("\n")

    def action_up(self) -> None:
        """Move up, or leave an empty field upwards."""
        if self.text:
            self.action_cursor_up()
        else:
            self.post_message(self.UpFromEmpty())

    def render_line(self, y: int) -> Strip:
        """Draw one row; nothing where there are hardly any columns: the inherited way fails there."""
        return super().render_line(y) if self.content_size.width > 1 else Strip.blank(self.size.width)

    async def _on_key(self, event: events.Key) -> None:
        """Let Enter send and Ctrl+J break the line, here and at once.

        The inherited way would insert a line for Enter before any binding is asked; and a
        binding is asked later than the keys behind it, when many come in one piece.
        """
        if event.key in {"enter", "ctrl+j"}:
            event.stop()
            event.prevent_default()
            if event.key == "enter":
                self.action_submit()
            else:
                self.action_newline()
        else:
            await super()._on_key(event)

    async def _on_paste(self, event: events.Paste) -> None:
        """Insert pasted text as text: filtered, whole, with its lines, and without sending anything."""
        event.stop()
        event.prevent_default()
        self.insert(safe_paste(event.text))

"""Where one writes: Enter sends, Ctrl+J makes a new line, a paste never sends."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.strip import Strip
from textual.widgets import TextArea

from client_tui.keymap import command_of
from client_tui.registry import Place, bindings
from client_tui.text.language import _
from client_tui.text.pasted import dropped_file, needs_asking
from client_tui.text.safe import safe_paste

HEIGHTS = (3, 6, 10)
"""Rows that the field may have: each change lays out the whole screen, so it does not follow each line."""

AT_ONCE = {"submit", "newline"}
"""Commands that are run with the key itself, before the keys behind it."""

SHARE = 3
"""The field takes at most this part of the height of the screen."""


@dataclass(frozen=True, slots=True)
class About:
    """The rows of the messages that a text answers or takes the place of."""

    answers: int | None = None
    edits: int | None = None


class Composer(TextArea):
    """A field that has room for a few lines from the start, so that writing rarely moves the screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(Place.WRITING),
        Binding("up", "up", show=False),
        Binding("ctrl+y", "yank", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
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
        """The person wants to send this text to this contact, as an answer or in place of other words."""

        def __init__(self, contact: int, text: str, about: About) -> None:
            """Carry all: when this is read, another conversation may be open."""
            super().__init__()
            self.contact = contact
            self.text = text
            self.about = about

    class UpFromEmpty(Message):
        """Up was pressed in an empty field: into the messages."""

    class Paged(Message):
        """The messages above are to be scrolled by a page, up for -1; the cursor stays here."""

        def __init__(self, by: int) -> None:
            """Carry the direction."""
            super().__init__()
            self.by = by

    class Completed(Message):
        """Tab was pressed: complete what was begun."""

    class PasteHeld(Message):
        """A paste waits for an answer; `file` is set where it is the path of a file."""

        def __init__(self, lines: int, file: Path | None) -> None:
            """Carry what to ask about."""
            super().__init__()
            self.lines = lines
            self.file = file

    class PasteAnswered(Message):
        """The question about a paste is answered; `file` is to be attached where it is set."""

        def __init__(self, contact: int | None, file: Path | None) -> None:
            """Carry the file to attach, and for whom."""
            super().__init__()
            self.contact = contact
            self.file = file

    def __init__(self) -> None:
        """Start empty."""
        super().__init__(id="composer", highlight_cursor_line=False)
        # Blinking would repaint a cell twice a second for ever, also over slow lines.
        self.cursor_blink = False
        self.contact: int | None = None
        self.about = About()
        self._held = ""
        self._file: Path | None = None
        self._killed = ""
        self.placeholder = Content(_("Write \u2014 end-to-end encrypted"))

    @property
    def is_asking(self) -> bool:
        """Whether a paste waits for an answer."""
        return bool(self._held)

    def turn_to(self, contact: int, draft: str) -> None:
        """Write to `contact` from now on, starting with `draft`; both change in one step."""
        self.contact = contact
        self._held = ""
        self.load_text(draft)
        self.move_cursor(self.document.end)
        self.disabled = False
        self.fit()

    def fit(self) -> None:
        """Take as many rows as the text needs, in few steps."""
        if not self.is_attached:
            # Locked or left while the vault was asked what to show.
            return
        most = max(self.screen.size.height // SHARE, 1)
        lines = self.wrapped_document.height
        wanted = next((height for height in HEIGHTS if height >= lines), HEIGHTS[-1])
        height = min(wanted, most) if most >= HEIGHTS[0] else 1
        if self.styles.height is None or self.styles.height.value != height:
            self.styles.height = height

    def action_submit(self) -> None:
        """Hand over what was written; an empty field sends nothing."""
        if self.contact is not None and self.text.strip():
            self.post_message(self.Submitted(self.contact, self.text.rstrip(), self.about))
            # Cleared at once, so that a second Enter does not send it twice.
            self.clear()
            self.about = About()

    def action_newline(self) -> None:
        """Start a new line."""
        self.insert("\n")

    def action_up(self) -> None:
        """Move up, or leave an empty field upwards."""
        if self.text:
            self.action_cursor_up()
        else:
            self.post_message(self.UpFromEmpty())

    def action_page(self, by: int) -> None:
        """Scroll the messages."""
        self.post_message(self.Paged(by))

    def action_delete_to_start_of_line(self) -> None:
        """Take away what stands before the cursor in its line; Ctrl+Y brings it back."""
        row, column = self.cursor_location
        self._killed = self.document.get_line(row)[:column] or self._killed
        super().action_delete_to_start_of_line()

    def action_delete_word_left(self) -> None:
        """Take away the word before the cursor; Ctrl+Y brings it back."""
        before = self.text
        super().action_delete_word_left()
        lost = len(before) - len(self.text)
        end = len(self.get_text_range((0, 0), self.cursor_location))
        self._killed = before[end : end + lost] or self._killed

    def action_yank(self) -> None:
        """Put back what was taken away last."""
        if self._killed:
            self.insert(self._killed)

    def drop_paste(self) -> bool:
        """Forget a paste that waits for an answer; tell whether there was one."""
        waited, self._held, self._file = bool(self._held), "", None
        if waited:
            self.post_message(self.PasteAnswered(self.contact, None))
        return waited

    def render_line(self, y: int) -> Strip:
        """Draw one row; nothing where there are hardly any columns: the inherited way fails there."""
        return super().render_line(y) if self.content_size.width > 1 else Strip.blank(self.size.width)

    async def _on_key(self, event: events.Key) -> None:
        """Let Enter send and Ctrl+J break the line, here and at once.

        The inherited way would insert a line for Enter before any binding is asked; and a
        binding is asked later than the keys behind it, when many come in one piece.
        """
        if self._held:
            event.stop()
            event.prevent_default()
            self._answer(event.key)
        elif (command := command_of(event.key, Place.WRITING)) is not None and command.name in AT_ONCE:
            event.stop()
            event.prevent_default()
            if command.name == "submit":
                self.action_submit()
            else:
                self.action_newline()
        elif event.key == "tab":
            event.stop()
            event.prevent_default()
            self.post_message(self.Completed())
        else:
            await super()._on_key(event)

    def _answer(self, key: str) -> None:
        """Take the answer to a question about a paste; other keys are no answer."""
        held, file = self._held, self._file
        as_text = (key == "t") if file is not None else (key == "enter")
        if as_text or (key == "enter" and file is not None):
            self._held, self._file = "", None
            if as_text:
                self.insert(held)
            self.post_message(self.PasteAnswered(self.contact, None if as_text else file))

    async def _on_paste(self, event: events.Paste) -> None:
        """Insert pasted text as text: filtered, whole, with its lines, and without sending anything."""
        event.stop()
        event.prevent_default()
        text, file = safe_paste(event.text), dropped_file(event.text)
        if file is None and not needs_asking(text):
            self.insert(text)
            return
        self._held, self._file = text, file
        self.post_message(self.PasteHeld(len(text.strip("\n").split("\n")), file))

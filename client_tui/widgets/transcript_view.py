"""The messages of one conversation: a window over the vault, drawn line by line.

It scrolls by itself instead of through Textual's scroll views: those lay out the whole screen whenever the
number of rows changes. The cost of a repaint is the rows on the screen, however long the conversation is.
"""

from collections.abc import Iterable

from textual import events
from textual.content import Content
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget

from client_tui.clock import now
from client_tui.text.language import ngettext
from client_tui.text.signs import Sign
from client_tui.widgets.key_names import key_for
from client_tui.widgets.line import Painter
from client_tui.widgets.message_rows import INDENT
from client_tui.widgets.message_state import countdown
from client_tui.widgets.transcript_rows import Drawing, Setting
from client_tui.widgets.transcript_wishes import EndSeen, NewerWanted, OlderWanted
from client_tui.widgets.viewport import Viewport
from client_tui.widgets.window import Window
from securemsg.client.views import MessageView

AHEAD = 40
"""Rows from an edge at which the next page is asked for, so that it is there when one comes to it."""

TICK = 1.0
"""Seconds between two looks at what is left of messages that disappear."""

BAR = 1
"""Columns of the scroll bar."""


class TranscriptView(Widget, can_focus=True):
    """Shows the window, keeps the place in it, and one selected message."""

    ALLOW_SELECT = True

    DEFAULT_CSS = "TranscriptView { height: 1fr; background: $background; color: $foreground; }"

    def __init__(self) -> None:
        """Start without a conversation."""
        super().__init__(id="transcript")
        self.window = Window()
        self.selected: int | None = None
        self.unseen = 0
        self.viewport = Viewport()
        self._drawing = Drawing()
        self._painter = Painter(self)
        self._first_unread: int | None = None
        self._hits: tuple[str, ...] = ()
        self._expired: frozenset[int] = frozenset()
        self._empty = Content("")
        self._strips: dict[int, Strip] = {}
        self._left: tuple[str, ...] = ()
        self._center: int | None = None
        self._begun: int | None = None

    def on_mount(self) -> None:
        """Count down what disappears."""
        self.set_interval(TICK, self._tick)

    @property
    def messages(self) -> tuple[MessageView, ...]:
        """The messages that are held, oldest first."""
        return self.window.messages

    @property
    def follows(self) -> bool:
        """Whether the newest message is in view, so that new ones scroll in."""
        return self.window.at_end and self.viewport.follows

    def open(self, window: Window, first_unread: int | None, empty: Content) -> None:
        """Show another conversation: from the unread line or its end; `empty` is said where it is empty."""
        self.window, self._first_unread, self._empty = window, first_unread, empty
        self.selected, self._hits, self._expired, self.unseen = None, (), frozenset(), 0
        self.viewport.rows = ()
        self.viewport.top = 0
        self._center = self._begun = None
        self._lay_out()
        self._begin()

    def show_window(self, window: Window) -> None:
        """Show the window after a change; stays with what is read, or at the end if it was there."""
        self.window, gone = window.over(self.window, now())
        self._expired |= gone
        self._lay_out()
        self.moved()

    def drop_expired(self, row: int) -> bool:
        """Drop the line of a message that has gone; tell whether it had."""
        if row not in self._expired:
            return False
        self._expired -= {row}
        self.window = self.window.without(row)
        self._lay_out()
        return True

    def mark(self, hits: Iterable[str]) -> None:
        """Mark words in all messages."""
        wanted = tuple(hits)
        if wanted != self._hits:
            self._hits = wanted
            self._lay_out()

    def drop_unread_line(self) -> None:
        """Draw no line above the first unread message any more."""
        self._first_unread = self._begun = None
        self._lay_out()

    def set_unseen(self, count: int) -> None:
        """Say how many messages came below what is read."""
        if count != self.unseen:
            self.unseen = count
            self.refresh()

    def select(self, row: int | None) -> None:
        """Select a message and bring it into view."""
        before, self.selected = self.selected, row
        if row is not None:
            self.viewport.reveal(row)
        if before != row or row is not None:
            self.moved()

    def center(self, row: int) -> None:
        """Select a message and bring it to the middle."""
        self.selected = self._center = row
        self._begin()

    def to_end(self) -> None:
        """Show the newest message."""
        self.viewport.go(self.viewport.end)
        self.moved()

    def message_selected(self) -> MessageView | None:
        """Return the selected message."""
        return self.window.find(self.selected)

    def on_resize(self, event: events.Resize) -> None:
        """Wrap again for another width."""
        unmoved = not self.viewport.rows or self.viewport.top == self._begun
        self.viewport.resize(event.size.height)
        self._lay_out()
        if unmoved:
            self._begin()

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the words that were marked with the mouse, without what we add beside them."""
        text = "\n".join(
            row.content.plain[: row.said] if row.message is not None else row.content.plain
            for row in self.viewport.rows
        )
        lines = selection.extract(text).split("\n")
        return "\n".join(line.removeprefix(INDENT) for line in lines), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw the marked words."""
        del selection
        self._strips.clear()
        self.refresh()

    def notify_style_update(self) -> None:
        """Draw in the colours of another theme."""
        super().notify_style_update()
        self._painter.forget()
        self._strips.clear()

    def moved(self) -> None:
        """Draw again, and ask for what lies beyond an edge that is near."""
        if self.viewport.top < AHEAD and not self.window.at_start:
            self.post_message(OlderWanted())
        if self.viewport.end - self.viewport.top < AHEAD and not self.window.at_end:
            self.post_message(NewerWanted())
        if self.follows:
            self.post_message(EndSeen())
        self._strips.clear()
        self.refresh()

    def _begin(self) -> None:
        """Go to the message that is wanted, the unread line or the end, as soon as there is any room."""
        if not self.size.width:
            return
        if self._center is not None:
            self.viewport.center(self._center)
        else:
            self.viewport.go(self.viewport.end)
            self._show_unread_line()
        self._begun = self.viewport.top
        self.moved()

    def _show_unread_line(self) -> None:
        """Go up to the first unread message where it would be above what is seen."""
        first = self._first_unread
        if first is not None:
            top = self.viewport.top
            self.viewport.reveal(first)
            if self.viewport.top < top:
                # What stands above it says why one is here.
                self.viewport.lead_in()

    def _lay_out(self) -> None:
        if not self.size.width:
            # Hidden, or not laid out yet: what is wrapped for no columns is wrapped again for those it gets.
            return
        width = max(self.size.width - BAR, 0)
        setting = Setting(width, now(), self._first_unread, self._hits, self._expired)
        self.viewport.replace(self._drawing.rows(self.messages, setting))
        self._strips.clear()
        self.refresh()

    def _tick(self) -> None:
        present = now()
        left = tuple(
            countdown(message, present) for message in self.messages if message.expires_at is not None
        )
        if left != self._left:
            self._left = left
            self._lay_out()

    def render_line(self, y: int) -> Strip:
        """Draw one row."""
        strip = self._strips.get(y)
        if strip is None:
            strip = self._strips[y] = self._draw(y)
        return strip

    def _draw(self, y: int) -> Strip:
        width = self.size.width
        if self.unseen and not self.follows and y == self.size.height - 1:
            return self._painter.strip(self._below(), width, "on $panel")
        if not self.messages:
            lines = self._empty.wrap(max(width - 2, 2))
            place = y - max(self.size.height - len(lines), 0) // 2
            line = lines[place] if 0 <= place < len(lines) else Content("")
            return self._painter.strip(Content.assemble("  ", line), width)
        place_at = self.viewport.row_at(y)
        if place_at is None:
            return self._painter.strip(Content(""), width)
        return self._message_strip(y, place_at, width)

    def _message_strip(self, y: int, place: int, width: int) -> Strip:
        row = self.viewport.rows[place]
        content, ground = row.content, ""
        if row.message is not None and row.message == self.selected:
            bar = (str(Sign.QUOTE), "$accent" if self.has_focus else "$muted")
            content, ground = Content.assemble(bar, content[1:]), "on $panel"
        span = self.text_selection.get_span(place) if self.text_selection else None
        if span is not None:
            end = len(content.plain) if span[1] == -1 else span[1]
            content = content.stylize("on $input-selection-background", span[0], end)
        start, stop = self.viewport.thumb()
        bar_style = "on $scrollbar" if start <= y < stop else ""
        words = self._painter.strip(content, width - BAR, ground)
        return Strip.join([words.apply_offsets(0, place), self._painter.strip(Content(""), BAR, bar_style)])

    def _below(self) -> Content:
        words = ngettext("{n} new message below", "{n} new messages below", self.unseen).format(n=self.unseen)
        return Content.assemble(
            (f" {Sign.BELOW} {words}  ", "bold $accent"), (key_for("latest"), "bold $strong")
        )

"""The messages of one conversation: a window over the vault, drawn line by line.

Holds the messages of the window only; at its upper edge it asks for older ones. The cost of a
repaint is the rows on the screen, however long the conversation is.
"""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from client_tui.clock import now
from client_tui.registry import Place, bindings
from client_tui.widgets.line import strip_of
from client_tui.widgets.transcript_rows import Row, Setting, rows_of
from securemsg.client.views import MessageView


class Transcript(ScrollView, can_focus=True):
    """Shows the window, keeps the place in it, and one selected message."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Place.MESSAGES)

    DEFAULT_CSS = "Transcript { overflow-x: hidden; overflow-y: scroll; scrollbar-size-vertical: 1; }"

    class OlderWanted(Message):
        """The upper edge was reached."""

    class LatestWanted(Message):
        """The end of the conversation was asked for, and the window may not hold it."""

    class Left(Message):
        """Moved down past the last message: back to writing."""

    class Asked(Message):
        """`verb` (retry or cancel) was asked for message `row`."""

        def __init__(self, verb: str, row: int) -> None:
            """Name the verb and the message."""
            super().__init__()
            self.verb = verb
            self.row = row

    def __init__(self) -> None:
        """Start without a conversation."""
        super().__init__(id="transcript")
        self.messages: Sequence[MessageView] = ()
        self.selected: int | None = None
        self._first_unread: int | None = None
        self._rows: list[Row] = []
        self._width = 0
        self._empty = Content("")

    @property
    def follows(self) -> bool:
        """Whether the end is in view, so that new messages scroll in."""
        return self.scroll_offset.y >= self.max_scroll_y - 1

    def open(self, messages: Sequence[MessageView], first_unread: int | None, empty: Content) -> None:
        """Show another conversation from its end; `empty` is said where there are no messages."""
        self.messages, self._first_unread, self._empty = messages, first_unread, empty
        self.selected = None
        self._lay_out()
        self.scroll_end(animate=False, immediate=True)

    def update_messages(self, messages: Sequence[MessageView]) -> None:
        """Show the window again after a change; stays at the end if it was there."""
        follows, top = self.follows, self._message_at_top()
        self.messages = messages
        self._lay_out()
        if follows:
            self.scroll_end(animate=False, immediate=True)
        elif top is not None:
            self._bring_to_top(top)

    def prepend(self, older: Sequence[MessageView]) -> None:
        """Add older messages above without moving what is read."""
        before = len(self._rows)
        self.messages = [*older, *self.messages]
        self._lay_out()
        offset = self.scroll_offset.y + len(self._rows) - before
        self.scroll_to(y=offset, animate=False, immediate=True)

    def select(self, row: int | None) -> None:
        """Select a message and bring it into view."""
        self.selected = row
        places = [place for place, line in enumerate(self._rows) if row is not None and line.message == row]
        if places:
            region = Region(0, places[0], 1, len(places))
            self.scroll_to_region(region, animate=False, immediate=True)
        self.refresh()

    def message_selected(self) -> MessageView | None:
        """Return the selected message."""
        return next((message for message in self.messages if message.row == self.selected), None)

    def on_resize(self, event: events.Resize) -> None:
        """Wrap again for another width."""
        del event
        if self._inner_width() != self._width:
            follows = self.follows
            self._lay_out()
            if follows:
                self.call_next(self.scroll_end, animate=False, immediate=True)

    def on_click(self, event: events.Click) -> None:
        """Select the message under the pointer."""
        place = self._place(event.y)
        if 0 <= place < len(self._rows):
            self.select(self._rows[place].message)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Ask for older messages at the upper edge."""
        super().watch_scroll_y(old_value, new_value)
        if round(new_value) == 0 and round(old_value) > 0:
            self.post_message(self.OlderWanted())

    def action_select_up(self) -> None:
        """Select the message above."""
        rows = [message.row for message in self.messages]
        if not rows:
            return
        place = rows.index(self.selected) if self.selected in rows else len(rows)
        if place == 0:
            self.post_message(self.OlderWanted())
        self.select(rows[max(place - 1, 0)])

    def action_select_down(self) -> None:
        """Select the message below; from the last one, leave."""
        rows = [message.row for message in self.messages]
        place = rows.index(self.selected) if self.selected in rows else len(rows)
        if place + 1 < len(rows):
            self.select(rows[place + 1])
        else:
            self.select(None)
            self.post_message(self.Left())

    def action_page_up(self) -> None:
        """Scroll up, or ask for older messages."""
        if self.scroll_offset.y == 0:
            self.post_message(self.OlderWanted())
        self.scroll_relative(y=-max(self.size.height - 1, 1), animate=False, immediate=True)

    def action_page_down(self) -> None:
        """Scroll down."""
        self.scroll_relative(y=max(self.size.height - 1, 1), animate=False, immediate=True)

    def action_oldest(self) -> None:
        """To the top of what is loaded; once more there loads more."""
        if self.scroll_offset.y == 0:
            self.post_message(self.OlderWanted())
        self.scroll_to(y=0, animate=False, immediate=True)

    def action_latest(self) -> None:
        """To the end of the conversation."""
        self.post_message(self.LatestWanted())

    def action_retry(self) -> None:
        """Ask to send the selected message again."""
        self._ask("retry")

    def action_cancel(self) -> None:
        """Ask to take the selected message out of the outbox."""
        self._ask("cancel")

    def _ask(self, verb: str) -> None:
        if self.selected is not None:
            self.post_message(self.Asked(verb, self.selected))

    def _lay_out(self) -> None:
        self._width = self._inner_width()
        self._rows = rows_of(self.messages, Setting(self._width, now(), self._first_unread))
        self.virtual_size = Size(self._width, len(self._rows))
        self.refresh()

    def _inner_width(self) -> int:
        return self.scrollable_content_region.width

    def _place(self, y: int) -> int:
        """Return which row stands at `y`: a short conversation stands at the bottom."""
        return y + self.scroll_offset.y - max(self.size.height - len(self._rows), 0)

    def _message_at_top(self) -> int | None:
        rows = self._rows[self.scroll_offset.y :]
        return next((row.message for row in rows if row.message is not None), None)

    def _bring_to_top(self, message: int) -> None:
        places = (place for place, row in enumerate(self._rows) if row.message == message)
        self.scroll_to(y=next(places, 0), animate=False, immediate=True)

    def render_line(self, y: int) -> Strip:
        """Draw one row."""
        width = self._inner_width()
        if not self.messages:
            lines = self._empty.wrap(max(width, 2))
            return strip_of(self, lines[y - 1] if 0 < y <= len(lines) else Content(""), width)
        place = self._place(y)
        if not 0 <= place < len(self._rows):
            return Strip.blank(width, self.rich_style)
        row = self._rows[place]
        if row.message is None or row.message != self.selected:
            return strip_of(self, row.content, width)
        marked = Content.assemble(("\u258e", "$accent"), row.content[1:])
        return strip_of(self, marked, width, "on $panel")

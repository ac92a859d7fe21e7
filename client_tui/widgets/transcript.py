"""Moving through the messages of a conversation, and choosing among them."""

from typing import ClassVar

from textual import events
from textual.binding import BindingType

from client_tui.registry import Place, bindings
from client_tui.widgets.transcript_view import BAR, TranscriptView
from client_tui.widgets.transcript_wishes import Asked, LatestWanted, Left

WHEEL = 3
"""Rows of one turn of the wheel."""


class Transcript(TranscriptView):
    """Answers keys and mouse."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Place.MESSAGES)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll with the wheel."""
        event.stop()
        self._scroll(-WHEEL)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll with the wheel."""
        event.stop()
        self._scroll(WHEEL)

    def on_click(self, event: events.Click) -> None:
        """Select the message under the pointer; on the scroll bar, go there."""
        if event.x >= self.size.width - BAR:
            self.viewport.go(self.viewport.end * event.y // max(self.size.height - 1, 1))
            self.moved()
            return
        if self.unseen and not self.follows and event.y == self.size.height - 1:
            self.action_latest()
            return
        place = self.viewport.row_at(event.y)
        message = self.viewport.rows[place].message if place is not None else None
        if message is not None and not self.text_selection:
            self.select(message)

    def action_select_up(self) -> None:
        """Select the message above."""
        rows = [message.row for message in self.messages]
        if rows:
            place = rows.index(self.selected) if self.selected in rows else len(rows)
            self.select(rows[max(place - 1, 0)])

    def action_select_down(self) -> None:
        """Select the message below; from the last one, leave."""
        rows = [message.row for message in self.messages]
        place = rows.index(self.selected) if self.selected in rows else len(rows)
        if place + 1 < len(rows):
            self.select(rows[place + 1])
        else:
            self.select(None)
            self.post_message(Left())

    def action_page_up(self) -> None:
        """Scroll up by what is seen."""
        self._scroll(-max(self.size.height - 1, 1))

    def action_page_down(self) -> None:
        """Scroll down by what is seen."""
        self._scroll(max(self.size.height - 1, 1))

    def action_oldest(self) -> None:
        """To the top of what is loaded; more is loaded there."""
        self._scroll(-len(self.viewport.rows))

    def action_latest(self) -> None:
        """To the end of the conversation."""
        self.post_message(LatestWanted())

    def action_ask(self, verb: str) -> None:
        """Ask for something to be done with the selected message."""
        if self.selected is not None:
            self.post_message(Asked(verb, self.selected))

    def to_unread(self) -> bool:
        """Go to the line above what was new; tell whether there is one."""
        there = self._first_unread is not None and self.window.find(self._first_unread) is not None
        if there and self._first_unread is not None:
            self.center(self._first_unread)
            self.focus()
        return there

    def _scroll(self, by: int) -> None:
        self.viewport.scroll(by)
        self.moved()

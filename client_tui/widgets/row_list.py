"""A list of one-row entries drawn line by line: conversations, search results."""

from collections.abc import Sequence
from typing import ClassVar, Protocol

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from client_tui.text.signs import Sign
from client_tui.widgets.line import strip_of


class Entry(Protocol):
    """One row: a key that survives reloading, and its drawing."""

    @property
    def key(self) -> int:
        """What identifies the entry."""
        ...

    def line(self, width: int) -> Content:
        """Return the row for `width` cells."""
        ...


class RowList(ScrollView, can_focus=True):
    """Shows entries and one selected among them; cost does not depend on their number."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", show=False),
        Binding("down,j", "move(1)", show=False),
        Binding("home,g", "move(-1000000)", show=False),
        Binding("end,G", "move(1000000)", show=False),
        Binding("enter", "choose", show=False),
    ]

    DEFAULT_CSS = "RowList { overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 1; }"

    class Chosen(Message):
        """An entry was chosen with Enter or a click."""

        def __init__(self, row_list: "RowList", key: int) -> None:
            """Name the list and the key of the entry."""
            super().__init__()
            self.row_list = row_list
            self.key = key

        @property
        def control(self) -> "RowList":
            """The list, for `@on` selectors."""
            return self.row_list

    def __init__(self, id: str) -> None:  # noqa: A002 - Textual's name for it
        """Start without entries."""
        super().__init__(id=id)
        self._entries: Sequence[Entry] = ()
        self.selected: int | None = None

    def show(self, entries: Sequence[Entry], selected: int | None) -> None:
        """Show `entries`; the one with the key `selected` is marked."""
        self._entries, self.selected = entries, selected
        size = Size(self.size.width, len(entries))
        if size != self.virtual_size:
            # The usual assignment would lay out the whole screen; only the scroll bar depends on this.
            self.set_reactive(RowList.virtual_size, size)
            self._scroll_update(size)
        self.refresh()

    @property
    def keys(self) -> list[int]:
        """The keys from top to bottom."""
        return [entry.key for entry in self._entries]

    def neighbour(self, step: int) -> int | None:
        """Return the key `step` places from the selected one, stopping at the ends."""
        keys = self.keys
        if not keys:
            return None
        if self.selected not in keys:
            return keys[0]
        return keys[min(max(keys.index(self.selected) + step, 0), len(keys) - 1)]

    def action_move(self, step: int) -> None:
        """Mark another entry."""
        self.selected = self.neighbour(step)
        self.keep_in_view()

    def keep_in_view(self) -> None:
        """Scroll so that the selected entry can be seen."""
        if self.selected in self.keys:
            self.scroll_to_region(Region(0, self.keys.index(self.selected), 1, 1), animate=False)
        self.refresh()

    def action_choose(self) -> None:
        """Choose the marked entry."""
        if self.selected is not None:
            self.post_message(self.Chosen(self, self.selected))

    def on_click(self, event: events.Click) -> None:
        """Choose the entry under the pointer."""
        row = event.y + self.scroll_offset.y
        if row < len(self._entries):
            self.selected = self._entries[row].key
            self.refresh()
            self.action_choose()

    def render_line(self, y: int) -> Strip:
        """Draw one row."""
        width, row = self.size.width - self.scrollbar_size_vertical, y + self.scroll_offset.y
        if row >= len(self._entries):
            return Strip.blank(width, self.rich_style)
        entry = self._entries[row]
        if entry.key != self.selected:
            return strip_of(self, Content.assemble(" ", entry.line(width - 1)), width)
        bar = (str(Sign.QUOTE), "$accent" if self.has_focus else "$primary")
        return strip_of(self, Content.assemble(bar, entry.line(width - 1)), width, "on $panel")

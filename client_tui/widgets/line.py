"""Rows of text filled to a width: for status, headings, key hints, and for widgets that draw line by line.

Foreign text arrives here as `Content` built from `SafeText`; nothing in this package parses markup.
"""

from rich.segment import Segment
from textual.content import Content
from textual.strip import Strip
from textual.widget import Widget


class Line(Widget):
    """A row of height 1; changing it repaints this row and never lays out the screen again."""

    DEFAULT_CSS = "Line { height: 1; width: 1fr; }"

    def __init__(self, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        """Start empty."""
        super().__init__(id=id)
        self._content = Content("")

    def show(self, content: Content) -> None:
        """Show `content`, cut at the right edge."""
        if not content.is_same(self._content):
            self._content = content
            self.refresh()

    def render(self) -> Content:
        """Return what is shown now."""
        return fitted(self._content, self.size.width)

    @property
    def text(self) -> str:
        """The characters shown."""
        return self._content.plain


def fitted(content: Content, width: int) -> Content:
    """Return `content` cut to `width` cells, with an ellipsis where it is longer."""
    return content if content.cell_length <= width else content.truncate(max(width, 0), ellipsis=True)


def sides(left: Content, right: Content, width: int) -> Content:
    """Return `left` and `right` at the two edges of `width` cells; `left` gives way."""
    room = max(width - right.cell_length, 0)
    cut = fitted(left, room)
    return fitted(Content.assemble(cut, " " * (room - cut.cell_length), right), width)


def strip_of(widget: Widget, content: Content, width: int, ground: str = "") -> Strip:
    """Return `content` as one strip of exactly `width` cells on the style of `widget`."""
    cut = fitted(content, width)
    line = cut.append(" " * (width - cut.cell_length)).stylize_before(ground)
    segments = [Segment(text, style.rich_style) for text, style in line.render(widget.visual_style, end="")]
    return Strip(segments, width)

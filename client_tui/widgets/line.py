"""Rows of text filled to a width: for status, headings, key hints, and for widgets that draw line by line.

Foreign text arrives here as `Content` built from `SafeText`; nothing in this package parses markup.
"""

from rich.segment import Segment
from textual.content import Content
from textual.strip import Strip
from textual.style import Style
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
    return Painter(widget).strip(content, width, ground)


class Painter:
    """Draws rows in the style of a widget and remembers what its style names mean.

    Parsing them for each row is the greater part of drawing it; `forget` when the theme changes.
    """

    __slots__ = ("_styles", "_widget")

    def __init__(self, widget: Widget) -> None:
        """Draw for `widget`."""
        self._widget = widget
        self._styles: dict[str | Style, Style] = {}

    def forget(self) -> None:
        """Look the styles up again."""
        self._styles.clear()

    def strip(self, content: Content, width: int, ground: str = "") -> Strip:
        """Return `content` as one strip of exactly `width` cells; `ground` lies under the whole row."""
        cut = fitted(content, width)
        base = self._widget.visual_style + self._style(ground) if ground else self._widget.visual_style
        segments = [Segment(text, style.rich_style) for text, style in cut.render(base, "", self._style)]
        room = width - cut.cell_length
        if room > 0:
            segments.append(Segment(" " * room, base.rich_style))
        return Strip(segments, max(width, 0))

    def _style(self, name: str | Style) -> Style:
        known = self._styles.get(name)
        if known is None:
            known = self._styles[name] = Style.parse(name) if isinstance(name, str) else name
        return known

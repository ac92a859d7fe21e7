"""A picture in half blocks: two colours in each cell, the upper before the lower."""

import os
from itertools import groupby

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.strip import Strip
from textual.widget import Widget

from client_tui.pictures.raster import Raster
from client_tui.settings import load_settings, settings_file
from client_tui.text.language import _
from client_tui.text.signs import ascii_wanted

UPPER = "\u2580"
IN_CELL = 2
"""Rows of a picture in one row of cells: a cell is about twice as high as wide."""

ENOUGH = frozenset({"256", "truecolor", "windows"})
"""What Rich calls the colours of a terminal on which a picture can be told from another."""


def no_picture_here(app: App[int]) -> str:
    """Return why pictures cannot be drawn on this terminal, empty where they can."""
    if ascii_wanted():
        return _("Pictures need more than plain signs: save a copy instead.")
    if load_settings(settings_file(os.environ)).screen_reader:
        return _("Pictures are not drawn for a screen reader: save a copy instead.")
    if app.no_color or app.console.color_system not in ENOUGH:
        return _("This terminal has too few colours for pictures: save a copy instead.")
    return ""


class Picture(Widget):
    """Draws a raster; what does not fit is cut."""

    DEFAULT_CSS = "Picture { width: 1fr; height: 1fr; }"

    def __init__(self) -> None:
        """Start without a picture."""
        super().__init__()
        self._raster: Raster | None = None

    def show(self, raster: Raster | None) -> None:
        """Draw a picture, or none."""
        self._raster = raster
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return one row of cells."""
        raster, width = self._raster, self.size.width
        if raster is None or y * IN_CELL >= raster.height:
            return Strip.blank(width, self.rich_style)
        pairs = [_pair(raster, column, y * IN_CELL) for column in range(raster.width)]
        ground = self.rich_style
        segments = [Segment(UPPER * len(list(same)), ground + style) for style, same in groupby(pairs)]
        return Strip(segments, raster.width).adjust_cell_length(width, ground)


def _pair(raster: Raster, column: int, row: int) -> Style:
    """Return the colours of one cell; below the last row of the picture is the ground of the sheet."""
    upper = Color.from_rgb(*raster.at(column, row))
    if row + 1 == raster.height:
        return Style(color=upper)
    return Style(color=upper, bgcolor=Color.from_rgb(*raster.at(column, row + 1)))

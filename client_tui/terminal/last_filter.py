"""The last look at every line before the terminal: what no widget should have let through (Spec: CL-9)."""

import re

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

OBEYED = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)
"""Controls, bidi controls and invisible characters; the joiner of emoji passes."""

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


class LastFilter(LineFilter):
    """Replaces whatever a terminal would obey, in all text of all widgets.

    It does not count combining marks: a segment does not tell where a base begins, and they change how
    text looks, not what a terminal does. The gate in `client_tui.text.safe` alone counts them.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return `segments` with such characters replaced; nearly always the very same list."""
        del background
        if not any(OBEYED.search(segment.text) for segment in segments):
            return segments
        return [Segment(OBEYED.sub(REPLACEMENT, text), style, control) for text, style, control in segments]

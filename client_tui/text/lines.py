"""What others wrote, printed line by line: nothing in it may pass for a line or a word of ours."""

import re
from typing import Final

from client_tui.text.safe import NEUTRAL, SafeText, safe_body, safe_name

COLONS: Final = re.compile("[:\u02d0\u02f8\u0589\u05c3\u1365\u2236\ua789\ufe13\ufe55\uff1a]")
"""What ends a name before its words, and what looks like it: `Ann: yes` is no name."""

MOST_BLANKS: Final = 4
"""Blanks in a row that are printed, as wide as a tab: code stays readable, and no row is filled."""

MANY_BLANKS: Final = re.compile(rf"[^\S\n]{{{MOST_BLANKS + 1},}}")


def line_name(text: str) -> SafeText:
    """Return a name as one line in which nothing looks like the end of a name (Spec: ID-12, CL-9)."""
    return SafeText(COLONS.sub(NEUTRAL, safe_name(text)))


def line_body(text: str) -> SafeText:
    r"""Return `text` with its lines (`\n`) and without long runs of blanks (Spec: CT-6, CL-9).

    As many as fill a row of the terminal would put the words behind them where a line begins.
    """
    return SafeText(MANY_BLANKS.sub(" " * MOST_BLANKS, safe_body(text)))

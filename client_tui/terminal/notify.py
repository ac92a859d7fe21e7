"""Telling of messages when nobody looks at the screen: a bell, the terminal, or the desktop (catalogue T24).

What others wrote arrives here as safe text of one line: nothing in it ends a sequence, and no shell reads it.
"""

import shutil
from collections.abc import Mapping
from typing import Final, NewType

from client_tui.terminal.multiplexer import passed_through
from client_tui.text.safe import SafeText

TITLE: Final = "securemsg"

BELL: Final = "\x07"

BY_NINE: Final = frozenset({"iTerm.app", "WezTerm", "ghostty", "vscode"})
"""Terminals (TERM_PROGRAM) that take OSC 9; the others take OSC 777, or neither."""

Sequence = NewType("Sequence", str)
"""What the terminal is to obey."""


def notification(text: SafeText, environment: Mapping[str, str]) -> Sequence:
    """Return the sequence that makes a terminal show `text` on the desktop, and a bell for all others."""
    plain = text.replace(";", ",")
    nine = environment.get("TERM_PROGRAM") in BY_NINE or environment.get("TERM") == "xterm-kitty"
    # The title comes first: a text that began with a digit would be an order about the progress bar.
    body = f"9;{TITLE}: {plain}" if nine else f"777;notify;{TITLE};{plain}"
    return Sequence(passed_through(f"\x1b]{body}{BELL}", environment) + BELL)


def desktop_command(text: SafeText) -> list[str]:
    """Return the program that shows `text` on the desktop, with its arguments; nothing if there is none."""
    if (program := shutil.which("notify-send")) is not None:
        import html  # noqa: PLC0415 - its table of two thousand names is for those with this program only

        # Some desktops read markup in the body.
        return [program, "--app-name", TITLE, "--", TITLE, html.escape(text, quote=False)]
    if (program := shutil.which("osascript")) is not None:
        script = "on run argv\ndisplay notification (item 2 of argv) with title (item 1 of argv)\nend run"
        # Options end at the first word that is none: a name that begins with `-e` would be a script.
        return [program, "-e", script, TITLE, str(text)]
    return []

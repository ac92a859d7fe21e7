"""What stands between this program and the terminal: tmux or GNU screen keep text and swallow sequences."""

import shutil
import subprocess
from collections.abc import Mapping
from typing import Final

PATIENCE: Final = 1.0
"""Seconds for tmux to say how it is set up: it is on this machine."""

ST: Final = "\x1b\\"


def is_inside(environment: Mapping[str, str]) -> bool:
    """Tell whether a multiplexer is the terminal, here or on the other side of ssh."""
    named = environment.get("TERM", "").startswith(("screen", "tmux"))
    return named or any(environment.get(name) for name in ("TMUX", "STY"))


def keeps_what_is_drawn(environment: Mapping[str, str]) -> bool:
    """Tell whether what was drawn may stay in the history, as in a multiplexer without an alternate screen.

    GNU screen has none unless it is told to; one that cannot be asked is taken for one without.
    """
    if not is_inside(environment):
        return False
    return not environment.get("TMUX") or tmux_option("alternate-screen") != "on"


def tmux_option(name: str) -> str:
    """Return how tmux is set up around this pane, empty where it does not say."""
    program = shutil.which("tmux")
    if program is None:
        return ""
    try:
        answer = subprocess.run(  # noqa: S603 - a program found by its name, and arguments of ours
            [program, "show-options", "-A", "-p", "-v", name],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip()


def passed_through(sequence: str, environment: Mapping[str, str]) -> str:
    """Return `sequence` so that tmux hands it on to the terminal, if it was told to (`allow-passthrough`)."""
    if not environment.get("TMUX"):
        return sequence
    return f"\x1bPtmux;{sequence.replace(chr(27), chr(27) * 2)}{ST}"

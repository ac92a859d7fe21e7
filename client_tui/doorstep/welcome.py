"""What is seen at once where nothing is asked for: that the screen is on its way."""

from collections.abc import Callable
from typing import TypeVar

from client_tui.doorstep.question import BOLD, FAINT, PLAIN
from client_tui.doorstep.terminal import Terminal
from client_tui.text.language import _

T = TypeVar("T")


def welcomed(load: Callable[[], T], show: Callable[[T], int]) -> int:
    """Say that it takes a moment while `load` runs, then `show` what it returns; returns the exit status.

    What is typed meanwhile is dropped: nobody saw where it would go.
    """
    terminal = Terminal()
    with terminal.given_back():
        with terminal.taken(lambda: _draw(terminal)):
            _draw(terminal)
            loaded = load()
        return show(loaded)


def _draw(terminal: Terminal) -> None:
    columns, rows = terminal.size()
    name, words = "securemsg"[:columns], _("One moment, please.")[:columns]
    top = max(rows // 2, 1)
    terminal.erase()
    terminal.write(
        f"\x1b[{top};{(columns - len(name)) // 2 + 1}H{BOLD}{name}{PLAIN}"
        f"\x1b[{min(top + 1, rows)};{(columns - len(words)) // 2 + 1}H{FAINT}{words}{PLAIN}"
    )

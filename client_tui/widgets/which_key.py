"""What may follow Ctrl+X, shown to those who hesitate: made from the table of commands."""

from textual.content import Content
from textual.widgets import Static

from client_tui.registry import COMMANDS, Command, shown_key
from client_tui.text.language import _

COLUMN = 26
"""Cells of one command: three stand side by side on 80 columns."""


class WhichKey(Static):
    """Lies over the last rows of the screen while a second key is waited for."""

    DEFAULT_CSS = """
    WhichKey {
        layer: above; dock: bottom; width: 100%; height: auto; max-height: 100%; padding: 0 1;
        background: $panel; color: $foreground;
    }
    """

    def __init__(self, width: int) -> None:
        """Show what fits into `width` cells."""
        super().__init__(menu(width))


def followers() -> dict[str, Command]:
    """Return the commands by the key that runs them after Ctrl+X."""
    return {command.after: command for command in COMMANDS if command.after}


def menu(width: int) -> Content:
    """Return the keys and what they do, in as many columns as fit."""
    columns = max((width - 2) // COLUMN, 1)
    entries = sorted(followers().items())
    rows = -(-len(entries) // columns)
    parts: list[str | tuple[str, str]] = [(_("Ctrl+X, then") + "\n", "bold $strong")]
    for row in range(rows):
        for key, command in entries[row::rows]:
            shown = shown_key(key)
            title = f" {_(command.title)}"[: COLUMN - len(shown) - 1]
            parts += [(shown, "bold $accent"), f"{title:<{COLUMN - len(shown)}}"]
        parts.append("\n")
    return Content.assemble(*parts).rstrip()

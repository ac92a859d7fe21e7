"""What can be done and with which keys: made from the table of commands."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from client_tui.keymap import keys_of
from client_tui.registry import Place, in_place, shown_keys
from client_tui.text.language import N_, _
from client_tui.widgets.sheet import Sheet

KEY_COLUMN = 8

SIGNS = (
    N_("\u2714 verified   \u25cb not verified   \u25b2 safety number changed"),
    N_("\u2026 queued on this device   \u2713 accepted by the relay   \u2713\u2713 delivered   ! failed"),
)


class HelpSheet(Sheet):
    """The commands by place, and what the signs mean."""

    DEFAULT_CSS = "HelpSheet VerticalScroll { scrollbar-size-vertical: 1; }"

    def __init__(self) -> None:
        """Start hidden."""
        super().__init__(id="help-sheet")

    def compose(self) -> ComposeResult:
        """Lay out a text that scrolls."""
        with VerticalScroll(id="help-text"):
            yield Static(help_text())

    def open(self) -> None:
        """Let the arrow keys scroll."""
        self.query_one("#help-text").focus()


def help_text() -> Content:
    """Return all commands, by place."""
    parts: list[str | tuple[str, str]] = []
    for place in Place:
        commands = in_place(place)
        if not commands:
            continue
        parts.append((f"{_(place.value)}\n", "bold $strong"))
        for command in commands:
            parts += [
                (f"  {shown_keys(keys_of(command)):<{KEY_COLUMN}}", "bold $accent"),
                f"{_(command.help)}\n",
            ]
        parts.append("\n")
    parts.append((_("Signs") + "\n", "bold $strong"))
    parts += [f"  {_(words)}\n" for words in SIGNS]
    return Content.assemble(*parts)

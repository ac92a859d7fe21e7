"""What can be done and with which keys: made from the table of commands, what works here first."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from client_tui.keymap import keys_of
from client_tui.prefix import KEY as PREFIX
from client_tui.registry import Command, Place, in_place, shown_key, shown_keys
from client_tui.text.language import N_, _
from client_tui.text.signs import Sign
from client_tui.widgets.compose_line import shown_slash
from client_tui.widgets.key_names import escape
from client_tui.widgets.sheet import Sheet

KEY_COLUMN = 8
SLASH_COLUMN = 13
INDENT = 2 + KEY_COLUMN + SLASH_COLUMN
MARGIN = 4
NARROWEST = 12

SIGNS = (
    (Sign.VERIFIED, N_("verified: you compared safety numbers")),
    (Sign.UNVERIFIED, N_("not verified")),
    (Sign.CHANGED, N_("the safety number changed")),
    (Sign.REQUEST, N_("somebody new, not accepted yet")),
    (Sign.BLOCKED, N_("blocked, or deleted")),
    (Sign.QUEUED, N_("waiting on this device")),
    (Sign.SENT, N_("sent: the relay has it")),
    (Sign.DELIVERED, N_("delivered, or read where it says so")),
    (Sign.FAILED, N_("failed")),
    (Sign.TIMER, N_("disappears, or has just gone")),
    (Sign.MUTED, N_("muted")),
    (Sign.DRAFT, N_("a draft")),
    (Sign.FILE, N_("a file")),
)


class HelpSheet(Sheet):
    """The commands by place, and what the signs mean."""

    DEFAULT_CSS = """
    HelpSheet VerticalScroll { scrollbar-size-vertical: 1; }
    HelpSheet Static { height: auto; }
    """

    def __init__(self) -> None:
        """Start hidden."""
        super().__init__(id="help-sheet")
        self._text = Static(Content(""))
        self._place = Place.WRITING

    def compose(self) -> ComposeResult:
        """Lay out a text that scrolls."""
        with VerticalScroll(id="help-text"):
            yield self._text

    def open(self, place: Place) -> None:
        """Show the help of `place` at the top; the arrow keys scroll."""
        self._place = place
        self.on_resize()
        scroll = self.query_one("#help-text")
        scroll.scroll_home(animate=False)
        scroll.focus()

    def on_resize(self) -> None:
        """Wrap for this width."""
        self._text.update(help_text(self._place, max(self.size.width - MARGIN, NARROWEST)))


def help_text(here: Place, width: int) -> Content:
    """Return all commands, those of the place `here` first, in lines of `width` cells."""
    more = _("{down} and {page} show more; {back} closes.").format(
        down=shown_key("down"), page=shown_key("pagedown"), back=escape()
    )
    parts: list[str | Content | tuple[str, str]] = [(f"{more}\n\n", "$muted")]
    for place in sorted(Place, key=lambda place: place is not here):
        commands = in_place(place)
        if commands:
            parts.append((f"{_(place.value)}\n", "bold $strong"))
            parts += [part for command in commands for part in _line(command, width)]
            parts.append("\n")
    parts.append((_("Signs") + "\n", "bold $strong"))
    for sign, words in SIGNS:
        parts += [(f"  {sign!s:<{KEY_COLUMN}}", "bold $accent"), f"{_(words)}\n"]
    return Content.assemble(*parts)


def _line(command: Command, width: int) -> list[str | Content | tuple[str, str]]:
    slash = f"/{shown_slash(command)}" if command.slash is not None else ""
    key = shown_keys(keys_of(command)) or (f"{shown_key(PREFIX)} {command.after}" if command.after else "")
    return [
        (f"  {key:<{KEY_COLUMN}}", "bold $accent"),
        (f"{slash:<{SLASH_COLUMN}}", "$accent"),
        Content("\n" + " " * INDENT).join(Content(_(command.help)).wrap(max(width - INDENT, NARROWEST))),
        "\n",
    ]

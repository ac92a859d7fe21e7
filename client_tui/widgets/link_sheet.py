"""Our own contact link, as text and as a code: to be given to people who may write to us."""

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from client_tui.registry import command_named
from client_tui.text.language import _
from client_tui.text.safe import safe_line
from client_tui.widgets.compose_line import shown_slash
from client_tui.widgets.key_names import escape
from client_tui.widgets.sheet import QrCode, Sheet
from securemsg.client.views import ProfileView

LINK_LIMIT = 1_200
"""Characters: the longest host and name make an invitation of about 780."""

BESIDE = 30
"""Columns that the text needs beside the code."""


@dataclass(frozen=True, slots=True)
class Offer:
    """An invitation, as text and for its code."""

    text: str
    code: str


class LinkSheet(Sheet):
    """Shows the link, or an invitation; `c` hands it to the terminal's clipboard."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("c", "copy", show=False)]

    DEFAULT_CSS = """
    LinkSheet Horizontal { height: auto; }
    LinkSheet #own-link { width: 1fr; height: auto; }
    """

    def __init__(self, own: ProfileView) -> None:
        """Show the link of `own`."""
        super().__init__(id="link-sheet")
        self._own = own
        self._offered: Offer | None = None
        self._code = QrCode()
        self._text = Static(Content(""), id="own-link")

    def compose(self) -> ComposeResult:
        """Lay out the code beside the text."""
        with Horizontal():
            yield self._code
            yield self._text

    def offer(self, invitation: Offer | None) -> None:
        """Show an invitation, or where there is none the link alone."""
        self._offered = invitation
        self._code.encode(self._own.link_qr if invitation is None else invitation.code)
        self.on_resize()

    def on_resize(self) -> None:
        """Decide again whether the code fits."""
        if not self.size.height:
            return
        missing = self._code.fit(self.size.width - BESIDE, self.size.height)
        self._text.update(
            Content.assemble(
                *self._what_it_is(),
                (f"{safe_line(self._shown, LINK_LIMIT)}\n\n", "$accent"),
                ("[ c ] ", "bold $strong"),
                _("copy") + "    ",
                (f"[ {escape()} ] ", "bold $strong"),
                _("back") + "\n",
                (f"\n{missing}", "$warning"),
            )
        )

    def action_copy(self) -> None:
        """Hand what is shown to the clipboard."""
        self.app.copy_to_clipboard(self._shown)

    @property
    def _shown(self) -> str:
        return self._own.link if self._offered is None else self._offered.text

    def _what_it_is(self) -> list[tuple[str, str]]:
        if self._offered is not None:
            words = _("For one person: who has it can register at your relay, and write to you.")
            return [(_("Your invitation") + "\n\n", "bold $strong"), (words + "\n\n", "")]
        use = _("Who has it can write to you. Give it to people you know; do not publish it.")
        newcomers = _("Who has no account yet needs an invitation: write {command}.")
        command = f"/{shown_slash(command_named('invite'))} {_('CODE')}"
        return [
            (_("Your link") + "\n\n", "bold $strong"),
            (use + "\n", ""),
            (newcomers.format(command=command) + "\n\n", "$muted"),
        ]

"""Our own contact link, as text and as a code: to be given to people who may write to us."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from client_tui.text.language import _
from client_tui.text.safe import safe_line
from client_tui.widgets.key_names import escape
from client_tui.widgets.sheet import QrCode, Sheet
from securemsg.client.views import ProfileView

LINK_LIMIT = 1_000
BESIDE = 30
"""Columns that the text needs beside the code."""


class LinkSheet(Sheet):
    """Shows the link; `c` hands it to the terminal's clipboard."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("c", "copy", show=False)]

    DEFAULT_CSS = """
    LinkSheet Horizontal { height: auto; }
    LinkSheet #own-link { width: 1fr; height: auto; }
    """

    def __init__(self, own: ProfileView) -> None:
        """Show the link of `own`."""
        super().__init__(id="link-sheet")
        self._own = own
        self._code = QrCode()
        self._text = Static(Content(""), id="own-link")

    def compose(self) -> ComposeResult:
        """Lay out the code beside the text."""
        with Horizontal():
            yield self._code
            yield self._text

    def on_mount(self) -> None:
        """Make the code once."""
        self._code.encode(self._own.link_qr)

    def on_resize(self) -> None:
        """Decide again whether the code fits."""
        if not self.size.height:
            return
        missing = self._code.fit(self.size.width - BESIDE, self.size.height)
        self._text.update(
            Content.assemble(
                (_("Your link") + "\n\n", "bold $strong"),
                _("Who has it can write to you. Give it to people you know; do not publish it.") + "\n",
                (
                    _("Who has no account yet needs an invitation: `securemsg link --invite CODE`.") + "\n\n",
                    "$muted",
                ),
                (f"{safe_line(self._own.link, LINK_LIMIT)}\n\n", "$accent"),
                ("[ c ] ", "bold $strong"),
                _("copy") + "    ",
                (f"[ {escape()} ] ", "bold $strong"),
                _("back") + "\n",
                (f"\n{missing}", "$warning"),
            )
        )

    def action_copy(self) -> None:
        """Hand the link to the clipboard."""
        self.app.copy_to_clipboard(self._own.link)

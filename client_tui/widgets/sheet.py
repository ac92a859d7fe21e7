"""Sheets take the place of the conversation while something else is done; Esc brings it back.

They are widgets of the screen that are shown and hidden: pushing a screen repaints everything twice.
"""

from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from client_tui.text.language import _
from client_tui.text.qr import qr_rows
from client_tui.widgets.line import Line

BLACK_ON_WHITE = "#000000 on #ffffff"


class Sheet(Vertical, can_focus=True):
    """A titled area; subclasses fill it."""

    DEFAULT_CSS = """
    Sheet { display: none; padding: 0 1; height: 1fr; }
    Sheet .title { color: $strong; text-style: bold; }
    """

    class Closed(Message):
        """The sheet is done: back to the conversation."""

    def close(self) -> None:
        """Ask the screen to bring the conversation back."""
        self.post_message(self.Closed())


class Title(Line):
    """The first row of a sheet."""

    def __init__(self, text: Content) -> None:
        """Show `text`."""
        super().__init__()
        self.add_class("title")
        self.show(text)


class QrCode(Static):
    """A QR code in half blocks, black on white whatever the theme; says so where there is no room for it."""

    DEFAULT_CSS = "QrCode { width: auto; height: auto; padding-right: 2; background: $background; }"

    def __init__(self) -> None:
        """Start without a code."""
        super().__init__(Content(""))
        self._rows: list[str] = []

    def encode(self, payload: str) -> None:
        """Hold the code of `payload`; `fit` decides whether it is drawn."""
        self._rows = qr_rows(payload)

    def fit(self, width: int, height: int) -> str:
        """Draw the code if it fits into `width` by `height` cells; return what to say if it does not."""
        needed = len(self._rows[0]) if self._rows else 0
        self.display = bool(self._rows) and needed <= width and len(self._rows) <= height
        if self.display:
            self.update(Content.styled("\n".join(self._rows), BLACK_ON_WHITE))
            return ""
        words = _("Its QR code needs {width} by {height} cells here: enlarge the terminal.")
        return words.format(width=needed, height=len(self._rows))

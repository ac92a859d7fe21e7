"""A picture of a message, drawn when the person asks for it and let go when the sheet closes."""

from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message

from client_tui.pictures.raster import Raster
from client_tui.text.language import _
from client_tui.text.sizes import size_words
from client_tui.widgets.file_line import shortened
from client_tui.widgets.line import Line
from client_tui.widgets.picture import IN_CELL, Picture
from client_tui.widgets.sheet import Sheet, Title
from securemsg.client.views import MessageView

NAME = 120


class PictureSheet(Sheet):
    """Asks for the picture as large as there is room, and again when there is more or less."""

    DEFAULT_CSS = """
    PictureSheet Picture { margin: 1 0; }
    PictureSheet #picture-remark { color: $muted; }
    PictureSheet #picture-remark.-failed { color: $warning; }
    """

    class Wanted(Message):
        """The picture of a message is to be decoded into at most so many pixels."""

        def __init__(self, row: int, columns: int, rows: int) -> None:
            """Name the message and the room."""
            super().__init__()
            self.row = row
            self.columns = columns
            self.rows = rows

    def __init__(self) -> None:
        """Start hidden."""
        super().__init__(id="picture-sheet")
        self._message: MessageView | None = None
        self._asked = (0, 0)
        self._title = Title(Content(""))
        self._picture = Picture()
        self._remark = Line("picture-remark")

    def compose(self) -> ComposeResult:
        """Lay out name, picture and remark."""
        yield self._title
        yield self._picture
        yield self._remark

    @property
    def message(self) -> MessageView | None:
        """Whose picture is shown."""
        return self._message

    def open(self, message: MessageView) -> None:
        """Ask for the picture of `message`."""
        if message.file is None:
            return
        self.forget()
        self._message = message
        name = f"{shortened(message.file.name, NAME)}  {size_words(message.file.size)}"
        self._title.show(Content.styled(name, "bold $strong"))
        self._say(_("Decoding\u2026"))
        self.call_after_refresh(self._ask)

    def on_resize(self) -> None:
        """Ask again for another room."""
        self._ask()

    def show(self, raster: Raster) -> None:
        """Draw the picture."""
        self._picture.show(raster)
        self._say(_("Only drawn here: no copy of it is on the disk."))

    def fail(self, sentence: str) -> None:
        """Say why there is no picture."""
        self._picture.show(None)
        self._say(sentence)
        self._remark.add_class("-failed")

    def forget(self) -> None:
        """Let the picture go."""
        self._message = None
        self._asked = (0, 0)
        self._picture.show(None)
        self._say("")

    def _ask(self) -> None:
        columns, rows = self._picture.size.width, self._picture.size.height * IN_CELL
        if self._message is not None and columns and rows and self._asked != (columns, rows):
            self._asked = (columns, rows)
            self.post_message(self.Wanted(self._message.row, columns, rows))

    def _say(self, words: str) -> None:
        self._remark.remove_class("-failed")
        self._remark.show(Content(words))

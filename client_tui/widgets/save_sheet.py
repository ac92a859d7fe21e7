"""Saving a copy of a received file outside of the vault: where to, and what that means."""

import os
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from client_tui.text.language import _
from client_tui.text.sizes import size_words
from client_tui.widgets.field import Entry, Field, Judgement
from client_tui.widgets.file_line import shortened
from client_tui.widgets.sheet import Sheet, Title
from securemsg.client.views import MessageView

NAME = 120


def downloads() -> Path:
    """Return the usual folder for what was received."""
    home = Path.home()
    return next(
        (folder for folder in (home / "Downloads", home / "T\u00e9l\u00e9chargements") if folder.is_dir()),
        home,
    )


def judge_folder(text: str) -> Judgement:
    """Say whether a file can be saved there."""
    if not text.strip():
        return Judgement(fine=False)
    try:
        folder = Path(text.strip()).expanduser()
        fine = folder.is_dir() and os.access(folder, os.W_OK)
    except (OSError, RuntimeError, ValueError):
        fine = False
    return Judgement(fine=fine, words="" if fine else _("There is no such folder that one may write to."))


class SaveSheet(Sheet):
    """Asks for a folder."""

    DEFAULT_CSS = """
    SaveSheet Static { color: $muted; height: auto; margin-bottom: 1; }
    SaveSheet #save-name { color: $strong; }
    """

    class Chosen(Message):
        """The file of a message is to be saved in this folder."""

        def __init__(self, row: int, folder: str) -> None:
            """Name both."""
            super().__init__()
            self.row = row
            self.folder = folder

    def __init__(self) -> None:
        """Start hidden."""
        super().__init__(id="save-sheet")
        self._row = 0
        self._what = Static(Content(""), id="save-name")
        self._folder = Field(_("Folder"), judge_folder, Entry())

    def compose(self) -> ComposeResult:
        """Lay out name, warning and field."""
        yield Title(Content.styled(_("Save a copy"), "bold $strong"))
        yield self._what
        yield Static(
            Content(
                _(
                    "The copy lies outside of the vault: whoever has this device reads it, and it stays when "
                    "the message disappears. This program never opens it; it may not be what its name says."
                )
            )
        )
        yield self._folder

    def open(self, message: MessageView) -> None:
        """Ask where the file of `message` should go."""
        if message.file is None:
            return
        self._row = message.row
        self._what.update(Content(f"{shortened(message.file.name, NAME)}  {size_words(message.file.size)}"))
        self._folder.input.value = str(downloads())
        self._folder.input.focus()

    @on(Input.Submitted)
    def submitted(self, event: Input.Submitted) -> None:
        """Save it."""
        event.stop()
        if self._folder.fine:
            self.post_message(self.Chosen(self._row, str(Path(self._folder.value.strip()).expanduser())))

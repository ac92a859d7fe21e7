"""Attaching a file: its path with completion, and what is said beside it."""

import os
from dataclasses import dataclass
from pathlib import Path

from textual import events, on
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from client_tui.text.language import _
from client_tui.text.pasted import dropped_file
from client_tui.text.signs import Sign
from client_tui.text.sizes import size_words
from client_tui.widgets.field import Entry, Field, Judgement
from client_tui.widgets.file_line import shortened
from client_tui.widgets.line import fitted, sides
from client_tui.widgets.row_list import RowList
from client_tui.widgets.sheet import Sheet, Title

MOST = 300
"""Entries of a folder that are offered: who has more types another letter."""


@dataclass(frozen=True, slots=True)
class Offered:
    """One file or folder as a row."""

    key: int
    path: Path
    size: int | None

    def line(self, width: int) -> Content:
        """Return name and size."""
        if self.size is None:
            return fitted(Content.styled(f" {shortened(self.path.name, width - 3)}/", "bold $accent"), width)
        right = Content.styled(f" {size_words(self.size)} ", "$muted")
        name = shortened(self.path.name, max(width - right.cell_length - 3, 1))
        return fitted(sides(Content.assemble((f" {Sign.FILE} ", "$muted"), name), right, width), width)


def judge_path(text: str) -> Judgement:
    """Say whether there is a file that can be read."""
    if not text.strip():
        return Judgement(fine=False, words=_("Type a path; Tab completes, Down goes into the list."))
    path = path_of(text)
    try:
        if path.is_file() and os.access(path, os.R_OK):
            return Judgement(fine=True, words=size_words(path.stat().st_size))
        if path.is_dir() or completions(text):
            return Judgement(fine=False, words=_("Tab completes, Down goes into the list."))
    except OSError:
        pass
    return Judgement(fine=False, words=_("There is no such file."))


def path_of(text: str) -> Path:
    """Return the path that was typed, pasted or dropped."""
    try:
        return dropped_file(text) or Path(text.strip() or ".").expanduser()
    except RuntimeError:
        return Path(text.strip())


def completions(text: str) -> list[Offered]:
    """Return the files and folders that begin like the path, folders first."""
    path = path_of(text)
    folder, begun = (path, "") if not text.strip() or text.endswith("/") else (path.parent, path.name)
    try:
        with os.scandir(folder) as entries:
            found = [
                (not entry.is_dir(), entry.name.casefold(), Path(entry.path), _size(entry))
                for entry in entries
                if entry.name.casefold().startswith(begun.casefold())
                and (begun.startswith(".") or not entry.name.startswith("."))
            ]
    except (OSError, ValueError):
        return []
    found.sort(key=lambda entry: entry[:2])
    return [Offered(key, path, size) for key, (_is_file, _name, path, size) in enumerate(found[:MOST])]


def common_start(names: list[str]) -> str:
    """Return what all names begin with, whatever the case of their letters."""
    if not names:
        return ""
    first, last = min(names, key=str.casefold), max(names, key=str.casefold)
    same = 0
    while same < min(len(first), len(last)) and first[same].casefold() == last[same].casefold():
        same += 1
    return first[:same]


def _size(entry: os.DirEntry[str]) -> int | None:
    try:
        return None if entry.is_dir() else entry.stat().st_size
    except OSError:
        return 0


class AttachSheet(Sheet):
    """Path, list, caption; Enter sends."""

    DEFAULT_CSS = """
    AttachSheet RowList { height: 1fr; margin-bottom: 1; }
    AttachSheet Static { color: $muted; height: auto; }
    """

    class Chosen(Message):
        """This file is to be sent to the contact, with these words beside it."""

        def __init__(self, contact: int, path: str, caption: str) -> None:
            """Carry all three."""
            super().__init__()
            self.contact = contact
            self.path = path
            self.caption = caption

    class Noted(Message):
        """A file was chosen: is there anything to be said before it is sent?"""

        def __init__(self, path: str) -> None:
            """Carry its path."""
            super().__init__()
            self.path = path

    def __init__(self) -> None:
        """Start hidden."""
        super().__init__(id="attach-sheet")
        self._contact = 0
        self._path = Field(_("File"), judge_path, Entry())
        self._caption = Field(_("Words beside it"), lambda _text: Judgement(fine=True), Entry())
        self._list = RowList("paths")
        self._offered: list[Offered] = []
        self._usual = Content("")
        self._note = Static(self._usual)

    def compose(self) -> ComposeResult:
        """Lay out the fields over the list."""
        yield Title(Content.styled(_("Attach a file"), "bold $strong"))
        yield self._path
        yield self._caption
        yield self._list
        yield self._note

    def open(self, contact: int, path: str, *, strips: bool) -> None:
        """Start with a path, or none."""
        self._contact = contact
        self._caption.input.value = ""
        self._path.input.value = path
        self._complete()
        taken = _("What pictures say of place, camera and person is taken out before they are sent.")
        left = _("Pictures are sent as they are, with what they say of place, camera and person.")
        self._usual = Content(taken if strips else left)
        self._note.update(self._usual)
        (self._caption if path else self._path).input.focus()
        if path:
            self.post_message(self.Noted(str(path_of(path))))

    def warn(self, path: str, sentence: str) -> None:
        """Say what a file tells beside its content, if it is still the one that was chosen."""
        if path == str(path_of(self._path.value)):
            self._note.update(Content.styled(sentence, "$warning") if sentence else self._usual)

    @on(Input.Changed)
    def changed(self, event: Input.Changed) -> None:
        """Look into the folder again."""
        if event.input is self._path.input:
            self._complete()

    @on(Input.Submitted)
    def submitted(self, event: Input.Submitted) -> None:
        """Go on to the words, then send."""
        event.stop()
        if not self._path.fine:
            self._take(self._offered[0] if self._offered else None)
        elif event.input is self._path.input:
            self._caption.input.focus()
            self.post_message(self.Noted(str(path_of(self._path.value))))
        else:
            path = str(path_of(self._path.value))
            self.post_message(self.Chosen(self._contact, path, self._caption.value.strip()))

    @on(RowList.Chosen)
    def chosen(self, event: RowList.Chosen) -> None:
        """Take what was chosen."""
        event.stop()
        self._take(self._offered[event.key])

    def key_tab(self, event: events.Key) -> None:
        """Complete as far as there is one way; who goes on typing goes on with the path."""
        event.stop()
        event.prevent_default()
        if self._path.input.has_focus:
            names = [offered.path.name for offered in self._offered]
            common = common_start(names)
            if len(names) == 1:
                self._take(self._offered[0])
            elif common:
                folder = self._offered[0].path.parent
                self._write(str(folder / common))
        else:
            self._path.input.focus()

    def key_down(self) -> None:
        """Into the list."""
        if self._path.input.has_focus:
            self._list.focus()

    def _take(self, offered: Offered | None) -> None:
        if offered is None:
            return
        self._write(f"{offered.path}/" if offered.size is None else str(offered.path))
        (self._path if offered.size is None else self._caption).input.focus()

    def _write(self, path: str) -> None:
        self._path.input.value = path
        self._path.input.cursor_position = len(path)

    def _complete(self) -> None:
        self._offered = completions(self._path.value)
        self._list.show(self._offered, 0 if self._offered else None)

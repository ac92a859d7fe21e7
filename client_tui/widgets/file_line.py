"""A file in a conversation as one line: name, size, how far it has come, what Enter does. No widget here."""

from textual.content import Content

from client_tui.text.language import N_, _
from client_tui.text.safe import NEUTRAL, OURS, safe_line
from client_tui.text.sentences import translated
from client_tui.text.signs import Sign
from client_tui.text.sizes import size_words
from client_tui.widgets.line import fitted
from securemsg.client.views import FileState, FileView

NAME = 255
"""Characters of a file name: the format's own limit."""

ENDING = 12
"""Cells at the end of a name that are always shown: what kind of file it is must not be cut off."""

REASON = 80

NARROWEST = 10
"""Cells of a name that are kept beside whatever is said of it."""

BAR = 12
"""Cells of the bar that fills."""

STATES = {
    FileState.PREPARING: (N_("preparing"), N_("Enter cancels")),
    FileState.UPLOADING: (N_("sending"), N_("Enter pauses")),
    FileState.SENT: ("", ""),
    FileState.OFFERED: ("", N_("Enter fetches")),
    FileState.DOWNLOADING: (N_("fetching"), N_("Enter pauses")),
    FileState.SAVED: (N_("here"), N_("Enter saves a copy")),
    FileState.PAUSED: (N_("paused"), N_("Enter goes on")),
    FileState.FAILED: ("", N_("Enter tries again")),
    FileState.EXPIRED: (N_("no longer at the relay"), ""),
}

MOVING = {FileState.UPLOADING, FileState.DOWNLOADING, FileState.PAUSED}
"""Where a bar says how far it is."""


def file_line(file: FileView, width: int) -> Content:
    """Return the line for `width` cells; the name gives way to what is said of it."""
    right = Content.assemble((f" {Sign.EVENT} {size_words(file.size)}", "$muted"), *_state(file), " ")
    room = max(width - right.cell_length, NARROWEST)
    sign = Content.styled(f" {Sign.FILE} ", "$accent")
    name = Content(shortened(file.name, room - sign.cell_length))
    return fitted(Content.assemble(sign, name, right), width).stylize_before("on $panel")


def shortened(name: str, width: int) -> str:
    """Return a file name in `width` cells with its beginning and its end, and without any sign of ours."""
    shown = Content(OURS.sub(NEUTRAL, safe_line(name, NAME)))
    if shown.cell_length <= width or width <= ENDING:
        return fitted(shown, max(width, 1)).plain
    return fitted(shown, width - ENDING).plain + shown.plain[-ENDING:]


def _state(file: FileView) -> list[tuple[str, str]]:
    word, does = STATES[file.state]
    parts: list[tuple[str, str]] = []
    if file.state in MOVING:
        parts += _bar(file)
    if file.state is FileState.FAILED:
        failed = _("failed: {reason}").format(reason=safe_line(translated(file.reason), REASON))
        parts.append((f" {Sign.EVENT} {Sign.FAILED} {failed}", "bold $error"))
    elif file.state is FileState.SAVED and file.path:
        parts.append((f" {Sign.EVENT} {_('saved')}", "$success"))
    elif word:
        parts.append((f" {Sign.EVENT} {_(word)}", "$muted"))
    if does:
        parts.append((f" {Sign.EVENT} {_(does)}", "$foreground"))
    return parts


def _bar(file: FileView) -> list[tuple[str, str]]:
    share = min(max(file.done / file.size, 0.0), 1.0) if file.size > 0 else 1.0
    full = int(share * BAR)
    style = "$warning" if file.state is FileState.PAUSED else "$accent"
    return [
        ("  ", ""),
        (str(Sign.DONE) * full, style),
        (str(Sign.LEFT) * (BAR - full), "$rule"),
        (f" {_('{n} %').format(n=int(share * 100))}", "$foreground"),
    ]

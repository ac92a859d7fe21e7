"""A file in a conversation as one line: name, size, how far it has come, what Enter does. No widget here."""

from textual.content import Content

from client_tui.keymap import keys_of
from client_tui.registry import command_named, shown_keys
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

WELCOME = 20
"""Cells of a name for which words about it give way."""

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


LEAST_SAID = 12
"""Cells: less of a sentence says nothing."""

PICTURES = {"image/jpeg", "image/png", "image/webp", "image/gif"}
ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".gif")


def is_picture(file: FileView) -> bool:
    """Tell whether its sender calls it a picture; what it is, the decoder finds out."""
    return file.type in PICTURES or file.name.lower().endswith(ENDINGS)


def file_line(file: FileView, width: int) -> Content:
    """Return the line for `width` cells; where there is hardly room, what Enter does outlasts the rest."""
    size = Content.styled(f" {Sign.EVENT} {size_words(file.size)}", "$muted")
    bar, word, does = _bar(file), _word(file), _does(file)
    sign = Content.styled(f" {Sign.FILE} ", "$accent")
    left = width - WELCOME - 1 - sum(part.cell_length for part in (sign, size, bar, does))
    if file.state is FileState.FAILED and LEAST_SAID <= left < word.cell_length:
        # Why it failed is a sentence: its beginning says more than nothing.
        word = fitted(word, left)
    for pieces in ((size, bar, word, does), (size, bar, does), (bar, does), (does,)):
        right = Content.assemble(*pieces, " ")
        room = width - right.cell_length - sign.cell_length
        if room >= WELCOME:
            break
    name = Content(shortened(file.name, max(room, NARROWEST)))
    return fitted(Content.assemble(sign, name, right), width).stylize_before("on $panel")


def shortened(name: str, width: int) -> str:
    """Return a file name in `width` cells with its beginning and its end, and without any sign of ours."""
    shown = Content(OURS.sub(NEUTRAL, safe_line(name, NAME)))
    if shown.cell_length <= width or width <= ENDING:
        return fitted(shown, max(width, 1)).plain
    return fitted(shown, width - ENDING).plain + shown.plain[-ENDING:]


def _word(file: FileView) -> Content:
    if file.state is FileState.FAILED:
        failed = _("failed: {reason}").format(reason=safe_line(translated(file.reason), REASON))
        return Content.styled(f" {Sign.EVENT} {Sign.FAILED} {failed}", "bold $error")
    if file.state is FileState.SAVED and file.path:
        return Content.styled(f" {Sign.EVENT} {_('saved')}", "$success")
    word = STATES[file.state][0]
    return Content.styled(f" {Sign.EVENT} {_(word)}", "$muted") if word else Content("")


def _does(file: FileView) -> Content:
    does = STATES[file.state][1]
    if not does:
        return Content("")
    words = _(does)
    if file.state is FileState.SAVED and is_picture(file):
        words = _("{words}, {key} shows it").format(
            words=words, key=shown_keys(keys_of(command_named("view")))
        )
    return Content.styled(f" {Sign.EVENT} {words}", "$foreground")


def _bar(file: FileView) -> Content:
    if file.state not in MOVING:
        return Content("")
    share = min(max(file.done / file.size, 0.0), 1.0) if file.size > 0 else 1.0
    full = int(share * BAR)
    style = "$warning" if file.state is FileState.PAUSED else "$accent"
    return Content.assemble(
        "  ",
        (str(Sign.DONE) * full, style),
        (str(Sign.LEFT) * (BAR - full), "$rule"),
        (f" {_('{n} %').format(n=int(share * 100))}", "$foreground"),
    )

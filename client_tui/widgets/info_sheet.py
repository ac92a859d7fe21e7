"""Everything that is known of one message, as a list of lines: for those who look closely or listen."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from client_tui.text.language import N_, _
from client_tui.text.picture_words import removed_words
from client_tui.text.safe import safe_body, safe_line, safe_name
from client_tui.text.sentences import translated
from client_tui.text.sizes import size_words
from client_tui.text.when import full, lasting
from client_tui.widgets.message_rows import event
from client_tui.widgets.message_state import STATES
from client_tui.widgets.sheet import Sheet
from securemsg.client.views import Direction, EditView, FileView, MessageState, MessageView

GAP = 3
"""Cells between what a line is about and what it says."""

LINE = 255
"""Characters of a line: the longest file name."""

FAILED = N_("failed")
RECEIVED = N_("received")


class InfoSheet(Sheet):
    """Shows the card of one message."""

    DEFAULT_CSS = """
    InfoSheet VerticalScroll { scrollbar-size-vertical: 1; }
    InfoSheet Static { height: auto; }
    """

    def __init__(self) -> None:
        """Start hidden."""
        super().__init__(id="info-sheet")
        self._card = Static(Content(""))

    def compose(self) -> ComposeResult:
        """Lay out a text that scrolls."""
        with VerticalScroll(id="info-text"):
            yield self._card

    def open(self, message: MessageView, history: Sequence[EditView]) -> None:
        """Show a message with what it said before."""
        self._card.update(card(message, history))
        scroll = self.query_one("#info-text")
        scroll.scroll_home(animate=False)
        scroll.focus()


def card(message: MessageView, history: Sequence[EditView]) -> Content:
    """Return what is known of a message."""
    ours = message.direction is Direction.OUT
    lines = [
        (_("From"), _("You") if ours else safe_name(message.alias)),
        (_("Written"), full(message.sent_at)),
        (_("Stored here"), full(message.stored_at)),
        (_("State"), _state(message)),
    ]
    if message.reason:
        lines.append((_("Reason"), safe_line(translated(message.reason), LINE)))
    if message.lifetime:
        lines.append((_("Stays"), lasting(message.lifetime)))
    if message.expires_at is not None:
        lines.append((_("Until"), full(message.expires_at)))
    if message.edited_at is not None:
        lines.append((_("Edited"), full(message.edited_at)))
    lines += _file(message.file) if message.file is not None else []
    lines += [(_("Reaction"), _reaction(r.emoji, mine=r.mine, theirs=r.theirs)) for r in message.reactions]
    lines.append((_("Number"), safe_line(message.id)))
    parts: list[Content | tuple[str, str]] = [(_("One message") + "\n\n", "bold $strong")]
    column = max(len(title) for title, *_rest in lines) + GAP
    for title, words in lines:
        parts += [(f"{title:<{column}}", "$muted"), (f"{words}\n", "")]
    parts += [("\n", ""), _words(message), ("\n", "")]
    for edit in history:
        before = _("Before {time}").format(time=full(edit.at))
        parts += [(f"\n{before}\n", "$muted"), (safe_body(edit.text) + "\n", "")]
    return Content.assemble(*parts)


def _words(message: MessageView) -> Content:
    if message.deleted:
        return Content.styled(_("Its words were deleted."), "italic $muted")
    if message.text and message.readable:
        return Content(safe_body(message.text))
    return Content("") if message.file is not None else event(message)


def _state(message: MessageView) -> str:
    if message.deleted:
        return _("deleted")
    if message.state in STATES:
        return _(STATES[message.state][1])
    return _(FAILED) if message.state is MessageState.FAILED else _(RECEIVED)


def _file(file: FileView) -> list[tuple[str, str]]:
    lines = [
        (_("File"), safe_line(file.name, LINE)),
        (_("Kind"), safe_line(file.type, LINE)),
        (_("Size"), size_words(file.size)),
    ]
    if file.path:
        lines.append((_("Saved as"), safe_line(file.path, LINE)))
    if file.removed:
        lines.append((_("Taken out"), safe_line(removed_words(file.removed), LINE)))
    if file.reason:
        lines.append((_("Trouble"), safe_line(translated(file.reason), LINE)))
    if file.expires_at is not None:
        lines.append((_("At the relay"), _("until {time}").format(time=full(file.expires_at))))
    return lines


def _reaction(emoji: str, *, mine: bool, theirs: bool) -> str:
    who = [*([_("you")] if mine else []), *([_("they")] if theirs else [])]
    return f"{safe_line(emoji, 8)}  {', '.join(who)}"

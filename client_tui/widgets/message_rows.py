"""One message as rows: what it answers, its words, its file, its reactions. No widget here."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from textual.content import Content

from client_tui.text.language import _
from client_tui.text.safe import safe_body, safe_line, safe_name
from client_tui.text.signs import Sign
from client_tui.text.when import lasting
from client_tui.widgets.file_line import file_line, shortened
from client_tui.widgets.line import fitted
from client_tui.widgets.message_state import tail, trouble
from securemsg.client.views import Direction, MessageKind, MessageView, QuotedView
from securemsg.instant import Instant

INDENT = "  "

COLUMN = 96
"""Cells: longer lines are hard to read, however wide the terminal is."""

NARROWEST = 8
"""Cells: below this nothing can be read, and wrapping must still end."""

QUOTED = 160
"""Characters of what is quoted: one line at most."""

EMOJI = 8
"""Characters of a reaction: the longest families of pictographs have seven."""

EVENTS = {MessageKind.TIMER, MessageKind.NAME, MessageKind.IDENTITY}
"""What happened in a conversation, beside what was said."""

LINK = re.compile(r"https?://[^\s<>\"']+")
"""Shown underlined and nothing more: no text of others is ever opened (T12)."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the transcript; `message` is the row in the vault, None for headings and rules.

    `said` counts the characters of the row that a selection copies: what we add at the right is not said.
    """

    content: Content
    message: int | None = None
    said: int = 0


@dataclass(frozen=True, slots=True)
class Shape:
    """What the rows of a message depend on besides the message."""

    width: int
    now: Instant
    in_words: bool
    hits: tuple[str, ...] = ()
    expired: bool = False


def message_rows(message: MessageView, shape: Shape) -> list[Row]:
    """Return the rows of one message, indented under its heading."""
    width = max(min(shape.width, COLUMN) - len(INDENT), NARROWEST)
    rows = [
        Row(Content.assemble(INDENT, line), message.row, len(INDENT) + len(line.plain))
        for line in _lines(message, shape, width)
    ]
    if shape.expired or message.deleted or message.kind in EVENTS:
        return rows
    end = tail(message, shape.now, in_words=shape.in_words)
    rows = _with_tail(rows, end, message.row, len(INDENT) + width)
    troubles = trouble(message)
    added = [*(troubles.wrap(width) if troubles else []), *_reactions(message, width)]
    return [*rows, *(Row(Content.assemble(INDENT, line), message.row) for line in added)]


def _lines(message: MessageView, shape: Shape, width: int) -> Iterator[Content]:
    """Yield the lines that a message says."""
    if shape.expired:
        yield Content.styled(f"{Sign.EXPIRED} {_('expired')}", "italic $muted")
    elif message.deleted:
        yield Content.styled(f"{Sign.DELETED} {_deleted(message)}", "italic $muted")
    elif message.kind in EVENTS:
        yield from event(message).wrap(width)
    elif not message.readable:
        words = _("needs a newer version of securemsg")
        yield Content.styled(f"{Sign.UNKNOWN} {words}", "italic $muted")
    else:
        if message.quoted is not None:
            yield quoted_line(message.quoted, message.alias, width)
        if message.text or message.file is None:
            yield from body(message.text, shape.hits).wrap(width)
        if message.file is not None:
            yield file_line(message.file, width)


def body(text: str, hits: tuple[str, ...]) -> Content:
    """Return the words of a message, links underlined and the words that were searched for marked."""
    content = Content(safe_body(text))
    for link in LINK.finditer(content.plain):
        content = content.stylize("underline $accent", link.start(), link.end())
    if hits:
        found = re.compile("|".join(re.escape(hit) for hit in hits), re.IGNORECASE)
        for hit in found.finditer(content.plain):
            content = content.stylize("bold $unread-text on $warning", hit.start(), hit.end())
    return content


def quoted_line(quoted: QuotedView, alias: str, width: int) -> Content:
    """Return what a message answers, in one line."""
    who = _("You") if quoted.mine else safe_name(alias)
    if quoted.row is None:
        what = _("a message that is no longer here")
    elif quoted.text:
        what = safe_line(quoted.text, QUOTED)
    else:
        what = f"{Sign.FILE} {shortened(quoted.file_name, QUOTED)}"
    bar = (f"{Sign.QUOTE} ", "$primary" if quoted.mine else "$secondary")
    line = Content.assemble(bar, (f"{who}  ", "bold $muted"), (what, "italic $muted"))
    return fitted(line, width)


def event(message: MessageView) -> Content:
    """Return what happened, as a sentence."""
    name, mine = safe_name(message.alias), message.direction is Direction.OUT
    if message.kind is MessageKind.IDENTITY:
        words = _("The safety number of {name} has changed.").format(name=name)
        return Content.styled(f"{Sign.CHANGED} {words}", "bold $warning")
    if message.kind is MessageKind.NAME:
        words = _("{name} is now called {new}.").format(name=name, new=safe_name(message.text))
    elif message.lifetime:
        pattern = _("You set {time} for new messages.") if mine else _("{name} set {time} for new messages.")
        words = pattern.format(name=name, time=lasting(message.lifetime))
    else:
        pattern = _("You let new messages stay.") if mine else _("{name} lets new messages stay.")
        words = pattern.format(name=name)
    return Content.styled(f"{Sign.EVENT} {words}", "$muted")


def _deleted(message: MessageView) -> str:
    if message.direction is Direction.OUT:
        return _("deleted by you")
    return _("deleted by {name}").format(name=safe_name(message.alias))


def _with_tail(rows: list[Row], end: Content, message: int, column: int) -> list[Row]:
    """Put `end` at the right edge of the last row, or below it where there is no room."""
    if not end:
        return rows
    last, room = rows[-1], column - end.cell_length
    if last.content.cell_length + 2 > room:
        gap = max(room, len(INDENT))
        return [*rows, Row(fitted(Content.assemble(" " * gap, end), column), message)]
    gap = room - last.content.cell_length
    return [*rows[:-1], Row(Content.assemble(last.content, " " * gap, end), message, last.said)]


def _reactions(message: MessageView, width: int) -> list[Content]:
    """Return what both sides think of a message; our own stands on another ground."""
    if not message.reactions:
        return []
    parts: list[tuple[str, str]] = []
    for reaction in message.reactions:
        both = " 2" if reaction.mine and reaction.theirs else ""
        ground = "$foreground on $rule" if reaction.mine else "$foreground on $panel"
        parts += [(f" {safe_line(reaction.emoji, EMOJI)}{both} ", ground), (" ", "")]
    return [fitted(Content.assemble(*parts), width)]

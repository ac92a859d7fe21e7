"""From messages to rows of text of a given width: days, senders, wrapped bodies, states. No widget here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from textual.content import Content

from client_tui.text.safe import safe_body, safe_line, safe_name
from client_tui.text.when import day, local, said
from securemsg.client.views import Direction, MessageState, MessageView
from securemsg.instant import SECOND, Instant

INDENT = "  "

TOGETHER = 5 * 60 * SECOND
"""Messages of one person within five minutes stand under one heading."""

OURSELVES = "\u2192 You"
"""The arrow stands in no name, so nobody is called like this."""

NARROWEST = 8
"""Cells: below this nothing can be read, and wrapping must still end."""

STATES = {
    MessageState.QUEUED: ("\u2026 queued", "$muted"),
    MessageState.ACCEPTED: ("\u2713 accepted", "$muted"),
    MessageState.DELIVERED: ("\u2713\u2713 delivered", "$success"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the transcript; `message` is the row in the vault, None for headings and rules."""

    content: Content
    message: int | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """What the drawing depends on besides the messages: width, the present, the first unread message."""

    width: int
    now: Instant
    first_unread: int | None = None


def rows_of(messages: Sequence[MessageView], setting: Setting) -> list[Row]:
    """Return the rows of `messages`, oldest first."""
    rows: list[Row] = []
    for previous, message in pairwise((None, *messages)):
        if message is None:
            continue
        rows += _before(previous, message, setting)
        rows += _body(message, setting)
    return rows


def _before(previous: MessageView | None, message: MessageView, setting: Setting) -> Iterator[Row]:
    """Yield the rules and the heading that a message needs after `previous`."""
    new_day = previous is None or local(previous.stored_at).date() != local(message.stored_at).date()
    unread = message.row == setting.first_unread
    if new_day:
        yield Row(_rule(day(message.stored_at, setting.now), "$muted", setting.width))
    if unread:
        yield Row(_rule("new messages", "$error", setting.width))
    if not (new_day or unread) and previous is not None and _together(previous, message):
        return
    yield Row(Content(""))
    yield Row(_heading(message))


def _together(previous: MessageView, message: MessageView) -> bool:
    return (
        previous.direction is message.direction
        and 0 <= message.stored_at - previous.stored_at < TOGETHER
        and 0 <= message.sent_at - previous.sent_at < TOGETHER
    )


def _heading(message: MessageView) -> Content:
    at = (f"  {said(message.sent_at, message.stored_at)}", "$muted")
    if message.direction is Direction.OUT:
        return Content.assemble((OURSELVES, "bold $primary"), at)
    return Content.assemble((safe_name(message.alias), "bold $secondary"), at)


def _rule(title: str, style: str, width: int) -> Content:
    room = max(width - len(title) - 2, 2)
    left = room // 2
    line = "\u2500"
    return Content.assemble((line * left, "$rule"), (f" {title} ", style), (line * (room - left), "$rule"))


def _body(message: MessageView, setting: Setting) -> Iterator[Row]:
    width = max(setting.width - len(INDENT), NARROWEST)
    if not message.readable:
        lines = [Content.assemble(("\u25a2 needs a newer version of securemsg", "italic $muted"))]
    else:
        lines = Content(safe_body(message.text)).wrap(width)
    state = _state(message)
    if state and lines[-1].cell_length + 2 + state.cell_length <= width:
        lines[-1] = Content.assemble(lines[-1], "  ", state)
    elif state:
        lines += state.wrap(width)
    for line in lines:
        yield Row(Content.assemble(INDENT, line), message.row)


def _state(message: MessageView) -> Content:
    if message.direction is Direction.IN:
        return Content("")
    if message.state is MessageState.FAILED:
        reason = safe_line(message.reason, 200)
        return Content.assemble((f"! failed: {reason}", "bold $error"), ("  r retry  x cancel", "$warning"))
    words, style = STATES.get(message.state, ("", ""))
    waiting = message.reason if message.state is MessageState.QUEUED else ""
    return Content.assemble((words, style), (f": {safe_line(waiting, 200)}" if waiting else "", "$muted"))

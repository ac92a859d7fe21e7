"""From messages to rows of a given width: days, headings, what was said. No widget here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from textual.content import Content

from client_tui.text.language import N_, _
from client_tui.text.safe import safe_name
from client_tui.text.signs import Sign
from client_tui.text.when import day, local, said
from client_tui.widgets.line import fitted
from client_tui.widgets.message_rows import COLUMN, EVENTS, Row, Shape, message_rows
from client_tui.widgets.message_state import STATES, countdown
from securemsg.client.views import Direction, MessageState, MessageView
from securemsg.instant import SECOND, Instant

TOGETHER = 5 * 60 * SECOND
"""Messages of one person within five minutes stand under one heading."""

OURSELVES = N_("You")


@dataclass(frozen=True, slots=True)
class Setting:
    """What the drawing depends on besides the messages: width, the present, the first unread message.

    `hits` are words to be marked; `expired` are rows of messages whose time ran out while they were shown.
    """

    width: int
    now: Instant
    first_unread: int | None = None
    hits: tuple[str, ...] = ()
    expired: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Drawn:
    """The rows of one message, kept for as long as `key` stays the same, and its day."""

    key: tuple[object, ...]
    rows: tuple[Row, ...]
    day: date
    heading: Row


class Drawing:
    """Turns messages into rows and draws again only those that changed."""

    __slots__ = ("_drawn",)

    def __init__(self) -> None:
        self._drawn: dict[int, Drawn] = {}

    def rows(self, messages: Sequence[MessageView], setting: Setting) -> list[Row]:
        """Return the rows of `messages`, oldest first."""
        rows: list[Row] = []
        spoken = _last_of_state(messages)
        drawn: dict[int, Drawn] = {}
        before: tuple[MessageView, date] | None = None
        for message in messages:
            one = self._draw(message, setting, in_words=message.row in spoken)
            drawn[message.row] = one
            rows += _rules(message, one, before, setting)
            rows += one.rows
            before = message, one.day
        self._drawn = drawn
        return rows

    def _draw(self, message: MessageView, setting: Setting, *, in_words: bool) -> Drawn:
        expired = message.row in setting.expired
        key = (message, setting.width, setting.hits, in_words, expired, countdown(message, setting.now))
        known = self._drawn.get(message.row)
        if known is not None and known.key == key:
            return known
        shape = Shape(setting.width, setting.now, in_words, setting.hits, expired)
        rows = tuple(message_rows(message, shape))
        return Drawn(key, rows, local(message.stored_at).date(), Row(_heading(message)))


def rows_of(messages: Sequence[MessageView], setting: Setting) -> list[Row]:
    """Return the rows of `messages`, oldest first, drawn once."""
    return Drawing().rows(messages, setting)


def _rules(
    message: MessageView, drawn: Drawn, before: tuple[MessageView, date] | None, setting: Setting
) -> list[Row]:
    """Return the rules and the heading that a message needs after the one `before`."""
    rows: list[Row] = []
    if before is None or before[1] != drawn.day:
        rows += [Row(Content("")), Row(_rule(day(message.stored_at, setting.now), "$muted", setting.width))]
    if message.row == setting.first_unread:
        rows.append(Row(_rule(_("new messages"), "bold $error", setting.width)))
    if not rows and before is not None and _together(before[0], message):
        return rows
    rows.append(Row(Content("")))
    return rows if message.kind in EVENTS else [*rows, drawn.heading]


def _together(previous: MessageView, message: MessageView) -> bool:
    if message.kind in EVENTS or previous.kind in EVENTS:
        return message.kind in EVENTS and previous.kind in EVENTS
    return (
        previous.direction is message.direction
        and 0 <= message.stored_at - previous.stored_at < TOGETHER
        and 0 <= message.sent_at - previous.sent_at < TOGETHER
    )


def _last_of_state(messages: Sequence[MessageView]) -> set[int]:
    """Return the rows of our messages that say their state in a word: the last of each run of one state."""
    spoken: set[int] = set()
    below: MessageState | None = None
    for message in reversed(messages):
        if message.direction is Direction.OUT and message.state in STATES and message.kind not in EVENTS:
            if message.state is not below:
                spoken.add(message.row)
            below = message.state
    return spoken


def _heading(message: MessageView) -> Content:
    at = (f"  {said(message.sent_at, message.stored_at)}", "$muted")
    if message.direction is Direction.OUT:
        return Content.assemble((f"{Sign.YOU} {_(OURSELVES)}", "bold $primary"), at)
    return Content.assemble((safe_name(message.alias), "bold $secondary"), at)


def _rule(title: str, style: str, width: int) -> Content:
    cells = min(width, COLUMN)
    words = Content.styled(f" {title} ", style)
    room = max(cells - words.cell_length, 2)
    start = room // 2
    line = str(Sign.RULE)
    return fitted(
        Content.assemble((line * start, "$rule"), words, (line * (room - start), "$rule")), max(width, 1)
    )

"""A row of choices, or as many as they need: a letter chooses at once, arrows and Enter do as well."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from client_tui.text.language import _
from client_tui.widgets.line import Line, fitted
from client_tui.widgets.message_verbs import KEEP, Choice

GAP = 1
"""Columns behind a choice; at the end of a row they may be missing."""

MOST_ROWS = 3
"""Rows that the choices may take from the messages; beyond, those around the marked one are shown."""


class MenuRow(Line, can_focus=True):
    """Shows what can be done; not there where nothing is asked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,shift+tab", "move(-1)", show=False),
        Binding("right,tab", "move(1)", show=False),
        Binding("enter", "choose", show=False),
        Binding("up,down", "leave", show=False),
    ]

    DEFAULT_CSS = "MenuRow { background: $panel; color: $foreground; display: none; }"

    class Chosen(Message):
        """`verb` was chosen for the message `row`."""

        def __init__(self, verb: str, row: int) -> None:
            """Name both."""
            super().__init__()
            self.verb = verb
            self.row = row

    class Dropped(Message):
        """Nothing was chosen."""

    def __init__(self) -> None:
        """Start hidden."""
        super().__init__(id="menu")
        self._choices: Sequence[Choice] = ()
        self._marked = 0
        self._row = 0

    def ask(self, choices: Sequence[Choice], row: int) -> None:
        """Offer `choices` for the message `row`."""
        self._choices, self._row, self._marked = choices, row, 0
        self.display = True
        self.focus()
        self._draw()

    def close(self) -> bool:
        """Hide; tell whether it was there."""
        was, self.display = self.display, False
        return was

    def on_resize(self) -> None:
        """Draw for this width."""
        self._draw()

    def render(self) -> Content:
        """Return the rows, each cut where even one choice is too long."""
        rows = self._content.split("\n", allow_blank=True)
        return Content("\n").join([fitted(row, self.size.width) for row in rows])

    def on_key(self, event: events.Key) -> None:
        """Choose with a letter."""
        for choice in self._choices:
            if event.character is not None and event.character == choice.key:
                event.stop()
                self._choose(choice)
                return

    def action_move(self, step: int) -> None:
        """Mark the next choice."""
        self._marked = (self._marked + step) % max(len(self._choices), 1)
        self._draw()

    def action_choose(self) -> None:
        """Choose what is marked."""
        if self._choices:
            self._choose(self._choices[self._marked])

    def action_leave(self) -> None:
        """Choose nothing."""
        self.post_message(self.Dropped())

    def _choose(self, choice: Choice) -> None:
        self.post_message(self.Dropped() if choice.verb == KEEP else self.Chosen(choice.verb, self._row))

    def _draw(self) -> None:
        # Hidden, it has no width yet; it is as wide as the conversation.
        parent = self.parent
        width = parent.size.width if isinstance(parent, Widget) else self.size.width
        rows = menu(self._choices, self._marked, width)
        if self.styles.height is None or self.styles.height.value != len(rows):
            self.styles.height = len(rows)
        self.show(Content("\n").join(rows))


def menu(choices: Sequence[Choice], marked: int, width: int) -> list[Content]:
    """Return the rows of the choices, those around the marked one where there is no room for all."""
    if not choices:
        return [Content(_("Nothing can be done with this."))]
    rows = [Content("")]
    row_of_marked = 0
    for place, choice in enumerate(choices):
        part = _drawn(choice, is_marked=place == marked)
        if rows[-1].cell_length and rows[-1].cell_length + part.cell_length - GAP > width:
            rows.append(Content(""))
        rows[-1] = Content.assemble(rows[-1], part)
        if place == marked:
            row_of_marked = len(rows) - 1
    first = max(row_of_marked - MOST_ROWS + 1, 0)
    return rows[first : first + MOST_ROWS]


def _drawn(choice: Choice, *, is_marked: bool) -> Content:
    ground = " on $rule" if is_marked else ""
    return Content.assemble(
        (f" {choice.key} ", f"bold $accent{ground}"), (f"{choice.word} ", f"$foreground{ground}"), " " * GAP
    )

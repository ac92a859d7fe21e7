"""Searching all conversations while typing; Enter opens the message where it was said."""

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widgets import Input

from client_tui.clock import now
from client_tui.text.safe import safe_line, safe_name
from client_tui.text.when import brief
from client_tui.widgets.field import Entry
from client_tui.widgets.line import Line, fitted, sides
from client_tui.widgets.row_list import RowList
from client_tui.widgets.sheet import Sheet, Title
from securemsg.client.views import Direction, MessageView
from securemsg.instant import Instant

TEXT_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Found:
    """One result as a row."""

    message: MessageView
    present: Instant

    @property
    def key(self) -> int:
        """The row in the vault."""
        return self.message.row

    def line(self, width: int) -> Content:
        """Return who, what and when."""
        who = safe_name(self.message.alias)
        arrow = "\u2192 " if self.message.direction is Direction.OUT else ""
        text = safe_line(self.message.text, TEXT_SHOWN)
        left = Content.assemble((f" {arrow}{who}  ", "bold $secondary"), text)
        at = Content.assemble((f"  {brief(self.message.stored_at, self.present)} ", "$muted"))
        return fitted(sides(left, at, width), width)


class SearchSheet(Sheet):
    """A query and its results."""

    DEFAULT_CSS = """
    SearchSheet Entry { height: 1; border: none; background: $panel; padding: 0 1; margin-bottom: 1; }
    SearchSheet Entry:focus { border: none; }
    SearchSheet RowList { height: 1fr; }
    """

    class Asked(Message):
        """The query changed."""

        def __init__(self, query: str) -> None:
            """Carry the query."""
            super().__init__()
            self.query = query

    class Opened(Message):
        """A result was chosen."""

        def __init__(self, message: MessageView) -> None:
            """Carry the message."""
            super().__init__()
            self.message = message

    def __init__(self) -> None:
        """Start hidden."""
        super().__init__(id="search-sheet")
        self._query = Entry("words that a message contains")
        self._results = RowList("results")
        self._count = Line()
        self._found: list[MessageView] = []

    def compose(self) -> ComposeResult:
        """Lay out query, results and their number."""
        yield Title(Content("Search all conversations"))
        yield self._query
        yield self._results
        yield self._count

    def open(self) -> None:
        """Start with the last query selected."""
        self._query.focus()
        self._query.select_all()

    def show(self, found: list[MessageView]) -> None:
        """Show what was found."""
        self._found = found
        present = now()
        rows = [Found(message, present) for message in found]
        self._results.show(rows, rows[0].key if rows else None)
        self.say(f"{len(found)} found \u00b7 Down and Enter open" if found else "nothing found")

    def say(self, sentence: str) -> None:
        """Say something under the results."""
        self._count.show(Content.assemble((safe_line(sentence, TEXT_SHOWN), "$muted")))

    @on(Input.Changed)
    def ask(self, event: Input.Changed) -> None:
        """Search again."""
        event.stop()
        if event.value.strip():
            self.post_message(self.Asked(event.value))
        else:
            self._results.show([], None)
            self.say("")

    @on(Input.Submitted)
    def into_results(self, event: Input.Submitted) -> None:
        """Open the first result."""
        event.stop()
        self._results.action_choose()

    def key_down(self) -> None:
        """Go from the query into the results."""
        if self._query.has_focus and self._found:
            self._results.focus()

    @on(RowList.Chosen)
    def chosen(self, event: RowList.Chosen) -> None:
        """Open a result."""
        event.stop()
        for message in self._found:
            if message.row == event.key:
                self.post_message(self.Opened(message))

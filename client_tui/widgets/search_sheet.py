"""Searching all conversations while typing; Enter opens the message where it was said."""

from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widgets import Input

from client_tui.clock import now
from client_tui.text.language import _, ngettext
from client_tui.text.safe import safe_line, safe_name
from client_tui.text.signs import Sign
from client_tui.text.when import brief
from client_tui.widgets.field import Entry
from client_tui.widgets.line import Line, fitted, sides
from client_tui.widgets.row_list import RowList
from client_tui.widgets.sheet import Sheet, Title
from securemsg.client.views import Direction, MessageView
from securemsg.instant import Instant

TEXT_SHOWN = 300

PAGE = 50
"""Results asked for at once; more come when one walks to the last of them."""

MOST_FOUND = 1_000
"""Results held: who walks further adds a word."""


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
        arrow = f"{Sign.YOU} " if self.message.direction is Direction.OUT else ""
        file = self.message.file
        words = safe_line(self.message.text, TEXT_SHOWN)
        if file is not None:
            words = safe_line(f"{Sign.FILE} {safe_name(file.name)}  {self.message.text}", TEXT_SHOWN)
        left = Content.assemble((f" {arrow}{who}  ", "bold $secondary"), words)
        at = Content.assemble((f"  {brief(self.message.stored_at, self.present)} ", "$muted"))
        return fitted(sides(left, at, width), width)


def words_of(query: str) -> tuple[str, ...]:
    """Return the words of a query that are marked in a message: filters are none."""
    return tuple(word for word in query.split() if ":" not in word)


class SearchSheet(Sheet):
    """A query and its results."""

    DEFAULT_CSS = """
    SearchSheet Entry { height: 1; border: none; background: $panel; padding: 0 1; margin-bottom: 1; }
    SearchSheet Entry:focus { border: none; }
    SearchSheet RowList { height: 1fr; }
    """

    class Asked(Message):
        """Look for `query`, before the row `before` where more is wanted."""

        def __init__(self, query: str, before: int | None = None) -> None:
            """Carry the query."""
            super().__init__()
            self.query = query
            self.before = before

    class Opened(Message):
        """A result was chosen."""

        def __init__(self, message: MessageView, hits: tuple[str, ...]) -> None:
            """Carry the message and the words to be marked in it."""
            super().__init__()
            self.message = message
            self.hits = hits

    def __init__(self) -> None:
        """Start hidden."""
        super().__init__(id="search-sheet")
        self._query = Entry(_("words that a message contains"))
        self._results = RowList("results")
        self._count = Line()
        self._found: list[MessageView] = []
        self._whole = True

    def compose(self) -> ComposeResult:
        """Lay out query, results and their number."""
        yield Title(Content.styled(_("Search all conversations"), "bold $strong"))
        yield self._query
        yield self._results
        yield self._count

    def open(self, query: str = "") -> None:
        """Start with a query, or with the last one selected."""
        if query:
            self._query.value = query
        self._query.focus()
        self._query.select_all()
        if not self._query.value:
            self.say(_("Also: in:NAME  from:me  before:2026-01-31  after:2026-01-01  has:file"))

    def take(self, asked: Asked, found: list[MessageView]) -> None:
        """Show what was found, if that is still what is looked for."""
        if asked.query != self._query.value:
            return
        if asked.before is None or (self._found and self._found[-1].row == asked.before):
            self.show(found, asked.before)

    def show(self, found: list[MessageView], before: int | None) -> None:
        """Show what was found, behind what is shown already if it comes before a row."""
        self._whole = len(found) < PAGE
        self._found = found if before is None else [*self._found, *found]
        present = now()
        rows = [Found(message, present) for message in self._found]
        marked = self._results.selected if before is not None else (rows[0].key if rows else None)
        self._results.show(rows, marked)
        if not rows:
            self.say(_("nothing found"))
            return
        count = ngettext("{n} found", "{n} found", len(rows)).format(n=len(rows))
        more = "" if self._whole else "+"
        self.say(f"{count}{more} {Sign.EVENT} {_('Enter opens, then n and N go on')}")

    def say(self, sentence: str) -> None:
        """Say something under the results."""
        self._count.show(Content.assemble((safe_line(sentence, TEXT_SHOWN), "$muted")))

    def step(self, by: int) -> bool:
        """Open the next result (an older one) or the one before; tell whether there is one."""
        before = self._results.selected
        self._results.action_move(by)
        self._want_more()
        if self._results.selected == before:
            return False
        self._results.action_choose()
        return True

    @on(Input.Changed)
    def ask(self, event: Input.Changed) -> None:
        """Search again; what is shown is no part of it."""
        event.stop()
        self._whole = True
        if event.value.strip():
            self.post_message(self.Asked(event.value))
        else:
            self._found = []
            self._results.show([], None)
            self.say("")

    @on(Input.Submitted)
    def into_results(self, event: Input.Submitted) -> None:
        """Open the marked result."""
        event.stop()
        self._results.action_choose()

    def key_down(self) -> None:
        """Mark the next result; the cursor stays in the query."""
        if self._query.has_focus:
            self._results.action_move(1)
        self._want_more()

    def key_up(self) -> None:
        """Mark the result before."""
        if self._query.has_focus:
            self._results.action_move(-1)

    @on(RowList.Chosen)
    def chosen(self, event: RowList.Chosen) -> None:
        """Open a result."""
        event.stop()
        for message in self._found:
            if message.row == event.key:
                self.post_message(self.Opened(message, words_of(self._query.value)))

    def _want_more(self) -> None:
        last = self._found[-1].row if self._found else None
        more = not self._whole and len(self._found) < MOST_FOUND
        if more and last is not None and self._results.selected == last:
            self.post_message(self.Asked(self._query.value, last))

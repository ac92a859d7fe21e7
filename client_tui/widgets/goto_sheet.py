"""Going to anything: conversations, people and commands in one field; a few letters are enough."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widgets import Input

from client_tui.keymap import keys_of
from client_tui.registry import COMMANDS, Command, Place, shown_keys
from client_tui.registry.lookup import folded
from client_tui.text.fuzzy import fitness
from client_tui.text.language import N_, _
from client_tui.widgets.compose_line import shown_slash
from client_tui.widgets.field import Entry
from client_tui.widgets.line import fitted, sides
from client_tui.widgets.people import Conversation, shown_name
from client_tui.widgets.row_list import RowList
from client_tui.widgets.sheet import Sheet, Title
from securemsg.client.views import ConversationView, MessageView
from securemsg.instant import Instant

MOST = 200
"""Rows that are shown: who does not find it among these types another letter."""

COMMAND_KEYS = -1_000
"""Keys of rows of commands go down from here; contacts have positive ones."""

VISIT = 2
"""What each earlier choice counts when two fit equally well; at most `MOST_VISITS` of them."""

MOST_VISITS = 10

GO_TO = N_("Go to")
FORWARD = N_("Forward to")


@dataclass(frozen=True, slots=True)
class Goal:
    """One row: a conversation, or a command with its key; `more` is what it does."""

    key: int
    words: str
    more: str = ""
    conversation: Conversation | None = None
    command: Command | None = None

    def line(self, width: int) -> Content:
        """Return the row."""
        if self.conversation is not None:
            return self.conversation.line(width)
        if self.command is None:
            return Content("")
        slash = shown_slash(self.command)
        name = f"/{slash}" if slash else _(self.command.title)
        left = Content.assemble((f"  {name}", "$accent"), (f"  {_(self.command.help)}", "$muted"))
        right = Content.styled(f" {shown_keys(keys_of(self.command))} ", "bold $foreground")
        return fitted(sides(left, right, width), width)


class GoToSheet(Sheet):
    """A field, and what fits it; Enter goes there."""

    DEFAULT_CSS = """
    GoToSheet Entry { height: 1; border: none; background: $panel; padding: 0 1; margin-bottom: 1; }
    GoToSheet Entry:focus { border: none; }
    GoToSheet RowList { height: 1fr; }
    """

    class Went(Message):
        """A conversation was chosen, to go there or to forward a message to."""

        def __init__(self, contact: int, forwarded: MessageView | None) -> None:
            """Name the contact, and carry the message."""
            super().__init__()
            self.contact = contact
            self.forwarded = forwarded

    class Ordered(Message):
        """A command was chosen."""

        def __init__(self, command: Command) -> None:
            """Carry it."""
            super().__init__()
            self.command = command

    def __init__(self) -> None:
        """Start hidden."""
        super().__init__(id="goto-sheet")
        self._title = Title(Content(""))
        self._query = Entry(_("a few letters of a name or a command"))
        self._goals = RowList("goals")
        self._all: list[Goal] = []
        self._shown: list[Goal] = []
        self._visits: Counter[str] = Counter()
        self._forwarded: MessageView | None = None

    def compose(self) -> ComposeResult:
        """Lay out field and list."""
        yield self._title
        yield self._query
        yield self._goals

    def open(
        self, views: Sequence[ConversationView], present: Instant, forwarded: MessageView | None = None
    ) -> None:
        """Offer these conversations, and the commands unless something is to be forwarded."""
        self._forwarded = forwarded
        self._title.show(Content.styled(_(GO_TO if forwarded is None else FORWARD), "bold $strong"))
        self._all = [
            Goal(
                view.contact,
                folded(f"{shown_name(view)} {view.name}"),
                conversation=Conversation(view, present),
            )
            for view in views
        ]
        if forwarded is None:
            offered = [c for c in COMMANDS if c.place is Place.EVERYWHERE or c.slash is not None]
            self._all += [
                Goal(COMMAND_KEYS - n, folded(f"{shown_slash(c)} {_(c.title)}"), folded(_(c.help)), command=c)
                for n, c in enumerate(offered)
            ]
        with self.prevent(Input.Changed):
            self._query.value = ""
        self._look("")
        self._query.focus()

    @on(Input.Changed)
    def changed(self, event: Input.Changed) -> None:
        """Look again at each letter."""
        event.stop()
        self._look(event.value)

    @on(Input.Submitted)
    def go(self, event: Input.Submitted) -> None:
        """Go to what is marked."""
        event.stop()
        self._goals.action_choose()

    def key_down(self) -> None:
        """Mark the next one; the cursor stays in the field."""
        self._goals.action_move(1)

    def key_up(self) -> None:
        """Mark the one before."""
        self._goals.action_move(-1)

    @on(RowList.Chosen)
    def chosen(self, event: RowList.Chosen) -> None:
        """Tell what was chosen."""
        event.stop()
        goal = next((goal for goal in self._shown if goal.key == event.key), None)
        if goal is None:
            return
        self._visits[goal.words] += 1
        if goal.command is not None:
            self.post_message(self.Ordered(goal.command))
        else:
            # Once: a second Enter goes there and forwards nothing.
            forwarded, self._forwarded = self._forwarded, None
            self.post_message(self.Went(goal.key, forwarded))

    def _look(self, typed: str) -> None:
        self._shown = ranked(self._all, folded(typed.strip().removeprefix("/")), self._visits)
        self._goals.show(self._shown, self._shown[0].key if self._shown else None)
        self._goals.scroll_home(animate=False)


def ranked(goals: list[Goal], query: str, visits: Counter[str]) -> list[Goal]:
    """Return what fits `query`, the best first; what was chosen often goes before what fits as well."""
    found = [
        (score + VISIT * min(visits[goal.words], MOST_VISITS), -place, goal)
        for place, goal in enumerate(goals)
        if (score := _score(query, goal)) is not None
    ]
    found.sort(key=lambda entry: entry[:2], reverse=True)
    return [goal for _score, _place, goal in found[:MOST]]


def _score(query: str, goal: Goal) -> int | None:
    """Return how well a row fits; in what a command does only beginnings of words are looked for."""
    score = fitness(query, goal.words)
    if score is None and query and f" {query}" in f" {goal.more}":
        return 0
    return score

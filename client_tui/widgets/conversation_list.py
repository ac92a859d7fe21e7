"""The list of conversations: sorted by activity, but not while somebody walks in it."""

from client_tui.clock import now
from client_tui.widgets.people import ARCHIVE, Archive, Conversation, listed
from client_tui.widgets.row_list import RowList
from securemsg.client.views import ConversationView
from securemsg.instant import Instant

TICK = 5.0
"""Seconds between looks at who has stopped writing."""


class ConversationList(RowList):
    """Shows the conversations; the archived ones are folded away."""

    def __init__(self) -> None:
        """Start without conversations."""
        super().__init__("people")
        self._views: list[ConversationView] = []
        self._typing: dict[int, Instant] = {}
        self._archive_open = False
        self._opened: int | None = None

    def on_mount(self) -> None:
        """Let marks of time pass."""
        self.set_interval(TICK, self._tick)

    @property
    def first_contact(self) -> int | None:
        """The conversation at the top."""
        return next((key for key in self.keys if key != ARCHIVE), None)

    def show_views(self, views: list[ConversationView], opened: int | None) -> None:
        """Show these conversations, of which one is open."""
        self._views, self._opened = views, opened
        self.draw()

    def select(self, contact: int) -> None:
        """Mark the conversation that is open now, and show it where it is folded away."""
        self._opened = contact
        if contact not in self.keys:
            self._archive_open = True
        self.draw()
        self.selected = contact
        self.keep_in_view()

    def set_typing(self, contact: int, until: Instant) -> None:
        """Note that somebody writes until then; an instant that is past says that they stopped."""
        self._typing[contact] = until

    def is_typing(self, contact: int) -> bool:
        """Tell whether somebody writes now."""
        return self._typing.get(contact, 0) > now()

    def draw(self) -> None:
        """Show the rows; whoever walks among them keeps place and order."""
        present = now()
        typing = frozenset(contact for contact, until in self._typing.items() if until > present)
        rows = listed(self._views, present, typing, archive_open=self._archive_open)
        selected = self.selected if self.has_focus else self._opened
        self.show(in_order(rows, self.keys) if self.has_focus else rows, selected)

    def next_unread(self) -> int | None:
        """Return the next conversation below the open one, or from the top, in which something is unread."""
        unread = [
            view.contact for view in self._views if (view.unread or view.marked_unread) and not view.archived
        ]
        others = [contact for contact in unread if contact != self._opened]
        order = self.keys
        here = order.index(self._opened) if self._opened in order else -1
        return next((key for key in order[here + 1 :] if key in others), others[0] if others else None)

    def step(self, by: int) -> int | None:
        """Return the conversation `by` places from the open one."""
        contacts = [key for key in self.keys if key != ARCHIVE]
        if not contacts:
            return None
        if self._opened not in contacts:
            return contacts[0]
        return contacts[min(max(contacts.index(self._opened) + by, 0), len(contacts) - 1)]

    def action_choose(self) -> None:
        """Choose the marked conversation, or unfold the archived ones."""
        if self.selected == ARCHIVE:
            self._archive_open = not self._archive_open
            rows = listed(self._views, now(), frozenset(), archive_open=self._archive_open)
            self.show(rows, ARCHIVE)
        else:
            super().action_choose()

    def on_blur(self) -> None:
        """Sort again when nobody walks here any more."""
        self.draw()

    def _tick(self) -> None:
        if self._typing and not self.has_focus:
            self._typing = {contact: until for contact, until in self._typing.items() if until > now()}
            self.draw()


def in_order(rows: list[Conversation | Archive], keys: list[int]) -> list[Conversation | Archive]:
    """Return the rows in the order in which they stand already; new ones come last."""
    places = {key: place for place, key in enumerate(keys)}
    return sorted(rows, key=lambda row: places.get(row.key, len(places)))

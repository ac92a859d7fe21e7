"""The part of a conversation that is held in memory: a window over the vault. No widget here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from securemsg.client.views import MessageView
from securemsg.instant import Instant

PAGE: Final = 150
"""Messages loaded at once: several screens."""

MOST_HELD: Final = 1_200
"""Messages held at most: beyond it the far end of the window is given back."""

KEPT: Final = 2 * PAGE
"""Messages held while one stays at the end of a conversation: new ones push old ones out."""


@dataclass(frozen=True, slots=True)
class Window:
    """Messages without a gap, oldest first; `at_start` and `at_end` tell that nothing is beyond them."""

    messages: tuple[MessageView, ...] = ()
    at_start: bool = True
    at_end: bool = True

    @property
    def first(self) -> int:
        """The row of the oldest message, 0 where there is none."""
        return self.messages[0].row if self.messages else 0

    @property
    def last(self) -> int:
        """The row of the newest message, 0 where there is none."""
        return self.messages[-1].row if self.messages else 0

    def find(self, row: int | None) -> MessageView | None:
        """Return the message with this row."""
        return next((message for message in self.messages if message.row == row), None)

    def with_older(self, page: Sequence[MessageView]) -> "Window":
        """Return the window with the page before it."""
        held = (*page, *self.messages)
        return Window(held[:MOST_HELD], len(page) < PAGE, self.at_end and len(held) <= MOST_HELD)

    def with_newer(self, page: Sequence[MessageView]) -> "Window":
        """Return the window with the page behind it."""
        held = (*self.messages, *page)
        return Window(held[-MOST_HELD:], self.at_start and len(held) <= MOST_HELD, len(page) < PAGE)

    def without(self, row: int) -> "Window":
        """Return the window without one message."""
        return replace(self, messages=tuple(message for message in self.messages if message.row != row))

    def over(self, old: "Window", now: Instant) -> tuple["Window", frozenset[int]]:
        """Return this window with what ran out of time since `old` in its place, and the rows of those.

        A message that vanishes while it is looked at leaves a line behind that says why; its words are gone.
        """
        here = {message.row for message in self.messages}
        gone = [
            replace(message, text="", quoted=None, reactions=(), file=None, deleted=True)
            for message in old.messages
            if message.row not in here and _ran_out(message, now) and self._spans(message.row)
        ]
        if not gone:
            return self, frozenset()
        held = tuple(sorted((*self.messages, *gone), key=lambda message: message.row))
        return replace(self, messages=held), frozenset(message.row for message in gone)

    def _spans(self, row: int) -> bool:
        return (self.at_start or row > self.first) and (self.at_end or row < self.last)


def latest(page: Sequence[MessageView]) -> Window:
    """Return the window of a page that ends with the newest message."""
    return Window(tuple(page), at_start=len(page) < PAGE, at_end=True)


def around(before: Sequence[MessageView], after: Sequence[MessageView]) -> Window:
    """Return the window of two half pages that meet in the middle of a conversation."""
    half = PAGE // 2
    return Window((*before, *after), at_start=len(before) < half, at_end=len(after) < half)


def _ran_out(message: MessageView, now: Instant) -> bool:
    return message.expires_at is not None and message.expires_at <= now

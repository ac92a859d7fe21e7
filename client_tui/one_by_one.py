"""Keys that come in one piece: each has done what it does before the next one is looked at."""

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from textual import events
from textual.app import App
from textual.widget import Widget
from textual.widgets import Input, TextArea

STEPS: Final = 16
"""From a key to its last effect: through the parents of a field to the application, to the field's answer, to
the list beside it, through the parents of that to the screen, and from there to who has the cursor next."""

PATIENCE: Final = 10.0
"""Seconds that a key may take: a keyboard must not be dead for good, whatever has gone wrong. The lock waits
for the vault in any case."""

HELD_DOWN: Final = frozenset(
    ("up", "down", "left", "right", "pageup", "pagedown", "home", "end", "backspace", "delete")
)
"""Keys that repeat: in order among themselves, and followed only when another one comes, because that costs
milliseconds."""


class OneByOne:
    """Holds back what is typed until the key before has been followed through.

    Without this it would go where the cursor was when the terminal sent it: what was typed for the switcher,
    or behind a command that locks, into the conversation that is open, and Enter would send it. A command
    waits in the same way for the letters before it, which are taken by the field in its own time.
    """

    def __init__(self, app: App[int]) -> None:
        """Order the keys of `app`."""
        self._app = app
        self._held: deque[events.Event] = deque()
        self._follows = False
        self._written: Widget | None = None
        self._moved = False

    def holds(self, event: events.Event) -> bool:
        """Tell whether `event` is looked at later; called with everything, whatever comes."""
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            return False
        if self._follows:
            self._held.append(event)
            return True
        if self._only_writes(event) and not self._moved:
            self._written = self._app.focused
            return False
        if isinstance(event, events.Key) and event.key in HELD_DOWN:
            self._moved = True
            return False
        return self._begins(event)

    def _begins(self, event: events.Key | events.Paste) -> bool:
        """Follow `event`, or first what came before it; tell whether it is looked at later."""
        self._follows = True
        written, moved = self._written, self._moved
        self._written, self._moved = None, False
        if written is None and not moved:
            self._app.run_worker(self._follow(), group="keys")
            return False
        # What was typed before it may still be on its way into the field, or lead elsewhere.
        self._held.appendleft(event)
        before = self._follow() if moved or written is None else self._catch_up(written)
        self._app.run_worker(before, group="keys")
        return True

    def _only_writes(self, event: events.Key | events.Paste) -> bool:
        """Tell whether a field takes it, and keeps what it takes in order by itself."""
        writes = isinstance(event, events.Paste) or event.is_printable
        return writes and isinstance(self._app.focused, Input | TextArea)

    async def _catch_up(self, field: Widget) -> None:
        """Wait until a field has taken what was typed."""
        taken = asyncio.Event()
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                if field.call_later(taken.set):
                    await taken.wait()
        self._app.call_later(self._release)

    async def _follow(self) -> None:
        """Wait until all has been done that follows from a key."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                for _step in range(STEPS):
                    await self._step()
        self._app.call_later(self._release)

    async def _step(self) -> None:
        """Wait until everybody who may answer has done what they were told before."""
        behind, done = 1, asyncio.Event()

        def caught_up() -> None:
            nonlocal behind
            behind -= 1
            if not behind:
                done.set()

        for node in (self._app, *_answering(self._app.screen)):
            # Who is going takes nothing any more.
            behind += node.call_later(caught_up)
        caught_up()
        await done.wait()

    async def _release(self) -> None:
        self._follows = False
        while self._held and not self._follows:
            await self._app.on_event(self._held.popleft())


def _answering(widget: Widget) -> Iterator[Widget]:
    """Yield `widget` and what is seen of it, without what only shows words: that answers no key."""
    yield widget
    for child in widget.children:
        if child.display and (child.can_focus or child.children):
            yield from _answering(child)

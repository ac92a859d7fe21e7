"""Where the client is among the invented people, and the plain ways from state to state."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from textual.pilot import Pilot

from client_tui import clock
from client_tui.demo.stage import HOUR, online
from client_tui.screens.chat import ChatScreen
from securemsg.client import Profile
from securemsg.client.rehearsal import Rehearsal

LASTING: Final = frozenset({"bridge", "idle"})
"""Groups of workers that never end."""

PATIENCE: Final = 50
"""Looks at what is still being done after keys."""


@dataclass(frozen=True, slots=True)
class Place:
    """The client among invented people."""

    pilot: Pilot[int]
    screen: ChatScreen
    profile: Profile
    engine: Rehearsal
    people: dict[str, int]

    async def talk(self, name: str) -> None:
        """Open the conversation with the first person whose name begins so, the relay being there."""
        while self.pilot.app.screen is not self.screen:
            await self.pilot.press("escape")
        clock.hold(HOUR)
        self.engine.show(online(2))
        contact = next(number for alias, number in self.people.items() if alias.startswith(name))
        await self.screen.go_to(contact)
        await self.settle()

    async def press(self, *keys: str) -> None:
        """Press keys and wait until what follows from them is done."""
        await self.pilot.press(*keys)
        await self.settle()

    async def settle(self) -> None:
        """Wait until what was begun is done, but for what lasts as long as the client."""
        for _ in range(PATIENCE):
            await self.pilot.pause()
            if all(worker.is_finished for worker in self.pilot.app.workers if worker.group not in LASTING):
                return


Reach = Callable[[Place], Awaitable[None]]


def talk(name: str) -> Reach:
    """Return how a conversation is reached."""

    async def reach(place: Place) -> None:
        await place.talk(name)

    return reach


def keys(name: str, *pressed: str) -> Reach:
    """Return how what follows from keys in a conversation is reached."""

    async def reach(place: Place) -> None:
        await place.talk(name)
        await place.press(*pressed)

    return reach

"""The states that the client can be in, each reached from the main screen of the invented campaign."""

import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from textual.pilot import Pilot

from client_tui.bridge import Changes
from client_tui.demo.stage import HOUR, MINUTE, online
from client_tui.pictures.decoder import UNREADABLE
from client_tui.pictures.raster import Raster
from client_tui.screens.chat import ChatScreen
from client_tui.screens.setup import SetupScreen
from client_tui.screens.start import Start
from client_tui.text.sentences import translated
from securemsg.client import Profile
from securemsg.client.alarms import RELAY_BEHIND
from securemsg.client.rehearsal import Rehearsal, scene
from securemsg.client.views import ConnectionView, LinkState
from securemsg.instant import SECOND, Instant

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


def link(state: LinkState, reason: str, seconds: int) -> Reach:
    """Return how a state of the connection is reached."""

    async def reach(place: Place) -> None:
        await place.talk("Claire")
        retry = Instant(HOUR + seconds * SECOND) if seconds else None
        place.engine.show(ConnectionView(state, reason, retry, Instant(HOUR - 3 * MINUTE), 2))
        await place.pilot.pause(0.05)

    return reach


async def alarm(place: Place) -> None:
    """Let the relay be found behind."""
    await place.talk("Sofia")
    with scene(place.profile, b"alarm") as played:
        played.warn(RELAY_BEHIND)
    await place.screen.look_again(Changes(conversations=True))
    await place.pilot.pause()


async def picture(place: Place) -> None:
    """Draw a picture: a test of its own decodes one."""
    await place.talk("Malik")
    message = next(each for each in place.profile.files() if each.file and each.file.name == "minibus.jpg")
    sheet = place.screen.sheets.picture
    await place.screen.show_sheet(sheet)
    sheet.open(message)
    await place.settle()
    sheet.show(Raster(24, 9, bytes(24 * 9 * 3 * [0, 60, 120, 180])[: 24 * 9 * 3]))
    await place.settle()


async def picture_refused(place: Place) -> None:
    """Say why a picture is not drawn, in the same sheet."""
    place.screen.sheets.picture.fail(translated(UNREADABLE))
    await place.settle()


async def locked(place: Place) -> None:
    """Lock; there is no way back to the other states."""
    await place.press("ctrl+l")
    await place.pilot.pause(0.2)


async def first_run(place: Place) -> None:
    """Begin anew, somewhere else."""
    await place.pilot.app.switch_screen(SetupScreen(Start(home=Path(os.devnull))))
    await place.pilot.pause()


STATES: Final[dict[str, Reach]] = {
    "pending-sent-delivered": talk("Claire"),
    "unread": talk("Sofia"),
    "failed": talk("Malik"),
    "files": keys("Malik", "up", "up", "up", "up"),
    "identity-changed": talk("Jean-Marc"),
    "request": talk("T. Verhoeven"),
    "unverified-muted": talk("Priya"),
    "timer-running": talk("H\u00e9l\u00e8ne"),
    "newer-content-draft": talk("Ana\u00efs"),
    "note-to-self": talk("Note to self"),
    "edited-deleted": keys("Claire", *["up"] * 10),
    "selected": keys("Claire", "up", "up"),
    "menu": keys("Claire", "up", "up", "space"),
    "card": keys("Claire", *["up"] * 4, "i"),
    "answering": keys("Claire", *["up"] * 4, "r"),
    "reacting": keys("Claire", *["up"] * 4, "plus"),
    "help": keys("Claire", "f1"),
    "verify": keys("Sofia", "f2"),
    "verify-by-picture": keys("Sofia", "f2", "s"),
    "add": keys("Claire", "f3"),
    "link": keys("Claire", "f7"),
    "search": keys("Claire", "ctrl+f", *"train"),
    "go-to": keys("Claire", "ctrl+k", *"so"),
    "outbox": keys("Claire", "ctrl+o"),
    "attach": keys("Claire", "ctrl+t"),
    "picture": picture,
    "picture-refused": picture_refused,
    "timer": keys("Claire", "ctrl+x", "t"),
    "settings": keys("Claire", "ctrl+x", "s"),
    "offline": link(LinkState.OFFLINE, "The network is away.", 12),
    "connecting": link(LinkState.CONNECTING, "", 0),
    "alarm": alarm,
    "locked": locked,
    "first-run": first_run,
}
"""Name of the page -> how the state is reached, after the one before it."""

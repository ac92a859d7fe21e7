"""The states that the client can be in, each reached from the main screen of the invented campaign."""

import os
from pathlib import Path
from typing import Final

from client_tui.bridge import Changes
from client_tui.demo.stage import HOUR, MINUTE
from client_tui.pictures.decoder import UNREADABLE
from client_tui.pictures.raster import Raster
from client_tui.screens.setup import SetupScreen
from client_tui.screens.start import Start
from client_tui.text.sentences import translated
from securemsg.client.alarms import RELAY_BEHIND
from securemsg.client.rehearsal import scene
from securemsg.client.views import ConnectionView, LinkState
from securemsg.instant import SECOND, Instant
from tests.client_tui.snapshots import played
from tests.client_tui.snapshots.place import Place, Reach, keys, talk


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
    "relay-unreachable": link(LinkState.OFFLINE, played.UNREACHABLE, 58),
    "identity-confirmed": keys("Jean-Marc", "f4"),
    "file-states": played.file_states,
    "typing": played.typing,
    "blocked": played.blocked,
    "archived": played.archived,
    "expired": played.expired,
    "disk-full": played.disk_full,
    "clock-wrong": played.clock_wrong,
    "wipe": played.wipe,
    "locked": played.locked,
    "locked-asking": played.locked_asking,
    "first-run": first_run,
}
"""Name of the page -> how the state is reached, after the one before it."""

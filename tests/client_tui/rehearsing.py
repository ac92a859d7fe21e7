"""The main screen on a vault with invented people: no relay, no passphrase, a second per test."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot

from client_tui.app import SecureApp
from client_tui.clock import now
from client_tui.screens.chat import ChatScreen
from client_tui.screens.start import Start
from securemsg.client import Profile
from securemsg.client.rehearsal import Rehearsal, rehearsed_profile, scene
from securemsg.client.scene import Line, Scene
from securemsg.client.views import ConnectionView, Direction, LinkState, Trust
from securemsg.instant import Instant
from tests.client_tui.people import PASSPHRASE, until

IN, OUT = Direction.IN, Direction.OUT


def said(place: Scene, contact: int, texts: list[str], who: Direction = IN) -> list[int]:
    """Let somebody say texts, a second apart; returns the rows."""
    begun = now() - 1_000 * len(texts)
    return [place.say(contact, Line(who, text, Instant(begun + 1_000 * n))) for n, text in enumerate(texts)]


def two_people(place: Scene) -> None:
    """Ann, who was read, and Ben, of whom two messages are unread."""
    ann = place.meet("Ann", Trust.VERIFIED)
    said(place, ann, ["hello from Ann"])
    said(place, ann, ["hello to Ann"], OUT)
    place.read(ann)
    ben = place.meet("Ben")
    said(place, ben, ["read by us"])
    place.read(ben)
    said(place, ben, ["new from Ben", "another from Ben"])


def late(profile: Profile, contact: int) -> None:
    """Let another message come."""
    with scene(profile) as place:
        place.say(contact, Line(IN, "a late one", now()))


@asynccontextmanager
async def chatting(
    folder: Path, play: object = two_people, size: tuple[int, int] = (100, 30)
) -> AsyncIterator[tuple[SecureApp, ChatScreen, Pilot[int]]]:
    """Run the main screen on a home in which `play` has happened."""
    assert callable(play)
    profile = rehearsed_profile(folder / "home", PASSPHRASE, "Camille", now)
    with scene(profile) as place:
        play(place)
    engine = Rehearsal(profile, ConnectionView(LinkState.ONLINE, "", None, now(), 0))
    app = SecureApp(Start(home=folder / "home", profile=profile, engine=engine))
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ChatScreen) and app.screen.talk.view is not None)
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, ChatScreen)
        yield app, screen, pilot

"""People for the tests of the client: homes made through the facade, engines run beside the screen."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import anyio
from textual import events
from textual.pilot import Pilot

from client_tui.app import SecureApp, Start
from client_tui.screens.chat import ChatScreen
from client_tui.screens.setup import SetupScreen
from client_tui.screens.unlock import UnlockScreen
from securemsg.client import Engine, NewProfile, Profile, create_profile

PASSPHRASE = "correct horse battery staple"  # noqa: S105 - of homes in temporary folders
PATIENCE = 60.0


@dataclass(frozen=True)
class Peer:
    """The other side of a conversation, without a screen."""

    profile: Profile
    engine: Engine
    contact: int

    async def write(self, text: str) -> None:
        """Send a text and wait until the relay has it."""
        queued = await self.engine.perform(lambda held: held.queue_text(self.contact, text))
        with anyio.fail_after(PATIENCE):
            await self.engine.accepted(queued.row)

    async def texts(self) -> list[str]:
        """Return what is in the vault, oldest first."""
        return [
            message.text for message in await self.engine.perform(lambda held: held.messages(self.contact))
        ]


async def make_home(home: Path, name: str, relay: str) -> Profile:
    """Return the open profile of a new home."""
    return await create_profile(home, PASSPHRASE, NewProfile(name=name, relay=relay, invitation=""))


async def acquaint(folder: Path, relay: str, name: str = "Ben", alias: str = "") -> tuple[Path, Profile, int]:
    """Make Ann (closed) and another (open) who know each other; returns Ann's home and the other's side."""
    ann = await make_home(folder / "ann", "Ann", relay)
    other = await make_home(folder / "other", name, relay)
    ann.add_contact(other.own().link, alias or "Ben")
    contact = other.add_contact(ann.own().link, "Ann").contact
    ann.close()
    return folder / "ann", other, contact


@asynccontextmanager
async def connected(profile: Profile, contact: int) -> AsyncIterator[Peer]:
    """Run the engine of `profile` for the length of the block."""
    engine = Engine(profile)
    try:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(engine.run)
            yield Peer(profile, engine, contact)
            tasks.cancel_scope.cancel()
    finally:
        profile.close()


@asynccontextmanager
async def client(
    home: Path, size: tuple[int, int] = (100, 30)
) -> AsyncIterator[tuple[SecureApp, Pilot[int]]]:
    """Run the client on `home` without unlocking it."""
    app = SecureApp(Start(home=home))
    async with app.run_test(size=size) as pilot:
        yield app, pilot


async def unlock(app: SecureApp, pilot: Pilot[int]) -> ChatScreen:
    """Type the passphrase; return the main screen once it shows."""
    if app.screen.focused is None:
        await pilot.press("enter")
    await type_text(pilot, PASSPHRASE)
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(app.screen, ChatScreen))
    await pilot.pause()
    screen = app.screen
    assert isinstance(screen, ChatScreen)
    return screen


async def type_text(pilot: Pilot[int], text: str) -> None:
    """Bring a text into the focused field: as a terminal does it with a paste, which is quicker than keys."""
    focused = pilot.app.screen.focused
    assert focused is not None
    focused.post_message(events.Paste(text))
    await pilot.pause()


async def fill(pilot: Pilot[int], *fields: str) -> None:
    """Type each text and press Enter after it."""
    for text in fields:
        await type_text(pilot, text)
        await pilot.press("enter")


async def until(pilot: Pilot[int], condition: object) -> None:
    """Wait until `condition()` holds."""
    assert callable(condition)
    with anyio.fail_after(PATIENCE):
        while not condition():
            await pilot.pause(0.02)


def screen_text(app: SecureApp) -> str:
    """Return what is on the screen, row by row."""
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text for strip in strips)


def is_locked(app: SecureApp) -> bool:
    """Tell whether the passphrase is being asked for."""
    return isinstance(app.screen, UnlockScreen)


def is_setup(app: SecureApp) -> bool:
    """Tell whether this is the first run."""
    return isinstance(app.screen, SetupScreen)

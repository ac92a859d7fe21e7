"""A person who acts while the vault is asked something."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
from textual.pilot import Pilot

from client_tui.app import SecureApp
from client_tui.screens.chat import ChatScreen
from securemsg.client import Profile
from securemsg.client.scene import Scene
from securemsg.client.views import MessageView
from tests.client_tui.rehearsing import OUT, chatting, said

T = TypeVar("T")


def three_people(place: Scene) -> None:
    """Cleo, of whom something is unread, then Ann and Ben, who is open."""
    said(place, place.meet("Cleo"), ["unread"])
    for name in ("Ann", "Ben"):
        contact = place.meet(name)
        said(place, contact, ["hello", f"hello {name}"], OUT)
        place.read(contact)


class Story:
    """Ben is open; Ann may be turned to while something is looked up."""

    def __init__(self, app: SecureApp, screen: ChatScreen, patch: pytest.MonkeyPatch) -> None:
        self.app, self.screen, self.talk, self._patch = app, screen, screen.talk, patch
        self.contacts = {view.alias: view.contact for view in screen.views.values()}
        self.ann, self.ben = self.contacts["Ann"], self.contacts["Ben"]

    def meanwhile(self, act: Callable[[], Awaitable[object]]) -> None:
        """Let the person act once, while the vault is asked next."""
        asked = self.screen.bridge.perform

        async def perform(function: Callable[[Profile], T]) -> T:
            self._patch.setattr(self.screen.bridge, "perform", asked)
            try:
                return await asked(function)
            finally:
                await act()

        self._patch.setattr(self.screen.bridge, "perform", perform)

    async def write_to_ann(self) -> None:
        """Go to Ann and begin a text."""
        await self.screen.go_to(self.ann)
        self.talk.composer.load_text("for Ann")

    def writes_to_ann(self) -> bool:
        """Tell whether nothing came between Ann and what is written to her."""
        names = self.talk.view is not None and self.talk.view.contact == self.ann
        return names and self.talk.composer.contact == self.ann and self.talk.composer.text == "for Ann"

    async def ask(self, function: Callable[[Profile], T]) -> T:
        """Ask the vault."""
        return await self.screen.bridge.perform(function)

    async def draft(self, contact: int) -> str:
        """Return what is begun for a contact."""
        return (await self.ask(lambda held: held.draft(contact))).text

    async def messages(self, contact: int) -> list[MessageView]:
        """Return what was said with a contact."""
        return list(await self.ask(partial(Profile.messages, contact=contact)))


@asynccontextmanager
async def telling(folder: Path, patch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Story, Pilot[int]]]:
    """Begin a story."""
    async with chatting(folder, three_people) as (app, screen, pilot):
        story = Story(app, screen, patch)
        assert story.talk.composer.contact == story.ben
        yield story, pilot

"""The places of the main screen where foreign text is shown, each filled with texts of the grammar."""

import asyncio
import contextlib
import itertools
import os
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from textual import events

from client_tui.app import SecureApp
from client_tui.screens.chat import ChatScreen
from client_tui.settings import CHOICES, Settings
from client_tui.widgets.alarm_bar import _words
from client_tui.widgets.compose_line import answering, completions, editing
from client_tui.widgets.reader import silence
from client_tui.widgets.window import Window
from securemsg.client.views import ConversationView, MessageView
from tests.client_tui.fuzzing.forged import NOW, Forger

MESSAGES: Final = 60
"""Of one screen: about as many as it has room for."""

PEOPLE: Final = 40
FILES: Final = 30
LONGEST_NAME: Final = 200
"""Bytes of a file name: a file system takes 255."""

CONTACT: Final = 1

_Sheet = Callable[[Sequence[ConversationView], Sequence[MessageView]], Awaitable[None]]


class Stage:
    """Fills the main screen of a client."""

    def __init__(self, app: SecureApp, screen: ChatScreen, forger: Forger) -> None:
        """Fill `screen` with texts of `forger`."""
        self._app, self._screen, self._forger = app, screen, forger
        self._sheets: itertools.cycle[_Sheet] = itertools.cycle(
            (
                self._info,
                self._search,
                self._outbox,
                self._goto,
                self._verify,
                self._save,
                self._attach,
                self._add,
                self._paste,
                self._menu,
            )
        )

    async def show(self, number: int) -> None:
        """Draw a conversation with everything around it, then one of the sheets."""
        forger, screen = self._forger, self._screen
        people = [forger.conversation(contact) for contact in range(CONTACT, CONTACT + PEOPLE)]
        messages = [forger.message(row, people[0].alias) for row in range(1, MESSAGES)]
        screen.leave_sheet()
        screen.people.show_views(people, CONTACT)
        screen.talk.view = None
        screen.talk.show_view(people[0])
        screen.talk.line.set_typing(forger.text())
        screen.status.rename(forger.text())
        screen.status.update_connection(forger.connection())
        screen.alarms.display = True
        screen.alarms.update(_words(forger.alarm(), 1))
        screen.talk.transcript.open(Window(tuple(messages)), 3, silence(own=False))
        await self._painted()
        screen.keys.say(forger.sentence())
        self._notify(people, number)
        await next(self._sheets)(people, messages)
        await self._painted()

    def _notify(self, people: Sequence[ConversationView], number: int) -> None:
        """Let the terminal hear of it while nobody looks, in every way and measure."""
        outward = self._app.outward
        ways, measures = CHOICES["notifications"], CHOICES["notification_content"]
        outward.settings = Settings(
            notifications=ways[number % len(ways)],
            notification_content=measures[number % len(measures)],
        )
        self._app.app_focus = False
        told = [replace(view, blocked=False, muted_until=None) for view in people[: number % 3 + 1]]
        outward.look([replace(view, unread=0) for view in told])
        outward.look([replace(view, unread=1) for view in told])
        self._app.app_focus = True

    async def _painted(self) -> None:
        """Wait until everything that was begun is drawn."""
        for _ in range(2):
            drawn = asyncio.Event()
            self._screen.call_after_refresh(drawn.set)
            await drawn.wait()

    async def _info(self, people: Sequence[ConversationView], messages: Sequence[MessageView]) -> None:
        del people
        await self._screen.show_sheet(self._screen.sheets.info)
        for message in messages[:3]:
            self._screen.sheets.info.open(message, self._forger.history())
            await self._painted()

    async def _search(self, people: Sequence[ConversationView], messages: Sequence[MessageView]) -> None:
        await self._screen.show_sheet(self._screen.sheets.search)
        self._screen.sheets.search.open()
        found = [replace(each, alias=people[place % PEOPLE].alias) for place, each in enumerate(messages)]
        self._screen.sheets.search.show(found, None)
        self._screen.sheets.search.say(self._forger.sentence())

    async def _outbox(self, people: Sequence[ConversationView], messages: Sequence[MessageView]) -> None:
        waiting = [replace(each, alias=people[place % PEOPLE].alias) for place, each in enumerate(messages)]
        await self._screen.show_sheet(self._screen.sheets.outbox)
        self._screen.sheets.outbox.open(waiting, NOW)

    async def _goto(self, people: Sequence[ConversationView], messages: Sequence[MessageView]) -> None:
        del messages
        await self._screen.show_sheet(self._screen.sheets.goto)
        self._screen.sheets.goto.open(people, NOW)

    async def _verify(self, people: Sequence[ConversationView], messages: Sequence[MessageView]) -> None:
        del messages
        await self._screen.show_sheet(self._screen.sheets.verify)
        self._screen.sheets.verify.open(self._forger.verification(), None)
        for view in people[:9]:
            self._screen.talk.banner.display = True
            self._screen.talk.banner.explain(view)
            self._screen.talk.banner.confirm(view)

    async def _save(self, people: Sequence[ConversationView], messages: Sequence[MessageView]) -> None:
        del people
        await self._screen.show_sheet(self._screen.sheets.save)
        with_file = next((each for each in messages if each.file is not None), messages[0])
        self._screen.sheets.save.open(with_file)

    async def _attach(self, people: Sequence[ConversationView], messages: Sequence[MessageView]) -> None:
        """Offer the files of a folder in which somebody gave them their names."""
        del people, messages
        await self._screen.show_sheet(self._screen.sheets.attach)
        with tempfile.TemporaryDirectory() as folder:
            for _ in range(FILES):
                name = (
                    os.fsencode(self._forger.grammar.stored())[:LONGEST_NAME]
                    .replace(b"/", b"")
                    .replace(b"\0", b"")
                )
                with contextlib.suppress(OSError):
                    (Path(folder) / os.fsdecode(name)).touch()
            self._screen.sheets.attach.open(CONTACT, f"{folder}/", strips=True)
            self._screen.sheets.attach.key_down()
            await self._painted()

    async def _add(self, people: Sequence[ConversationView], messages: Sequence[MessageView]) -> None:
        del people, messages
        await self._screen.show_sheet(self._screen.sheets.add)
        self._screen.sheets.add.open()
        self._screen.sheets.add.fail(self._forger.sentence())
        self._screen.sheets.add.post_message(events.Paste(self._forger.text()))

    async def _paste(self, people: Sequence[ConversationView], messages: Sequence[MessageView]) -> None:
        """Paste into the field where one writes, as an answer, as an edit and as a command."""
        del people
        composer, line = self._screen.talk.composer, self._screen.talk.line
        composer.disabled, composer.display = False, True
        composer.load_text("")
        for _ in range(3):
            await composer._on_paste(events.Paste(self._forger.text()))
            composer.drop_paste()
        for shown in (answering(messages[0]), editing(messages[1]), completions([], self._forger.text())):
            line.stand(shown)
            await self._painted()
        line.stand(None)
        composer.load_text("")

    async def _menu(self, people: Sequence[ConversationView], messages: Sequence[MessageView]) -> None:
        """Walk among the messages, copy one, and ask what can be done with another."""
        del people
        talk = self._screen.talk
        for message in messages[:3]:
            talk.transcript.select(message.row)
            talk.act("copy", message.row)
            await self._painted()
        talk.act("menu", messages[0].row)
        talk.transcript.mark(("q", "\x1b"))
        await self._painted()
        talk.close_menu()

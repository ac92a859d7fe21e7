"""What the main screen shows and when it looks again; what keys do is in the classes built on this."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import ClassVar, TypeVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.screen import Screen
from textual.worker import WorkerCancelled, WorkerFailed

from client_tui.bridge import Bridge, Changes
from client_tui.clock import now
from client_tui.news import ListRead
from client_tui.registry import Place, bindings
from client_tui.screens.sheets import Sheets
from client_tui.text.sentences import sentence_of
from client_tui.widgets.alarm_bar import AlarmBar
from client_tui.widgets.conversation_list import TICK, ConversationList
from client_tui.widgets.key_line import KeyLine
from client_tui.widgets.link_sheet import LinkSheet
from client_tui.widgets.outbox_sheet import OutboxSheet
from client_tui.widgets.said import Said
from client_tui.widgets.sheet import Sheet
from client_tui.widgets.status import Status
from client_tui.widgets.talk import Talk
from client_tui.widgets.talk_writing import SENDING
from client_tui.widgets.verify_sheet import VerifySheet
from securemsg.client import Profile
from securemsg.client.views import ConversationView
from securemsg.errors import LocalError, RemoteError

T = TypeVar("T")

NARROW = 84
"""Columns: below this the list of conversations hides behind F5."""

WITH_CODE = 112
"""Columns: below this a QR code has room only without the list."""

TINY_WIDTH, TINY_HEIGHT = 60, 18
"""Below these the messages need the rows of status and key hints."""

FIRST = 0.1
"""Seconds that the first painting has the processor to itself; then what dials may load what it needs."""

REST = 2.0
"""Times as long as a look took, keys and painting have the loop to themselves before the next look."""


class ChatBase(Screen[None]):
    """Shows what the vault holds."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Place.EVERYWHERE)

    RULES = """
    ChatScreen { background: $background; color: $foreground; layout: vertical; }
    ChatScreen #body { height: 1fr; }
    ChatScreen #people { width: 34; height: 1fr; background: $surface; }
    ChatScreen.-narrow #people { display: none; width: 1fr; }
    ChatScreen.-narrow.-listing #people { display: block; }
    ChatScreen.-narrow.-listing #talk { display: none; }
    ChatScreen.-hidden-list #people { display: none; }
    ChatScreen.-sheet #talk { display: none; }
    ChatScreen.-narrow.-sheet #people, ChatScreen.-wide #people { display: none; }
    ChatScreen.-tiny Status { display: none; }
    ChatScreen.-tiny KeyLine { display: none; }
    ChatScreen.-tiny KeyLine.-speaking { display: block; }
    """
    """For the application: where a screen brings its own, all that there are would be parsed again."""

    class Changed(Message):
        """The vault or the link changed."""

        def __init__(self, changes: Changes) -> None:
            """Carry what to look at again."""
            super().__init__()
            self.changes = changes

    def __init__(self, bridge: Bridge, opened: int | None = None) -> None:
        """Show the profile that `bridge` owns, first the conversation `opened`, else the newest."""
        super().__init__()
        self.bridge = bridge
        self.shown = asyncio.Event()
        self._first = opened
        self.views: dict[int, ConversationView] = {}
        self.talk = Talk(bridge)
        self.sheets = Sheets(bridge.own)
        self.people = ConversationList()
        self.keys = KeyLine()
        self.alarms = AlarmBar(bridge)
        self.status = Status(bridge.own.name, bridge.connection)
        self._pending = Changes()
        self._looking = False
        self._shown: Sheet | None = None
        self._turned = 0

    def compose(self) -> ComposeResult:
        """Lay out the screen."""
        yield self.status
        yield self.alarms
        with Horizontal(id="body"):
            yield self.people
            yield self.talk
        yield self.keys

    async def on_mount(self) -> None:
        """Show what is there."""
        self.watch(self.app, "app_focus", self._come_back, init=False)
        self.set_interval(TICK, self._show_typing)
        here = self.where
        await self.alarms.look_again()
        await self.refresh_people()
        if here == self.where:
            await self._begin()
        self.set_timer(FIRST, self.shown.set)

    async def _begin(self) -> None:
        first = self._first if self._first in self.views else self.people.first_contact
        if first is not None:
            await self.go_to(first)
        else:
            self.people.focus()

    def _come_back(self, focused: bool) -> None:  # noqa: FBT001 - the value of a reactive, as Textual hands it over
        """Count as read what came while the terminal was not looked at, now that it is."""
        if focused:
            self.run_worker(self.talk.read(), group="read", exclusive=True)

    async def settle(self) -> None:
        """Bring into the vault what was sent and what is begun: before the lock, and before the end."""
        for worker in [worker for worker in self.app.workers if worker.group == SENDING]:
            with contextlib.suppress(WorkerCancelled, WorkerFailed):
                await worker.wait()
        await self.talk.writer.settle()

    def on_resize(self, event: events.Resize) -> None:
        """Hide the list, and more, where there is no room for it."""
        width, height = event.size
        self.set_class(width < NARROW, "-narrow")
        self.set_class(width < TINY_WIDTH or height < TINY_HEIGHT, "-tiny")
        self.talk.composer.fit()

    @on(Changed)
    def changed(self, event: Changed) -> None:
        """Gather what changed, and look again unless that is being done already."""
        self._pending = self._pending.and_also(event.changes)
        if not self._looking:
            self._look()

    @work(group="look")
    async def _look(self) -> None:
        self._looking = True
        try:
            while self._pending != Changes():
                changes, self._pending = self._pending, Changes()
                begun = time.monotonic()
                await self.look_again(changes)
                await asyncio.sleep((time.monotonic() - begun) * REST)
        finally:
            self._looking = False

    async def look_again(self, changes: Changes) -> None:
        """Read again what changed."""
        if changes.connection is not None:
            self.status.update_connection(changes.connection)
        for typing in changes.typing:
            self.people.set_typing(typing.contact, typing.until)
        if changes.conversations:
            await self.alarms.look_again()
            await self.refresh_people()
        elif changes.typing:
            self.people.draw()
        await self._look_at_sheets(changes)
        view = self.talk.view
        if view is not None:
            self._show_typing()
            if view.contact in changes.contacts | changes.files:
                await self.talk.reload()

    def _show_typing(self) -> None:
        """Say who writes in the open conversation, and no longer than they do."""
        view = self.talk.view
        if view is not None:
            self.talk.line.set_typing(view.alias if self.people.is_typing(view.contact) else "")

    async def _look_at_sheets(self, changes: Changes) -> None:
        """Read again what a sheet shows while it changes."""
        shown = self._shown
        if isinstance(shown, VerifySheet) and shown.contact in changes.contacts:
            compared = shown.contact
            session = await self.ask(lambda held: held.session(compared))
            if shown.contact == compared:
                shown.show_session(session)
        elif isinstance(shown, OutboxSheet) and (changes.contacts or changes.connection is not None):
            shown.show(await self.ask(Profile.outbox) or (), now())

    async def refresh_people(self) -> None:
        """Read the conversations again."""
        views = await self.bridge.perform(Profile.conversations)
        self.views = {view.contact: view for view in views}
        self.post_message(ListRead(views))
        opened = self.talk.view
        self.people.show_views(views, None if opened is None else opened.contact)
        self.status.count_unread(sum(bool(view.unread) for view in views if not view.archived))
        if opened is None:
            self.talk.show_nobody(views)
        elif opened.contact in self.views:
            self.talk.show_view(self.views[opened.contact])

    @property
    def where(self) -> tuple[int, int]:
        """Where the person is: what was asked for here is not done to who went elsewhere meanwhile."""
        return self.talk.wanted, self._turned

    async def go_to(self, contact: int, around: int | None = None) -> None:
        """Open the conversation with `contact`, unless another one is wanted by then."""
        view = self.views.get(contact)
        if view is None:
            return
        self.leave_sheet()
        if not await self.talk.open(view, around):
            return
        self.talk.show_view(self.views.get(contact, view))
        self.people.select(contact)
        self._show_typing()
        if self._shown is not None:
            return
        self.remove_class("-listing")
        if around is None:
            self.talk.write()
        else:
            self.talk.transcript.focus()

    def on_descendant_focus(self) -> None:
        """Show the keys that matter where the cursor is now."""
        if self.has_class("-sheet"):
            self.keys.set_place(Place.SHEET)
        else:
            self.keys.set_place(self._place())

    def _place(self) -> Place:
        """Return where the cursor is; nothing is written or sent while a question stands instead."""
        if self.talk.banner.has_focus or self.talk.composer.disabled:
            return Place.SHEET
        among = self.talk.transcript.has_focus or self.talk.menu.has_focus
        return Place.MESSAGES if among else Place.WRITING

    def leave_sheet(self) -> None:
        """Bring the conversation back."""
        if self._shown is not None:
            self._turned += 1
            self._shown.display = False
            self._shown = None
        self.remove_class("-sheet", "-wide")

    async def show_sheet(self, sheet: Sheet) -> None:
        """Put `sheet` in the place of the conversation."""
        if not sheet.is_attached:
            await self.query_one("#body").mount(sheet)
        self.leave_sheet()
        self.keys.hint()
        self._turned += 1
        self._shown = sheet
        self.set_class(isinstance(sheet, VerifySheet | LinkSheet) and self.size.width < WITH_CODE, "-wide")
        sheet.display = True
        self.add_class("-sheet")
        sheet.focus()

    @on(Said)
    def say(self, event: Said) -> None:
        """Show a sentence in the last row."""
        self.keys.say(event.sentence, "$error" if event.wrong else "$foreground")

    async def ask(self, function: Callable[[Profile], T]) -> T | None:
        """Read something from the vault; a refusal is said, and nothing is returned."""
        try:
            return await self.bridge.perform(function)
        except (LocalError, RemoteError) as error:
            self.keys.say(sentence_of(error), "$error")
            return None

    def view_of_now(self) -> ConversationView | None:
        """Return the open conversation as it is known now."""
        view = self.talk.view
        return None if view is None else self.views.get(view.contact, view)

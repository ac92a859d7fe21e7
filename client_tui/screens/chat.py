"""The main screen: status, alarms, conversations, the open one, sheets, keys."""

from collections.abc import Callable
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.screen import Screen

from client_tui.bridge import Bridge, Changes
from client_tui.clock import now
from client_tui.news import ListRead
from client_tui.registry import Place, bindings
from client_tui.screens.sheets import Sheets
from client_tui.widgets.add_sheet import AddSheet
from client_tui.widgets.alarm_bar import AlarmBar
from client_tui.widgets.key_line import KeyLine
from client_tui.widgets.people import Conversation
from client_tui.widgets.row_list import RowList
from client_tui.widgets.said import Said
from client_tui.widgets.search_sheet import SearchSheet
from client_tui.widgets.sheet import Sheet
from client_tui.widgets.status import Status
from client_tui.widgets.talk import Talk
from client_tui.widgets.verify_sheet import VerifySheet
from securemsg.client import Profile
from securemsg.client.views import ConversationView, Trust
from securemsg.errors import LocalError, RemoteError

NARROW = 84
"""Columns: below this the list of conversations hides behind F5."""

FOUND = 50
"""Search results shown: more would not be read."""


class ChatScreen(Screen[None]):
    """Shows what the vault holds and brings every request of the person to the bridge."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(Place.EVERYWHERE)

    CSS = """
    ChatScreen { background: $background; color: $foreground; layout: vertical; }
    ChatScreen #body { height: 1fr; }
    ChatScreen #people { width: 34; height: 1fr; background: $surface; }
    ChatScreen.-narrow #people { display: none; width: 1fr; }
    ChatScreen.-narrow.-listing #people { display: block; }
    ChatScreen.-narrow.-listing #talk { display: none; }
    ChatScreen.-hidden-list #people { display: none; }
    ChatScreen.-sheet #talk { display: none; }
    ChatScreen.-narrow.-sheet #people { display: none; }
    """

    class Changed(Message):
        """The vault or the link changed."""

        def __init__(self, changes: Changes) -> None:
            """Carry what to look at again."""
            super().__init__()
            self.changes = changes

    def __init__(self, bridge: Bridge) -> None:
        """Show the profile that `bridge` owns."""
        super().__init__()
        self._bridge = bridge
        self._views: dict[int, ConversationView] = {}
        self._status = Status(bridge.own.name, bridge.connection)
        self._alarms = AlarmBar(bridge)
        self._people = RowList("people")
        self._keys = KeyLine()
        self.talk = Talk(bridge)
        self._sheets = Sheets(bridge.own)

    def compose(self) -> ComposeResult:
        """Lay out the screen."""
        yield self._status
        yield self._alarms
        with Horizontal(id="body"):
            yield self._people
            yield self.talk
            yield from self._sheets.all
        yield self._keys

    async def on_mount(self) -> None:
        """Show what is there."""
        await self._alarms.look_again()
        await self.refresh_people()
        if self._people.keys:
            await self.go_to(self._people.keys[0])
        else:
            self._people.focus()

    def on_resize(self, event: events.Resize) -> None:
        """Hide the list where there is no room for it."""
        self.set_class(event.size.width < NARROW, "-narrow")

    @on(Changed)
    async def look_again(self, event: Changed) -> None:
        """Read again what changed."""
        changes = event.changes
        if changes.connection is not None:
            self._status.update_connection(changes.connection)
        if changes.conversations:
            await self._alarms.look_again()
            await self.refresh_people()
        compared = self._sheets.verify.contact
        if compared is not None and compared in changes.contacts:
            self._sheets.verify.show_session(await self._bridge.perform(lambda held: held.session(compared)))
        view = self.talk.view
        if view is not None and view.contact in changes.contacts:
            await self.talk.reload()
            if self.app.app_focus:
                await self.talk.read()

    async def settle(self) -> None:
        """Save what was begun: the vault is about to be closed."""

    async def refresh_people(self) -> None:
        """Read the conversations again."""
        views = await self._bridge.perform(Profile.conversations)
        self.post_message(ListRead(views))
        self._views = {view.contact: view for view in views}
        present = now()
        opened = self.talk.view
        # Somebody who walks through the list keeps the place there.
        selected = (
            opened.contact if opened is not None and not self._people.has_focus else self._people.selected
        )
        self._people.show([Conversation(view, present) for view in views], selected)
        if opened is not None and opened.contact in self._views:
            self.talk.show_view(self._views[opened.contact])

    async def go_to(self, contact: int, around: int | None = None) -> None:
        """Open the conversation with `contact`."""
        view = self._views.get(contact)
        if view is None:
            return
        self.leave_sheet()
        await self.talk.open(view, around)
        self._people.selected = contact
        self._people.keep_in_view()
        self.remove_class("-listing")
        if around is None:
            self.talk.write()
        else:
            self.talk.transcript.focus()

    def on_descendant_focus(self) -> None:
        """Show the keys that matter where the cursor is now."""
        if self.has_class("-sheet"):
            self._keys.set_place(Place.SHEET)
        else:
            self._keys.set_place(Place.MESSAGES if self.talk.transcript.has_focus else Place.WRITING)

    def leave_sheet(self) -> None:
        """Bring the conversation back."""
        self._sheets.hide()
        self.remove_class("-sheet")

    def show_sheet(self, sheet: Sheet) -> None:
        """Put `sheet` in the place of the conversation."""
        self._sheets.show(sheet)
        self.add_class("-sheet")
        sheet.focus()

    @on(Said)
    def say(self, event: Said) -> None:
        """Show a sentence in the last row."""
        self._keys.say(event.sentence, "$error" if event.wrong else "$foreground")

    @on(RowList.Chosen, "#people")
    async def person_chosen(self, event: RowList.Chosen) -> None:
        """Open what was chosen in the list."""
        await self.go_to(event.key)

    @on(Sheet.Closed)
    def action_back(self) -> None:
        """Close the sheet, or go back to writing."""
        self.leave_sheet()
        self.remove_class("-listing")
        self.talk.take_back()
        self.talk.write()

    async def action_next(self) -> None:
        """Go to the next conversation."""
        await self._step(1)

    async def action_previous(self) -> None:
        """Go to the previous conversation."""
        await self._step(-1)

    async def _step(self, step: int) -> None:
        neighbour = self._people.neighbour(step)
        if neighbour is not None:
            await self.go_to(neighbour)

    def action_people(self) -> None:
        """Show or hide the list."""
        self.toggle_class("-listing" if self.has_class("-narrow") else "-hidden-list")
        if self._people.display:
            self._people.focus()
        else:
            self.talk.write()

    async def action_dismiss_alarm(self) -> None:
        """Show the alarm no more that the person has read."""
        await self._alarms.dismiss()

    def action_help(self) -> None:
        """Show the keys."""
        self.show_sheet(self._sheets.help)
        self._sheets.help.open()

    def action_link(self) -> None:
        """Show our link."""
        self.show_sheet(self._sheets.link)

    def action_add(self) -> None:
        """Ask for a link."""
        self.show_sheet(self._sheets.add)
        self._sheets.add.open()

    def action_search(self) -> None:
        """Ask for words."""
        self.show_sheet(self._sheets.search)
        self._sheets.search.open()

    async def action_verify(self) -> None:
        """Show the safety number of the open conversation."""
        view = self.talk.view
        if view is None:
            return
        number = await self._bridge.perform(lambda held: held.verification(view.contact))
        session = await self._bridge.perform(lambda held: held.session(view.contact))
        self.show_sheet(self._sheets.verify)
        self._sheets.verify.open(number, session)

    async def action_proceed(self) -> None:
        """Go on without verifying, when asked twice."""
        view = self.talk.view
        if view is None:
            return
        if self.talk.proceed():
            await self._decide(lambda held: held.accept_changed(view.contact), "Going on; not verified.")
        else:
            # What the person says yes to next is the account that claims to be the contact now.
            await self._bridge.perform(lambda held: held.verification(view.contact))

    @on(VerifySheet.Compared)
    async def compared(self, event: VerifySheet.Compared) -> None:
        """Note what came of the comparison."""
        if event.verb == "mark_verified":
            await self._decide(lambda held: held.mark_verified(event.contact), "Verified.")
        elif self._views[event.contact].trust is Trust.CHANGED:
            await self._decide(lambda held: held.keep_previous(event.contact), "The previous identity stays.")

    async def _decide(self, function: Callable[[Profile], ConversationView], done: str) -> None:
        try:
            decided = await self._bridge.perform(function)
        except (LocalError, RemoteError) as error:
            self._keys.say(str(error), "$error")
            return
        await self.refresh_people()
        await self.talk.succeed(decided)
        await self.go_to(decided.contact)
        self._keys.say(done, "$success")

    @on(AddSheet.Requested)
    async def add(self, event: AddSheet.Requested) -> None:
        """Add a contact and open the conversation."""
        try:
            added = await self._bridge.perform(lambda held: held.add_contact(event.link, event.alias))
        except (LocalError, RemoteError) as error:
            self._sheets.add.fail(str(error))
            return
        await self.refresh_people()
        await self.go_to(added.contact)
        self._keys.say("Added. F2 compares safety numbers, when you meet or speak.", "$success")

    @on(SearchSheet.Asked)
    @work(exclusive=True, group="search")
    async def search(self, event: SearchSheet.Asked) -> None:
        """Search while typing."""
        try:
            found = await self._bridge.perform(lambda held: held.search(event.query, limit=FOUND))
        except (LocalError, RemoteError) as error:
            self._sheets.search.say(str(error))
            return
        self._sheets.search.show(found)

    @on(SearchSheet.Opened)
    async def open_found(self, event: SearchSheet.Opened) -> None:
        """Open a message where it was said."""
        await self.go_to(event.message.contact, around=event.message.row)

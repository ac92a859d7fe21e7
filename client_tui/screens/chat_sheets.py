"""What the sheets of the main screen ask for, and opening them."""

from collections.abc import Callable

from textual import on, work

from client_tui.bridge import Bridge
from client_tui.clock import now
from client_tui.screens.chat_pictures import ChatPictures
from client_tui.text.language import N_, _
from client_tui.text.sentences import sentence_of, translated
from client_tui.widgets.add_sheet import AddSheet
from client_tui.widgets.attach_sheet import AttachSheet
from client_tui.widgets.banner import Banner
from client_tui.widgets.goto_sheet import GoToSheet
from client_tui.widgets.key_names import key_for
from client_tui.widgets.outbox_sheet import OutboxSheet
from client_tui.widgets.row_list import RowList
from client_tui.widgets.save_sheet import SaveSheet
from client_tui.widgets.search_sheet import PAGE, SearchSheet
from client_tui.widgets.talk import Talk
from client_tui.widgets.talk_writing import SENDING
from client_tui.widgets.timer_sheet import TimerSheet
from client_tui.widgets.verify_sheet import VerifySheet
from securemsg.client import Profile
from securemsg.client.views import ConversationView, Trust
from securemsg.errors import LocalError, RemoteError


class ChatSheets(ChatPictures):
    """Opens the sheets and does what they ask."""

    def __init__(self, bridge: Bridge, opened: int | None = None) -> None:
        """Begin with nothing to attach or to save."""
        super().__init__(bridge, opened)
        self._attaches = False
        self._saves: set[int] = set()

    @on(RowList.Chosen, "#people")
    async def person_chosen(self, event: RowList.Chosen) -> None:
        """Open what was chosen in the list."""
        await self.go_to(event.key)

    @on(GoToSheet.Went)
    async def went(self, event: GoToSheet.Went) -> None:
        """Go there, or forward what was to be forwarded."""
        message, here = event.forwarded, self.where
        if message is not None:
            await self.talk.attempt(lambda held: held.queue_text(event.contact, message.text))
            await self.refresh_people()
        if here == self.where:
            await self.go_to(event.contact)

    @on(GoToSheet.Ordered)
    async def ordered(self, event: GoToSheet.Ordered) -> None:
        """Run a command that was chosen."""
        self.leave_sheet()
        self.talk.write()
        await self.run_action(event.command.call(""))

    @on(Talk.Ordered)
    async def written_order(self, event: Talk.Ordered) -> None:
        """Run a slash command; what was said of the one before holds no more."""
        self.keys.hint()
        if event.contact == self.talk.composer.contact:
            await self.run_action(event.action)

    @on(Talk.AttachWanted)
    async def attach_dropped(self, event: Talk.AttachWanted) -> None:
        """Attach a file that was dropped."""
        if event.contact == self.talk.composer.contact:
            await self.open_attach(event.path)

    async def open_attach(self, path: str) -> None:
        """Ask for a file, starting with `path`."""
        view, here = self.open_view(), self.where
        if view is None:
            return
        settings = await self.ask(Profile.settings)
        # The sheet does not say for whom it is: that is whoever is open.
        if here == self.where:
            await self.show_sheet(self.sheets.attach)
            strips = settings is None or settings.strip_metadata
            self.sheets.attach.open(view.contact, path, strips=strips)

    @on(AttachSheet.Noted)
    async def note_file(self, event: AttachSheet.Noted) -> None:
        """Say what a file tells beside its content, before it is sent."""
        here = self.where
        note = await self.ask(lambda held: held.file_note(event.path))
        if here == self.where:
            self.sheets.attach.warn(event.path, translated(note or ""))

    @on(AttachSheet.Chosen)
    def attach(self, event: AttachSheet.Chosen) -> None:
        """Queue the file, once: until that is done the sheet stays, and a second Enter would ask again."""
        if not self._attaches:
            self._attaches = True
            self._queue_file(event)

    @work(group=SENDING)
    async def _queue_file(self, event: AttachSheet.Chosen) -> None:
        here, composer = self.where, self.talk.composer
        answers = composer.about.answers if composer.contact == event.contact else None
        try:
            done = await self.talk.attempt(
                lambda held: held.queue_file(
                    event.contact, event.path, caption=event.caption, reply_to=answers
                )
            )
        finally:
            self._attaches = False
        if done and here == self.where:
            self.talk.writer.let_go()
            await self.go_to(event.contact)

    @on(Talk.SheetWanted)
    async def message_sheet(self, event: Talk.SheetWanted) -> None:
        """Show more of a message, or ask where it should go."""
        message, here = event.message, self.where
        if event.verb == "info":
            history = await self.ask(lambda held: held.history(message.row))
            if here == self.where:
                await self.show_sheet(self.sheets.info)
                self.sheets.info.open(message, history or ())
        elif event.verb == "forward":
            await self.show_sheet(self.sheets.goto)
            self.sheets.goto.open(self.others(), now(), message)
        elif event.verb == "view":
            await self.open_picture(message)
        else:
            await self.show_sheet(self.sheets.save)
            self.sheets.save.open(message)

    @on(SaveSheet.Chosen)
    @work
    async def save(self, event: SaveSheet.Chosen) -> None:
        """Save a copy of a received file, one at a time of each."""
        if event.row in self._saves:
            return
        here = self.where
        self._saves.add(event.row)
        try:
            path = await self.bridge.save_file(event.row, event.folder)
        except (LocalError, RemoteError) as error:
            self.keys.say(sentence_of(error), "$error")
            return
        finally:
            self._saves.discard(event.row)
        if here == self.where:
            self.leave_sheet()
            self.talk.write()
        self.keys.say(_("Saved as {path}").format(path=path), "$success")
        await self.talk.reload()

    def open_view(self) -> ConversationView | None:
        """Return the open conversation; where there is none, say what to do first."""
        view = self.view_of_now()
        if view is None:
            words = (
                _("Open a conversation first: {key}.")
                if self.views
                else _("Nobody here yet: {key} adds somebody.")
            )
            self.keys.say(words.format(key=key_for("goto" if self.views else "add")), "$warning")
        return view

    def others(self) -> list[ConversationView]:
        """Return the conversations, the one that was open before first: Enter goes back and forth."""
        opened = self.talk.view.contact if self.talk.view is not None else None
        views = sorted(self.views.values(), key=lambda view: view.contact == opened)
        return [view for view in views if not view.blocked]

    @on(OutboxSheet.Asked)
    def change_waiting(self, event: OutboxSheet.Asked) -> None:
        """Send again or take back."""
        self.talk.do(event.verb, event.message)

    @on(OutboxSheet.Opened)
    async def open_waiting(self, event: OutboxSheet.Opened) -> None:
        """Show a message that waits where it stands."""
        await self.go_to(event.message.contact, around=event.message.row)

    @on(TimerSheet.Chosen)
    async def timer_chosen(self, event: TimerSheet.Chosen) -> None:
        """Let new messages stay so long."""
        here = self.where
        if await self.talk.attempt(lambda held: held.set_timer(event.contact, event.seconds)):
            await self.refresh_people()
            if here == self.where:
                await self.go_to(event.contact)

    @on(Banner.Decided)
    async def decided(self, event: Banner.Decided) -> None:
        """Do what was decided in the place of the composer."""
        contact = event.contact
        match event.verb:
            case "accept":
                await self.decide(contact, Profile.accept_request, _("Accepted."))
            case "block":
                await self.decide(contact, Profile.block, _("Blocked."))
            case "proceed":
                await self.decide(contact, Profile.accept_changed, _("Going on; not verified."))
            case "unblock":
                await self.decide(contact, Profile.unblock, _("Unblocked."))
            case _ if contact == self.talk.composer.contact:
                await self.run_action("verify")

    async def decide(self, contact: int, function: Callable[[Profile, int], object], done: str) -> None:
        """Do something with a contact and say that it was done; a refusal is said as it is."""
        here = self.where if contact == self.talk.composer.contact else None
        try:
            decided = await self.bridge.perform(lambda held: function(held, contact))
        except (LocalError, RemoteError) as error:
            self.keys.say(sentence_of(error), "$error")
            return
        await self.refresh_people()
        if isinstance(decided, ConversationView) and here == self.where:
            view = self.views.get(decided.contact, decided)
            await self.talk.hand_over(view)
            await self.go_to(view.contact)
        self.keys.say(done, "$success")

    @on(VerifySheet.Compared)
    async def compared(self, event: VerifySheet.Compared) -> None:
        """Note what came of the comparison."""
        if event.verb == "mark_verified":
            await self.decide(
                event.contact, lambda held, contact: _verified(held, contact, event.number), _("Verified.")
            )
        elif self.views[event.contact].trust is Trust.CHANGED:
            await self.decide(event.contact, Profile.keep_previous, _("The previous identity stays."))

    @on(AddSheet.Requested)
    async def add(self, event: AddSheet.Requested) -> None:
        """Add a contact and open the conversation."""
        here = self.where
        try:
            added = await self.bridge.perform(lambda held: held.add_contact(event.link, event.alias))
        except (LocalError, RemoteError) as error:
            if here == self.where:
                self.sheets.add.fail(sentence_of(error))
            return
        await self.refresh_people()
        if here == self.where:
            await self.go_to(added.contact)
        added_words = _("Added. {key} compares safety numbers, when you meet or speak.")
        self.keys.say(added_words.format(key=key_for("verify")), "$success")

    @on(SearchSheet.Asked)
    @work(exclusive=True, group="search")
    async def search(self, event: SearchSheet.Asked) -> None:
        """Search while typing."""
        query, before = event.query, event.before
        try:
            found = await self.bridge.perform(lambda held: held.search(query, limit=PAGE, before=before))
        except (LocalError, RemoteError) as error:
            self.sheets.search.say(sentence_of(error))
            return
        self.sheets.search.take(event, found)

    @on(SearchSheet.Opened)
    async def open_found(self, event: SearchSheet.Opened) -> None:
        """Open a message where it was said."""
        await self.go_to(event.message.contact, around=event.message.row)
        self.talk.transcript.mark(event.hits)


def _verified(held: Profile, contact: int, number: str) -> ConversationView:
    """Mark a contact as verified by the number that was on the screen, and by no other (Spec: ID-11)."""
    if held.verification(contact).safety_number != number:
        raise LocalError(N_("The contact changed since its safety number was shown: look again and compare."))
    return held.mark_verified(contact)

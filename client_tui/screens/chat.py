"""The main screen: every action that a key, a slash command or the switcher runs."""

import contextlib

from textual import on, work
from textual.worker import Worker, WorkerCancelled, WorkerFailed

from client_tui.bridge import Bridge
from client_tui.clock import now
from client_tui.screens.chat_people import ChatPeople
from client_tui.screens.editing import Lending, editor
from client_tui.terminal.editor import may_keep_copies
from client_tui.text.language import _
from client_tui.widgets.link_sheet import Offer
from client_tui.widgets.said import Said
from client_tui.widgets.sheet import Sheet
from client_tui.widgets.writer import keep
from securemsg.client import Profile
from securemsg.client.invitations import write_invitation


class ChatScreen(ChatPeople):
    """Brings every request of the person to where it is done."""

    _warned_of_editor = False

    def __init__(self, bridge: Bridge, opened: int | None = None) -> None:
        """Begin with the terminal to ourselves."""
        super().__init__(bridge, opened)
        self.lending = Lending()
        self._editor: Worker[None] | None = None

    async def settle(self) -> None:
        """End the editor first: it would go on showing what is written, before the lock and at the end."""
        if self._editor is not None:
            await self.lending.end()
            with contextlib.suppress(WorkerCancelled, WorkerFailed):
                await self._editor.wait()
        await super().settle()

    @on(Sheet.Closed)
    def action_back(self) -> None:
        """One step back: a question, what was begun, the sheet, the list, the messages."""
        if self.has_class("-sheet"):
            self.leave_sheet()
            self.talk.write()
        elif self.talk.close_menu() or self.talk.take_back():
            return
        else:
            self.remove_class("-listing")
            self.talk.transcript.mark(())
            self.talk.write()

    async def action_next(self) -> None:
        """Go to the next conversation."""
        await self._step(1)

    async def action_previous(self) -> None:
        """Go to the previous conversation."""
        await self._step(-1)

    async def _step(self, by: int) -> None:
        neighbour = self.people.step(by)
        if neighbour is not None:
            await self.go_to(neighbour)

    async def action_next_unread(self) -> None:
        """Go to the next conversation with something unread; else to what was new in this one."""
        contact = self.people.next_unread()
        if contact is not None:
            await self.go_to(contact)
        elif not self.talk.transcript.to_unread():
            self.keys.say(_("Nothing is unread."))

    def action_people(self) -> None:
        """Show or hide the list."""
        self.toggle_class("-listing" if self.has_class("-narrow") else "-hidden-list")
        if self.people.display:
            self.people.focus()
        else:
            self.talk.write()

    async def action_goto(self) -> None:
        """Offer conversations, people and commands."""
        await self.show_sheet(self.sheets.goto)
        self.sheets.goto.open(self.others(), now())

    async def action_dismiss_alarm(self) -> None:
        """Show the alarm no more that the person has read."""
        await self.alarms.dismiss()

    async def action_help(self) -> None:
        """Show the keys, those of this place first."""
        place = self.keys.place
        await self.show_sheet(self.sheets.help)
        self.sheets.help.open(place)

    async def action_link(self) -> None:
        """Show our link."""
        await self.show_sheet(self.sheets.link)
        self.sheets.link.offer(None)

    async def action_invite(self, code: str = "") -> None:
        """Show an invitation."""
        here = self.where
        invitation = await self.ask(lambda held: write_invitation(held.owner, code))
        if invitation is not None and here == self.where:
            await self.show_sheet(self.sheets.link)
            self.sheets.link.offer(Offer(invitation.text, invitation.qr_text))

    async def action_add(self) -> None:
        """Ask for a link."""
        await self.show_sheet(self.sheets.add)
        self.sheets.add.open()

    async def action_search(self, query: str = "") -> None:
        """Ask for words."""
        await self.show_sheet(self.sheets.search)
        self.sheets.search.open(query)

    def action_hit(self, by: int) -> None:
        """Go to the next message that was found, or the one before."""
        if not self.sheets.search.step(by):
            self.keys.say(_("There is no other one."))

    async def action_attach(self, path: str = "") -> None:
        """Ask for a file."""
        await self.open_attach(path)

    async def action_outbox(self) -> None:
        """Show what waits."""
        here = self.where
        waiting = await self.ask(Profile.outbox)
        if here == self.where:
            await self.show_sheet(self.sheets.outbox)
            self.sheets.outbox.open(waiting or (), now())

    async def action_note(self) -> None:
        """Go to the note to oneself."""
        here = self.where
        note = await self.ask(Profile.note_to_self)
        if note is not None:
            await self.refresh_people()
        if note is not None and here == self.where:
            await self.go_to(note.contact)

    async def action_verify(self) -> None:
        """Show the safety number of the open conversation."""
        view = self.open_view()
        if view is None:
            return
        if view.own:
            self.keys.say(_("Nobody else reads these notes: there is nothing to compare."))
            return
        here = self.where
        number = await self.ask(lambda held: held.verification(view.contact))
        session = await self.ask(lambda held: held.session(view.contact))
        if number is not None and here == self.where:
            await self.show_sheet(self.sheets.verify)
            self.sheets.verify.open(number, session)

    async def action_proceed(self) -> None:
        """Go on without verifying, when asked twice."""
        view = self.talk.view
        if view is None:
            return
        if self.talk.proceed():
            await self.decide(view.contact, Profile.accept_changed, _("Going on; not verified."))
        else:
            # What the person says yes to next is the account that claims to be the contact now.
            await self.ask(lambda held: held.verification(view.contact))

    def action_editor(self) -> None:
        """Go on writing in the editor of the person."""
        if not self.lending.is_out:
            self._editor = self._write_elsewhere()

    @work(group="editor")
    async def _write_elsewhere(self) -> None:
        composer = self.talk.composer
        contact = composer.contact
        if contact is None or not composer.display or composer.disabled:
            return
        command = editor()
        if command and may_keep_copies(command) and not self._warned_of_editor:
            self._warned_of_editor = True
            self.keys.say(
                _("Your editor may keep copies of what you write; press again to go on."), "$warning"
            )
            return
        about, begun = composer.about, composer.text
        text = await self.lending.edited(self.app, begun)
        if text is None:
            self.post_message(Said(_("The editor could not be used."), wrong=True))
        elif composer.contact == contact:
            # What could not be sent was given back meanwhile.
            since = composer.text
            composer.turn_to(contact, text if since == begun else f"{since}\n{text}")
        else:
            await self.talk.attempt(lambda held: keep(held, contact, text, about))

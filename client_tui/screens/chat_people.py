"""What is decided about the open conversation and the person in it."""

from client_tui.clock import now
from client_tui.registry import command_named
from client_tui.screens.chat_sheets import ChatSheets
from client_tui.text.language import _
from client_tui.text.lifetime import parse_lifetime
from client_tui.text.when import brief
from client_tui.widgets.compose_line import shown_slash
from client_tui.widgets.people import is_muted, shown_name
from securemsg.client import Profile
from securemsg.client.views import ConversationView
from securemsg.instant import LAST_INSTANT, SECOND, Instant


class ChatPeople(ChatSheets):
    """Timer, silence, archive, names, and deleting."""

    async def action_timer(self, time: str = "") -> None:
        """Ask how long new messages stay; a time that was written is taken at once."""
        view = self.open_view()
        if view is not None:
            await self.show_sheet(self.sheets.timer)
            self.sheets.timer.open(view.contact, view.lifetime, time)

    async def action_archive(self) -> None:
        """Fold the open conversation away, or bring it back."""
        view = self.open_view()
        if view is None:
            return
        contact = view.contact
        if view.archived:
            await self.decide(contact, Profile.unarchive, _("Back from the archive."))
        else:
            await self.decide(contact, Profile.archive, _("Archived: it comes back when they write."))

    async def action_mute(self, time: str = "") -> None:
        """Tell nothing for a time, or for good; without a time, tell again what was muted."""
        view = self.open_view()
        if view is None:
            return
        contact, seconds = view.contact, parse_lifetime(time)
        if time and seconds is None:
            self.keys.say(_("Write a time such as 8h, or none."), "$error")
        elif seconds == 0 or (not time and is_muted(view, now())):
            await self.decide(contact, lambda held, who: held.mute(who, None), _("No longer muted."))
        else:
            until = Instant(now() + seconds * SECOND) if seconds else Instant(LAST_INSTANT)
            done = _("Muted until {time}.").format(time=brief(until, now())) if seconds else _("Muted.")
            await self.decide(contact, lambda held, who: held.mute(who, until), done)

    async def action_mark_unread(self) -> None:
        """Mark the open conversation for later and go to another one: open, it would be read at once."""
        view = self.open_view()
        if view is None:
            return
        around = self.people.step(1), self.people.step(-1)
        neighbour = next((contact for contact in around if contact != view.contact), None)
        if neighbour is not None:
            await self.go_to(neighbour)
        if await self.talk.attempt(lambda held: held.mark_unread(view.contact)):
            await self.refresh_people()

    async def action_block(self) -> None:
        """Take nothing from the person any more."""
        view = self.open_view()
        if view is not None:
            await self.decide(view.contact, Profile.block, _("Blocked."))

    async def action_rename(self, name: str = "") -> None:
        """Call the person otherwise."""
        view = self.open_view()
        if not name:
            self.keys.say(_("Write the name behind the command."), "$warning")
        elif view is not None:
            await self.decide(view.contact, lambda held, who: held.rename(who, name), _("Renamed."))

    async def action_name(self, name: str = "") -> None:
        """Call ourselves otherwise."""
        if not name:
            self.keys.say(_("Write the name behind the command."), "$warning")
        elif await self.talk.attempt(lambda held: held.set_name(name)):
            self.bridge.own = await self.bridge.perform(Profile.own)
            self.status.rename(self.bridge.own.name)
            self.keys.say(_("Everybody whom you accepted learns your new name."), "$success")

    async def action_delete_conversation(self, name: str = "") -> None:
        """Delete all that was said, when the name was written."""
        view, here = self._confirmed("delete_conversation", name), self.where
        if view is not None and await self.talk.attempt(lambda held: held.delete_conversation(view.contact)):
            await self.refresh_people()
            if here == self.where:
                await self.go_to(view.contact)
            self.keys.say(_("All that was said is deleted here."), "$success")

    async def action_forget(self, name: str = "") -> None:
        """Delete the person, when the name was written."""
        view, here = self._confirmed("forget", name), self.where
        if view is None or not await self.talk.attempt(lambda held: held.delete_contact(view.contact)):
            return
        if self.talk.composer.contact == view.contact:
            self.talk.forget()
        await self.refresh_people()
        first = self.people.first_contact
        if first is not None and here == self.where:
            await self.go_to(first)

    def _confirmed(self, command: str, name: str) -> ConversationView | None:
        """Return the open conversation if its name was written; else say what to write."""
        view = self.open_view()
        if view is None or (name and name.casefold() == shown_name(view).casefold()):
            return view
        slash = f"/{shown_slash(command_named(command))}"
        words = _("To confirm, write: {command} {name}").format(command=slash, name=shown_name(view))
        self.keys.say(words, "$warning")
        return None

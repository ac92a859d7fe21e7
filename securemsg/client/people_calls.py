"""What a person decides about people and conversations, as calls of a profile."""

from dataclasses import replace

from securemsg.client import lifetimes, people, present
from securemsg.client.core import ProfileCore
from securemsg.client.drafting import draft_view, save_draft
from securemsg.client.finding import wanted
from securemsg.client.preferences import change_setting, settings_view
from securemsg.client.step import Step
from securemsg.client.views import ConversationView, DraftView, MessageView, SettingsView
from securemsg.instant import Instant
from securemsg.store.contacts import ContactUnknown
from securemsg.store.ids import ContactId, MessageRow


class PeopleCalls(ProfileCore):
    """The part of `Profile` about people; every call raises `LocalError` with a sentence."""

    def set_timer(self, contact: int, seconds: int) -> ConversationView:
        """Let new messages live so many seconds, on both sides; 0 for ever (Spec: CL-26)."""
        with self.step() as step:
            lifetimes.set_timer(step, ContactId(contact), seconds)
            return conversation(step, ContactId(contact))

    def accept_request(self, contact: int) -> ConversationView:
        """Talk with a stranger who wrote; to decline is `delete_contact` or `block` (Spec: CL-30)."""
        with self.step() as step:
            people.accept_request(step, ContactId(contact))
            return conversation(step, ContactId(contact))

    def block(self, contact: int) -> ConversationView:
        """Hear nothing of a contact any more and tell nothing (Spec: CL-31)."""
        with self.step() as step:
            people.block(step, ContactId(contact))
            return conversation(step, ContactId(contact))

    def unblock(self, contact: int) -> ConversationView:
        """Hear a contact again (Spec: CL-31)."""
        with self.step() as step:
            people.unblock(step, ContactId(contact))
            return conversation(step, ContactId(contact))

    def mute(self, contact: int, until: Instant | None) -> ConversationView:
        """Tell nothing of a conversation until an instant; `None` tells again (Spec: CL-32)."""
        with self.step() as step:
            step.vault.choices.mute(step.vault.contacts.get(ContactId(contact)).id, until)
            return _listed(step, ContactId(contact))

    def archive(self, contact: int) -> ConversationView:
        """Put a conversation away until something new comes (Spec: CL-32)."""
        with self.step() as step:
            step.vault.choices.archive(step.vault.contacts.get(ContactId(contact)).id)
            return _listed(step, ContactId(contact))

    def unarchive(self, contact: int) -> ConversationView:
        """Take a conversation back into the list."""
        with self.step() as step:
            step.vault.choices.unarchive(step.vault.contacts.get(ContactId(contact)).id)
            return _listed(step, ContactId(contact))

    def mark_unread(self, contact: int) -> ConversationView:
        """Mark a conversation for coming back to it, until it is read again (Spec: CL-32)."""
        with self.step() as step:
            step.vault.choices.mark_unread(step.vault.contacts.get(ContactId(contact)).id)
            return _listed(step, ContactId(contact))

    def mark_read(self, contact: int) -> None:
        """Count everything in a conversation as read: what has a lifetime begins to count (Spec: CL-25)."""
        self.decide(lambda step: people.mark_read(step, ContactId(contact)))

    def rename(self, contact: int, alias: str) -> ConversationView:
        """Call a contact otherwise."""
        with self.step() as step:
            people.rename(step, ContactId(contact), alias)
            return conversation(step, ContactId(contact))

    def set_name(self, name: str) -> None:
        """Call ourselves otherwise, and tell everybody whom the person accepted (Spec: CL-33)."""
        with self._lock:
            with self.step() as step:
                people.set_name(step, name)
                changed = step.vault.owner.load().name
            self._owner = replace(self.owner, name=changed)

    def note_to_self(self) -> ConversationView:
        """Return the conversation with oneself, which never leaves this device (Spec: CL-34)."""
        with self.step() as step:
            return conversation(step, people.note_to_self(step).id)

    def save_draft(
        self, contact: int, text: str, *, reply_to: int | None = None, editing: int | None = None
    ) -> None:
        """Keep what was begun and not sent; an empty text forgets it (Spec: CL-35)."""
        draft = DraftView(text, reply_to, editing)
        self.decide(lambda step: save_draft(step, ContactId(contact), draft))

    def draft(self, contact: int) -> DraftView:
        """Return what was begun and not sent, with an empty text where that is nothing."""
        return self.decide(lambda step: draft_view(step, ContactId(contact)))

    def settings(self) -> SettingsView:
        """Return what the person chose for this vault (Spec: CL-36)."""
        return self.decide(settings_view)

    def change_setting(self, name: str, value: str) -> SettingsView:
        """Change one setting, by its name in `SettingsView` and its value as text (Spec: CL-36)."""
        with self.step() as step:
            change_setting(step, name, value)
            return settings_view(step)

    def delete_conversation(self, contact: int) -> None:
        """Erase all that was said with a contact, here only (Spec: CL-37)."""
        self.decide(lambda step: people.delete_conversation(step, ContactId(contact)))

    def delete_contact(self, contact: int) -> None:
        """Forget a contact with all that was said, the sessions and their keys (Spec: CL-37)."""
        self.decide(lambda step: people.delete_contact(step, ContactId(contact)))

    def search(self, query: str, *, limit: int = 50, before: int | None = None) -> list[MessageView]:
        """Return the newest messages (before row `before`) that a query asks for, newest first.

        Words, and the filters of `securemsg.client.finding.wanted`.

        Spec: ST-7, CL-38.
        """
        end = None if before is None else MessageRow(before)
        with self.step() as step:
            asked = wanted(step, query)
            found = step.vault.search.find(asked.words, limit, end, asked.filters)
            return present.message_views(step, found)


def conversation(step: Step, contact: ContactId) -> ConversationView:
    """Return one conversation as it is now; raises `ContactUnknown`."""
    found = step.vault.conversations.get(contact)
    if found is None:
        raise ContactUnknown("There is no such contact.")
    return present.conversation_view(step, found)


def _listed(step: Step, contact: ContactId) -> ConversationView:
    step.changes.list = True
    return conversation(step, contact)

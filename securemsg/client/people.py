"""What the person decides about people: whom to hear, what to call them, whom to forget (Spec: CL-30..37)."""

from typing import Final

from securemsg.client.lines import add_line
from securemsg.client.naming import unused_alias
from securemsg.client.presence import note_read
from securemsg.client.reasons import BLOCKED
from securemsg.client.sending import accept_contact, new_id, queue_content, seal_waiting
from securemsg.client.step import Step
from securemsg.client.terms import may_write, other_person
from securemsg.errors import LocalError
from securemsg.session.book import wear_out
from securemsg.store.contacts import Contact, ContactUnknown, NewContact
from securemsg.store.ids import ContactId
from securemsg.store.messages import NewMessage
from securemsg.store.outbox import Act
from securemsg.wire.messages.content import Kind, Name, encode
from securemsg.wire.names import check_name

NOTE_TO_SELF: Final = "Note to self"
"""What the conversation with oneself is called until the person calls it otherwise."""


def accept_request(step: Step, contact: ContactId) -> None:
    """Begin to talk with a stranger: receipts for what came leave now (Spec: CL-30)."""
    may_write(step, contact)
    accept_contact(step, contact)
    seal_waiting(step, contact)


def block(step: Step, contact: ContactId) -> None:
    """Hear nothing of a contact any more and tell nothing, not even that (Spec: CL-31)."""
    known = other_person(step, contact)
    if not step.vault.choices.block(known.id):
        return
    for row in step.vault.outbox.drop(known.id):
        step.vault.messages.mark_failed(row, BLOCKED)
    step.changes.tokens |= step.vault.tokens.revoke(known.id)
    step.changes.outbox = True
    _tell(step, known.id)


def unblock(step: Step, contact: ContactId) -> None:
    """Hear a contact again, who is told a new token in a new session (Spec: CL-31)."""
    known = other_person(step, contact)
    if not step.vault.choices.unblock(known.id):
        return
    if known.accepted:
        # The card with the token travels in openings only.
        for peer in step.vault.sessions.peers_of(known.id):
            before = step.vault.sessions.load(peer.book)
            step.vault.sessions.save(peer.book, before, wear_out(before), step.now)
        queue_content(step, known.id, Name(new_id(step), step.now, step.owner.name))
    _tell(step, known.id)


def rename(step: Step, contact: ContactId, alias: str) -> None:
    """Call a contact otherwise; raises `LocalError` for a name that is taken or none."""
    step.vault.contacts.rename(step.vault.contacts.get(contact).id, " ".join(alias.split()))
    _tell(step, contact)


def set_name(step: Step, name: str) -> None:
    """Call ourselves otherwise, and tell everybody whom the person accepted (Spec: CL-33)."""
    wanted = " ".join(name.split())
    if not wanted:
        raise LocalError("The name is empty: it is what your contacts see.")
    check_name(wanted)
    if wanted == step.owner.name:
        return
    step.vault.owner.set_name(wanted)
    own = step.owner.account.account_id
    for contact in step.vault.contacts.all():
        if contact.accepted and contact.account != own and not step.vault.choices.is_blocked(contact.id):
            # Sealed when it is due: for a thousand people that takes longer than a person waits.
            said = Name(new_id(step), step.now, wanted)
            step.vault.outbox.add_act(contact.id, Act(said.message_id, encode(said)), step.now)
    step.changes.outbox = True
    step.changes.list = True


def take_name(step: Step, contact: ContactId, said: Name) -> None:
    """Keep what a contact is called from now on; what we call them stays (Spec: CL-33)."""
    if step.vault.contacts.get(contact).name == said.name:
        return
    step.vault.contacts.set_name(contact, said.name)
    line = NewMessage(said.message_id, said.sent_at, Kind.NAME, "", said.name.encode())
    add_line(step, contact, line)


def note_to_self(step: Step) -> Contact:
    """Return the conversation with oneself, making it at the first call (Spec: CL-34)."""
    own = step.owner.account.account_id
    try:
        return step.vault.contacts.by_account(own)
    except ContactUnknown:
        alias = unused_alias(step, NOTE_TO_SELF, own)
        contact = step.vault.contacts.add(NewContact(alias, step.owner.name, own, step.now))
        step.vault.contacts.accept(contact.id)
        step.changes.list = True
        return step.vault.contacts.get(contact.id)


def arrived(step: Step, contact: ContactId) -> None:
    """Take an archived conversation back for something new, unless it is muted (Spec: CL-32)."""
    if step.vault.choices.recall(contact, step.now):
        step.changes.list = True


def mark_read(step: Step, contact: ContactId) -> None:
    """Count everything of a conversation as read (Spec: CL-25, CL-32)."""
    before = step.vault.contacts.get(contact).read_up_to
    step.vault.contacts.mark_read(contact)
    up_to = step.vault.contacts.get(contact).read_up_to
    step.vault.choices.clear_unread(contact)
    if step.vault.lifetimes.begin_read(contact, up_to, step.now):
        step.changes.timed = True
        step.changes.contacts.add(contact)
    note_read(step, contact, before, up_to)
    step.changes.list = True


def delete_conversation(step: Step, contact: ContactId) -> None:
    """Erase all that was said with a contact, here only (Spec: CL-37)."""
    known = step.vault.contacts.get(contact)
    step.vault.messages.erase(step.vault.messages.rows_of(known.id), step.now)
    step.vault.early.forget(known.id)
    step.vault.drafts.remove(known.id)
    step.changes.files = True
    step.changes.outbox = True
    _tell(step, known.id)


def delete_contact(step: Step, contact: ContactId) -> None:
    """Forget a contact: what was said, the sessions and their keys, and that we knew them (Spec: CL-37)."""
    known = step.vault.contacts.get(contact)
    step.changes.tokens |= step.vault.tokens.revoke(known.id)
    step.vault.sessions.forget(known.id)
    step.vault.contacts.delete(known.id)
    step.changes.files = True
    step.changes.outbox = True
    _tell(step, known.id)


def _tell(step: Step, contact: ContactId) -> None:
    step.changes.list = True
    step.changes.contacts.add(contact)

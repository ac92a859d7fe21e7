"""Queue contents, open sessions, seal in order: everything up to the moment of transmission."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from securemsg.client.alarms import count_refusal, end_refusals
from securemsg.client.devices import learn_device, seen_list
from securemsg.client.lines import add_identity_line
from securemsg.client.reasons import word_of
from securemsg.client.step import Step
from securemsg.client.terms import hears, is_own, may_write
from securemsg.errors import RemoteError
from securemsg.handshake.errors import IdentityChanged
from securemsg.handshake.initiator import Expected, check_shelf, initiate
from securemsg.handshake.shelf import FetchedPrekeys, ShelvedLeaf
from securemsg.identity.card import Card
from securemsg.identity.trust import Changed, claimed
from securemsg.ids import MessageId, SubmitId
from securemsg.session.book import Book, may_seal, needs_new_session, opening_instant
from securemsg.session.sending import begin, seal
from securemsg.store.addresses import ContactAddress
from securemsg.store.contacts import Contact
from securemsg.store.ids import BookId, ContactId, MessageRow
from securemsg.store.outbox import Act, SealedEntry
from securemsg.store.upkeep import Note
from securemsg.wire.messages.content import (
    MAX_NAMED,
    Content,
    Receipt,
    ReceiptState,
    Report,
    encode,
)

if TYPE_CHECKING:
    from securemsg.mailbox.answers import Prekeys

SEAL_AT_ONCE: Final = 50
"""Entries sealed in one transaction: it stays short enough that typing does not wait for it."""

RECEIPTED_LATE: Final = 1_000
"""Messages of a stranger that are receipted when the person accepts; of more, the newest."""


def queue_content(
    step: Step,
    contact: ContactId,
    content: Content,
    row: MessageRow | None = None,
    about: MessageRow | None = None,
) -> None:
    """Queue what the person says or does; of a note to oneself nothing leaves.

    `row` is the message that it is, if it is one: that moves through its states. `about` is the message
    with whose words it goes, and is erased. Raises `LocalError` for what cannot be sent.

    Spec: CL-2, CL-5, CT-4.
    """
    encoded = encode(content)
    if row is not None and step.vault.choices.unarchive(contact):
        step.changes.list = True
    if is_own(step, contact):
        if row is not None:
            step.vault.messages.mark_delivered(contact, [content.message_id])
            step.vault.lifetimes.begin([row], step.now)
            step.changes.timed = True
    else:
        may_write(step, contact)
        if row is None:
            step.vault.outbox.add_act(contact, Act(content.message_id, encoded, about), step.now)
        else:
            step.vault.outbox.add(contact, encoded, step.now, row)
        hurry(step, contact)
        step.changes.outbox = True
        seal_waiting(step, contact)
    step.changes.contacts.add(contact)


def queue_passing(step: Step, contact: ContactId, content: Content) -> bool:
    """Queue what is worth nothing later, if it can leave at once; tell whether it can (Spec: CT-12)."""
    address, known = step.vault.addresses.get(contact), step.vault.contacts.get(contact)
    if address is None or isinstance(known.standing, Changed) or step.vault.outbox.waits_for(contact):
        return False
    peer, book = _current(step, contact)
    if peer is None or needs_new_session(book, step.now):
        return False
    _queue(step, contact, content)
    return True


def hurry(step: Step, contact: ContactId) -> None:
    """Let what waits for a contact be tried at once, because the person acts (Spec: CL-6)."""
    step.vault.outbox.hurry(contact)
    step.changes.hurried.add(contact)


def accept_contact(step: Step, contact: ContactId) -> None:
    """Note that the person chose to be in contact, and receipt what came before that (Spec: CL-10)."""
    if step.vault.contacts.accept(contact):
        step.changes.list = True
        queue_receipts(step, contact, step.vault.messages.incoming_ids(contact, RECEIPTED_LATE))


def queue_receipts(
    step: Step,
    contact: ContactId,
    message_ids: Sequence[MessageId],
    state: ReceiptState = ReceiptState.DELIVERED,
) -> None:
    """Queue receipts for what is stored, or was read (Spec: CT-4, CT-13)."""
    for start in range(0, len(message_ids), MAX_NAMED):
        named = tuple(message_ids[start : start + MAX_NAMED])
        _queue(step, contact, Receipt(new_id(step), step.now, named, state))


def queue_report(step: Step, contact: ContactId, submits: Sequence[SubmitId]) -> None:
    """Queue reports of what could not be opened (Spec: SE-8)."""
    for start in range(0, len(submits), MAX_NAMED):
        _queue(step, contact, Report(new_id(step), step.now, tuple(submits[start : start + MAX_NAMED])))


def seal_waiting(step: Step, contact: ContactId) -> bool:
    """Seal what is queued for a contact, in order; false if a new session is needed first.

    Nothing is sealed to a contact who is Changed or has no address.

    Spec: CL-2, CL-5, ID-11.
    """
    return _seal(step, contact, lambda book: not needs_new_session(book, step.now))


def seal_anyway(step: Step, contact: ContactId) -> bool:
    """Seal what is queued in the session there is, although a new one is wanted and not to be had.

    False where the peer would not open that: without a session, and with one that is worn,
    stillborn or at its end.

    Spec: CL-19.
    """
    return _seal(step, contact, lambda book: may_seal(book, step.now))


def _seal(step: Step, contact: ContactId, may: Callable[[Book], bool]) -> bool:
    entries = step.vault.outbox.unsealed(contact, SEAL_AT_ONCE)
    if not entries:
        return True
    address = step.vault.addresses.get(contact)
    known = step.vault.contacts.get(contact)
    if address is None or isinstance(known.standing, Changed):
        return True
    step.changes.outbox = True
    peer, before = _current(step, contact)
    if peer is None:
        return False
    book = before
    for entry in entries:
        if not may(book):
            step.vault.sessions.save(peer, before, book, step.now)
            return False
        sealed = seal(book, entry.content, step.entropy)
        book = sealed.book
        submit_id = SubmitId(step.entropy(SubmitId.WIDTH))
        step.vault.outbox.seal(entry.id, _entry(submit_id, sealed.envelope, address))
    step.vault.sessions.save(peer, before, book, step.now)
    return True


def open_session(step: Step, contact: ContactId, fetched: "Prekeys") -> None:
    """Open a session from what the contact's relay returned, and seal what waits for it.

    A shelf of another account makes the contact Changed instead. Raises the refusals of
    `check_shelf` otherwise; nothing is changed then: give them to `go_on_without`.

    Spec: HS-5, HS-7, SE-2.
    """
    address = step.vault.addresses.get(contact)
    # None also of who was deleted while the relay was asked.
    if address is None or isinstance((known := step.vault.contacts.get(contact)).standing, Changed):
        return
    generations = {peer.device: peer.generation for peer in step.vault.sessions.peers_of(contact)}
    seen = seen_list(step, known)
    whose = (step.owner.device, known.account, seen.version, generations, seen.certificate_hash)
    leaf = None if fetched.leaf is None else ShelvedLeaf(fetched.leaf.position, fetched.leaf.sealed)
    shelf = FetchedPrekeys(fetched.generation, fetched.manifest, leaf)
    try:
        prekeys = check_shelf(shelf, address.shelf, Expected(*whose), step.now)
    except IdentityChanged as error:
        _freeze(step, known, error)
        return
    certificate = prekeys.manifest.certificate
    peer = step.vault.sessions.peer(contact, certificate.device_id, step.now)
    before = step.vault.sessions.load(peer.book)
    opened_at = opening_instant(before, step.now)
    initiation = initiate(step.owner.device, prekeys, _card(step, contact), opened_at, step.entropy)
    book = begin(before, initiation, step.now, step.entropy)
    step.vault.sessions.save(peer.book, before, book, step.now)
    step.vault.sessions.raise_generation(peer.book, prekeys.manifest.generation)
    learn_device(step, contact, certificate)
    end_refusals(step, contact)
    step.changes.list = True
    seal_waiting(step, contact)


def go_on_without(step: Step, contact: ContactId, refusal: RemoteError) -> bool:
    """Do without the new session for which no prekeys are to be had; false if that is not possible.

    Spec: CL-17, CL-19.
    """
    count_refusal(step, word_of(refusal), contact)
    return seal_anyway(step, contact)


def _current(step: Step, contact: ContactId) -> tuple[BookId | None, Book]:
    """Return the book of the device that is sealed to: the last used one with a session (Spec: CL-18)."""
    for peer in step.vault.sessions.peers_of(contact):
        book = step.vault.sessions.load(peer.book)
        if book.entries:
            return peer.book, book
    return None, Book()


def _queue(step: Step, contact: ContactId, content: Content) -> None:
    """Queue what no person asked for: a blocked contact is told nothing of that (Spec: CL-31)."""
    if not hears(step, contact):
        return
    step.vault.outbox.add(contact, encode(content), step.now)
    step.changes.outbox = True
    seal_waiting(step, contact)


def _freeze(step: Step, contact: Contact, error: IdentityChanged) -> None:
    step.vault.contacts.set_standing(contact.id, claimed(contact.standing, error.account_id))
    step.vault.notes.add(Note(step.now, "identity changed"))
    add_identity_line(step, contact.id)


def _card(step: Step, contact: ContactId) -> Card:
    """Return how this contact reaches us, by a token of its own (Spec: ID-8)."""
    link = step.owner.link
    token = step.vault.tokens.take_for(contact) or link.token
    return Card(step.owner.name, link.host, link.port, link.pin, link.mailbox, token, link.shelf)


def _entry(submit_id: SubmitId, envelope: bytes, address: ContactAddress) -> SealedEntry:
    return SealedEntry(submit_id, envelope, address.relay, address.mailbox, address.token)


def new_id(step: Step) -> MessageId:
    """Return a fresh id for a content of ours (Spec: CT-2)."""
    return MessageId(step.entropy(MessageId.WIDTH))

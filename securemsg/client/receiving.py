"""What a relay delivers: open it, store what it says, answer it, all in one step.

Everything is decided before the first write of a delivery, so that one that is refused
leaves nothing but a note (Spec: CL-3, SE-10).
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from securemsg.client.copies import doubt_late, take_unknown_receipt
from securemsg.client.devices import learn_device, seen_list
from securemsg.client.lifetimes import begin_counting
from securemsg.client.naming import unused_alias
from securemsg.client.parting import give_up, is_current, notice_lost, take_renewal
from securemsg.client.presence import take_typing
from securemsg.client.reporting import Asked, ask_suspects, book_of, report
from securemsg.client.sending import queue_receipts, queue_report, seal_waiting
from securemsg.client.step import Step
from securemsg.client.taking import take
from securemsg.client.terms import hears
from securemsg.errors import AuthenticationError, RemoteError
from securemsg.handshake.errors import OwnDevice, UnknownPrekey, UnknownSealingKey
from securemsg.handshake.responder import unseal_opening
from securemsg.identity.card import Card
from securemsg.identity.certificate import Certificate
from securemsg.ids import MessageId, SubmitId
from securemsg.mailbox.answers import Deliver
from securemsg.ratchet.errors import Replayed, TooManySkipped, Unrecognised
from securemsg.ratchet.skipped import MAX_STORED
from securemsg.session.book import Book
from securemsg.session.receiving import Opened, Recipient, accept_opening, open_message
from securemsg.store.addresses import ContactAddress
from securemsg.store.contacts import Contact, ContactUnknown, NewContact
from securemsg.store.ids import ContactId
from securemsg.store.sessions import PeerDevice
from securemsg.store.upkeep import Note
from securemsg.wire import envelope
from securemsg.wire.envelope import Message, Opening
from securemsg.wire.messages import content as contents
from securemsg.wire.messages.content import (
    Content,
    File,
    Receipt,
    ReceiptState,
    Report,
    Text,
    Typing,
    Unknown,
)

STRANGERS_ROWS: Final = 100
"""Skipped keys kept of each ratchet of a session with somebody whom the person has not accepted: who holds
a link could else fill the vault, and a relay that keeps the order never needs them (Spec: CL-10)."""


@dataclass(slots=True)
class _Batch:
    """What the deliveries of one step ask for at its end."""

    receipts: dict[ContactId, list[MessageId]] = field(default_factory=lambda: defaultdict(list))
    reports: Asked = field(default_factory=lambda: defaultdict(list))
    heard: set[ContactId] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Heard:
    """Who was heard, and in which session."""

    peer: PeerDevice
    opened: Opened

    @property
    def in_current(self) -> bool:
        """Whether in the session in which we seal."""
        return is_current(self.opened)


def receive(step: Step, deliveries: Sequence[Deliver], enough: Callable[[], bool] = lambda: False) -> int:
    """Handle the first deliveries of our mailbox, all unless `enough` ends it; return how many.

    Acknowledge them once this is committed.

    Spec: CL-3, SE-7, SE-10.
    """
    batch, handled = _Batch(), 0
    for delivery in deliveries:
        if handled and enough():
            break
        handled += 1
        _handle(step, batch, delivery)
    step.vault.position.raise_to(max(each.sequence for each in deliveries[:handled]), step.now)
    for contact, message_ids in batch.receipts.items():
        queue_receipts(step, contact, message_ids)
    for contact, submits in batch.reports.items():
        queue_report(step, contact, submits)
    for contact in batch.heard:
        seal_waiting(step, contact)
    return handled


def _handle(step: Step, batch: _Batch, delivery: Deliver) -> None:
    if not step.vault.received.mark(delivery.submit_id, step.now):
        return
    try:
        _open(step, batch, delivery)
    except RemoteError as error:
        step.vault.notes.add(Note(step.now, type(error).__name__))
        if isinstance(error, Unrecognised | UnknownSealingKey):
            ask_suspects(step, batch.reports, delivery.submit_id)


def quarantine(step: Step, delivery: Deliver) -> None:
    """Note a delivery that made handling fail in an unforeseen way, and count it as handled (Spec: CL-14)."""
    step.vault.received.mark(delivery.submit_id, step.now)
    step.vault.notes.add(Note(step.now, "quarantined"))
    step.vault.position.raise_to(delivery.sequence, step.now)


def _open(step: Step, batch: _Batch, delivery: Deliver) -> None:
    match envelope.decode(delivery.envelope):
        case Message() as message:
            _open_message(step, batch, message, delivery.submit_id)
        case Opening() as opening:
            _open_opening(step, batch, opening, delivery.submit_id)


def _open_message(step: Step, batch: _Batch, message: Message, submit_id: SubmitId) -> None:
    for peer in step.vault.sessions.peers():
        before = step.vault.sessions.load(peer.book)
        try:
            opened = open_message(before, message, step.vault.skipped.of, step.now, step.entropy)
        except Unrecognised:
            continue
        except (Replayed, TooManySkipped, AuthenticationError):
            # One side is not where the other left it: an older copy speaks or listens (CL-23).
            report(step, batch.reports, (step.vault.contacts.get(peer.contact), peer.device), submit_id)
            raise
        _keep(step, peer, before, opened)
        _take(step, batch, _Heard(peer, opened), contents.decode(opened.content))
        return
    raise Unrecognised("refused")


def _open_opening(step: Step, batch: _Batch, opening: Opening, submit_id: SubmitId) -> None:
    unsealed = unseal_opening(opening, step.vault.prekeys.sealing)
    certificate = unsealed.certificate
    if certificate.account_id == step.owner.account.account_id:
        raise OwnDevice("refused")
    known, before = _known(step, certificate)
    recipient = Recipient(step.owner.device, step.vault.prekeys, step.vault.skipped.of)
    try:
        opened = accept_opening(before, unsealed, recipient, step.now, step.entropy)
    except (UnknownPrekey, Replayed, TooManySkipped):
        # The last two in a session that we hold already: an older copy speaks in it (CL-23).
        if known is not None:
            report(step, batch.reports, (known, certificate.device_id), submit_id)
        raise
    if opened.used is not None:
        step.vault.prekeys.use(opened.used)
        step.vault.erased()
    # A stranger who says nothing readable is not worth a contact; the prekey is gone all the same.
    content = None if known else contents.decode(opened.content)
    contact = known or _acquaint(step, certificate, opened.card)
    peer = step.vault.sessions.peer(contact.id, certificate.device_id, step.now)
    _keep(step, peer, before, opened)
    if opened.used is not None:
        doubt_late(step, peer, opened.book)
        _learn(step, contact, certificate, opened)
        if hears(step, contact.id):
            take_renewal(step, peer, before, opened)
    _take(step, batch, _Heard(peer, opened), content or contents.decode(opened.content))


def _known(step: Step, certificate: Certificate) -> tuple[Contact | None, Book]:
    """Return whose device this is and the sessions with it; raises `DeviceListRollback`."""
    try:
        known = step.vault.contacts.by_account(certificate.account_id)
    except ContactUnknown:
        return None, Book()
    seen_list(step, known).check(certificate)
    return known, book_of(step, known.id, certificate.device_id)


def _acquaint(step: Step, certificate: Certificate, card: Card | None) -> Contact:
    """Make a contact of whoever opened a session to us (Spec: CL-10)."""
    account = certificate.account_id
    name = card.name if card is not None else ""
    alias = unused_alias(step, name, account)
    step.changes.list = True
    return step.vault.contacts.add(NewContact(alias, name, account, step.now))


def _learn(step: Step, contact: Contact, certificate: Certificate, opened: Opened) -> None:
    """Keep what a new session says of the peer (Spec: ID-5, ID-8).

    A late, older opening tells no address: the relay chose when to deliver it.
    """
    learn_device(step, contact.id, certificate)
    if not hears(step, contact.id):
        return
    if opened.card is not None and is_current(opened):
        step.vault.addresses.set(contact.id, ContactAddress.of(opened.card))
        step.vault.contacts.set_name(contact.id, opened.card.name)


def _keep(step: Step, peer: PeerDevice, before: Book, opened: Opened) -> None:
    step.vault.sessions.save(peer.book, before, opened.book, step.now)
    step.vault.sessions.trust(opened.session_id)
    if opened.rows.added:
        known = step.vault.contacts.get(peer.contact).accepted
        step.vault.skipped.apply(opened.session_id, opened.rows, MAX_STORED if known else STRANGERS_ROWS)
    else:
        step.vault.skipped.apply(opened.session_id, opened.rows)


def _take(step: Step, batch: _Batch, heard: _Heard, content: Content) -> None:
    """Do what an authentic content says (Spec: CT-2..5)."""
    contact = heard.peer.contact
    if not hears(step, contact):
        return
    batch.heard.add(contact)
    step.changes.heard[contact] = step.now
    notice_lost(step, heard.peer, heard.opened)
    match content:
        case Typing():
            take_typing(step, contact, content)
            return
        case Receipt():
            _confirm(step, heard.peer, content)
        case Report(_, _, submits):
            _seal_again(step, heard, submits)
        case Unknown():
            take(step, contact, content)
        case _:
            take(step, contact, content)
            if isinstance(content, Text | File):
                # What was being written is here.
                step.changes.typing[contact] = step.now
            if step.vault.contacts.get(contact).accepted:
                batch.receipts[contact].append(content.message_id)
    step.changes.contacts.add(contact)


def _confirm(step: Step, peer: PeerDevice, receipt: Receipt) -> None:
    """Keep how far contents of ours have come (Spec: CT-4, CT-13)."""
    messages = step.vault.messages
    mark = messages.mark_read if receipt.state is ReceiptState.READ else messages.mark_delivered
    # Counting may not have begun: the relay's answer can get lost.
    begin_counting(step, mark(peer.contact, receipt.named))
    step.vault.outbox.receipted(peer.contact, receipt.named)
    if messages.unknown_ids(peer.contact, receipt.named):
        take_unknown_receipt(step, peer)


def _seal_again(step: Step, heard: _Heard, submits: Sequence[SubmitId]) -> None:
    """Queue what a peer could not open, to be sealed in a session that the peer has (Spec: SE-9)."""
    entries = step.vault.outbox.by_submit_ids(heard.peer.contact, submits)
    for entry in entries:
        step.vault.outbox.requeue(entry.id, step.now)
    if entries and not heard.in_current:
        # The peer's new session ranks below ours if the peer's clock is behind, and ours may
        # be dead: only a third, above both, is a session for both sides. Not all that was
        # sealed in ours needs to be named (SE-8).
        give_up(step, heard.peer, step.vault.sessions.load(heard.peer.book))

"""Noticing that this vault is an older copy, and mending what can be mended (Spec: CL-15, CL-16)."""

from securemsg.client.alarms import BEHIND, RELAY_BEHIND, UNKNOWN_RECEIPT, raise_alarm
from securemsg.client.step import Step
from securemsg.client.terms import hears
from securemsg.ids import DeviceId
from securemsg.instant import Instant
from securemsg.mailbox.answers import Subscribed
from securemsg.session.book import Book, wear_out
from securemsg.session.states import Confirmed
from securemsg.store.ids import ContactId
from securemsg.store.position import REMEMBERED_FOR, RENEWAL_PAUSE
from securemsg.store.sessions import PeerDevice

_EVER = Instant(0)
_NO_DEVICE = DeviceId(bytes(DeviceId.WIDTH))


def take_position(step: Step, told: Subscribed) -> None:
    """Compare what our relay has seen of us with what this vault has handled.

    From then on the relay's word counts: numbers of a relay that went back are given anew.

    Spec: CL-15, MB-14.
    """
    position = step.vault.position.load()
    if told.acknowledged > position.handled:
        step.vault.position.mark_behind()
    elif told.newest < position.handled:
        raise_alarm(step, RELAY_BEHIND)
    renew_sessions(step)
    step.vault.position.move(told.acknowledged, step.now)


def notice_newer_copy(step: Step) -> None:
    """Note that somebody publishes with our keys who is not this vault (Spec: CL-15)."""
    # Soon after a renewal this is the same newer copy.
    if not step.vault.position.renewed_after(step.now - RENEWAL_PAUSE):
        step.vault.position.mark_behind()
        renew_sessions(step)


def renew_sessions(step: Step) -> None:
    """Give up every session if a newer copy was noticed, as often as that is allowed.

    The peers have seen message numbers that this copy would use again, so that what was
    sealed since the relay was last heard is sealed anew.

    Spec: CL-15, CL-16.
    """
    last_heard = step.vault.position.load().handled_at
    if not step.vault.position.begin_renewal(step.now):
        return
    for peer in step.vault.sessions.peers():
        _renew(step, peer, last_heard)
    step.vault.tokens.forget_spare()
    raise_alarm(step, BEHIND)


def take_unknown_receipt(step: Step, peer: PeerDevice) -> None:
    """Give up the sessions with a peer who confirms what this copy never said (Spec: CL-15)."""
    if step.vault.reports.allow(peer.contact, peer.device, step.now):
        _renew(step, peer, _EVER)
        raise_alarm(step, UNKNOWN_RECEIPT, peer.contact)


def doubt_late(step: Step, peer: PeerDevice, book: Book) -> None:
    """Give up a session that begins here only now, although it was opened before sessions were renewed.

    The newer copy may have had it and spoken in it, and the peer may have opened another since.

    Spec: CL-16.
    """
    current = book.current
    if current is not None and step.vault.position.renewed_after(current.origin.opened_at):
        step.vault.sessions.save(peer.book, book, wear_out(book), step.now)


def suspects(step: Step) -> list[tuple[ContactId, DeviceId]]:
    """Return whose messages may come in sessions that only a newer copy of this vault has.

    That is for a month everybody, strangers and blocked contacts excepted, with whom no
    session is known to be held by both.

    Spec: CL-16.
    """
    if not step.vault.position.renewed_after(step.now - REMEMBERED_FOR):
        return []
    known = step.vault.contacts.all()
    friends = [contact.id for contact in known if contact.accepted and hears(step, contact.id)]
    found = [_suspect(step, contact) for contact in friends if step.vault.addresses.get(contact) is not None]
    return [suspect for suspect in found if suspect is not None]


def _suspect(step: Step, contact: ContactId) -> tuple[ContactId, DeviceId] | None:
    device = _NO_DEVICE
    for peer in step.vault.sessions.peers_of(contact):
        device = peer.device
        entries = step.vault.sessions.load(peer.book).entries
        if entries and not entries[0].worn and isinstance(entries[0].session, Confirmed):
            return None
    return contact, device


def _renew(step: Step, peer: PeerDevice, since: Instant) -> None:
    before = step.vault.sessions.load(peer.book)
    step.vault.sessions.save(peer.book, before, wear_out(before), step.now)
    lately = step.vault.outbox.unseal(peer.contact, since)
    # The newer copy may have had the receipts of what is older.
    if step.vault.outbox.unseal_unreceipted(peer.contact) or lately:
        step.changes.outbox = True
        step.changes.contacts.add(peer.contact)

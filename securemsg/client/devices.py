"""What a contact's account says of its device, and what becomes of the one before (Spec: ID-5, CL-18)."""

from securemsg.client.step import Step
from securemsg.identity.certificate import Certificate
from securemsg.identity.trust import SeenList
from securemsg.instant import Instant
from securemsg.session.book import Book
from securemsg.store.contacts import Contact
from securemsg.store.ids import ContactId

_EVER = Instant(0)


def seen_list(step: Step, contact: Contact) -> SeenList:
    """Return what a certificate of this contact is held against (Spec: ID-5)."""
    return step.vault.lists.seen(contact.account, contact.list_version)


def learn_device(step: Step, contact: ContactId, certificate: Certificate) -> None:
    """Keep a certificate that was accepted; a device that it replaces is never sealed to again.

    What that device has not receipted is sealed anew.

    Spec: ID-5, CL-18.
    """
    step.vault.contacts.raise_list_version(contact, certificate.list_version)
    if not step.vault.lists.keep(certificate.account_id, SeenList.of(certificate)):
        return
    for peer in step.vault.sessions.peers_of(contact):
        if peer.device != certificate.device_id:
            gone = step.vault.sessions.load(peer.book)
            if gone.entries:
                step.vault.sessions.save(peer.book, gone, Book(), step.now)
                step.vault.outbox.unseal(contact, _EVER)
                step.changes.outbox = True

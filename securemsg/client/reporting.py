"""Asking for what could not be opened, and from whom one asks nothing (Spec: SE-8, CL-16, CL-23)."""

from typing import TypeAlias

from securemsg.client.copies import suspects
from securemsg.client.parting import give_up
from securemsg.client.step import Step
from securemsg.client.terms import hears
from securemsg.ids import DeviceId, SubmitId
from securemsg.session.book import Book, wear_out
from securemsg.store.contacts import Contact
from securemsg.store.ids import ContactId

Asked: TypeAlias = dict[ContactId, list[SubmitId]]
"""What is named to whom in reports (07), at the end of a step; makes an empty list for who is new in it."""


def report(step: Step, asked: Asked, peer: tuple[Contact, DeviceId], submit_id: SubmitId) -> None:
    """Ask for what a peer sealed in a way that we cannot open, in a new session where limits allow one.

    Else in the session that there is, once: what its sender seals until it has another may be
    understood there, and what is not comes again when that one is given up.

    Spec: SE-8, CL-23.
    """
    contact, device = peer[0].id, peer[1]
    if not hears(step, contact):
        return
    if not peer[0].accepted:
        _give_up_unseen(step, contact, device)
        return
    if step.vault.addresses.get(contact) is None:
        return
    if contact not in asked and not _may_ask(step, contact, device, submit_id):
        return
    if step.vault.reports.allow_naming(contact, device, step.now):
        asked[contact].append(submit_id)


def ask_suspects(step: Step, asked: Asked, submit_id: SubmitId) -> None:
    """Ask for what no session opens, where a newer copy of us may have had the session (Spec: CL-16).

    Everybody is asked who may have sealed it.
    """
    for contact, device in suspects(step):
        if step.vault.reports.allow_naming(contact, device, step.now):
            asked[contact].append(submit_id)


def book_of(step: Step, contact: ContactId, device: DeviceId) -> Book:
    """Return the sessions with a device of a contact."""
    peers = (peer for peer in step.vault.sessions.peers_of(contact) if peer.device == device)
    return next((step.vault.sessions.load(peer.book) for peer in peers), Book())


def _may_ask(step: Step, contact: ContactId, device: DeviceId, submit_id: SubmitId) -> bool:
    """Give up the current session, now or when that is allowed; tell whether a report may be understood."""
    before = book_of(step, contact, device)
    if step.vault.reports.allow(contact, device, step.now):
        give_up(step, step.vault.sessions.peer(contact, device, step.now), before)
        return True
    if not before.entries:
        return bool(step.vault.outbox.unsealed(contact, 1))
    if before.entries[0].worn:
        return True
    step.changes.timed = True
    if step.vault.sessions.doubt(before.entries[0].session_id, submit_id):
        return True
    # Two who understand nothing of each other would ask for as long as they may.
    step.vault.sessions.give_up_later(before.entries[0].session_id, submit_id)
    return False


def _give_up_unseen(step: Step, contact: ContactId, device: DeviceId) -> None:
    """Let what a stranger is told first, if ever, open a session: then they seal again what is missing.

    Until then nothing is sent, so that nobody learns whether we are there (Spec: CL-10, CL-23).
    """
    before = book_of(step, contact, device)
    if before.entries:
        peer = step.vault.sessions.peer(contact, device, step.now)
        step.vault.sessions.save(peer.book, before, wear_out(before), step.now)

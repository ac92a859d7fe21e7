"""Noticing that a peer lost a session, most likely by going back to an older copy (Spec: CL-23).

The peer may not have noticed it: what the relay saw tells it in most cases (CL-15), not in all.
"""

from securemsg.client.sending import queue_report
from securemsg.client.step import Step
from securemsg.session.book import Book, wear_out
from securemsg.session.receiving import Opened
from securemsg.session.states import Confirmed
from securemsg.store.sessions import NOTHING, PeerDevice


def is_current(opened: Opened) -> bool:
    """Whether what was opened belongs to the session in which we seal."""
    current = opened.book.current
    return current is not None and current.origin.session_id == opened.session_id


def take_renewal(step: Step, peer: PeerDevice, before: Book, opened: Opened) -> None:
    """Seal anew what a peer may have missed who opened a session above those that there were.

    What the peer has all the same it knows again by its message ids.
    """
    if before.entries and is_current(opened):
        _seal_again(step, peer)


def notice_lost(step: Step, peer: PeerDevice, opened: Opened) -> None:
    """Give up the current session where a peer has spoken in it and now speaks in an earlier one.

    A relay keeps the order, so that the peer does not have the current one any more.
    """
    book = opened.book
    if is_current(opened) or not isinstance(book.current, Confirmed):
        return
    if step.vault.reports.allow(peer.contact, peer.device, step.now):
        give_up(step, peer, book)
    else:
        # Perhaps nothing comes any more that would say so again.
        step.vault.sessions.doubt(book.current.origin.session_id)
        step.changes.timed = True


def give_up_doubted(step: Step) -> bool:
    """Give up what limits did not allow before and is in use still; tell whether some must wait on.

    Spec: SE-8, CL-23.
    """
    waits = False
    for doubted in step.vault.sessions.doubted():
        peer, book = doubted.peer, step.vault.sessions.load(doubted.peer.book)
        in_use = book.entries[0].session_id == doubted.session and not book.entries[0].worn
        if in_use and not step.vault.reports.allow(peer.contact, peer.device, step.now):
            waits = True
            continue
        step.vault.sessions.settle(doubted.session)
        if in_use:
            give_up(step, peer, book)
            if doubted.asked != NOTHING:
                queue_report(step, peer.contact, (doubted.asked,))
    return waits


def give_up(step: Step, peer: PeerDevice, book: Book) -> None:
    """Let the next message to a peer open a session, and seal anew what may not have been opened."""
    step.vault.sessions.save(peer.book, book, wear_out(book), step.now)
    _seal_again(step, peer)


def _seal_again(step: Step, peer: PeerDevice) -> None:
    if step.vault.outbox.unseal_unreceipted(peer.contact):
        step.changes.outbox = True
        step.changes.contacts.add(peer.contact)

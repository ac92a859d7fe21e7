"""How long messages live, and the timer on which two people agree (Spec: CL-24..26)."""

from collections.abc import Sequence
from typing import Final

from securemsg.client.lines import add_line
from securemsg.client.sending import accept_contact, new_id, queue_content
from securemsg.client.step import Step
from securemsg.errors import LocalError
from securemsg.ids import AccountId
from securemsg.store.choices import Timer
from securemsg.store.ids import ContactId, MessageRow
from securemsg.store.messages import Direction, NewMessage
from securemsg.store.upkeep import Note
from securemsg.wire.messages import content as contents
from securemsg.wire.messages.content import LEAST_LIFETIME, MAX_LIFETIME, Kind
from securemsg.wire.messages.counting import LAST_NUMBER

MOST_AHEAD: Final = 65_536
"""Versions by which a peer's timer may be ahead: two people never set it so often while one is away, and
a peer who jumps to the last version would leave us none (Spec: CL-26)."""


_TIMER_HEAD: Final = bytes([0x95, Kind.TIMER])
"""How the bytes of every timer begin: an array of five, and the kind (Spec: CT-14)."""


def lifetime_for(step: Step, contact: ContactId, own: int) -> int:
    """Return the seconds that a message lives which says `own` of itself: else the conversation's timer.

    Spec: CL-24.
    """
    return own or step.vault.choices.of(contact).timer.lifetime


def begin_counting(step: Step, rows: Sequence[MessageRow]) -> None:
    """Let the time of messages begin that a relay has, or that were read (Spec: CL-25)."""
    if step.vault.lifetimes.begin(rows, step.now):
        step.changes.timed = True


def set_timer(step: Step, contact: ContactId, seconds: int) -> None:
    """Set the timer for a conversation on both sides; 0 lets new messages stay.

    Raises `LocalError` for a time that is too short or too long.

    Spec: CL-26.
    """
    if seconds and not LEAST_LIFETIME <= seconds <= MAX_LIFETIME:
        raise LocalError("Messages can live for 5 seconds to 366 days.")
    known = step.vault.choices.of(step.vault.contacts.get(contact).id).timer
    if known.lifetime == seconds:
        return
    accept_contact(step, contact)
    said = _next(step, known, seconds)
    step.vault.choices.set_timer(contact, Timer(seconds, said.version, Direction.OUT))
    line = NewMessage(said.message_id, said.sent_at, Kind.TIMER, "", b"", seconds)
    row = step.vault.messages.add_outgoing(contact, line, step.now)
    queue_content(step, contact, said, row)
    step.changes.list = True


def take_timer(step: Step, contact: ContactId, said: contents.Timer) -> None:
    """Take a peer's word about the timer: of two the later one counts, whoever hears which first.

    A peer who says something older although it had the newer one has lost it, and is told again.

    Spec: CL-26.
    """
    known = step.vault.choices.of(contact).timer
    if said.version > known.version + MOST_AHEAD:
        step.vault.notes.add(Note(step.now, "timer ahead"))
        return
    taken = Timer(said.lifetime, said.version, Direction.IN)
    if _rank(step, contact, taken) < _rank(step, contact, known):
        if said.version < known.version and said.lifetime != known.lifetime:
            _repeat(step, contact, known)
        return
    step.vault.choices.set_timer(contact, taken)
    if said.lifetime != known.lifetime:
        line = NewMessage(said.message_id, said.sent_at, Kind.TIMER, "", b"", said.lifetime)
        add_line(step, contact, line)


def _next(step: Step, known: Timer, seconds: int) -> contents.Timer:
    """Return what sets a timer above the one that is known."""
    if known.version >= LAST_NUMBER:
        raise LocalError("The timer of this conversation was set too often: it cannot be set any more.")
    return contents.Timer(new_id(step), step.now, seconds, known.version + 1)


def _repeat(step: Step, contact: ContactId, known: Timer) -> None:
    """Tell a peer who is behind what counts, as a later word of ours; not while one is on its way.

    Where words cross, each side would else answer the other's for ever.
    """
    underway = step.vault.outbox.is_unconfirmed(contact, _TIMER_HEAD)
    if underway or not step.vault.contacts.get(contact).accepted or known.version >= LAST_NUMBER:
        return
    said = _next(step, known, known.lifetime)
    step.vault.choices.set_timer(contact, Timer(known.lifetime, said.version, Direction.OUT))
    queue_content(step, contact, said)


def _rank(step: Step, contact: ContactId, timer: Timer) -> tuple[int, AccountId | bytes]:
    """Return by what the later of two timers is told: the version, then the account that set it."""
    accounts = {
        Direction.OUT: step.owner.account.account_id,
        Direction.IN: step.vault.contacts.get(contact).account,
    }
    return timer.version, accounts[timer.by] if timer.by else b""

"""The peer speaks: open a message of a session held, or accept the opening of a new one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias, final

from securemsg.crypto.entropy import Entropy
from securemsg.errors import AuthenticationError, FrameError
from securemsg.handshake.responder import OpenedOpening, PrekeyPrivates, Used, fingerprint, respond
from securemsg.identity.card import Card
from securemsg.identity.device import Device
from securemsg.ids import SessionId
from securemsg.instant import Instant, after
from securemsg.ratchet import opening as ratchet_opening
from securemsg.ratchet import start
from securemsg.ratchet.errors import Unrecognised
from securemsg.ratchet.skipped import NO_CHANGES, RowChanges, SkippedKeys
from securemsg.ratchet.state import Active
from securemsg.session.book import CLOCK_TOLERANCE, Book, enter, expire, update
from securemsg.session.states import Confirmed, Origin, Session, seed_of
from securemsg.wire import envelope
from securemsg.wire.envelope import Message

SkippedOf: TypeAlias = Callable[[SessionId], SkippedKeys]
"""Finds the rows of a session; asked for the sessions that a message is tried in only."""


@final
@dataclass(frozen=True, slots=True)
class Opened:
    """What an envelope yields; keep all of it in one transaction (Spec: RT-12, HS-13)."""

    book: Book
    content: bytes = field(repr=False)
    session_id: SessionId
    rows: RowChanges
    """Changes to the rows of skipped keys of `session_id`."""

    used: Used | None = None
    """Which prekey an accepted opening used up; `None` for a message of a session held."""

    card: Card | None = None
    """What the initiator of an accepted session told of herself, authentic by that session's
    transcript. `None` for a message of a session held, whatever the opening around it
    carried (Spec: HS-8, HS-13)."""


@final
@dataclass(frozen=True, slots=True)
class Recipient:
    """What our side holds that an opening may need."""

    device: Device
    privates: PrekeyPrivates
    skipped_of: SkippedOf


def open_message(
    book: Book, message: Message, skipped_of: SkippedOf, now: Instant, entropy: Entropy
) -> Opened:
    """Open a message in the session that recognises it, the current one tried first.

    Raises `Unrecognised` when none does: nothing says whose message it is. What the ratchet
    refuses it refuses with its own errors.

    Spec: SE-1, SE-7, SE-11.
    """
    live = expire(book, now)
    for place, held in enumerate(live.entries):
        session = held.session
        try:
            opened = ratchet_opening.open_message(
                session.ratchet, message, skipped_of(held.session_id), now, entropy
            )
        except Unrecognised:
            continue
        # From here the peer is known to hold the session: what repeated its opening is forgotten.
        stepped = Confirmed(session.origin, opened.state, _healed_at(session, opened.state, now))
        return Opened(update(live, place, stepped), opened.content, held.session_id, opened.rows)
    raise Unrecognised("refused")


def _healed_at(session: Session, after: Active, now: Instant) -> Instant:
    if isinstance(session, Confirmed) and session.ratchet.turn is after.turn:
        return session.healed_at
    return now


def accept_opening(
    book: Book, opened: OpenedOpening, recipient: Recipient, now: Instant, entropy: Entropy
) -> Opened:
    """Accept a session that the peer opened, or open one more message of it if it is known.

    The caller has judged the account and list version of `opened.certificate` (ID-5, ID-11) and
    brings the book of its device. Attribute the content to the peer of that book: where the
    session is known, certificate and card around the message prove nothing any more. Raises
    `UnknownPrekey`, and `AuthenticationError` or another `RemoteError` for whatever else is
    refused.

    Spec: HS-12, HS-13, SE-1, SE-3, SE-4, SE-6.
    """
    message = envelope.decode(opened.message)
    if not isinstance(message, Message):
        raise FrameError("an opening inside an opening")
    mark = fingerprint(opened)
    if any(held.session.origin.fingerprint == mark for held in book.entries):
        return open_message(book, message, recipient.skipped_of, now, entropy)
    if opened.inner.opened_at > after(now, CLOCK_TOLERANCE):
        raise AuthenticationError("refused")
    response = respond(recipient.device, opened, recipient.privates)
    agreement = response.agreement
    waiting = start.respond(seed_of(agreement), response.ratchet_key.key)
    session_id = agreement.session_id
    first = ratchet_opening.open_message(waiting, message, recipient.skipped_of(session_id), now, entropy)
    entered = enter(book, Confirmed(Origin.of(agreement, mark), first.state, now), now)
    # A session that ranks below all that are kept has given its message and is not kept.
    kept = any(held.session_id == session_id for held in entered.entries)
    rows = first.rows if kept else NO_CHANGES
    return Opened(entered, first.content, session_id, rows, response.used, opened.claimed_card)

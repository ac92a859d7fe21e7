"""Our side speaks: begin a session, seal in the current one."""

from dataclasses import dataclass, field
from typing import final

from securemsg.crypto.entropy import Entropy
from securemsg.handshake.initiator import Initiation, seal_opening
from securemsg.instant import Instant
from securemsg.ratchet.seal import seal_message
from securemsg.ratchet.start import initiate
from securemsg.session.book import Book, enter, update
from securemsg.session.errors import NoSession
from securemsg.session.states import Confirmed, Origin, Unanswered, seed_of


@final
@dataclass(frozen=True, slots=True)
class Sealed:
    """An envelope; store the book before the envelope leaves."""

    book: Book
    envelope: bytes = field(repr=False)


def begin(book: Book, initiation: Initiation, now: Instant, entropy: Entropy) -> Book:
    """Return the book with a new session of ours in it.

    Initiate at `book.opening_instant`, so that the new session becomes the current one.
    Raises `AuthenticationError` for a prekey with which no agreement is possible.

    Spec: SE-1, SE-2.
    """
    agreement = initiation.agreement
    ratchet = initiate(seed_of(agreement), initiation.ratchet_key, entropy)
    origin = Origin.of(agreement, fingerprint=b"")
    return enter(book, Unanswered(origin, ratchet, initiation.material), now)


def seal(book: Book, content: bytes, entropy: Entropy) -> Sealed:
    """Seal `content` (1 to 16,381 bytes) in the current session: an opening until it is answered.

    Raises `NoSession`, `SessionExhausted`, and `LocalError` for another length.

    Spec: SE-1, SE-2, SE-5.
    """
    session = book.current
    if session is None:
        raise NoSession("there is no session to seal in")
    ratchet, encoded = seal_message(session.ratchet, content, entropy)
    if isinstance(session, Confirmed):
        return Sealed(update(book, 0, Confirmed(session.origin, ratchet, session.healed_at)), encoded)
    opening = seal_opening(session.material, encoded)
    return Sealed(update(book, 0, Unanswered(session.origin, ratchet, session.material)), opening)

"""The book: every session kept with one peer device, the current one first."""

from dataclasses import dataclass, replace
from typing import Final, final

from securemsg.ids import SessionId
from securemsg.instant import DAY, Instant, after
from securemsg.ratchet.kem_states import MAX_FAILURES
from securemsg.ratchet.state import MAX_CHAIN
from securemsg.session.states import Session, Unanswered

MAX_EARLIER: Final = 8
"""Sessions kept besides the current one: each is up to seven more keys to try on a message (Spec: SE-6)."""

CLOCK_TOLERANCE: Final = DAY
"""How far ahead of our clock a session may be opened: a later one could never be replaced (Spec: SE-6)."""

RENEW_AFTER: Final = 1_000
"""Messages in one sending chain until a new session heals it instead of an answer (Spec: SE-12)."""

RENEW_AFTER_EPOCH: Final = 1_000
"""Messages sealed in one epoch until a new session replaces the KEM ratchet's step (Spec: SE-12)."""

RENEW_AGE: Final = 7 * DAY
"""How long (ms) we go on in a chain that no answer heals: a thief of its keys reads along (Spec: SE-12)."""

KEPT_FOR: Final = 30 * DAY
"""How long a retired session is kept (ms): as long as a relay keeps messages of it (Spec: SE-6)."""


@final
@dataclass(frozen=True, slots=True)
class Held:
    """A session as its book holds it."""

    session: Session
    retired_at: Instant | None = None
    """When it stopped being current; `None` for the current one."""

    worn: bool = False
    """Whether the current one is to be replaced as soon as possible."""

    @property
    def session_id(self) -> SessionId:
        """The session's id."""
        return self.session.origin.session_id


@final
@dataclass(frozen=True, slots=True)
class Book:
    """Sessions with one peer device, highest first; the first is current and seals (Spec: SE-2).

    A book is nothing but its entries: give those that a store holds to `Book.of`.
    """

    entries: tuple[Held, ...] = ()

    @classmethod
    def of(cls, entries: list[Held]) -> "Book":
        """Return the book of entries in any order."""
        return cls(tuple(sorted(entries, key=lambda held: held.session.origin.rank)))

    @property
    def current(self) -> Session | None:
        """The session that seals, if there is any."""
        return self.entries[0].session if self.entries else None


@final
@dataclass(frozen=True, slots=True)
class BookChanges:
    """What a store writes and deletes after a step; with a session go its rows of skipped keys."""

    saved: tuple[Held, ...]
    deleted: tuple[SessionId, ...]


def changes(before: Book, after: Book) -> BookChanges:
    """Return what differs between a book and what a step made of it."""
    kept = {held.session_id for held in after.entries}
    return BookChanges(
        saved=tuple(held for held in after.entries if not any(held is other for other in before.entries)),
        deleted=tuple(held.session_id for held in before.entries if held.session_id not in kept),
    )


def needs_new_session(book: Book, now: Instant) -> bool:
    """Whether the next message needs an initiation first.

    So it does where nothing may be sealed, and where the session has not healed for too long.

    Spec: RT-8, SE-4, SE-6, SE-12.
    """
    return not may_seal(book, now) or _is_stale(book.entries[0].session, now)


def may_seal(book: Book, now: Instant) -> bool:
    """Whether the current session may go on where a new one cannot be had.

    None may that is worn, at its end or stillborn: the peer would not open what it seals.

    Spec: RT-8, SE-4, SE-6, SE-12.
    """
    if not book.entries:
        return False
    current = book.entries[0]
    ratchet = current.session.ratchet
    left = ratchet.sending.number < MAX_CHAIN and ratchet.epoch_sending.number < MAX_CHAIN
    return left and not current.worn and not is_stillborn(current, now)


def _is_stale(session: Session, now: Instant) -> bool:
    """Whether a session has not healed for so long that a new one is to heal it (Spec: KR-9, SE-12)."""
    ratchet = session.ratchet
    sealed = ratchet.sending.number
    if sealed >= RENEW_AFTER or ratchet.epoch_sending.number >= RENEW_AFTER_EPOCH:
        return True
    if ratchet.machine.epochs.failures >= MAX_FAILURES:
        return True
    healed_at = session.origin.opened_at if isinstance(session, Unanswered) else session.healed_at
    return sealed > 0 and abs(now - healed_at) > RENEW_AGE


def is_stillborn(held: Held, now: Instant) -> bool:
    """Whether no peer accepts this session of ours: our clock was far ahead when it began (Spec: SE-6)."""
    future = held.session.origin.opened_at > after(now, CLOCK_TOLERANCE)
    return future and isinstance(held.session, Unanswered)


def wear_out(book: Book) -> Book:
    """Mark the current session to be replaced, until another is current (Spec: SE-4, SE-8)."""
    if not book.entries:
        return book
    current, *earlier = book.entries
    return Book((replace(current, worn=True), *earlier))


def opening_instant(book: Book, now: Instant) -> Instant:
    """Return the instant for a new session: `now`, raised above all that a peer may hold (Spec: HS-8)."""
    live = (held for held in book.entries if not is_stillborn(held, now))
    return max([now, *(after(held.session.origin.opened_at, 1) for held in live)])


def enter(book: Book, session: Session, now: Instant) -> Book:
    """Add a new session at its rank; whatever stops being current is retired now (Spec: SE-2, SE-4, SE-6)."""
    live = [held for held in expire(book, now).entries if not is_stillborn(held, now)]
    ranked = Book.of([*live, Held(session)])
    current, *others = ranked.entries
    current = Held(current.session, None, current.worn)
    earlier = (held if held.retired_at is not None else Held(held.session, now) for held in others)
    return Book((current, *tuple(earlier)[:MAX_EARLIER]))


def update(book: Book, place: int, session: Session) -> Book:
    """Put the next state of the session at `place`."""
    held = book.entries[place]
    stepped = Held(session, held.retired_at, held.worn)
    return Book((*book.entries[:place], stepped, *book.entries[place + 1 :]))


def expire(book: Book, now: Instant) -> Book:
    """Return the book without the sessions that were retired too long ago (Spec: SE-6)."""
    kept = tuple(
        held for held in book.entries if held.retired_at is None or abs(now - held.retired_at) <= KEPT_FOR
    )
    return book if len(kept) == len(book.entries) else Book(kept)

"""The book: which session is current, which are kept, and for how long."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securemsg.ids import SessionId
from securemsg.instant import DAY, Instant
from securemsg.ratchet.errors import SessionExhausted
from securemsg.ratchet.state import MAX_CHAIN
from securemsg.session.book import (
    MAX_EARLIER,
    Book,
    Held,
    changes,
    enter,
    expire,
    needs_new_session,
    opening_instant,
    update,
    wear_out,
)
from securemsg.session.errors import NoSession
from securemsg.session.sending import seal
from securemsg.session.states import Confirmed, Origin
from securemsg.wire.messages.opening import KemKind
from tests.ratchet.changed import changed
from tests.ratchet.parties import NOW, acquainted
from tests.session.people import pair
from tests.support.entropy import SeededEntropy

RATCHET = acquainted()[0].active


def session(opened_at: int, name: int = 0) -> Confirmed:
    """Return a session of this instant whose id sorts as `name`."""
    session_id = SessionId(name.to_bytes(32, "big"))
    return Confirmed(Origin(session_id, Instant(opened_at), KemKind.ONE_TIME, b""), RATCHET, NOW)


def names(book: Book) -> list[tuple[int, int]]:
    """Return (opened_at, name) in the order of the book."""
    origins = [held.session.origin for held in book.entries]
    return [(origin.opened_at, int.from_bytes(origin.session_id, "big")) for origin in origins]


marks = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9)), unique=True, max_size=MAX_EARLIER + 1)


@given(marks.flatmap(lambda drawn: st.tuples(st.just(drawn), st.permutations(drawn))))
def test_any_order_of_arrival_gives_the_same_order_of_sessions(
    orders: tuple[list[tuple[int, int]], list[tuple[int, int]]],
) -> None:
    """SE-2: the later instant first, of equal ones the lower id."""
    book = other = Book()
    arrivals, shuffled = orders
    for opened_at, name in arrivals:
        book = enter(book, session(opened_at, name), NOW)
    for opened_at, name in shuffled:
        other = enter(other, session(opened_at, name), NOW)
    assert names(book) == names(other) == sorted(arrivals, key=lambda mark: (-mark[0], mark[1]))


def test_the_current_session_is_the_only_one_that_is_not_retired() -> None:
    """SE-6: the time runs from when a session stopped being current, or came in below."""
    book = enter(Book(), session(5), Instant(10))
    book = enter(book, session(7), Instant(20))
    book = enter(book, session(6), Instant(30))
    assert names(book) == [(7, 0), (6, 0), (5, 0)]
    assert [held.retired_at for held in book.entries] == [None, 30, 20]


def test_eight_sessions_are_kept_besides_the_current_one() -> None:
    """SE-6: the highest; a session below all of them does not come in."""
    book = Book()
    for opened_at in range(1, 15):
        book = enter(book, session(opened_at, opened_at), NOW)
    assert [opened_at for opened_at, _ in names(book)] == list(range(14, 5, -1))
    assert names(enter(book, session(0, 99), NOW)) == names(book)


def test_a_retired_session_is_kept_for_thirty_days() -> None:
    """SE-6: and the current one for as long as it is current."""
    book = enter(enter(Book(), session(1, 1), NOW), session(2, 2), NOW)
    assert expire(book, Instant(NOW + 30 * DAY)) is book
    assert names(expire(book, Instant(NOW + 30 * DAY + 1))) == [(2, 2)]
    assert names(expire(Book(book.entries[:1]), Instant(NOW + 3_000 * DAY))) == [(2, 2)]


def test_a_new_session_is_opened_after_every_one_that_is_known() -> None:
    """HS-8, SE-4: also when our clock is behind the peer's."""
    assert opening_instant(Book(), NOW) == NOW
    book = enter(enter(Book(), session(NOW + 5, 1), NOW), session(3, 2), NOW)
    assert opening_instant(book, NOW) == NOW + 6
    assert opening_instant(book, Instant(NOW + 9)) == NOW + 9


def test_a_store_is_told_what_changed_and_nothing_else() -> None:
    """ST-8."""
    before = enter(enter(Book(), session(1, 1), NOW), session(2, 2), NOW)
    assert not changes(before, before).saved
    assert not changes(before, before).deleted
    stepped = update(before, 1, session(1, 1))
    assert changes(before, stepped).saved == (stepped.entries[1],)
    entered = enter(before, session(3, 3), NOW)
    assert [held.session_id[-1] for held in changes(before, entered).saved] == [3, 2]
    assert changes(before, Book(before.entries[:1])).deleted == (before.entries[1].session_id,)


def test_a_session_is_needed_when_there_is_none_or_it_is_worn_or_at_its_end() -> None:
    """S06, RT-8: the caller sees it before sealing fails."""
    full = changed(RATCHET, sending=RATCHET.sending._replace(number=MAX_CHAIN))
    at_its_end = Book((Held(replace(session(1), ratchet=full)),))
    with pytest.raises(SessionExhausted):
        seal(at_its_end, b"x", SeededEntropy())
    assert needs_new_session(at_its_end, NOW)
    assert needs_new_session(Book(), NOW)
    assert wear_out(Book()) == Book()
    book = enter(Book(), session(1), NOW)
    assert not needs_new_session(book, NOW)
    worn = wear_out(book)
    assert needs_new_session(worn, NOW)
    assert needs_new_session(update(worn, 0, session(1)), NOW)


def test_the_mark_of_a_worn_session_goes_when_another_is_current() -> None:
    """SE-4, SE-8: whoever opened that one."""
    book = enter(wear_out(enter(Book(), session(5), NOW)), session(4, 1), NOW)
    assert needs_new_session(book, NOW)
    book = enter(book, session(6, 2), NOW)
    assert not any(held.worn for held in book.entries)


def test_an_unanswered_session_from_a_clock_far_ahead_is_given_up() -> None:
    """SE-6, R25: no peer accepts it; once our clock is right the next session takes its place."""
    ann, ben = pair()
    ann.now = Instant(NOW + 3 * DAY)
    ann.say(ben, b"from the future")
    book = ann.book(ben)
    assert not needs_new_session(book, ann.now)
    assert needs_new_session(book, NOW)
    assert opening_instant(book, NOW) == NOW
    ann.now = NOW
    assert ben.hear(ann.say(ben, b"from now")) == b"from now"
    assert len(ann.book(ben).entries) == 1


def test_without_a_session_nothing_is_sealed() -> None:
    alice, bob = pair()
    with pytest.raises(NoSession):
        seal(alice.book(bob), b"x", alice.entropy)

"""06-sessions.json against securemsg.session (SE-1..6)."""

from __future__ import annotations

from typing import Any

from securemsg.handshake.responder import unseal_opening
from securemsg.ids import SessionId
from securemsg.instant import Instant
from securemsg.ratchet.state import Active
from securemsg.session.book import Book, Held, enter, expire, opening_instant
from securemsg.session.receiving import Opened, Recipient, accept_opening
from securemsg.session.states import Confirmed, Origin
from securemsg.wire import envelope
from securemsg.wire.messages.opening import KemKind
from tests.ratchet.parties import Rows
from tests.support.entropy import SeededEntropy
from tests.vectors.people import person
from tests.vectors.reading import Vector, joined, load, one, vectors
from tests.vectors.replay import begin

SESSIONS = "06-sessions"
NOW = Instant(load(SESSIONS)["inputs"]["now"])


def held(shown: dict[str, Any]) -> Held:
    """Return a session of which only the rank matters."""
    ratchet = begin(one("05-ratchet", "conversation/both-ways")["start"])["a"]
    assert isinstance(ratchet, Active)
    identifier = joined(shown["session_id"])
    origin = Origin(SessionId(identifier), Instant(shown["opened_ms"]), KemKind.ONE_TIME, bytes(32))
    replaced = shown.get("replaced_ms")
    session = Confirmed(origin, ratchet, healed_at=NOW)
    return Held(session, None if replaced is None else Instant(replaced))


def order(book: Book) -> list[bytes]:
    return [bytes(entry.session_id) for entry in book.entries]


@vectors(SESSIONS, "order")
def test_sessions_rank_so_whatever_order_they_came_in(vector: Vector) -> None:
    entries = [held(shown) for shown in vector["sessions"]]
    expected = [joined(name) for name in vector["ranked"]]
    assert order(Book.of(entries)) == expected
    for arrivals in (entries, entries[::-1]):
        book = Book()
        for entry in arrivals:
            book = enter(book, entry.session, NOW)
        assert order(book) == expected


@vectors(SESSIONS, "keep")
def test_a_book_keeps_these_sessions(vector: Vector) -> None:
    entries = [held(shown) for shown in vector["sessions"]]
    now, expected = Instant(vector["now"]), [joined(name) for name in vector["kept"]]
    if vector["id"] == "keep/eight":
        book = Book()
        for entry in entries:
            book = enter(book, entry.session, now)
        assert order(book) == expected
    else:
        assert order(expire(Book.of(entries), now)) == expected


@vectors(SESSIONS, "time")
def test_a_session_opened_now_is_the_newest(vector: Vector) -> None:
    book = Book.of([held(shown) for shown in vector["sessions"]])
    assert opening_instant(book, Instant(vector["now"])) == vector["opened_ms"]


def arrive(who: str, book: Book, raw: bytes) -> Opened:
    device, privates = person(who, SESSIONS)
    opening = envelope.decode(raw)
    assert isinstance(opening, envelope.Opening)
    opened = unseal_opening(opening, privates.sealing)
    recipient = Recipient(device, privates, lambda _session: Rows())
    return accept_opening(book, opened, recipient, NOW, SeededEntropy())


@vectors(SESSIONS, "arrivals")
def test_a_second_opening_becomes_current_and_a_late_one_joins_below(vector: Vector) -> None:
    for names, expected in ((("first", "second"), "in_order"), (("second", "first"), "out_of_order")):
        book, current = Book(), []
        for name in names:
            opened = arrive("bob", book, joined(vector["messages"][name]["envelope"]))
            assert opened.content == joined(vector["messages"][name]["content"])
            book = opened.book
            current.append(order(book)[0])
        assert current == [joined(name) for name in vector[expected]]


@vectors(SESSIONS, "glare")
def test_openings_that_cross_leave_both_with_the_same_order(vector: Vector) -> None:
    """SE-3: Alice holds her own session when Bob's opening arrives."""
    second = one(SESSIONS, "arrivals/second")
    for name in ("first", "second"):
        own = Book.of([held(second["messages"][name])])
        opened = arrive("alice", own, joined(vector["from_b"]["envelope"]))
        assert opened.content == joined(vector["from_b"]["content"])
        assert order(opened.book) == [joined(session) for session in vector[f"ranked_with_{name}"]]

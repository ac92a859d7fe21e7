"""04-order.json and 04-repeated.json: which fault is told, and what comes again (HS-12, HS-13)."""

from __future__ import annotations

from securemsg.ratchet.state import Active
from tests.vectors.bob import Bob
from tests.vectors.reading import Vector, joined, one, vectors
from tests.vectors.shown import assert_state, seen

ORDER = "04-order"
REPEATED = "04-repeated"


@vectors(ORDER, "opening", valid=False)
def test_of_two_faults_the_first_in_the_order_of_the_steps_is_told(vector: Vector) -> None:
    Bob().assert_refuses(vector)


def with_set(vector: Vector) -> Bob:
    """Return Bob with the set of his last-resort key filled."""
    bob = Bob()
    others = {number.to_bytes(32, "big") for number in range(vector["seen_others"])}
    bob.privates.marks = {joined(mark) for mark in vector["seen"]} | others
    return bob


@vectors(ORDER, "opening_seen", valid=True)
def test_a_set_with_room_takes_one_more(vector: Vector) -> None:
    bob = with_set(vector)
    assert bob.accepts(vector).content == vector.octets("content")
    assert vector.octets("mark") in bob.privates.marks
    assert len(bob.privates.marks) == vector["seen_others"] + 1


@vectors(ORDER, "opening_seen", valid=False)
def test_an_opening_is_refused_by_the_set(vector: Vector) -> None:
    with_set(vector).assert_refuses(vector)


@vectors(REPEATED, "opened_first")
def test_the_first_opening_makes_the_session(vector: Vector) -> None:
    accepted = Bob().accepts(vector)
    assert accepted.content == vector.octets("content")
    assert accepted.session_id == vector.octets("session_id")


def after_first(vector: Vector) -> Bob:
    """Return Bob after the opening that the vector names."""
    bob = Bob()
    bob.accepts(one(vector.file, vector["first"]))
    return bob


def state_of(bob: Bob) -> Active:
    """Return the state of his one session."""
    ((session,),) = [[held.session for held in book.entries] for book in bob.books.values()]
    assert isinstance(session.ratchet, Active)
    return session.ratchet


@vectors(REPEATED, "repeated", valid=True)
def test_an_opening_of_a_known_session_is_a_message_of_it(vector: Vector) -> None:
    bob = after_first(vector)
    expected = seen(state_of(bob), bob.rows) | vector["after"]
    opened = bob.accepts(vector)
    assert opened.content == vector.octets("content")
    assert opened.session_id == one(vector.file, vector["first"]).octets("session_id")
    assert (opened.card, opened.used) == (None, None)
    assert_state(state_of(bob), bob.rows, expected)


@vectors(REPEATED, "repeated", valid=False)
def test_an_opening_of_a_known_session_is_refused_like_a_message_of_it(vector: Vector) -> None:
    after_first(vector).assert_refuses(vector)

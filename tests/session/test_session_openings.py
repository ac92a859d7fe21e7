"""How a session begins, with a real handshake."""

from dataclasses import replace

import pytest

from securemsg.errors import AuthenticationError, FrameError
from securemsg.handshake.errors import UnknownPrekey, UnknownSealingKey
from securemsg.handshake.initiator import seal_opening
from securemsg.instant import DAY, Instant
from securemsg.ratchet.errors import Replayed, Unrecognised
from securemsg.ratchet.seal import seal_message
from securemsg.session.book import Book, wear_out
from securemsg.session.receiving import open_message
from securemsg.session.sending import seal
from securemsg.session.states import Confirmed, Unanswered, has_reduced_secrecy
from securemsg.wire import envelope
from securemsg.wire.envelope import Message, Opening
from tests.session.network import refuses_with
from tests.session.people import friends, pair, person, unanswered
from tests.support.mutations import truncations


def test_every_message_is_an_opening_until_one_is_answered() -> None:
    """SE-1, SE-5: on the initiator's side only."""
    alice, bob = pair()
    first, second = alice.say(bob, b"one"), alice.say(bob, b"two")
    assert isinstance(alice.book(bob).current, Unanswered)
    assert bob.hear(first) == b"one"
    assert isinstance(bob.book(alice).current, Confirmed)
    reply = bob.say(alice, b"three")
    assert alice.hear(reply) == b"three"
    assert isinstance(alice.book(bob).current, Confirmed)
    third = alice.say(bob, b"four")
    kinds = [type(envelope.decode(data)) for data in (first, second, reply, third)]
    assert kinds == [Opening, Opening, Message, Message]
    assert [bob.hear(second), bob.hear(third)] == [b"two", b"four"]


@pytest.mark.parametrize("arriving", range(5))
def test_any_opening_of_a_session_may_be_the_first_to_arrive(arriving: int) -> None:
    """SE-5, S03: the others open as messages of the session, although its one-time key is gone."""
    alice, bob = pair()
    sent = [alice.say(bob, b"%d" % number) for number in range(5)]
    assert bob.hear(sent[arriving]) == b"%d" % arriving
    assert len(bob.privates.leaves) == 63
    for number in {0, 1, 2, 3, 4} - {arriving}:
        assert bob.hear(sent[number]) == b"%d" % number
    assert len(bob.book(alice).entries) == 1
    for data in sent:
        refuses_with(bob, data, Replayed)


def test_one_leaf_served_twice_opens_one_session() -> None:
    """K17: the second opening is refused, whoever sends it; HS-13."""
    alice, bob, carol = *pair(), person(3)
    opening = alice.say(bob, b"x")
    bob.shelf = 0
    second = carol.say(bob, b"y")
    assert bob.hear(opening) == b"x"
    caught = refuses_with(bob, second, UnknownPrekey)
    assert isinstance(caught.value, UnknownPrekey)
    assert caught.value.certificate == carol.device.certificate


def test_a_lost_one_time_key_leads_to_a_new_session_without_loss() -> None:
    """K18: the error names the device, so that its owner can be told in a session of our own (SE-8)."""
    alice, bob = pair()
    lost = alice.say(bob, b"kept by the sender until receipted")
    bob.privates.leaves.clear()
    caught = refuses_with(bob, lost, UnknownPrekey)
    assert isinstance(caught.value, UnknownPrekey)
    assert caught.value.certificate.device_id == alice.device.device_id
    bob.now = Instant(bob.now + 1)
    assert alice.hear(bob.say(alice, b"report")) == b"report"
    again = alice.say(bob, b"kept by the sender until receipted")
    assert isinstance(envelope.decode(again), Message)
    assert bob.hear(again) == b"kept by the sender until receipted"


def test_a_dead_signed_prekey_is_unknown() -> None:
    """K18, HS-12."""
    alice, bob = pair()
    opening = alice.say(bob, b"x")
    bob.privates.dead = True
    refuses_with(bob, opening, UnknownPrekey)


def test_without_leaves_secrecy_is_reduced_until_both_sides_have_stepped() -> None:
    """K16, HS-6: marked on both sides."""
    alice, bob = pair()
    alice.begin(bob, leaf=False)
    bob.hear(alice.say(bob, b"one"))

    def marks() -> list[bool]:
        sessions = [alice.book(bob).current, bob.book(alice).current]
        return [session is not None and has_reduced_secrecy(session) for session in sessions]

    assert marks() == [True, True]
    alice.hear(bob.say(alice, b"two"))
    assert marks() == [False, True]
    bob.hear(alice.say(bob, b"three"))
    assert marks() == [False, False]


def test_with_a_leaf_secrecy_is_never_reduced() -> None:
    alice, bob = pair()
    alice.begin(bob)
    session = alice.book(bob).current
    assert session is not None
    assert not has_reduced_secrecy(session)


def test_a_replayed_opening_to_a_last_resort_key_is_refused_without_its_session_too() -> None:
    """HS-13: by the session while it is kept, then by the set that never forgets."""
    alice, bob = pair()
    alice.begin(bob, leaf=False)
    opening = alice.say(bob, b"x")
    bob.hear(opening)
    refuses_with(bob, opening, Replayed)
    bob.books.clear()
    refuses_with(bob, opening, AuthenticationError)


def test_nothing_changes_until_the_message_inside_authenticates() -> None:
    """HS-12, S08: an opening made anew around a damaged message, and around one of another session."""
    alice, bob = pair()
    alice.begin(bob)
    session = unanswered(alice, bob)
    _, sealed = seal_message(session.ratchet, b"x", alice.entropy)
    message = envelope.decode(sealed)
    assert isinstance(message, Message)
    stranger, _ = friends()
    foreign = envelope.decode(stranger.say(bob, b"x"))
    assert isinstance(foreign, Message)
    faults = [
        (message._replace(body=bytes(1_040)), AuthenticationError),
        (message._replace(sealed_header=bytes(80)), Unrecognised),
        (foreign, Unrecognised),
    ]
    for inner, error in faults:
        encoded = envelope.encode(inner)
        refuses_with(bob, seal_opening(session.material, encoded), error)
    genuine = seal_opening(session.material, sealed)
    assert bob.hear(genuine) == b"x"


def test_an_opening_holds_one_whole_message_envelope() -> None:
    """E02: cut at any place, or another opening, or nothing."""
    alice, bob = pair()
    alice.begin(bob)
    session = unanswered(alice, bob)
    _, encoded = seal_message(session.ratchet, b"x", alice.entropy)
    opening = seal_opening(session.material, encoded)
    for inner in [*list(truncations(encoded))[::97], encoded + b"\0", opening]:
        refuses_with(bob, seal_opening(session.material, inner), FrameError)


def test_an_opening_with_another_certificate_opens_nothing() -> None:
    """K24: the transcript holds the initiator's certificate, so that nobody else's fits."""
    alice, bob, carol = *pair(), person(3)
    alice.begin(bob)
    session = unanswered(alice, bob)
    _, encoded = seal_message(session.ratchet, b"x", alice.entropy)
    forged = replace(session.material, certificate=carol.device.certificate.encoded)
    refuses_with(bob, seal_opening(forged, encoded), Unrecognised)


def test_a_session_from_the_far_future_is_refused() -> None:
    """SE-6: more than a day ahead of our clock it could never be replaced."""
    for ahead, accepted in ((DAY, True), (DAY + 1, False)):
        alice, bob = pair()
        alice.now = Instant(bob.now + ahead)
        opening = alice.say(bob, b"x")
        if accepted:
            assert bob.hear(opening) == b"x"
        else:
            refuses_with(bob, opening, AuthenticationError)


def test_a_second_opening_of_a_peer_becomes_current_and_the_first_still_opens() -> None:
    """SE-4: the peer was asked to renew."""
    alice, bob = friends()
    late = alice.say(bob, b"late")
    alice.keep(bob.device.device_id, wear_out(alice.book(bob)))
    renewed = alice.say(bob, b"renewed")
    assert isinstance(envelope.decode(renewed), Opening)
    assert bob.hear(renewed) == b"renewed"
    assert bob.hear(late) == b"late"
    assert alice.book(bob).entries[0].session_id == bob.book(alice).entries[0].session_id
    assert alice.hear(bob.say(alice, b"answer")) == b"answer"
    assert isinstance(alice.book(bob).current, Confirmed)


def test_a_late_older_opening_joins_below_and_opens_its_message() -> None:
    """SE-4."""
    alice, bob = pair()
    older = alice.say(bob, b"older")
    alice.keep(bob.device.device_id, wear_out(alice.book(bob)))
    newer = alice.say(bob, b"newer")
    assert [bob.hear(newer), bob.hear(older)] == [b"newer", b"older"]
    assert bob.book(alice).entries[0].session_id == alice.book(bob).entries[0].session_id
    assert len(bob.book(alice).entries) == 2


def test_a_peer_that_lost_everything_is_heard_again() -> None:
    """SE-4, SE-7: its new opening replaces what it has forgotten."""
    alice, bob = friends()
    unreadable = alice.say(bob, b"to a session that is gone")
    bob.books.clear()
    refuses_with(bob, unreadable, Unrecognised)
    bob.now = Instant(bob.now + 1)
    assert alice.hear(bob.say(alice, b"I am back")) == b"I am back"
    assert bob.hear(alice.say(bob, b"welcome")) == b"welcome"


def test_an_opening_below_all_that_are_kept_gives_its_message_and_is_not_kept() -> None:
    """SE-6."""
    alice, bob = pair()
    alice.say(bob, b"lost")
    oldest = alice.say(bob, b"oldest")
    session_id = alice.book(bob).entries[0].session_id
    for _ in range(9):
        alice.keep(bob.device.device_id, wear_out(alice.book(bob)))
        bob.hear(alice.say(bob, b"x"))
    kept = [held.session_id for held in bob.book(alice).entries]
    assert bob.hear(oldest) == b"oldest"
    assert [held.session_id for held in bob.book(alice).entries] == kept
    assert not bob.rows[session_id]


def test_a_session_retired_too_long_ago_opens_nothing() -> None:
    """SE-6: also where the store has not forgotten it yet."""
    alice, bob = friends()
    late = alice.say(bob, b"late")
    alice.keep(bob.device.device_id, wear_out(alice.book(bob)))
    bob.hear(alice.say(bob, b"renewed"))
    bob.now = Instant(bob.now + 30 * DAY + 1)
    refuses_with(bob, late, Unrecognised)


def test_an_envelope_that_comes_back_is_refused() -> None:
    """K23, SE-11: neither a message nor an opening is taken for the peer's."""
    alice, bob = pair()
    refuses_with(alice, alice.say(bob, b"x"), UnknownSealingKey)
    alice, bob = friends()
    refuses_with(alice, alice.say(bob, b"x"), Unrecognised)
    refuses_with(bob, bob.say(alice, b"x"), Unrecognised)


def test_a_message_of_one_session_does_not_open_in_another() -> None:
    """K25, SE-11: between the same two people as well."""
    alice, bob = friends()
    _, other_bob = friends()
    message = alice.say(bob, b"x")
    refuses_with(other_bob, message, Unrecognised)
    alice.keep(bob.device.device_id, wear_out(alice.book(bob)))
    bob.hear(alice.say(bob, b"y"))
    bob.books[alice.device.device_id] = Book(bob.book(alice).entries[:1])
    refuses_with(bob, message, Unrecognised)


def test_nothing_that_prints_shows_content_or_keys() -> None:
    """I7: of a book, of what opening yields, and of what sealing yields."""
    alice, bob = friends()
    sealed = seal(alice.book(bob), b"very secret", alice.entropy)
    message = envelope.decode(sealed.envelope)
    assert isinstance(message, Message)
    opened = open_message(bob.book(alice), message, bob.rows.__getitem__, bob.now, bob.entropy)
    assert opened.content == b"very secret"
    root = repr(opened.book.entries[0].session.ratchet.turn.root.expose())[2:-1]
    for shown in (repr(sealed), repr(opened)):
        assert "very secret" not in shown
        assert root not in shown

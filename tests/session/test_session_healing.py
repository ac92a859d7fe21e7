"""When a session is to be replaced by a new one: it does not heal, or something in it is broken (SE-12)."""

from dataclasses import replace

import pytest

from securemsg.errors import RemoteError
from securemsg.ids import SessionId
from securemsg.instant import DAY, Instant
from securemsg.ratchet.codewords import Coded
from securemsg.ratchet.errors import Replayed, TooManySkipped
from securemsg.ratchet.kem_states import MAX_FAILURES, SendCt, SendEk, WaitCt
from securemsg.ratchet.state import MAX_CHAIN, Active
from securemsg.session.book import (
    RENEW_AFTER,
    RENEW_AFTER_EPOCH,
    RENEW_AGE,
    Book,
    enter,
    may_seal,
    needs_new_session,
    update,
    wear_out,
)
from securemsg.session.records import decode_session, encode_session
from securemsg.session.states import Confirmed
from securemsg.wire.envelope import Opening, decode
from tests.ratchet.changed import changed
from tests.ratchet.parties import NOW, SIZES, Rows
from tests.session.network import refuses_with
from tests.session.people import Person, friends, pair


def current(someone: Person, peer: Person) -> Confirmed:
    """Return the current session, which was answered."""
    session = someone.book(peer).current
    assert isinstance(session, Confirmed)
    return session


def with_ratchet(someone: Person, peer: Person, ratchet: Active) -> Book:
    """Return the book with another state in its current session."""
    session = replace(current(someone, peer), ratchet=ratchet)
    return update(someone.book(peer), 0, session)


def sealed_before(someone: Person, peer: Person, *, ec: int = 1, kem: int = 1) -> Book:
    """Return the book as after so many messages of each chain."""
    ratchet = current(someone, peer).ratchet
    return with_ratchet(
        someone,
        peer,
        changed(
            ratchet,
            sending=ratchet.sending._replace(number=ec),
            epoch_sending=ratchet.epoch_sending._replace(number=kem),
        ),
    )


def test_the_limits_are_those_of_the_specification() -> None:
    """SE-12."""
    assert (RENEW_AFTER, RENEW_AFTER_EPOCH, RENEW_AGE) == (1_000, 1_000, 7 * DAY)


@pytest.mark.parametrize(("ec", "kem"), [(RENEW_AFTER, 1), (1, RENEW_AFTER_EPOCH)])
def test_a_chain_that_nobody_answers_asks_for_a_new_session(ec: int, kem: int) -> None:
    """SE-12: of either ratchet; one message before it does not, and without a new one sealing goes on."""
    alice, bob = friends()
    before = sealed_before(alice, bob, ec=min(ec, RENEW_AFTER - 1), kem=min(kem, RENEW_AFTER_EPOCH - 1))
    assert not needs_new_session(before, alice.now)
    book = sealed_before(alice, bob, ec=ec, kem=kem)
    assert needs_new_session(book, alice.now)
    assert may_seal(book, alice.now)


@pytest.mark.parametrize(("ec", "kem"), [(MAX_CHAIN, 1), (1, MAX_CHAIN)])
def test_at_the_end_of_a_chain_nothing_may_be_sealed(ec: int, kem: int) -> None:
    """RT-8, S06: of either ratchet."""
    alice, bob = friends()
    assert may_seal(sealed_before(alice, bob, ec=ec - 1, kem=kem - 1 or 1), alice.now)
    assert not may_seal(sealed_before(alice, bob, ec=ec, kem=kem), alice.now)


def test_a_session_that_did_not_turn_for_a_week_asks_for_a_new_one() -> None:
    """SE-12: where something was sealed since; the time runs from the last turn."""
    alice, bob = friends()
    book = sealed_before(alice, bob)
    assert not needs_new_session(book, Instant(NOW + RENEW_AGE))
    assert needs_new_session(book, Instant(NOW + RENEW_AGE + 1))
    assert may_seal(book, Instant(NOW + RENEW_AGE + 1))
    silent = sealed_before(alice, bob, ec=0)
    assert not needs_new_session(silent, Instant(NOW + RENEW_AGE + 1))


def test_a_turn_is_what_heals_a_session() -> None:
    """SE-12: not a message of the same chain, and not one that comes late."""
    alice, bob = friends()
    late = bob.say(alice, b"late")
    alice.now = Instant(NOW + 5)
    alice.hear(bob.say(alice, b"in the chain that she has heard of"))
    assert current(alice, bob).healed_at == NOW
    bob.hear(alice.say(bob, b"a turn"))
    alice.hear(bob.say(alice, b"and back"))
    assert current(alice, bob).healed_at == NOW + 5
    alice.now = Instant(NOW + 9)
    alice.hear(late)
    assert current(alice, bob).healed_at == NOW + 5
    assert decode_session(encode_session(alice.book(bob).entries[0])) == alice.book(bob).entries[0]


def test_a_session_that_nobody_answered_is_renewed_like_every_other() -> None:
    """SE-12: by its age, and before a thousand messages are lost that nothing could skip."""
    alice, bob = pair()
    alice.say(bob, b"x")
    assert not needs_new_session(alice.book(bob), Instant(NOW + 7 * DAY))
    assert needs_new_session(alice.book(bob), Instant(NOW + 7 * DAY + 1))
    for _ in range(RENEW_AFTER - 1):
        alice.say(bob, b"lost")
    first = alice.book(bob).current
    alice.now = Instant(alice.now + 1)
    assert bob.hear(alice.say(bob, b"in a second session")) == b"in a second session"
    assert alice.book(bob).current is not first


def test_a_clock_that_was_wrong_forbids_no_renewal() -> None:
    """SE-12: a step dated in the future is as old as one as far in the past."""
    alice, bob = friends()
    bob.hear(alice.say(bob, b"x"))
    alice.now = Instant(NOW + 400 * DAY)
    alice.hear(bob.say(alice, b"x"))
    alice.say(bob, b"y")
    assert not needs_new_session(alice.book(bob), alice.now)
    assert needs_new_session(alice.book(bob), NOW)


def test_a_session_that_is_current_again_was_never_retired() -> None:
    """SE-6: it expires no more, can wear out, and its record can be read."""
    alice, bob = friends()
    settled = current(alice, bob)
    origin = replace(settled.origin, session_id=SessionId(b"z" * 32), opened_at=Instant(NOW - DAY))
    alice.now = Instant(NOW + 10 * DAY)
    alice.begin(bob)
    assert alice.book(bob).entries[1].retired_at == alice.now
    book = enter(alice.book(bob), replace(settled, origin=origin), Instant(NOW + 1))
    assert book.current is settled
    assert book.entries[0].retired_at is None
    worn = wear_out(book)
    assert decode_session(encode_session(worn.entries[0])).worn


def offer_badly(sender: Person, receiver: Person) -> bytes:
    """Let somebody offer a key or ciphertext with a bad tag; return the envelope with all of it."""
    session = current(sender, receiver)
    machine = session.ratchet.machine
    assert isinstance(machine, (SendEk, SendCt))
    bad = Coded(machine.coded.value[:-1] + bytes((machine.coded.value[-1] ^ 1,)))
    damaged = changed(session.ratchet, machine=replace(machine, coded=bad))
    held = sender.book(receiver).entries[0]
    sender.keep(
        receiver.device.device_id,
        Book((replace(held, session=replace(session, ratchet=damaged)), *sender.book(receiver).entries[1:])),
    )
    return sender.say(receiver, b"." * SIZES[4])


def until_offering(sender: Person, receiver: Person) -> None:
    """Let the two speak until `sender` has something to offer that `receiver` waits for."""
    for _ in range(9):
        machine = current(sender, receiver).ratchet.machine
        waits = not isinstance(current(receiver, sender).ratchet.machine, SendCt)
        if isinstance(machine, (SendEk, SendCt)) and waits:
            return
        receiver.hear(sender.say(receiver, b"." * SIZES[4]))
        sender.hear(receiver.say(sender, b"." * SIZES[4]))
    raise AssertionError("never")


def test_after_the_third_bad_tag_a_session_is_to_be_replaced() -> None:
    """S12, KR-9, SE-12: all three contents are opened, and the next message begins a new session."""
    alice, bob = friends()
    for failures in range(1, MAX_FAILURES + 1):
        until_offering(alice, bob)
        assert not needs_new_session(bob.book(alice), bob.now)
        assert bob.hear(offer_badly(alice, bob)) == b"." * SIZES[4]
        assert current(bob, alice).ratchet.machine.epochs.failures == failures
        assert isinstance(alice.book(bob).current, Confirmed)
        if failures < MAX_FAILURES:
            _mend(alice, bob)
    assert needs_new_session(bob.book(alice), bob.now)
    assert may_seal(bob.book(alice), bob.now)
    bob.now = Instant(bob.now + 1)
    renewed = bob.say(alice, b"in a new session")
    assert isinstance(decode(renewed), Opening)
    assert alice.hear(renewed) == b"in a new session"
    assert current(alice, bob).ratchet.machine.epochs.failures == 0
    assert not any(held.worn for held in bob.book(alice).entries)


def _mend(someone: Person, peer: Person) -> None:
    """Give the tag back that was damaged, so that the epoch can complete."""
    session = current(someone, peer)
    machine = session.ratchet.machine
    assert isinstance(machine, (SendEk, SendCt))
    value = machine.coded.value[:-1] + bytes((machine.coded.value[-1] ^ 1,))
    ratchet = changed(session.ratchet, machine=replace(machine, coded=Coded(value)))
    someone.keep(peer.device.device_id, with_ratchet(someone, peer, ratchet))


@pytest.mark.parametrize("renewer", [0, 1])
def test_a_copy_from_before_an_epoch_is_stuck_until_either_side_begins_a_new_session(renewer: int) -> None:
    """R01, section 9: although the EC ratchet would go on; what is refused leaves no trace."""
    people = friends()
    alice, bob = people
    while not isinstance(current(bob, alice).ratchet.machine, SendCt):
        bob.hear(alice.say(bob, b"." * SIZES[4]))
    alice.hear(bob.say(alice, b"." * SIZES[0]))
    copy, session_id = alice.book(bob).entries[0], alice.book(bob).entries[0].session_id
    rows = Rows(alice.rows[session_id])
    alice.hear(bob.say(alice, b"." * SIZES[4]))
    bob.hear(alice.say(bob, b"in the epoch that the copy does not know"))
    alice.books[bob.device.device_id], alice.rows[session_id] = Book.of([copy]), rows
    refuses_with(bob, alice.say(bob, b"from the copy"), Replayed)
    refuses_with(alice, bob.say(alice, b"to the copy"), TooManySkipped)
    for person in people:
        person.now = Instant(person.now + 1)
    first, second = people[renewer], people[1 - renewer]
    first.begin(second)
    assert second.hear(first.say(second, b"new")) == b"new"
    assert first.hear(second.say(first, b"answer")) == b"answer"
    assert second.hear(first.say(second, b"and on")) == b"and on"


def test_a_machine_that_waits_is_not_worn_by_what_it_ignores() -> None:
    """KR-7: fillers and repeats are no failures."""
    alice, bob = friends()
    until_offering(alice, bob)
    envelope = alice.say(bob, b"." * SIZES[4])
    bob.hear(envelope)
    with pytest.raises(RemoteError):
        bob.hear(envelope)
    assert current(bob, alice).ratchet.machine.epochs.failures == 0
    assert not isinstance(current(bob, alice).ratchet.machine, WaitCt)

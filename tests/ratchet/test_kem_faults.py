"""What the KEM ratchet does with keys, tags and codewords that are not what they should be."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from securemsg.crypto.kem import PUBLIC_WIDTH
from securemsg.errors import AuthenticationError
from securemsg.ratchet.codewords import FILLER, OBJECT_WIDTH, Coded, codeword
from securemsg.ratchet.epochs import key_tag
from securemsg.ratchet.kem_states import MAX_FAILURES, SendCt, SendEk, WaitCt, WaitEk
from securemsg.ratchet.state import Active
from securemsg.wire.padding import pad
from tests.ratchet.changed import changed
from tests.ratchet.forging import forge, hand_over, header_of
from tests.ratchet.parties import SIZES, Party, parties, standing, talk, tell
from tests.ratchet.test_ratchet_messages import refuses

Damage = Callable[[bytes, Active], bytes]


def wrong_tag(value: bytes, _: Active) -> bytes:
    """Change the last bit of the tag."""
    return value[:-1] + bytes((value[-1] ^ 1,))


def wrong_key(value: bytes, _: Active) -> bytes:
    """Change what the tag is about."""
    return bytes((value[0] ^ 1,)) + value[1:]


def nothing_right(value: bytes, _: Active) -> bytes:
    """Give bytes of this length."""
    return bytes(len(value))


def impossible_key(value: bytes, state: Active) -> bytes:
    """Return a key with coefficients that do not exist, under the tag that it would have."""
    key = b"\xff" * PUBLIC_WIDTH
    assert len(value) == OBJECT_WIDTH
    return key + key_tag(state.machine.epochs.authenticator, state.binding.session_id, 1, key)


DAMAGES = (wrong_tag, wrong_key, nothing_right)


def offered(party: Party) -> bytes:
    """Return the object that a side sends."""
    machine = party.active.machine
    assert isinstance(machine, (SendEk, SendCt))
    return machine.coded.value


def all_of(value: bytes) -> bytes:
    """Return the first four codewords of an object."""
    return b"".join(codeword(value, index) for index in range(4))


@pytest.mark.parametrize("damage", [*DAMAGES, impossible_key])
def test_a_bad_key_is_counted_and_dropped_and_messages_go_on(damage: Damage) -> None:
    """S12, KR-9, K08: the message that carried it is opened; the next four good codewords complete."""
    initiator, responder = parties()
    bad = damage(offered(initiator), initiator.active)
    assert hand_over(initiator, responder, all_of(bad)) == b"." * SIZES[4]
    machine = responder.active.machine
    assert isinstance(machine, WaitEk)
    assert (machine.symbols, machine.epochs.failures, machine.epochs.installed) == ((), 1, 0)
    talk(responder, initiator, 4, 4)
    assert initiator.active.epoch_sending.epoch == responder.active.epoch_sending.epoch == 1
    assert responder.active.machine.epochs.failures == 1
    assert initiator.active.machine.epochs.failures == 0


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_bad_answer_is_counted_and_dropped_and_messages_go_on(damage: Damage) -> None:
    """S12, KR-9, K10: whether the generator had heard of an answer before, or not."""
    for heard in (0, 1):
        initiator, responder = parties()
        tell(initiator, responder, 4)
        for _ in range(heard):
            tell(responder, initiator, 1)
        bad = damage(offered(responder), responder.active)
        carried = b"".join(codeword(bad, index) for index in range(10, 14))
        assert hand_over(responder, initiator, carried) == b"." * SIZES[4]
        machine = initiator.active.machine
        assert isinstance(machine, WaitCt)
        assert (machine.symbols, machine.epochs.failures, machine.epochs.installed) == ((), 1, 0)
        talk(initiator, responder, 4, 4)
        assert initiator.active.epoch_receiving.epoch == responder.active.epoch_receiving.epoch == 1
        assert initiator.active.machine.epochs.failures == 1


def test_one_bad_codeword_among_four_good_ones_is_caught_by_the_tag() -> None:
    """S12: and costs one round of them."""
    initiator, responder = parties()
    value = offered(initiator)
    hand_over(initiator, responder, codeword(wrong_key(value, initiator.active), 0) + codeword(value, 1))
    hand_over(initiator, responder, codeword(value, 2) + codeword(value, 3))
    assert standing(responder) == ("WaitEk", 0)
    assert responder.active.machine.epochs.failures == 1
    hand_over(initiator, responder, all_of(value))
    assert standing(responder) == ("SendCt", 1)


def test_failures_are_counted_over_all_epochs_and_stop_no_message() -> None:
    """KR-9: the third marks the session (`book.update`); until another is there this one goes on."""
    initiator, responder = parties()
    for failures in range(1, MAX_FAILURES + 1):
        bad = wrong_tag(offered(initiator), initiator.active)
        hand_over(initiator, responder, all_of(bad))
        assert responder.active.machine.epochs.failures == failures
        talk(responder, initiator, 4, 7)
        assert isinstance(initiator.active.machine, SendEk)
    assert MAX_FAILURES == 3
    hand_over(initiator, responder, all_of(wrong_tag(offered(initiator), initiator.active)))
    talk(responder, initiator, 4, 6)
    assert responder.active.machine.epochs.installed >= 2 * MAX_FAILURES
    assert responder.active.machine.epochs.failures == MAX_FAILURES


def test_a_bad_tag_with_a_state_that_was_damaged_stops_no_message() -> None:
    """KR-9: the authenticators differ, so that every epoch fails; content goes on in epoch 0."""
    initiator, responder = parties()
    tell(initiator, responder, 0)
    machine = responder.active.machine
    damaged = replace(machine.epochs, authenticator=type(machine.epochs.authenticator)(bytes(32)))
    state = responder.active
    responder.state = changed(state, machine=replace(machine, epochs=damaged))
    for _ in range(10):
        tell(initiator, responder, 4)
        tell(responder, initiator, 4)
    assert responder.active.machine.epochs.installed == 0
    assert responder.active.machine.epochs.failures >= MAX_FAILURES


def test_a_filler_of_the_generator_is_a_failure() -> None:
    """KR-9: it always has a key to offer; who withholds it holds the KEM ratchet still."""
    initiator, responder = parties()
    hand_over(initiator, responder, codeword(offered(initiator), 0) * 2)
    hand_over(initiator, responder, FILLER + codeword(offered(initiator), 1))
    machine = responder.active.machine
    assert isinstance(machine, WaitEk)
    assert (machine.symbols, machine.epochs.failures) == ((), 1)


def test_fillers_of_the_encapsulator_bring_nothing() -> None:
    """KR-6: it has nothing to send before it has the key."""
    initiator, responder = parties()
    hand_over(initiator, responder, codeword(offered(initiator), 0) * 2)
    before = initiator.active.machine
    hand_over(responder, initiator, FILLER * 4)
    assert initiator.active.machine is before


def test_one_forged_codeword_stops_nobody() -> None:
    """KR-8, I9: a thief of one state speaks once; epochs go on, and the forgery is counted."""
    initiator, responder = parties()
    tell(initiator, responder, 1)
    hand_over(responder, initiator, codeword(bytes(OBJECT_WIDTH), 7) * 2)
    talk(initiator, responder, 1, 60)
    assert initiator.active.machine.epochs.installed >= 3
    assert initiator.active.machine.epochs.failures == 1
    assert responder.active.machine.epochs.failures == 0


@pytest.mark.parametrize("at", [1, 200, 400])
@pytest.mark.parametrize("place", [0, 1])
def test_a_filler_that_is_not_zero_is_refused_like_a_bad_tag(place: int, at: int) -> None:
    """E23, WI-7: nothing travels where nothing should."""
    initiator, responder = acquainted_with_room()
    words = [FILLER, FILLER]
    words[place] = FILLER[:at] + b"\x01" + FILLER[at + 1 :]
    state = initiator.active
    block = pad(b"." * SIZES[2], b"".join(words))
    refuses(responder, forge(state, header_of(state), block), AuthenticationError)
    tell(initiator, responder, 2)


def acquainted_with_room() -> tuple[Party, Party]:
    """Return two parties that heard each other without a word of the machine."""
    initiator, responder = parties()
    talk(initiator, responder, 0, 2)
    return initiator, responder


def test_codewords_on_the_way_are_part_of_what_is_authenticated() -> None:
    """S12: a relay that changes one bit of one of them changes a message, which is refused."""
    initiator, responder = acquainted_with_room()
    message = initiator.seal(b"." * SIZES[4])
    for at in range(len(message.body) - 16 - 4 * 401, len(message.body), 101):
        body = message.body[:at] + bytes((message.body[at] ^ 1,)) + message.body[at + 1 :]
        refuses(responder, message._replace(body=body), AuthenticationError)
    responder.open(message)
    assert standing(responder) == ("SendCt", 1)


def test_an_offer_cannot_be_taken_for_another_epoch_or_session() -> None:
    """KR-2: the tag names both."""
    initiator, responder = parties()
    foreign, _ = parties(1)
    hand_over(initiator, responder, all_of(offered(foreign)))
    assert responder.active.machine.epochs.failures == 1
    old = offered(initiator)
    tell(initiator, responder, 4)
    talk(responder, initiator, 4, 5)
    assert standing(responder)[0] == "WaitEk"
    hand_over(initiator, responder, all_of(old))
    assert responder.active.machine.epochs.failures == 2
    assert Coded(old) != Coded(offered(initiator))

"""The KEM ratchet's machine: how an epoch comes about inside messages."""

import hashlib
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from securemsg.ratchet.codewords import CYCLE, INDICES, codeword
from securemsg.ratchet.epochs import code_digits
from securemsg.ratchet.kem_states import SendCt, SendEk, WaitCt, WaitEk
from securemsg.ratchet.kem_steps import codewords
from securemsg.ratchet.skipped import Which
from securemsg.wire.padding import slots_for
from tests.ratchet.forging import hand_over
from tests.ratchet.parties import SIZES, Party, parties, standing, talk, tell
from tests.support.entropy import SeededEntropy


def pending() -> tuple[Party, Party]:
    """Return a generator in SendEk of epoch 1 and an encapsulator in SendCt of it."""
    initiator, responder = parties()
    tell(initiator, responder, 4)
    assert (standing(initiator), standing(responder)) == (("SendEk", 0), ("SendCt", 1))
    return initiator, responder


def words_of(party: Party, *indices: int) -> bytes:
    """Return chosen codewords of what a side has to send."""
    machine = party.active.machine
    assert isinstance(machine, (SendEk, SendCt))
    return b"".join(codeword(machine.coded.value, index) for index in indices)


@pytest.mark.parametrize("slots", SIZES)
def test_the_contents_of_these_tests_leave_the_room_they_claim(slots: int) -> None:
    assert slots_for(SIZES[slots]) == slots


def test_both_sides_begin_with_epoch_0_in_use() -> None:
    """KR-1."""
    initiator, responder = parties()
    assert (standing(initiator), standing(responder)) == (("SendEk", 0), ("WaitEk", 0))
    ours, theirs = initiator.active, responder.state
    assert ours.epoch_sending.key == theirs.epoch_receiving.key
    assert ours.epoch_receiving.key == theirs.epoch_sending.key
    assert ours.epoch_sending.key != ours.epoch_receiving.key


def test_an_epoch_goes_through_every_state_in_turn() -> None:
    """KR-8: the whole circle, one codeword a message; the roles swap with each epoch."""
    initiator, responder = parties()
    circle = [[("SendEk", 0), ("WaitEk", 0)]]
    for number in range(30):
        sender, receiver = (initiator, responder) if number % 2 == 0 else (responder, initiator)
        tell(sender, receiver, 1)
        found = [standing(initiator), standing(responder)]
        if found != circle[-1]:
            circle.append(found)
    assert circle == [
        [("SendEk", 0), ("WaitEk", 0)],
        [("SendEk", 0), ("SendCt", 1)],
        [("WaitCt", 0), ("SendCt", 1)],
        [("WaitEk", 1), ("SendCt", 1)],
        [("WaitEk", 1), ("SendEk", 1)],
        [("SendCt", 2), ("SendEk", 1)],
        [("SendCt", 2), ("WaitCt", 1)],
        [("SendCt", 2), ("WaitEk", 2)],
        [("SendEk", 2), ("WaitEk", 2)],
    ]


@pytest.mark.parametrize(("slots", "messages"), [(1, 15), (2, 7), (4, 3)])
def test_an_epoch_takes_a_bounded_number_of_messages_in_ping_pong(slots: int, messages: int) -> None:
    """KR-8, section 8: until both sides are past it, and each seals in every epoch."""
    initiator, responder = parties()
    turns = itertools.cycle([(initiator, responder), (responder, initiator)])
    for epoch in range(1, 7):
        for _ in range(messages):
            assert min(party.state.epoch_sending.epoch for party in (initiator, responder)) == epoch - 1
            tell(*next(turns), slots)
        assert [party.state.epoch_sending.epoch for party in (initiator, responder)] == [epoch, epoch]


def test_messages_without_room_move_nothing() -> None:
    """KR-6, section 8."""
    initiator, responder = parties()
    talk(initiator, responder, 0, 40)
    assert (standing(initiator), standing(responder)) == (("SendEk", 0), ("WaitEk", 0))


def test_a_generator_offers_its_key_until_it_has_the_whole_answer() -> None:
    """KR-8: the first codeword of an answer is kept, and may not be the peer's."""
    initiator, responder = pending()
    tell(responder, initiator, 1)
    machine = initiator.active.machine
    assert isinstance(machine, WaitCt)
    assert [index for index, _ in machine.symbols] == [0]
    assert codewords(machine, 0, 2) == codeword(machine.coded.value, 0) + codeword(machine.coded.value, 1)


def test_an_encapsulator_seals_in_the_old_epoch_until_the_peer_uses_the_new_one() -> None:
    """KR-8: it cannot know before that the peer holds it."""
    initiator, responder = pending()
    for _ in range(3):
        tell(responder, initiator, 0)
    assert [responder.active.epoch_sending.epoch, responder.active.epoch_sending.number] == [0, 3]
    tell(responder, initiator, 4)
    tell(initiator, responder, 0)
    sending = responder.active.epoch_sending
    assert (sending.epoch, sending.number, sending.previous) == (1, 0, 4)
    assert standing(responder) == ("SendEk", 1)


def test_a_generator_seals_in_the_new_epoch_as_soon_as_it_is_installed() -> None:
    """KR-8: and keeps the chain in the other direction until it is used."""
    initiator, responder = pending()
    tell(initiator, responder, 0)
    tell(responder, initiator, 4)
    sending, epochs = initiator.active.epoch_sending, initiator.active.machine.epochs
    assert (sending.epoch, sending.number, sending.previous) == (1, 0, 2)
    assert initiator.active.epoch_receiving.epoch == 0
    assert epochs.arriving is not None
    talk(initiator, responder, 0, 2)
    assert initiator.active.epoch_receiving.epoch == 1
    assert initiator.active.machine.epochs.arriving is None


@given(st.permutations(range(INDICES)), st.lists(st.integers(1, 4), min_size=4, max_size=4))
@settings(max_examples=50)
def test_any_four_indices_complete_an_object(order: list[int], counts: list[int]) -> None:
    """S11: however many each message carries, and whichever were lost."""
    initiator, responder = parties()
    left = list(order)
    for count in counts:
        if not isinstance(responder.state.machine, WaitEk):
            break
        hand_over(initiator, responder, words_of(initiator, *(left.pop() for _ in range(count))))
    assert standing(responder) == ("SendCt", 1)
    talk(responder, initiator, 4, 2)
    assert initiator.active.epoch_sending.epoch == responder.active.epoch_sending.epoch == 1


def test_a_sender_begins_its_cycle_anew_when_it_is_not_answered() -> None:
    """S11, KR-6: all but the last four of a hundred messages lost."""
    initiator, responder = parties()
    lost = [initiator.seal(b"." * SIZES[1]) for _ in range(100)]
    for message in lost[-4:-1]:
        responder.open(message)
    machine = responder.active.machine
    assert isinstance(machine, WaitEk)
    assert [index for index, _ in machine.symbols] == [number % CYCLE for number in (96, 97, 98)]
    responder.open(lost[-1])
    assert standing(responder) == ("SendCt", 1)


def test_of_two_codewords_with_one_index_the_first_is_kept() -> None:
    """S11, KR-7: in one message and over several."""
    initiator, responder = parties()
    genuine = words_of(initiator, 5)
    other = b"\x05" + bytes(400)
    hand_over(initiator, responder, genuine + other)
    hand_over(initiator, responder, other)
    machine = responder.active.machine
    assert isinstance(machine, WaitEk)
    assert machine.symbols == ((5, genuine[1:]),)
    hand_over(initiator, responder, words_of(initiator, 5, 5, 6, 7))
    assert standing(responder) == ("WaitEk", 0)
    hand_over(initiator, responder, words_of(initiator, 8))
    assert standing(responder) == ("SendCt", 1)


def test_more_codewords_than_are_missing_change_nothing() -> None:
    """KR-8: the first four count."""
    initiator, responder = parties()
    hand_over(initiator, responder, words_of(initiator, 9, 8, 7))
    hand_over(initiator, responder, words_of(initiator, 6) + b"\x01" + bytes(400))
    assert standing(responder) == ("SendCt", 1)
    assert responder.active.machine.epochs.failures == 0


def test_a_late_codeword_means_what_it_meant_when_it_was_sealed() -> None:
    """S11, KR-7: of an epoch that is past, it is ignored."""
    initiator, responder = parties()
    late = [initiator.seal(b"." * SIZES[1]) for _ in range(6)]
    for message in late[:4]:
        responder.open(message)
    talk(responder, initiator, 4, 2)
    assert (standing(initiator), standing(responder)) == (("WaitEk", 1), ("SendEk", 1))
    talk(responder, initiator, 1, 2)
    before = [party.active.machine for party in (initiator, responder)]
    for message in late[4:]:
        responder.open(message)
    assert [party.active.machine for party in (initiator, responder)] == before


def test_codewords_for_a_side_that_waits_for_nothing_are_ignored() -> None:
    """KR-7: an offer that goes on after it was heard."""
    initiator, responder = pending()
    before = responder.active.machine
    tell(initiator, responder, 4)
    assert responder.active.machine is before


def test_a_message_whose_keys_were_skipped_in_both_ratchets_takes_part() -> None:
    """KR-8: it brings the codewords that it carries, and what its epoch proves."""
    initiator, responder = parties()
    first, second = (initiator.seal(b"." * SIZES[2]) for _ in range(2))
    responder.open(second)
    assert responder.counts() == [1, 1]
    responder.open(first)
    assert responder.counts() == [0, 0]
    assert standing(responder) == ("SendCt", 1)


def test_a_proof_that_comes_late_moves_an_encapsulator_too() -> None:
    """KR-8: the first message to arrive of an epoch need not be the first that was sealed in it."""
    initiator, responder = pending()
    tell(responder, initiator, 4)
    first, second = (initiator.seal(b"." * SIZES[0]) for _ in range(2))
    responder.open(second)
    assert standing(responder) == ("SendEk", 1)
    assert [place for place in responder.rows if place.ratchet is Which.KEM] == [(Which.KEM, 1, 0)]
    responder.open(first)
    assert not responder.rows


def test_each_state_begins_the_cycle_of_its_codewords_anew() -> None:
    """KR-6: whatever number of fillers was sent before, or of the key."""
    initiator, responder = parties()
    tell(initiator, responder, 1)
    talk(responder, initiator, 2, 4)
    assert standing(responder) == ("SendCt", 1)
    tell(responder, initiator, 2)
    machine = initiator.active.machine
    assert isinstance(machine, WaitCt)
    assert [index for index, _ in machine.symbols] == [0, 1]


def test_both_sides_show_the_same_codes_for_the_newest_two_epochs() -> None:
    """KR-10: 60 digits each, of which no two are alike."""
    initiator, responder = parties()
    codes: dict[int, bytes] = {}
    for number in range(18):
        sender, receiver = (initiator, responder) if number % 2 == 0 else (responder, initiator)
        tell(sender, receiver, 4)
        for party in (initiator, responder):
            epochs = party.active.machine.epochs
            newest = codes.setdefault(epochs.installed, epochs.codes[0])
            # code_e = PRF(A_e, "kem/code", sid || u32 e, 60)
            source = epochs.authenticator.expose() + party.active.binding.session_id
            source += epochs.installed.to_bytes(4, "big")
            assert newest == hashlib.shake_256(b"securemsg/1/kem/code\0" + source).digest(60)
            assert epochs.codes == (newest, *([codes[epochs.installed - 1]] if epochs.installed else []))
    assert sorted(codes) == list(range(7))
    assert len(set(codes.values())) == 7
    digits = [code_digits(code) for code in codes.values()]
    assert all(len(shown) == 60 and shown.isdecimal() for shown in digits)
    assert len(set(digits)) == 7


def test_who_steps_the_ratchet_with_each_side_shows_in_the_codes() -> None:
    """KR-10, section 9: an active thief of both states, between two people who notice nothing else."""
    initiator, responder = parties()
    talk(initiator, responder, 0, 2)
    between = initiator.copy(SeededEntropy(8)), responder.copy(SeededEntropy(9))
    talk(initiator, between[1], 4, 3)
    talk(between[0], responder, 4, 3)
    ours, theirs = (party.active.machine.epochs for party in (initiator, responder))
    assert ours.installed == theirs.installed == 1
    assert ours.codes[1] == theirs.codes[1]
    assert ours.codes[0] != theirs.codes[0]


def test_a_side_counts_what_it_said_and_heard_since_each_ratchet_stepped() -> None:
    """KR-10."""
    initiator, responder = parties()
    for _ in range(3):
        tell(initiator, responder, 0)
    tell(responder, initiator, 0)
    assert (responder.active.messages_since_turn, responder.active.messages_since_epoch) == (4, 4)
    assert (initiator.active.messages_since_turn, initiator.active.messages_since_epoch) == (1, 4)

"""What a state says about itself, and what it is bound to."""

import pytest

from securemsg.errors import LocalError
from securemsg.ratchet.role import Role
from securemsg.ratchet.state import TRANSCRIPT_WIDTH, Binding
from tests.ratchet.parties import acquainted, parties, tell


@pytest.mark.parametrize("width", [0, 32, TRANSCRIPT_WIDTH - 1, TRANSCRIPT_WIDTH + 1])
@pytest.mark.parametrize("role", Role)
def test_a_transcript_hash_of_another_width_is_our_own_mistake(width: int, role: Role) -> None:
    """HS-9: cut short it would name two sessions."""
    with pytest.raises(LocalError):
        Binding.of(bytes(width), role)


def test_the_two_directions_of_a_session_differ_in_their_last_byte() -> None:
    """RT-6, SE-11: what a side seals does not open as what its peer sealed."""
    transcript = bytes(range(TRANSCRIPT_WIDTH))
    ours, theirs = (Binding.of(transcript, role) for role in Role)
    assert ours.sealing == theirs.opening == transcript + b"\1"
    assert ours.opening == theirs.sealing == transcript + b"\2"
    assert ours.transcript == theirs.transcript == transcript
    assert ours.session_id == theirs.session_id == transcript[:32]


def test_a_side_is_healed_when_both_directions_come_from_fresh_keys() -> None:
    """HS-6: an initiator when it is answered, a responder when it has heard that its answer came."""
    initiator, responder = parties()
    assert initiator.active.healed is False
    tell(initiator, responder, 0)
    assert responder.active.healed is False
    tell(responder, initiator, 0)
    assert initiator.active.healed is True
    tell(initiator, responder, 0)
    assert responder.active.healed is True


def test_a_responder_has_sent_no_codeword_when_it_begins_to_speak() -> None:
    """KR-6: whatever came before its first message."""
    initiator, responder = parties()
    tell(initiator, responder, 0)
    assert responder.active.emitted == 0
    tell(responder, initiator, 3)
    assert responder.active.emitted == 3
    tell(initiator, responder, 4)
    assert responder.active.emitted == 0


def test_a_state_counts_the_messages_since_the_last_step_of_either_ratchet() -> None:
    """KR-10: in both directions, from nothing on."""
    initiator, responder = parties()
    assert initiator.active.messages_since_turn == initiator.active.messages_since_epoch == 0
    tell(initiator, responder, 0)
    assert initiator.active.messages_since_turn == initiator.active.messages_since_epoch == 1
    tell(initiator, responder, 0)
    tell(responder, initiator, 0)
    assert responder.active.messages_since_turn == 3
    assert responder.active.messages_since_epoch == 3
    assert initiator.active.messages_since_turn == 1
    assert initiator.active.messages_since_epoch == 3


def test_a_receiving_chain_of_the_kem_ratchet_tells_no_length_of_the_one_before() -> None:
    """KR-1: it is the peer's headers that tell it."""
    for party in acquainted():
        assert party.active.epoch_receiving.previous == 0

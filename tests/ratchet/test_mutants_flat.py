"""What the flat path checks and keeps, where nothing else would notice."""

import pytest

from securemsg.crypto.aead import ZERO_NONCE, Gcm
from securemsg.errors import AuthenticationError
from securemsg.ratchet.chains import chain_step, sealing_key
from securemsg.ratchet.epochs import epoch_step
from securemsg.ratchet.state import Active
from securemsg.wire.envelope import Message
from tests.ratchet.forging import SALT, block_of, header_of, sealed
from tests.ratchet.parties import SIZES, Party, acquainted, standing, tell
from tests.ratchet.test_ratchet_messages import refuses


def uncommitted(state: Active) -> Message:
    """Return what is right in all but the commitment, which the body is authenticated with."""
    key, _ = sealing_key(chain_step(state.sending.key)[1], epoch_step(state.epoch_sending.key)[1], SALT)
    header, commitment = sealed(state, header_of(state)), bytes(32)
    associated = state.binding.sealing + header + SALT + commitment
    body = Gcm(key).seal(ZERO_NONCE, block_of(state, b"two keys"), associated)
    return Message(header, SALT, commitment, body)


@pytest.mark.parametrize("way", ["in order", "late", "early", "turn"])
def test_a_body_that_opens_under_a_key_without_its_commitment_is_refused(way: str) -> None:
    """RT-5, RT-12: else one ciphertext could open under two keys, to two contents."""
    initiator, responder = acquainted()
    if way != "turn":
        tell(initiator, responder, 0)
    message = uncommitted(initiator.active)
    if way == "early":
        initiator.seal(b"still on its way")
        message = uncommitted(initiator.active)
    genuine = initiator.seal(b"genuine")
    if way == "late":
        tell(initiator, responder, 0)
    refuses(responder, message, AuthenticationError)
    assert responder.open(genuine) == b"genuine"


def stays(sender: Party, receiver: Party, slots: int) -> bool:
    """Tell whether a message leaves all that a step changes as the very object that it was."""
    before = receiver.active[0]
    tell(sender, receiver, slots)
    return receiver.active[0] is before


def test_a_message_that_moves_nothing_costs_no_new_record_of_what_stays() -> None:
    """ST-8: what only a step of a ratchet changes is encoded once a step."""
    initiator, responder = acquainted()
    tell(initiator, responder, 0)
    # Without codewords, in the epoch that the machine is about.
    assert stays(initiator, responder, 0)
    # Codewords in an epoch that is not: who has installed the next hears from who has not.
    while standing(responder)[1] == standing(initiator)[1]:
        tell(initiator, responder, 4)
    tell(initiator, responder, 0)
    assert standing(responder)[1] > standing(initiator)[1]
    assert stays(initiator, responder, 4)
    assert stays(initiator, responder, 0)


def late_ones_stay(sender: Party, receiver: Party) -> bool:
    """Tell whether late messages, with codewords or without, leave the same object too."""
    late = [sender.seal(b"." * SIZES[slots]) for slots in (0, 4)]
    tell(sender, receiver, 0)
    before = receiver.active[0]
    for message in late:
        receiver.open(message)
    return receiver.active[0] is before


def test_a_late_message_that_moves_nothing_costs_no_new_record_either() -> None:
    """ST-8: one without codewords, and one of an epoch that the machine is not about."""
    initiator, responder = acquainted()
    tell(initiator, responder, 0)
    while standing(responder)[1] == standing(initiator)[1]:
        tell(initiator, responder, 4)
    assert late_ones_stay(initiator, responder)

"""What a copied state can open, and what it cannot."""

import gc

import pytest

from securemsg.errors import RemoteError
from securemsg.ratchet.chains import chain_step, sealing_key
from securemsg.ratchet.epochs import epoch_step
from securemsg.ratchet.snapshot import encode_state
from securemsg.wire.envelope import Message
from tests.ratchet.parties import Party, acquainted
from tests.support.entropy import SeededEntropy

THIEF = SeededEntropy(99)


def opens(thief: Party, message: Message) -> bool:
    """Whether a copy opens `message`, whatever it draws."""
    try:
        thief.copy(THIEF).open(message)
    except RemoteError:
        return False
    return True


def test_a_stolen_state_opens_nothing_that_was_opened_before() -> None:
    """RT-14: forward secrecy, for the receiver and for the sender."""
    initiator, responder = acquainted()
    past: list[Message] = []
    for _ in range(4):
        for sender, receiver in ((initiator, responder), (responder, initiator)):
            for _ in range(3):
                past.append(sender.seal(b"x"))
                receiver.open(past[-1])
    for victim in (initiator, responder):
        assert not any(opens(victim, message) for message in past)


def test_a_stolen_state_opens_what_was_skipped_and_what_follows_until_it_heals() -> None:
    """The thief is not imagined: the copy works as long as the theory says that it does."""
    initiator, responder = acquainted()
    skipped, arrived = initiator.seal(b"skipped"), initiator.seal(b"arrived")
    responder.open(arrived)
    thief = responder.copy(THIEF)
    assert opens(thief, skipped)
    assert opens(thief, initiator.seal(b"the same chain"))
    assert not opens(thief, arrived)


def test_after_one_round_trip_a_stolen_state_opens_nothing_new() -> None:
    """I9: the classical half; RT-10."""
    initiator, responder = acquainted()
    thieves = [initiator.copy(THIEF), responder.copy(THIEF)]
    # The round trip: each side hears a key that the other drew after the theft.
    responder.open(initiator.seal(b"there"))
    initiator.open(responder.seal(b"and back"))
    responder.open(initiator.seal(b"healed"))
    later = [sender.seal(b"later") for sender in (initiator, responder) for _ in range(3)]
    for thief in thieves:
        assert not any(opens(thief, message) for message in later)


def test_a_thief_who_follows_every_message_passively_is_locked_out() -> None:
    """I9: the copy is fed all traffic, in both directions, and still falls behind."""
    initiator, responder = acquainted()
    thief = responder.copy(THIEF)
    followed = []
    for _ in range(4):
        for sender, receiver in ((initiator, responder), (responder, initiator)):
            message = sender.seal(b"x")
            receiver.open(message)
            if sender is initiator:
                try:
                    thief.open(message)
                except RemoteError:
                    followed.append(False)
                else:
                    followed.append(True)
    assert followed == [True, False, False, False]


def test_traffic_in_one_direction_does_not_heal() -> None:
    """Said in section 5 of the specification, and true."""
    initiator, responder = acquainted()
    thief = responder.copy(THIEF)
    for _ in range(50):
        message = initiator.seal(b"x")
        responder.open(message)
        assert opens(thief, message)


def test_a_restored_backup_repeats_no_key() -> None:
    """R01: the same chain step twice, with other salts, gives other keys and commitments."""
    initiator, responder = acquainted()
    backup = initiator.copy(THIEF)
    first, again = initiator.seal(b"one"), backup.seal(b"two")
    assert first.commitment != again.commitment
    assert first.sealed_header[:12] != again.sealed_header[:12]
    assert responder.open(first) == b"one"


def test_the_state_after_a_message_holds_nothing_that_opened_it() -> None:
    """RT-14: not in the record, and nothing of the step is reachable from the state."""
    initiator, responder = acquainted()
    responder.open(initiator.seal(b"a new chain"))
    before = initiator.active
    message = initiator.seal(b"x")
    receiving = responder.active.receiving
    assert receiving is not None
    ec_chain, epoch_chain = before.sending.key, before.epoch_sending.key
    assert (receiving.key, responder.active.epoch_receiving.key) == (ec_chain, epoch_chain)
    ec_key, kem_key = chain_step(ec_chain)[1], epoch_step(epoch_chain)[1]
    key, commitment = sealing_key(ec_key, kem_key, message.salt)
    responder.open(message)
    for party in (initiator, responder):
        reachable = b" ".join(_reachable(party.state))
        for used in (ec_chain, epoch_chain, ec_key, kem_key, key, commitment):
            assert used not in reachable
            assert used not in encode_state(party.active)


def _reachable(root: object) -> set[bytes]:
    """Return every string of bytes that some chain of references leads to."""
    seen: dict[int, object] = {}
    left = [root]
    while left:
        value = left.pop()
        if id(value) not in seen and not isinstance(value, type):
            seen[id(value)] = value
            left += gc.get_referents(value)
    return {value for value in seen.values() if isinstance(value, bytes)}


def test_the_walk_over_a_state_finds_its_secrets() -> None:
    initiator, _ = acquainted()
    found, state = _reachable(initiator.state), initiator.active
    secrets = (state.turn.root, state.turn.ours.private, state.sending.header, state.machine.epochs.root)
    assert {secret.expose() for secret in secrets} < found
    assert {state.sending.key, state.epoch_sending.key, state.epoch_receiving.key} < found


@pytest.mark.parametrize("turns", range(4))
def test_the_mark_of_reduced_secrecy_ends_with_the_first_full_step(turns: int) -> None:
    """HS-6: each side is healed when what protects both directions is newer than the handshake."""
    initiator, responder = acquainted(turns)
    assert initiator.active.healed
    assert not responder.active.healed
    for _ in range(turns):
        responder.open(initiator.seal(b"x"))
        initiator.open(responder.seal(b"y"))
    assert responder.active.healed == (turns > 0)

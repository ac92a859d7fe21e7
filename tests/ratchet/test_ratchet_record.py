"""The record of a state: strict, versioned, and without loss."""

import pytest

from securemsg.errors import FrameError
from securemsg.ratchet.errors import NewerRecord
from securemsg.ratchet.snapshot import MAX_RECORD, decode_state, encode_state
from securemsg.ratchet.state import Active
from securemsg.wire.codec import decode, encode
from tests.ratchet.parties import acquainted, parties
from tests.support.mutations import one_byte_changes, truncations


def records() -> list[bytes]:
    """Return records of an initiator that heard nothing, and of one with every past chain."""
    quiet, _ = parties()
    initiator, responder = acquainted()
    for _ in range(7):
        responder.open(initiator.seal(b"x"))
        initiator.open(responder.seal(b"y"))
    return [encode_state(quiet.active), encode_state(initiator.active), encode_state(responder.active)]


@pytest.mark.parametrize("record", records())
def test_a_record_gives_the_same_state_and_the_same_record(record: bytes) -> None:
    """ST-8."""
    state = decode_state(record)
    assert encode_state(state) == record
    assert decode_state(encode_state(state)) == state
    assert len(record) < 750


def test_a_restored_state_goes_on_where_the_stored_one_was() -> None:
    initiator, responder = acquainted()
    late = initiator.seal(b"late")
    for party in (initiator, responder):
        party.state = decode_state(encode_state(party.active))
    assert responder.open(initiator.seal(b"x")) == b"x"
    assert responder.open(late) == b"late"
    assert initiator.open(responder.seal(b"y")) == b"y"


@pytest.mark.parametrize("record", records())
def test_a_cut_record_is_a_frame_error(record: bytes) -> None:
    """E02: at every offset."""
    for cut in truncations(record):
        with pytest.raises(FrameError):
            decode_state(cut)


@pytest.mark.parametrize("record", records()[:2])
def test_a_changed_byte_is_refused_or_is_another_state(record: bytes) -> None:
    """E25: there is one record for each state, so that a change never goes unseen."""
    for changed in one_byte_changes(record):
        try:
            state = decode_state(changed)
        except FrameError:
            continue
        assert encode_state(state) == changed
        assert state != decode_state(record)


@pytest.mark.parametrize("version", [0, 2, 2**53 - 1])
def test_a_record_of_another_version_is_told_apart_from_damage(version: int) -> None:
    """S14: whatever else it holds, so that nobody overwrites it."""
    for rest in ([], [b"x" * (MAX_RECORD - 100)], decode(records()[0], MAX_RECORD)[1:]):
        with pytest.raises(NewerRecord):
            decode_state(encode([version, *rest]))


@pytest.mark.parametrize(
    ("place", "value"),
    [(2, 0), (2, 3), (5, bytes(32)), (8, 2**20 + 1), (11, [b"k" * 32] * 6), (10, [0]), (10, []), (9, [])],
)
def test_a_record_of_an_impossible_state_is_refused(place: int, value: int | bytes | list[bytes]) -> None:
    """E16, E18: no role, no public key, a number beyond its chain, past chains that never were."""
    values = decode(records()[1], MAX_RECORD)
    values[place] = list(value) if isinstance(value, list) else value
    with pytest.raises(FrameError):
        decode_state(encode(values))


@pytest.mark.parametrize(("number", "possible"), [(2**20, True), (2**20 + 1, False)])
def test_a_chain_that_arrived_whole_is_the_longest(number: int, possible: bool) -> None:  # noqa: FBT001  # a table
    """RT-8, RT-11."""
    values = decode(records()[1], MAX_RECORD)
    present = values[10]
    assert isinstance(present, list)
    present[3] = number
    if possible:
        assert encode_state(decode_state(encode(values))) == encode(values)
    else:
        with pytest.raises(FrameError):
            decode_state(encode(values))


def test_nothing_that_prints_shows_a_key() -> None:
    """I7: neither the state nor what opening it yields."""
    initiator, responder = acquainted()
    assert isinstance(initiator.state, Active)
    shown = repr(initiator.state) + repr(responder.state)
    for secret in (initiator.active.root, initiator.active.sending.key, initiator.active.next_sending):
        assert repr(secret.expose())[2:-1] not in shown
    assert "RootKey(...)" in shown

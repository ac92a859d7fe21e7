"""The record of a state: strict, versioned, and without loss."""

from itertools import islice
from struct import Struct

import pytest

from securemsg.errors import FrameError
from securemsg.ratchet.errors import NewerRecord
from securemsg.ratchet.seal import seal_message
from securemsg.ratchet.snapshot import _COLD, _HOT, MAX_RECORD, VERSION, decode_state, encode_state
from securemsg.ratchet.state import MAX_CHAIN, MAX_PAST_CHAINS
from securemsg.wire.codec import decode, encode
from tests.ratchet.parties import Party, acquainted, parties
from tests.support.entropy import SeededEntropy
from tests.support.mutations import one_byte_changes, truncations


def records() -> dict[str, bytes]:
    """Return a record of each state of the machine, the last two with every past chain.

    The first is of an initiator that has heard nothing.
    """
    quiet, _ = parties()
    found = [quiet]
    initiator, responder = acquainted()
    for _ in range(MAX_PAST_CHAINS + 1):
        responder.open(initiator.seal(b"x" * 1_000))
        initiator.open(responder.seal(b"x" * 1_000))
    responder.open(initiator.seal(b"x" * 400))
    found += [initiator.copy(initiator.entropy), responder.copy(responder.entropy)]
    for _ in range(9):
        for sender, receiver in ((responder, initiator), (initiator, responder)):
            receiver.open(sender.seal(b"x" * 400))
            found += [party.copy(party.entropy) for party in (sender, receiver)]
    by_state = {type(party.active.machine).__name__: party for party in found}
    return {"quiet": encode_state(quiet.active)} | {name: _record(party) for name, party in by_state.items()}


def _record(party: Party) -> bytes:
    return encode_state(party.active)


RECORDS = records()
names = pytest.mark.parametrize("name", RECORDS)

FIXED = Struct(_HOT.format + _COLD.format.removeprefix(">"))
"""What comes before the turn."""

NUMBER, EPOCH_NUMBER, EMITTED, KEY, RECEIVED, EPOCH_RECEIVED = 2, 4, 5, 6, 7, 9
ROLE, EPOCH_PREVIOUS, CHAINS, HEADER, WIDTH = 11, 14, 15, 16, 18


def changed(record: bytes, place: int, value: int | bytes) -> bytes:
    """Return a record with another value at `place` of its fixed part."""
    hot = [*FIXED.unpack_from(record)]
    hot[place] = value
    return FIXED.pack(*hot) + record[FIXED.size :]


def changed_turn(record: bytes, place: int, value: int | bytes | list[bytes]) -> bytes:
    """Return a record with another value at `place` of its turn."""
    hot = [*FIXED.unpack_from(record)]
    end = FIXED.size + hot[WIDTH]
    turn = decode(record[FIXED.size : end], MAX_RECORD)
    turn[place] = list(value) if isinstance(value, list) else value
    encoded = encode(turn)
    hot[WIDTH] = len(encoded)
    return FIXED.pack(*hot) + encoded + record[end:]


def changed_machine(record: bytes, place: int, value: int | bytes | list[bytes | int | str]) -> bytes:
    """Return a record with another value at `place` of its machine."""
    start = FIXED.size + FIXED.unpack_from(record)[WIDTH]
    machine = decode(record[start:], MAX_RECORD)
    machine[place] = list(value) if isinstance(value, list) else value
    return record[:start] + encode(machine)


def test_there_is_a_record_of_every_state_of_the_machine() -> None:
    assert set(RECORDS) == {"quiet", "SendEk", "WaitCt", "WaitEk", "SendCt"}
    assert decode_state(RECORDS["quiet"]).receiving is None


@names
def test_a_record_gives_the_same_state_and_the_same_record(name: str) -> None:
    """ST-8."""
    record = RECORDS[name]
    state = decode_state(record)
    assert encode_state(state) == record
    assert decode_state(encode_state(state)) == state
    assert len(record) < 3_900


def test_a_restored_state_goes_on_where_the_stored_one_was() -> None:
    initiator, responder = acquainted()
    late = initiator.seal(b"late")
    for party in (initiator, responder):
        party.state = decode_state(encode_state(party.active))
    assert responder.open(initiator.seal(b"x")) == b"x"
    assert responder.open(late) == b"late"
    assert initiator.open(responder.seal(b"y")) == b"y"


@names
def test_a_record_that_was_never_written_is_refused_before_it_is_sealed_with(name: str) -> None:
    """KR-6, RT-8: more codewords than a chain of messages with four each; the next one would not fit."""
    most = 4 * MAX_CHAIN
    state = decode_state(changed(RECORDS[name], EMITTED, most))
    encode_state(seal_message(state, b"x", SeededEntropy())[0])
    for count in (most + 1, 2**32 - 1):
        with pytest.raises(FrameError):
            decode_state(changed(RECORDS[name], EMITTED, count))


@names
def test_a_cut_record_is_a_frame_error(name: str) -> None:
    """E02: at every offset."""
    for cut in truncations(RECORDS[name]):
        with pytest.raises(FrameError):
            decode_state(cut)


@names
def test_a_longer_record_is_a_frame_error(name: str) -> None:
    for more in (b"\0", b"\x90", bytes(MAX_RECORD)):
        with pytest.raises(FrameError):
            decode_state(RECORDS[name] + more)


@pytest.mark.parametrize(("name", "stride"), [(name, 7 if name != "quiet" else 1) for name in RECORDS])
def test_a_changed_byte_is_refused_or_is_another_state(name: str, stride: int) -> None:
    """E25: there is one record for each state, so that a change never goes unseen."""
    record = RECORDS[name]
    genuine = decode_state(record)
    for other in islice(one_byte_changes(record), 0, None, stride):
        try:
            state = decode_state(other)
        except FrameError:
            continue
        assert encode_state(state) == other
        assert state != genuine


@pytest.mark.parametrize("version", sorted(set(range(256)) - {VERSION}))
def test_a_record_of_another_version_is_told_apart_from_damage(version: int) -> None:
    """S14: whatever else it holds, so that nobody overwrites it."""
    for rest in (b"", b"x" * (MAX_RECORD - 100), RECORDS["SendEk"][1:]):
        with pytest.raises(NewerRecord):
            decode_state(bytes((version,)) + rest)


@names
@pytest.mark.parametrize(
    ("place", "value"),
    [
        (ROLE, 0),
        (ROLE, 3),
        *((place, MAX_CHAIN + 1) for place in (NUMBER, RECEIVED, EPOCH_NUMBER, EPOCH_PREVIOUS)),
        (EPOCH_RECEIVED, MAX_CHAIN + 1),
        (WIDTH, 0),
        (WIDTH, 2**16 - 1),
    ],
)
def test_a_record_of_an_impossible_state_is_refused(name: str, place: int, value: int) -> None:
    """E16, E18: no role, a number beyond its chain, no turn."""
    with pytest.raises(FrameError):
        decode_state(changed(RECORDS[name], place, value))


@pytest.mark.parametrize(("place", "value"), [(HEADER, b"k" * 32), (KEY, b"k" * 32), (RECEIVED, 1)])
def test_a_chain_that_is_not_there_has_nothing_in_it(place: int, value: int | bytes) -> None:
    """E25."""
    with pytest.raises(FrameError):
        decode_state(changed(RECORDS["quiet"], place, value))
    assert decode_state(changed(RECORDS["quiet"], CHAINS, 1)).receiving is not None


@pytest.mark.parametrize(
    ("place", "value"),
    [(2, bytes(32)), (2, b"short"), (5, MAX_CHAIN + 1), (6, [b"k" * 32] * 6), (6, [b"k" * 31]), (6, b"")],
)
def test_a_turn_that_cannot_be_is_refused(place: int, value: int | bytes | list[bytes]) -> None:
    """E16, E18: no public key, past chains that never were."""
    with pytest.raises(FrameError):
        decode_state(changed_turn(RECORDS["SendEk"], place, value))


def test_more_past_chains_than_there_were_is_refused() -> None:
    with pytest.raises(FrameError):
        decode_state(changed_turn(RECORDS["quiet"], 6, [b"k" * 32]))


@pytest.mark.parametrize(
    ("name", "place", "value"),
    [
        ("SendEk", 1, b"short"),
        ("SendEk", 3, [b"k" * 32] * 2),
        ("SendEk", 4, []),
        ("SendEk", 4, [b"1" * 59] * 2),
        ("quiet", 4, [b"1" * 60] * 2),
        ("SendEk", 6, 0),
        ("SendEk", 6, 5),
        ("SendEk", 6, 2),
        ("SendEk", 7, bytes(63)),
        ("SendEk", 8, bytes(1_599)),
        ("SendCt", 7, bytes(31)),
        ("SendCt", 8, bytes(1_601)),
        ("WaitCt", 9, [1]),
        ("WaitCt", 9, [255, bytes(400)]),
        ("WaitCt", 9, [1, bytes(399)]),
        ("WaitCt", 9, [1, bytes(400), 1, bytes(400)]),
        ("WaitEk", 7, [0, bytes(400), 1, bytes(400), 2, bytes(400), 3, bytes(400)]),
    ],
)
def test_a_machine_that_cannot_be_is_refused(
    name: str, place: int, value: int | bytes | list[bytes | int | str]
) -> None:
    """E16, E18: keys of another width, too few codes, an index twice, symbols that were not joined."""
    with pytest.raises(FrameError):
        decode_state(changed_machine(RECORDS[name], place, value))


@pytest.mark.parametrize("place", [NUMBER, RECEIVED, EPOCH_NUMBER, EPOCH_RECEIVED])
def test_a_chain_that_arrived_whole_is_the_longest(place: int) -> None:
    """RT-8, RT-11."""
    left = b"k" * 32 * (1 + -MAX_CHAIN % 7)
    record = changed(changed(RECORDS["SendEk"], place, MAX_CHAIN), place - 1, left)
    assert encode_state(decode_state(record)) == record


def test_nothing_that_prints_shows_a_key() -> None:
    """I7: neither the state nor what opening it yields."""
    initiator, responder = acquainted()
    turn, machine = initiator.active.turn, initiator.active.machine
    shown = repr(initiator.state) + repr(responder.state) + repr(initiator.active[0])
    secrets = [secret.expose() for secret in (turn.root, turn.next_sending, machine.epochs.root)]
    for secret in (*secrets, initiator.active.sending.key, initiator.active.epoch_sending.key):
        assert repr(secret)[2:-1] not in shown
    assert "RootKey(...)" in shown
    assert "EpochRoot(...)" in shown

"""How long a record may be, and that there is nothing in it but what belongs there."""

import pytest

from securemsg.errors import FrameError
from securemsg.ratchet.errors import NewerRecord
from securemsg.ratchet.machine_record import decode_machine, encode_machine
from securemsg.ratchet.snapshot import VERSION, decode_state, encode_state
from securemsg.ratchet.state import MAX_PAST_CHAINS
from securemsg.wire.codec import decode, encode
from tests.ratchet.parties import acquainted, talk
from tests.ratchet.test_ratchet_record import FIXED, RECORDS, WIDTH, changed_machine

MAX_RECORD = 16_384
NEWER = bytes((VERSION + 1,))


def test_the_longest_record_of_a_newer_version_is_told_apart_from_damage() -> None:
    """ST-5, S14: nobody overwrites it."""
    with pytest.raises(NewerRecord):
        decode_state(NEWER.ljust(MAX_RECORD, b"x"))


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_says_that_it_is_of_the_second_version(name: str) -> None:
    """ST-8: a number that moved would make every stored session one of a newer version."""
    assert encode_state(decode_state(b"\2" + RECORDS[name][1:]))[0] == 2


def test_what_is_longer_than_any_record_is_damage_whatever_it_says() -> None:
    """ST-8: refused by its length alone."""
    with pytest.raises(FrameError) as caught:
        decode_state(NEWER.ljust(MAX_RECORD + 1, b"x"))
    assert caught.type is FrameError


@pytest.mark.parametrize("name", RECORDS)
@pytest.mark.parametrize("more", [0, b""])
def test_a_turn_with_one_thing_more_is_refused(name: str, more: int | bytes) -> None:
    """E12: all the rest is in its place."""
    record = RECORDS[name]
    hot = [*FIXED.unpack_from(record)]
    end = FIXED.size + hot[WIDTH]
    turn = encode([*decode(record[FIXED.size : end], MAX_RECORD), more])
    hot[WIDTH] = len(turn)
    with pytest.raises(FrameError):
        decode_state(FIXED.pack(*hot) + turn + record[end:])


@pytest.mark.parametrize("name", RECORDS)
def test_a_machine_in_no_state_is_refused_although_nothing_follows(name: str) -> None:
    """E16: its fields end where the state's own begin."""
    record = RECORDS[name]
    start = FIXED.size + FIXED.unpack_from(record)[WIDTH]
    common = decode(record[start:], MAX_RECORD)[:6]
    with pytest.raises(FrameError):
        decode_machine(encode([*common, 0]))


@pytest.mark.parametrize("name", RECORDS)
def test_a_machine_with_one_thing_more_is_refused(name: str) -> None:
    """E12."""
    record = RECORDS[name]
    start = FIXED.size + FIXED.unpack_from(record)[WIDTH]
    machine = decode(record[start:], MAX_RECORD)
    assert encode_machine(decode_machine(encode(machine))) == record[start:]
    for more in (0, b""):
        with pytest.raises(FrameError):
            decode_machine(encode([*machine, more]))


def test_a_symbol_may_have_the_last_index_that_there_is() -> None:
    """KR-6: no sender makes it today, but it is one."""
    record = changed_machine(RECORDS["WaitEk"], 7, [254, bytes(400)])
    assert encode_state(decode_state(record)) == record


def test_a_restored_state_knows_its_past_chains_by_their_numbers() -> None:
    """RT-1, ST-8: a late message is looked for under the number of its chain."""
    initiator, responder = acquainted()
    talk(initiator, responder, 0, 16)
    for party in (initiator, responder):
        turn = decode_state(encode_state(party.active)).turn
        assert len(turn.past) == MAX_PAST_CHAINS
        assert turn == party.active.turn

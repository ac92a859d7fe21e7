"""The record that is kept beside what many states share belongs to that value alone."""

from dataclasses import replace

import pytest

from securemsg.ratchet.snapshot import decode_state, encode_state
from tests.ratchet.test_ratchet_record import RECORDS


@pytest.mark.parametrize("name", RECORDS)
def test_a_changed_copy_does_not_take_the_record_of_what_it_was_copied_from(name: str) -> None:
    """ST-8: a state would be stored with parts of the one before."""
    state = decode_state(RECORDS[name])
    assert encode_state(state) == RECORDS[name]
    for part in (state[0], state.turn, state.machine):
        assert part.memo.record is not None
        copy = replace(part)
        assert copy.memo.record is None
        assert copy == part


@pytest.mark.parametrize("name", RECORDS)
def test_nothing_that_is_printed_tells_of_the_record(name: str) -> None:
    state = decode_state(RECORDS[name])
    encode_state(state)
    for part in (state[0], state.turn, state.machine):
        assert "emo" not in repr(part)

"""How far epochs count."""

import pytest

from securemsg.errors import FrameError
from securemsg.ratchet.snapshot import decode_state, encode_state
from tests.ratchet.test_ratchet_record import RECORDS, changed_machine

LAST = 2**32 - 1
"""The header has four bytes for an epoch (RT-6)."""


def test_a_record_holds_the_last_epoch_that_a_header_can_name() -> None:
    """KR-1."""
    record = changed_machine(RECORDS["SendEk"], 0, LAST)
    assert encode_state(decode_state(record)) == record
    with pytest.raises(FrameError):
        decode_state(changed_machine(RECORDS["SendEk"], 0, LAST + 1))

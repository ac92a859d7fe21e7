"""What travels where there is no room for a codeword."""

import pytest

from securemsg.ratchet.codewords import Coded
from securemsg.ratchet.kem_steps import codewords
from securemsg.wire.padding import BLOCKS, pad, slots_for
from tests.ratchet.parties import acquainted, parties

HEAD = 3
"""Bytes before the content of a block (WI-7)."""


@pytest.mark.parametrize("size", BLOCKS)
def test_content_that_fills_its_block_leaves_no_room_for_anything(size: int) -> None:
    """KR-6, WI-7: whatever the machine would like to send."""
    content = b"x" * (size - HEAD)
    assert slots_for(len(content)) == 0
    waiting = acquainted()
    for party in (*waiting, parties()[0]):
        state = party.active
        assert codewords(state.machine, state.emitted, 0) == b""
        assert len(pad(content, codewords(state.machine, state.emitted, 0))) == size
    sender, receiver = waiting
    assert receiver.open(sender.seal(content)) == content


def test_an_object_prints_nothing_of_the_codewords_made_of_it() -> None:
    """KR-6: neither as it is, nor once it has been sent."""
    coded = Coded(bytes(range(160)) * 10)
    before = repr(coded)
    coded.codewords(0, 8)
    assert repr(coded) == before == "Coded()"

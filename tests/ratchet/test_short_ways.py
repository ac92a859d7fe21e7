"""The steps that are written out flat, for speed, do what the functions do that they are copies of."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from securemsg.ratchet.header import open_header
from securemsg.ratchet.kem_states import SendCt
from securemsg.ratchet.opening import _open_anywhere, open_message
from securemsg.ratchet.receiving import Arrival
from securemsg.ratchet.seal import seal_message
from securemsg.ratchet.snapshot import decode_state, encode_state
from securemsg.wire.envelope import decode
from tests.ratchet.forging import block_of, forge, header_of
from tests.ratchet.parties import NOW, SIZES, Rows, acquainted
from tests.support.entropy import SeededEntropy

talks = st.lists(st.tuples(st.booleans(), st.sampled_from(sorted(SIZES))), min_size=1, max_size=30)


@settings(max_examples=60)
@given(talks)
def test_what_comes_in_order_is_opened_as_by_the_general_way(talk: list[tuple[bool, int]]) -> None:
    """RT-10, KR-5, KR-8: the same content, state and rows, whatever the message does to the machine."""
    pair = acquainted()
    for turned, slots in talk:
        sender, receiver = pair if turned else pair[::-1]
        message = sender.seal(b"." * SIZES[slots])
        state = decode_state(encode_state(receiver.active))
        assert state.receiving is not None
        fields = open_header(state.receiving.header, message.sealed_header, state.binding.opening)
        general = _open_anywhere(state, fields, message, Arrival(Rows(), NOW), SeededEntropy(5))
        found = open_message(state, message, Rows(), NOW, SeededEntropy(5))
        assert (found.content, found.rows) == (general.content, general.rows)
        if isinstance(found.state.machine, SendCt) and not isinstance(state.machine, SendCt):
            # Encapsulation draws randomness of its own.
            kept = replace(general.state[0], machine=found.state.machine)
            assert (found.state[0], *found.state[1:]) == (kept, *general.state[1:])
        else:
            assert found.state == general.state
        receiver.open(message)


@settings(max_examples=60)
@given(talks)
def test_what_is_sealed_is_sealed_as_by_the_functions(talk: list[tuple[bool, int]]) -> None:
    """RT-4 to RT-7, KR-4: byte by byte, under one nonce and salt."""
    pair = acquainted()
    for turned, slots in talk:
        sender, receiver = pair if turned else pair[::-1]
        state, content = sender.active, b"." * SIZES[slots]
        _, sealed = seal_message(state, content, bytes)
        assert decode(sealed) == forge(state, header_of(state), block_of(state, content))
        receiver.open(sender.seal(content))

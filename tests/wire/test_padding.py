"""Blocks have few sizes, and one content has one block."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securemsg.errors import FrameError, LocalError
from securemsg.wire.padding import (
    BLOCKS,
    CODEWORD_WIDTH,
    MAX_CONTENT,
    MAX_OPENING_CONTENT,
    MAX_SLOTS,
    OPENING_BLOCKS,
    pad,
    pad_opening,
    slots_for,
    unpad,
    unpad_opening,
)

Way = Callable[[bytes], bytes]

WORDS = b"\7" * (MAX_SLOTS * CODEWORD_WIDTH)
"""Four codewords, of which nothing is zero."""


def padded_message(content: bytes) -> bytes:
    """Return the block of a message's content, every slot of it filled."""
    return pad(content, WORDS[: slots_for(len(content)) * CODEWORD_WIDTH])


def content_of_message(block: bytes) -> bytes:
    """Return what a message's block holds beside its codewords."""
    return unpad(block)[0]


WAYS = [
    (padded_message, content_of_message, BLOCKS, 3),
    (pad_opening, unpad_opening, OPENING_BLOCKS, 2),
]
ways = pytest.mark.parametrize(("padded", "content_of", "blocks", "head"), WAYS)


def refused(content_of: Way, block: bytes) -> bool:
    try:
        content_of(block)
    except FrameError:
        return True
    return False


def test_the_sizes_are_those_of_the_specification() -> None:
    """WI-7, WI-8."""
    assert BLOCKS == (1_024, 2_048, 4_096, 8_192, 16_384)
    assert OPENING_BLOCKS == (16_384, 32_768)
    assert (MAX_CONTENT, MAX_OPENING_CONTENT) == (16_381, 32_766)
    assert (CODEWORD_WIDTH, MAX_SLOTS) == (401, 4)


def test_a_block_is_laid_out_as_specified() -> None:
    """WI-7, WI-8."""
    words = WORDS[: 2 * CODEWORD_WIDTH]
    assert pad(b"abc", words) == b"\2" + b"\0\3" + b"abc" + bytes(216) + words
    assert pad_opening(b"abc") == b"\0\3" + b"abc" + bytes(16_379)


@pytest.mark.parametrize(
    ("shortest", "longest", "slots"),
    [
        *((1, 219, 2), (220, 620, 1), (621, 1_021, 0)),
        *((1_022, 1_243, 2), (1_244, 1_644, 1), (1_645, 2_045, 0)),
        *((2_046, 2_489, 4), (2_490, 2_890, 3), (2_891, 3_291, 2), (3_292, 3_692, 1), (3_693, 4_093, 0)),
        *((4_094, 6_585, 4), (6_586, 6_986, 3), (7_789, 8_189, 0)),
        *((8_190, 14_777, 4), (14_778, 15_178, 3), (15_981, 16_381, 0)),
    ],
)
def test_as_many_codewords_travel_as_fit(shortest: int, longest: int, slots: int) -> None:
    """WI-7: by the length of the content alone."""
    assert slots_for(shortest) == slots_for(longest) == slots


@pytest.mark.parametrize("length", [0, MAX_CONTENT + 1])
def test_a_length_that_no_block_holds_has_no_slots(length: int) -> None:
    with pytest.raises(LocalError):
        slots_for(length)


@given(st.integers(1, MAX_CONTENT), st.integers(0, 255))
def test_what_is_padded_is_unpadded(length: int, filler: int) -> None:
    """WI-7: contents that end in zeros too."""
    content = bytes((filler,)) * length
    assert unpad(padded_message(content)) == (content, WORDS[: slots_for(length) * CODEWORD_WIDTH])


@given(st.integers(1, MAX_CONTENT))
def test_the_number_of_slots_is_the_greatest_that_fits(length: int) -> None:
    """WI-7: what is left is not enough for one more, or there are four."""
    left = len(padded_message(b"x" * length)) - 3 - length - slots_for(length) * CODEWORD_WIDTH
    assert left >= 0
    assert left < CODEWORD_WIDTH or slots_for(length) == MAX_SLOTS


@given(st.integers(1, MAX_OPENING_CONTENT), st.integers(0, 255))
def test_what_an_opening_pads_is_unpadded(length: int, filler: int) -> None:
    """WI-8."""
    content = bytes((filler,)) * length
    assert unpad_opening(pad_opening(content)) == content


@ways
def test_every_block_is_filled_before_the_next_is_taken(
    padded: Way, content_of: Way, blocks: tuple[int, ...], head: int
) -> None:
    """WI-7, WI-8: at the edge of each size."""
    smallest = 1
    for block in blocks:
        for length in (smallest, block - head):
            assert len(padded(b"a" * length)) == block
            assert content_of(padded(b"a" * length)) == b"a" * length
        smallest = block - head + 1
    with pytest.raises(LocalError, match="message too long"):
        padded(b"a" * smallest)


@ways
def test_nothing_cannot_be_padded(padded: Way, content_of: Way, blocks: tuple[int, ...], head: int) -> None:
    """WI-7, WI-8: nor found in a block, whatever number of codewords it claims."""
    with pytest.raises(LocalError):
        padded(b"")
    assert head < min(blocks)
    assert all(refused(content_of, bytes(block)) for block in blocks)
    for slots in range(MAX_SLOTS + 1):
        assert all(refused(content_of_message, bytes((slots,)) + bytes(block - 1)) for block in BLOCKS)


@ways
@pytest.mark.parametrize("length", [1, 500])
def test_padding_that_is_not_zero_is_refused(
    padded: Way, content_of: Way, blocks: tuple[int, ...], head: int, length: int
) -> None:
    """E23: every place between content and codewords, the first and the last among them."""
    content = b"a" * length
    block = bytearray(padded(content))
    end = blocks[0]
    if content_of is content_of_message:
        end -= slots_for(length) * CODEWORD_WIDTH
    for place in (*range(head + length, end, 97), head + length, end - 1):
        block[place] = 1
        assert refused(content_of, bytes(block))
        block[place] = 0
    assert not refused(content_of, bytes(block))


@given(st.integers(1, MAX_CONTENT), st.integers(0, 255))
def test_another_number_of_slots_is_refused(length: int, slots: int) -> None:
    """E17, WI-7: more or fewer than there is room for."""
    block = padded_message(b"a" * length)
    changed = bytes((slots,)) + block[1:]
    assert refused(content_of_message, changed) == (changed != block)


def test_fewer_slots_than_there_is_room_for_are_refused_although_the_rest_is_zero() -> None:
    """WI-7: the choice would carry a message of its own."""
    for length in (1, 300, 1_022, 2_046, 9_000):
        most = slots_for(length)
        for slots in range(most):
            block = pad(b"a" * length, WORDS[: slots * CODEWORD_WIDTH])
            assert refused(content_of_message, bytes((slots,)) + block[1:])


@ways
def test_a_larger_block_than_needed_is_refused(
    padded: Way, content_of: Way, blocks: tuple[int, ...], head: int
) -> None:
    """E23: a choice of sizes would carry a message of its own."""
    block = padded(b"a" * (blocks[0] - head))
    for larger in blocks[1:]:
        assert refused(content_of, block.ljust(larger, b"\0"))
        assert refused(content_of, b"\4" + block[1:].ljust(larger - 1, b"\0"))


@ways
def test_a_block_of_another_size_is_refused(
    padded: Way, content_of: Way, blocks: tuple[int, ...], head: int
) -> None:
    """E23."""
    block = padded(b"abc")
    for size in (0, 1, head, head + 3, blocks[0] - 1, blocks[0] + 1, 2 * blocks[-1]):
        assert refused(content_of, block[:size].ljust(size, b"\0"))


@ways
@pytest.mark.parametrize("length", [0, 1_022, 1_023, 16_383, 32_767, 65_535])
def test_a_length_that_does_not_fit_is_refused(
    padded: Way, content_of: Way, blocks: tuple[int, ...], head: int, length: int
) -> None:
    """E23: nothing, and beyond the end, with any number of slots."""
    if 0 < length <= blocks[0] - head:
        length += blocks[0]
    block = padded(b"abc")[: head - 2] + length.to_bytes(2, "big") + b"a" * (blocks[0] - head)
    assert refused(content_of, block)
    for slots in range(MAX_SLOTS + 1):
        assert refused(content_of, bytes((slots,)) + block[1:])


@ways
def test_a_block_larger_than_any_is_refused_although_its_content_fits_it(
    padded: Way, content_of: Way, blocks: tuple[int, ...], head: int
) -> None:
    """E23."""
    length = blocks[-1] - head + 1
    start = padded(b"abc")[: head - 2] + length.to_bytes(2, "big")
    assert refused(content_of, (start + b"a" * length).ljust(2 * blocks[-1], b"\0"))


@given(
    st.sampled_from(BLOCKS + OPENING_BLOCKS),
    st.integers(0, MAX_SLOTS + 1),
    st.integers(0, 2**15),
    st.binary(max_size=20),
    st.binary(max_size=2),
)
def test_any_block_is_the_one_block_of_its_content_or_refused(
    size: int, slots: int, length: int, start: bytes, end: bytes
) -> None:
    """E23, E25."""
    for head in (bytes((slots,)) + length.to_bytes(2, "big"), length.to_bytes(2, "big")):
        block = (head + start).ljust(size - len(end), b"\0") + end
        if not refused(content_of_message, block):
            assert pad(*unpad(block)) == block
        if not refused(unpad_opening, block):
            assert pad_opening(unpad_opening(block)) == block

"""Blocks have few sizes, and one content has one block."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securemsg.errors import FrameError, LocalError
from securemsg.wire.padding import (
    BLOCKS,
    MAX_CONTENT,
    MAX_OPENING_CONTENT,
    OPENING_BLOCKS,
    pad,
    pad_opening,
    unpad,
    unpad_opening,
)

Way = Callable[[bytes], bytes]
WAYS = [
    (pad, unpad, BLOCKS, 3),
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


def test_a_block_is_laid_out_as_specified() -> None:
    """WI-7, WI-8."""
    assert pad(b"abc") == b"\0" + b"\0\3" + b"abc" + bytes(1_018)
    assert pad_opening(b"abc") == b"\0\3" + b"abc" + bytes(16_379)


@given(st.integers(1, MAX_CONTENT), st.integers(0, 255))
def test_what_is_padded_is_unpadded(length: int, filler: int) -> None:
    """WI-7: contents that end in zeros too."""
    content = bytes((filler,)) * length
    assert unpad(pad(content)) == content


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
    """WI-7, WI-8: nor found in a block."""
    with pytest.raises(LocalError):
        padded(b"")
    assert head < min(blocks)
    assert all(refused(content_of, bytes(block)) for block in blocks)


@ways
@pytest.mark.parametrize("length", [1, 500])
def test_padding_that_is_not_zero_is_refused(
    padded: Way, content_of: Way, blocks: tuple[int, ...], head: int, length: int
) -> None:
    """E23: every place of the padding, the first and the last among them."""
    block = bytearray(padded(b"a" * length))
    for place in (*range(head + length, blocks[0], 97), head + length, blocks[0] - 1):
        block[place] = 1
        assert refused(content_of, bytes(block))
        block[place] = 0
    assert not refused(content_of, bytes(block))


@ways
def test_a_larger_block_than_needed_is_refused(
    padded: Way, content_of: Way, blocks: tuple[int, ...], head: int
) -> None:
    """E23: a choice of sizes would carry a message of its own."""
    block = padded(b"a" * (blocks[0] - head))
    for larger in blocks[1:]:
        assert refused(content_of, block.ljust(larger, b"\0"))


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
    """E23: nothing, and beyond the end."""
    if 0 < length <= blocks[0] - head:
        length += blocks[0]
    block = padded(b"abc")[: head - 2] + length.to_bytes(2, "big")
    assert refused(content_of, block + b"a" * (blocks[0] - head))


@ways
def test_a_block_larger_than_any_is_refused_although_its_content_fits_it(
    padded: Way, content_of: Way, blocks: tuple[int, ...], head: int
) -> None:
    """E23."""
    length = blocks[-1] - head + 1
    start = padded(b"abc")[: head - 2] + length.to_bytes(2, "big")
    assert refused(content_of, (start + b"a" * length).ljust(2 * blocks[-1], b"\0"))


@pytest.mark.parametrize("slots", [1, 4, 255])
def test_codewords_that_this_version_does_not_have_are_refused(slots: int) -> None:
    """E17, WI-7."""
    assert refused(unpad, bytes((slots,)) + pad(b"abc")[1:])


@given(st.sampled_from(BLOCKS + OPENING_BLOCKS), st.binary(max_size=20), st.binary(max_size=2))
def test_any_block_is_the_one_block_of_its_content_or_refused(size: int, start: bytes, end: bytes) -> None:
    """E23, E25."""
    block = start.ljust(size - len(end), b"\0") + end
    for padded, content_of, _, _ in WAYS:
        if not refused(content_of, block):
            assert padded(content_of(block)) == block

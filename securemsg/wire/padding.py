"""Blocks: what is sealed has one of a few sizes, whatever is said.

A block is unpadded after its authentication only, so that a refusal here tells
nothing to somebody who cannot seal.
"""

from array import array
from typing import Final

from securemsg.errors import FrameError, LocalError

BLOCKS = (1_024, 2_048, 4_096, 8_192, 16_384)
"""Bytes of a block that a ratchet seals (Spec: WI-7)."""

OPENING_BLOCKS = (16_384, 32_768)
"""Bytes of a block that an opening seals (Spec: WI-8)."""

CODEWORD_WIDTH: Final = 401
"""Bytes of a codeword of the KEM ratchet (Spec: WI-7)."""

MAX_SLOTS: Final = 4
"""Codewords in a block: a whole key or ciphertext of the KEM ratchet (Spec: WI-7)."""

_LENGTH_WIDTH = 2
_HEAD_WIDTH = 1 + _LENGTH_WIDTH

MAX_CONTENT = BLOCKS[-1] - _HEAD_WIDTH
"""Bytes of the longest content that a ratchet seals: 16,381 (Spec: WI-7)."""

MAX_OPENING_CONTENT = OPENING_BLOCKS[-1] - _LENGTH_WIDTH
"""Bytes of the longest content that an opening seals: 32,766 (Spec: WI-8)."""

_ZEROS = bytes(OPENING_BLOCKS[-1])
_EMPTY, _LONG = "message empty", "message too long"


def _numbers() -> bytes:
    """Return for each length of a content which block holds it: the smallest."""
    ends = [0, *(size - _HEAD_WIDTH + 1 for size in BLOCKS)]
    return b"".join(bytes([n]) * (ends[n + 1] - ends[n]) for n in range(len(BLOCKS)))


def _slots(numbers: bytes) -> bytes:
    """Return for each length of a content how many codewords its block has room for."""
    full = MAX_SLOTS * CODEWORD_WIDTH
    # For a room that shrinks to none, as it does while a content grows in its block.
    last = bytes(room // CODEWORD_WIDTH for room in reversed(range(full)))
    lengths = [numbers.count(n) for n in range(len(BLOCKS))]
    return b"".join((bytes([MAX_SLOTS]) * (count - full) + last)[-count:] for count in lengths)


def _fill(numbers: bytes) -> "array[int]":
    """Return for each length of a content how many zeros fill its block, behind it and the codewords."""
    full = MAX_SLOTS * CODEWORD_WIDTH
    last = array("H", (*range(CODEWORD_WIDTH - 1, -1, -1),)) * MAX_SLOTS
    fill = array("H")
    for number in range(len(BLOCKS)):
        count = numbers.count(number)
        fill += (array("H", range(count - full - 1, -1, -1)) + last)[-count:]
    return fill


# By the length of a content: computing either anew takes longer than making the block. Made of runs, because
# every program waits for it at its start.
_NUMBERS: Final = _numbers()
_SLOTS: Final = _slots(_NUMBERS)

_FILL: Final = _fill(_NUMBERS)


def slots_for(length: int) -> int:
    """Return how many codewords travel with a content of `length` bytes, 0 to 4.

    Raises `LocalError` for a length that no block holds.

    Spec: WI-7.
    """
    if not 0 < length <= MAX_CONTENT:
        raise LocalError(_LONG if length else _EMPTY)
    return _SLOTS[length]


def pad(content: bytes, codewords: bytes) -> bytes:
    """Return the block of a ratchet's `content` with the codewords that fit (Spec: WI-7)."""
    length = len(content)
    # u8 slots || u16 length || content || zeros || slots * codeword
    head = (_SLOTS[length] << 16 | length).to_bytes(_HEAD_WIDTH, "big")
    return b"".join((head, content, _ZEROS[: _FILL[length]], codewords))


def unpad(block: bytes) -> tuple[bytes, bytes]:
    """Return content and codewords of a ratchet's `block`; raises `FrameError` (Spec: WI-7)."""
    length = int.from_bytes(block[1:_HEAD_WIDTH], "big")
    # One content has one block: the smallest that holds it, with as many codewords as there is room for.
    if not 0 < length <= MAX_CONTENT or len(block) != BLOCKS[_NUMBERS[length]] or block[0] != _SLOTS[length]:
        raise FrameError("not a block")
    end = _HEAD_WIDTH + length
    zeros = _FILL[length]
    stop = end + zeros
    if block[end:stop] != _ZEROS[:zeros]:
        raise FrameError("not a block")
    return block[_HEAD_WIDTH:end], block[stop:]


def pad_opening(content: bytes) -> bytes:
    """Return the block of an opening's `content`, 1 to 32,766 bytes; raises `LocalError` (Spec: WI-8)."""
    length = len(content)
    if not 0 < length <= MAX_OPENING_CONTENT:
        raise LocalError(_LONG if length else _EMPTY)
    size = next(size for size in OPENING_BLOCKS if _LENGTH_WIDTH + length <= size)
    # u16 length || content || zeros
    return (length.to_bytes(_LENGTH_WIDTH, "big") + content).ljust(size, b"\0")


def unpad_opening(block: bytes) -> bytes:
    """Return the content of an opening's `block`; raises `FrameError` (Spec: WI-8)."""
    content = block[_LENGTH_WIDTH : _LENGTH_WIDTH + int.from_bytes(block[:_LENGTH_WIDTH], "big")]
    # There is one block per content, so that padding what was found again checks
    # the length, the size and every zero at once.
    if not content or len(content) > MAX_OPENING_CONTENT or pad_opening(content) != block:
        raise FrameError("not a block")
    return content

"""01, WI-6 to WI-10: frames, padding, envelopes."""

from __future__ import annotations

from typing import NamedTuple

from tests.reference.codewords import CODEWORD, FILLER, WORDS
from tests.reference.refusal import FRAME, RefusedError, require
from tests.reference.values import array, binary, decode, encode, exactly, unsigned

BLOCKS = (1024, 2048, 4096, 8192, 16384)
OPENING_BLOCKS = (16384, 32768)
MAX_ENVELOPE = 33928
MAX_FRAME = 65536
HPKE_OVERHEAD = 1136
HEAD = 3


class Message(NamedTuple):
    """A message envelope."""

    sealed_header: bytes
    salt: bytes
    commitment: bytes
    body: bytes

    def encoded(self) -> bytes:
        """Give the bytes of the envelope."""
        return encode([1, *self])


class Opening(NamedTuple):
    """An opening envelope."""

    hint: bytes
    sealed: bytes

    def encoded(self) -> bytes:
        """Give the bytes of the envelope."""
        return encode([2, *self])


def read_envelope(raw: bytes) -> Message | Opening:
    """Read an envelope (WI-9, WI-10)."""
    value = decode(raw, MAX_ENVELOPE)
    kind = unsigned(array(value, 1, 5)[0], 1, 2)
    if kind == 1:
        array(value, 5, 5)
        message = Message(
            exactly(value[1], 80),
            exactly(value[2], 16),
            exactly(value[3], 32),
            binary(value[4], 0, MAX_ENVELOPE),
        )
        require(FRAME, len(message.body) - 16 in BLOCKS)
        return message
    array(value, 3, 3)
    opening = Opening(exactly(value[1], 8), binary(value[2], 0, MAX_ENVELOPE))
    require(FRAME, len(opening.sealed) - HPKE_OVERHEAD in OPENING_BLOCKS)
    return opening


def smallest(blocks: tuple[int, ...], length: int) -> int:
    """Give the smallest block that holds so many bytes."""
    return next(block for block in blocks if block >= length)


def slots_for(length: int) -> int:
    """WI-7: how many codewords ride with a content of that length."""
    free = smallest(BLOCKS, HEAD + length) - HEAD - length
    return min(WORDS, free // CODEWORD)


def pad(content: bytes, codewords: list[bytes] | None = None) -> bytes:
    """WI-7; fillers in every slot where no codewords are given."""
    require("ValueError", 1 <= len(content) <= BLOCKS[-1] - HEAD)
    slots = slots_for(len(content))
    tail = b"".join([FILLER] * slots if codewords is None else codewords)
    require("ValueError", len(tail) == slots * CODEWORD)
    head = bytes([slots]) + len(content).to_bytes(2, "big") + content
    return head.ljust(smallest(BLOCKS, len(head)) - len(tail), b"\0") + tail


def unpad(block: bytes) -> tuple[bytes, list[bytes]]:
    """WI-7: the content of a block and its codewords, or a refusal."""
    require(FRAME, len(block) in BLOCKS)
    slots, length = block[0], int.from_bytes(block[1:HEAD], "big")
    require(FRAME, 1 <= length <= len(block) - HEAD)
    require(FRAME, smallest(BLOCKS, HEAD + length) == len(block), slots == slots_for(length))
    start = len(block) - slots * CODEWORD
    words = [block[at : at + CODEWORD] for at in range(start, len(block), CODEWORD)]
    require(FRAME, not any(block[HEAD + length : start]))
    require(FRAME, all(word == FILLER for word in words if word[0] == FILLER[0]))
    return block[HEAD : HEAD + length], words


def pad_opening(content: bytes) -> bytes:
    """WI-8."""
    require("ValueError", 1 <= len(content) <= OPENING_BLOCKS[-1] - 2)
    filled = len(content).to_bytes(2, "big") + content
    return filled.ljust(smallest(OPENING_BLOCKS, len(filled)), b"\0")


def unpad_opening(block: bytes) -> bytes:
    """WI-8: the content of a block, or a refusal."""
    require(FRAME, len(block) in OPENING_BLOCKS)
    length = int.from_bytes(block[:2], "big")
    require(FRAME, 1 <= length <= len(block) - 2)
    require(FRAME, pad_opening(block[2 : 2 + length]) == block)
    return block[2 : 2 + length]


def frames(stream: bytes) -> tuple[list[bytes], bytes]:
    """WI-6: the frames in a stream, and the rest that is not a whole frame yet."""
    found = []
    while len(stream) >= 4:
        length = int.from_bytes(stream[:4], "big")
        if not 1 <= length <= MAX_FRAME:
            raise RefusedError(FRAME)
        if len(stream) < 4 + length:
            break
        found.append(stream[4 : 4 + length])
        stream = stream[4 + length :]
    return found, stream

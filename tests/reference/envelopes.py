"""01, WI-6 to WI-10: frames, padding, envelopes."""

from __future__ import annotations

from typing import NamedTuple

from tests.reference.refusal import FRAME, RefusedError, require
from tests.reference.values import array, binary, decode, encode, exactly, unsigned

BLOCKS = (1024, 2048, 4096, 8192, 16384)
OPENING_BLOCKS = (16384, 32768)
MAX_ENVELOPE = 33928
MAX_FRAME = 65536
HPKE_OVERHEAD = 1136


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


def _fill(head: bytes, content: bytes, blocks: tuple[int, ...]) -> bytes:
    require("ValueError", 1 <= len(content) <= blocks[-1] - len(head) - 2)
    filled = head + len(content).to_bytes(2, "big") + content
    return filled.ljust(next(block for block in blocks if block >= len(filled)), b"\0")


def _empty(block: bytes, head: bytes, blocks: tuple[int, ...]) -> bytes:
    start = len(head) + 2
    require(FRAME, len(block) in blocks, block.startswith(head))
    length = int.from_bytes(block[len(head) : start], "big")
    content = block[start : start + length]
    require(FRAME, 1 <= length <= len(block) - start)
    require(FRAME, _fill(head, content, blocks) == block)
    return content


def pad(content: bytes) -> bytes:
    """WI-7, without codewords."""
    return _fill(b"\0", content, BLOCKS)


def unpad(block: bytes) -> bytes:
    """WI-7: the content of a block, or a refusal."""
    return _empty(block, b"\0", BLOCKS)


def pad_opening(content: bytes) -> bytes:
    """WI-8."""
    return _fill(b"", content, OPENING_BLOCKS)


def unpad_opening(block: bytes) -> bytes:
    """WI-8: the content of a block, or a refusal."""
    return _empty(block, b"", OPENING_BLOCKS)


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

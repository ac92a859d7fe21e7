"""Blocks: what is sealed has one of a few sizes, whatever is said.

A block is unpadded after its authentication only, so that a refusal here tells
nothing to somebody who cannot seal.
"""

from securemsg.errors import FrameError, LocalError

BLOCKS = (1_024, 2_048, 4_096, 8_192, 16_384)
"""Bytes of a block that a ratchet seals (Spec: WI-7)."""

OPENING_BLOCKS = (16_384, 32_768)
"""Bytes of a block that an opening seals (Spec: WI-8)."""

_LENGTH_WIDTH = 2
_NO_SLOTS = b"\0"
"""The count of codewords at a block's end, of which this version has none (Spec: WI-7)."""

MAX_CONTENT = BLOCKS[-1] - len(_NO_SLOTS) - _LENGTH_WIDTH
"""Bytes of the longest content that a ratchet seals: 16,381 (Spec: WI-7)."""

MAX_OPENING_CONTENT = OPENING_BLOCKS[-1] - _LENGTH_WIDTH
"""Bytes of the longest content that an opening seals: 32,766 (Spec: WI-8)."""


def pad(content: bytes) -> bytes:
    """Return the block of a ratchet's `content`, 1 to 16,381 bytes; raises `LocalError` (Spec: WI-7)."""
    # u8 slots || u16 length || content || zeros
    return _pad(_NO_SLOTS, content, BLOCKS)


def unpad(block: bytes) -> bytes:
    """Return the content of a ratchet's `block`; raises `FrameError` (Spec: WI-7)."""
    return _unpad(_NO_SLOTS, block, BLOCKS)


def pad_opening(content: bytes) -> bytes:
    """Return the block of an opening's `content`, 1 to 32,766 bytes; raises `LocalError` (Spec: WI-8)."""
    # u16 length || content || zeros
    return _pad(b"", content, OPENING_BLOCKS)


def unpad_opening(block: bytes) -> bytes:
    """Return the content of an opening's `block`; raises `FrameError` (Spec: WI-8)."""
    return _unpad(b"", block, OPENING_BLOCKS)


def _pad(head: bytes, content: bytes, blocks: tuple[int, ...]) -> bytes:
    if not content:
        raise LocalError("message empty")
    needed = len(head) + _LENGTH_WIDTH + len(content)
    for size in blocks:
        if needed <= size:
            padded = head + len(content).to_bytes(_LENGTH_WIDTH, "big") + content
            return padded.ljust(size, b"\0")
    raise LocalError("message too long")


def _unpad(head: bytes, block: bytes, blocks: tuple[int, ...]) -> bytes:
    start = len(head) + _LENGTH_WIDTH
    content = block[start : start + int.from_bytes(block[len(head) : start], "big")]
    # There is one block per content, so that padding what was found again checks
    # the slots, the length, the size and every zero at once.
    if not content or len(content) > blocks[-1] - start or _pad(head, content, blocks) != block:
        raise FrameError("not a block")
    return content

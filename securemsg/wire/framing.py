"""Frames on a stream: a length, then that many bytes."""

from typing import final

from securemsg.errors import FrameError, LocalError

MAX_FRAME = 65_536
"""Bytes of a frame without its prefix: the largest envelope or page fits, and a
connection costs no more than that (Spec: WI-6)."""

PREFIX_WIDTH = 4
"""Bytes of the length before each frame."""


def frame(value: bytes) -> bytes:
    """Return `value` behind its length; raises `LocalError` unless it has 1 to `MAX_FRAME` bytes.

    Spec: WI-6.
    """
    if not 1 <= len(value) <= MAX_FRAME:
        raise LocalError(f"a frame must have 1 to {MAX_FRAME} bytes")
    # u32 length || value
    return len(value).to_bytes(PREFIX_WIDTH, "big") + value


@final
class FrameBuffer:
    """Turns what a stream delivers, cut at any byte, back into frames.

    After each `receive`, take frames with `next` until it returns `None`. It then
    holds less than one frame; in between, one received chunk more.

    Spec: WI-6.
    """

    __slots__ = ("_buffer",)

    def __init__(self) -> None:
        self._buffer = bytearray()

    def receive(self, data: bytes) -> None:
        """Add bytes from the stream; raises `LocalError` if a whole largest frame still waits."""
        if len(self._buffer) >= PREFIX_WIDTH + MAX_FRAME:
            raise LocalError("frames must be taken before more is received")
        self._buffer += data

    def next(self) -> bytes | None:
        """Return the next frame without its prefix, or `None` until more is received.

        Raises `FrameError` for a length that is not allowed, then and ever after: close
        the connection.
        """
        if len(self._buffer) < PREFIX_WIDTH:
            return None
        length = int.from_bytes(self._buffer[:PREFIX_WIDTH], "big")
        if not 1 <= length <= MAX_FRAME:
            raise FrameError("a frame of this length is not allowed")
        end = PREFIX_WIDTH + length
        if len(self._buffer) < end:
            return None
        value = bytes(self._buffer[PREFIX_WIDTH:end])
        # CPython moves the start of a bytearray instead of its contents: many small
        # frames in one chunk cost no more than their bytes.
        del self._buffer[:end]
        return value

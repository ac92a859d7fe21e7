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

    __slots__ = ("_at", "_data")

    def __init__(self) -> None:
        self._data = b""
        self._at = 0

    @property
    def waiting(self) -> tuple[bytes, int]:
        """What was received, and where in it the next frame begins."""
        return self._data, self._at

    def go_on(self, at: int) -> None:
        """Take the next frame from `at`, which must be where a frame in `waiting` ends."""
        self._at = at

    def receive(self, data: bytes) -> None:
        """Add bytes from the stream; raises `LocalError` if a whole largest frame still waits."""
        if len(self._data) - self._at >= PREFIX_WIDTH + MAX_FRAME:
            raise LocalError("frames must be taken before more is received")
        # What is copied is less than a frame: a chunk costs no more than its bytes and that.
        self._data = self._data[self._at :] + data
        self._at = 0

    def next(self) -> bytes | None:
        """Return the next frame without its prefix, or `None` until more is received.

        Raises `FrameError` for a length that is not allowed, then and ever after: close
        the connection.
        """
        start = self._at + PREFIX_WIDTH
        if len(self._data) < start:
            self._forget()
            return None
        length = int.from_bytes(self._data[self._at : start], "big")
        if not 1 <= length <= MAX_FRAME:
            raise FrameError("a frame of this length is not allowed")
        if len(self._data) < start + length:
            self._forget()
            return None
        self._at = start + length
        return self._data[start : self._at]

    def _forget(self) -> None:
        """Keep only what is not taken yet: a connection that is silent holds no chunk."""
        self._data = self._data[self._at :]
        self._at = 0

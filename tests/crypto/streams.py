"""Whole files in memory through the stream, for tests of it."""

from hashlib import sha256

from securemsg.crypto.stream import StreamKey, open_stream, seal_stream
from securemsg.errors import AuthenticationError, FrameError
from securemsg.wire.files import blob_size, padded_size


class Feed:
    """Gives bytes to whoever fills a view; raises `EOFError` where there are too few."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def __call__(self, view: memoryview) -> None:
        """Fill all of `view`."""
        piece = self._data[self._at : self._at + len(view)]
        if len(piece) < len(view):
            raise EOFError
        view[:] = piece
        self._at += len(view)


def sealed(key: StreamKey, file: bytes) -> tuple[bytes, bytes]:
    """Return what is stored of a file, and its digest."""
    blocks = seal_stream(key, len(file), padded_size(len(file)), Feed(file))
    stored = b"".join(bytes(block) for block in blocks)
    return stored, sha256(stored).digest()


def opened(key: StreamKey, size: int, digest: bytes, stored: bytes) -> bytes:
    """Return the file in what is stored, checked as a reader does it (Spec: FI-5)."""
    if len(stored) != blob_size(size):
        raise FrameError("another length")
    blocks = open_stream(key, size, padded_size(size), Feed(stored))
    file = b"".join(bytes(block) for block in blocks)
    if sha256(stored).digest() != digest:
        raise AuthenticationError("refused")
    return file

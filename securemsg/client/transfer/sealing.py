"""Between a plain file and its ciphertext on disk: sealed, hashed, opened, in flat memory (Spec: 12)."""

import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import final

from securemsg.client.transfer.failures import SPOILT, TransferFailed
from securemsg.client.transfer.halt import Halt
from securemsg.client.transfer.spool import fill_from, write_all
from securemsg.crypto.kdf import same
from securemsg.crypto.stream import Fill, StoredDigest, StreamKey, open_stream, seal_stream
from securemsg.errors import AuthenticationError
from securemsg.store.files import Sealed
from securemsg.wire.files import blob_size, padded_size


@final
class Hashing:
    """Hashes blocks in a thread beside the one that makes them: together they take the time of one."""

    __slots__ = ("_beside", "_digest", "_pending")

    def __init__(self, beside: ThreadPoolExecutor) -> None:
        self._beside = beside
        self._digest = StoredDigest()
        self._pending: Future[None] | None = None

    def update(self, block: memoryview) -> None:
        """Begin with a block once the one before is hashed, whose memory may then be used again."""
        self._settle()
        self._pending = self._beside.submit(self._digest.update, block)

    def value(self) -> bytes:
        """Return the digest of everything."""
        self._settle()
        return self._digest.value()

    def _settle(self) -> None:
        if self._pending is not None:
            self._pending.result()


def seal_file(descriptor: int, key: StreamKey, size: int, fill: Fill, halt: Halt) -> bytes:
    """Write the ciphertext of `size` bytes that `fill` gives; return its digest.

    Raises `OSError`, `Halted`, and what `fill` raises.

    Spec: FI-2, FI-4, FI-7.
    """
    with ThreadPoolExecutor(1) as beside:
        hashing = Hashing(beside)
        for block in seal_stream(key, size, padded_size(size), fill):
            halt.check()
            hashing.update(block)
            write_all(descriptor, block)
        return hashing.value()


def open_file(descriptor: int, sealed: Sealed, halt: Halt) -> Iterator[memoryview]:
    """Yield the plain file in a ciphertext block by block; it is whole and right once this has ended.

    Raises `OSError`, `Halted`, and `TransferFailed` for anything but what its message says.

    Spec: FI-5.
    """
    with ThreadPoolExecutor(1) as beside:
        hashing = Hashing(beside)

        def fill(view: memoryview) -> None:
            halt.check()
            if fill_from(descriptor, view):
                raise TransferFailed(SPOILT)
            hashing.update(view)

        try:
            yield from open_stream(sealed.key, sealed.size, padded_size(sealed.size), fill)
        except AuthenticationError:
            raise TransferFailed(SPOILT) from None
        if not same(hashing.value(), sealed.digest) or os.fstat(descriptor).st_size != blob_size(sealed.size):
            raise TransferFailed(SPOILT)

"""From the file that the person chose to a ciphertext in the home (Spec: FI-7, FI-14)."""

import os
from typing import Final

from securemsg.client.transfer import pictures
from securemsg.client.transfer.failures import CHANGED, PICTURE, PICTURE_SIZE, TransferFailed, of_disk
from securemsg.client.transfer.halt import Halt
from securemsg.client.transfer.progress import Progress
from securemsg.client.transfer.sealing import seal_file
from securemsg.client.transfer.source import Mark, Reader, opened
from securemsg.client.transfer.spool import Spool
from securemsg.crypto.entropy import Entropy
from securemsg.crypto.stream import Fill, StreamKey
from securemsg.store.files import FileRecord, Sealed
from securemsg.wire.files import blob_size

MAX_PICTURE: Final = 32 * 2**20
"""Bytes of a picture whose metadata is removed: it is held in memory meanwhile (Spec: FI-14)."""

_BEGINNING: Final = 16


def prepare(record: FileRecord, spool: Spool, entropy: Entropy, progress: Progress, halt: Halt) -> Sealed:
    """Encrypt the source of a file into the home, synced, under a key of its own.

    Raises `TransferFailed`, and `Halted`; what was written is worth nothing then.

    Spec: FI-7.
    """
    with opened(record.path) as descriptor:
        known = Mark.of(descriptor)
        if (known.size, known.changed) != (record.size, record.taken):
            raise TransferFailed(CHANGED)
        reader = Reader(descriptor, known)
        size, fill, removed = _content(record, known, reader)
        key = StreamKey(entropy(StreamKey.WIDTH))
        try:
            out = spool.create(record.spool)
            try:
                digest = seal_file(out, key, size, _counted(fill, progress), halt)
                os.fsync(out)
            finally:
                os.close(out)
        except OSError as error:
            raise of_disk(error) from error
        reader.end()
    return Sealed(key, digest, size, blob_size(size), removed)


def _content(record: FileRecord, known: Mark, reader: Reader) -> tuple[int, Fill, str]:
    """Return length and bytes of what is sent, and what was removed from it."""
    if not record.strip:
        return known.size, reader.fill, ""
    beginning = memoryview(bytearray(min(_BEGINNING, known.size)))
    reader.fill(beginning)
    if not pictures.is_picture(bytes(beginning)):
        return known.size, _Pieces([beginning], reader.fill).fill, ""
    if known.size > MAX_PICTURE:
        raise TransferFailed(PICTURE_SIZE)
    whole = memoryview(bytearray(known.size))
    whole[: len(beginning)] = beginning
    reader.fill(whole[len(beginning) :])
    try:
        stripped = pictures.strip(bytes(whole))
    except pictures.MalformedPicture:
        raise TransferFailed(PICTURE) from None
    pieces = _Pieces([memoryview(stripped.content)], reader.fill)
    return len(stripped.content), pieces.fill, ", ".join(stripped.removed)


class _Pieces:
    """Gives some bytes first, then what another source gives."""

    __slots__ = ("_then", "_waiting")

    def __init__(self, first: list[memoryview], then: Fill) -> None:
        self._waiting = first
        self._then = then

    def fill(self, view: memoryview) -> None:
        while self._waiting and view:
            piece = self._waiting.pop(0)
            count = min(len(piece), len(view))
            view[:count] = piece[:count]
            view = view[count:]
            if count < len(piece):
                self._waiting.insert(0, piece[count:])
        if view:
            self._then(view)


def _counted(fill: Fill, progress: Progress) -> Fill:
    def counted(view: memoryview) -> None:
        fill(view)
        progress.done += len(view)

    return counted

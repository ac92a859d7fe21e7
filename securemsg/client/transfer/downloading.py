"""A ciphertext from our relay into the home, then its verification (Spec: FI-5, FI-10)."""

import os
from typing import Final

import anyio
import anyio.to_thread

from securemsg.client.link import Link
from securemsg.client.problems import Refused
from securemsg.client.transfer.failures import EXPIRED, SPOILT, TransferFailed, of_disk
from securemsg.client.transfer.halt import Halt
from securemsg.client.transfer.progress import Progress
from securemsg.client.transfer.sealing import open_file
from securemsg.client.transfer.spool import Spool, write_all
from securemsg.client.transfer.window import Window
from securemsg.errors import FrameError
from securemsg.ids import BlobId
from securemsg.mailbox.answers import Answer, ErrorCode
from securemsg.mailbox.blobs import MAX_CHUNK, Chunk, GetRange
from securemsg.mailbox.tokens import ReadKey
from securemsg.store.files import FileRecord, Place, Sealed

_UNFIT: Final = "the relay returned another range than was asked for"


async def download(link: Link, record: FileRecord, place: Place, spool: Spool, progress: Progress) -> None:
    """Append what is missing of a file to what is here already.

    Raises `TransferFailed`, and what asking a relay raises.

    Spec: FI-10.
    """
    descriptor = _begin(record, spool, progress)
    try:
        window = Window()
        while progress.done < record.stored:
            gets = _gets(place, progress.done, min(record.stored, progress.done + window.chunks * MAX_CHUNK))
            began = anyio.current_time()
            try:
                answers = await link.ask_all(gets)
            except Refused as refusal:
                if refusal.code is ErrorCode.REFUSED:
                    raise TransferFailed(EXPIRED) from None
                raise
            window.took(anyio.current_time() - began)
            progress.done += await anyio.to_thread.run_sync(_append, descriptor, gets, answers)
    except OSError as error:
        raise of_disk(error) from error
    finally:
        os.close(descriptor)


def verify(record: FileRecord, spool: Spool, halt: Halt) -> None:
    """Check everything about a ciphertext that is here; one that fails is deleted.

    Raises `TransferFailed`, and `Halted`.

    Spec: FI-5.
    """
    if record.key is None:
        raise TransferFailed(SPOILT)
    sealed = Sealed(record.key, record.digest, record.size, record.stored, "")
    try:
        descriptor = spool.read(record.spool)
        try:
            for _ in open_file(descriptor, sealed, halt):
                pass
            os.fsync(descriptor)
        except TransferFailed:
            spool.remove(record.spool)
            raise
        finally:
            os.close(descriptor)
    except OSError as error:
        raise of_disk(error) from error


def _begin(record: FileRecord, spool: Spool, progress: Progress) -> int:
    """Return a descriptor behind what is here; what cannot be of this file is thrown away."""
    try:
        if spool.size(record.spool) > record.stored:
            spool.remove(record.spool)
        progress.done = spool.size(record.spool)
        return spool.extend(record.spool)
    except OSError as error:
        raise of_disk(error) from error


def _gets(place: Place, offset: int, end: int) -> list[GetRange]:
    key = ReadKey(place.read)
    return [
        GetRange(BlobId(place.blob), key, at, min(MAX_CHUNK, end - at))
        for at in range(offset, end, MAX_CHUNK)
    ]


def _append(descriptor: int, gets: list[GetRange], answers: list[Answer]) -> int:
    """Write what came in order; return how many bytes that were. Raises `FrameError` for another length."""
    count = 0
    for get, answer in zip(gets, answers, strict=True):
        if not isinstance(answer, Chunk) or len(answer.content) != get.length:
            raise FrameError(_UNFIT)
        write_all(descriptor, answer.content)
        count += get.length
    return count

"""A ciphertext from the home to the contact's relay (Spec: FI-9)."""

import os

import anyio
import anyio.to_thread

from securemsg.client import blobs
from securemsg.client.blobs import Upload
from securemsg.client.link import Link
from securemsg.client.transfer.failures import LOST, TransferFailed, of_disk
from securemsg.client.transfer.progress import Progress
from securemsg.client.transfer.spool import Spool
from securemsg.client.transfer.window import Window
from securemsg.ids import BlobId
from securemsg.mailbox.blobs import MAX_CHUNK, PutChunk
from securemsg.mailbox.tokens import ReadKey, SendToken, WriteKey
from securemsg.store.addresses import ContactAddress
from securemsg.store.files import FileRecord, Place


async def upload(
    link: Link, record: FileRecord, address: ContactAddress, spool: Spool, progress: Progress
) -> None:
    """Bring what is missing of a file to the relay; it has all of it on disk when this returns.

    Raises `TransferFailed`, and what asking a relay raises.

    Spec: FI-9.
    """
    if record.place is None or spool.size(record.spool) != record.stored:
        raise TransferFailed(LOST)
    blob = blob_of(record, record.place)
    await blobs.create(link, address.mailbox, SendToken(address.token.expose()), blob)
    progress.done = (await blobs.status(link, blob)).durable
    try:
        descriptor = spool.read(record.spool)
    except OSError:
        raise TransferFailed(LOST) from None
    try:
        await _put_all(link, blob, descriptor, progress)
    except OSError as error:
        raise of_disk(error) from error
    finally:
        os.close(descriptor)


async def _put_all(link: Link, blob: Upload, descriptor: int, progress: Progress) -> None:
    window = Window()
    while progress.done < blob.size:
        puts = await anyio.to_thread.run_sync(_puts, blob, descriptor, progress.done, window.chunks)
        began = anyio.current_time()
        await link.ask_all(puts)
        progress.done += sum(len(put.chunk) for put in puts)
        window.took(anyio.current_time() - began)


def _puts(blob: Upload, descriptor: int, offset: int, count: int) -> list[PutChunk]:
    """Read the next chunks; raises `TransferFailed` where the ciphertext has become shorter."""
    end = min(blob.size, offset + count * MAX_CHUNK)
    puts = [
        PutChunk(blob.blob, blob.write, at, os.pread(descriptor, min(MAX_CHUNK, end - at), at))
        for at in range(offset, end, MAX_CHUNK)
    ]
    if sum(len(put.chunk) for put in puts) != end - offset:
        raise TransferFailed(LOST)
    return puts


def blob_of(record: FileRecord, place: Place) -> Upload:
    """Return the blob of a file of ours."""
    return Upload(BlobId(place.blob), WriteKey(record.write), ReadKey(place.read), record.stored)

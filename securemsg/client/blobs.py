"""Asking a relay about blobs, on a link that is open (Spec: 08, section 4).

Uploads go over a link that sends, downloads over one of their own (Spec: MB-6). Everything raises
`Refused` with the relay's error, or the problem that ended the link.
"""

from dataclasses import dataclass, field
from typing import Final, Self

from securemsg.client.link import Link
from securemsg.crypto.entropy import Entropy
from securemsg.errors import FrameError
from securemsg.ids import BlobId, MailboxId
from securemsg.mailbox.blobs import (
    BlobState,
    Chunk,
    CreateBlob,
    DeleteBlob,
    GetRange,
    LookAtBlob,
    PutChunk,
    ReleaseBlob,
)
from securemsg.mailbox.tokens import ReadKey, SendToken, WriteKey

_UNFIT: Final = "the relay answered about a blob with something else"


@dataclass(frozen=True, slots=True)
class Upload:
    """A blob that we make, of `size` bytes; the keys are random and ours to keep."""

    blob: BlobId
    write: WriteKey = field(repr=False)
    read: ReadKey = field(repr=False)
    size: int

    @classmethod
    def fresh(cls, size: int, entropy: Entropy) -> Self:
        """Choose the id and the keys of a new one."""
        blob, write, read = (entropy(role.WIDTH) for role in (BlobId, WriteKey, ReadKey))
        return cls(BlobId(blob), WriteKey(write), ReadKey(read), size)


async def create(link: Link, mailbox: MailboxId, token: SendToken, upload: Upload) -> None:
    """Begin a blob at the cost of the mailbox that `token` is for; repeatable (Spec: MB-24)."""
    writing, reading = upload.write.hash, upload.read.hash
    await link.ask(CreateBlob(mailbox, token, upload.blob, writing, reading, upload.size))


async def put_chunk(link: Link, upload: Upload, offset: int, chunk: bytes) -> None:
    """Have `chunk`, of at most `MAX_CHUNK` bytes, on the relay's disk at `offset` (Spec: MB-25).

    Several may be under way in order; the last one's return means that the blob is whole.
    """
    await link.ask(PutChunk(upload.blob, upload.write, offset, chunk))


async def status(link: Link, upload: Upload) -> BlobState:
    """Return from where to go on; raises `FrameError` for a blob of another size (Spec: MB-25)."""
    state = await link.ask(LookAtBlob(upload.blob, upload.write))
    if not isinstance(state, BlobState) or state.size != upload.size:
        raise FrameError(_UNFIT)
    return state


async def get_range(link: Link, blob: BlobId, key: ReadKey, span: tuple[int, int]) -> bytes:
    """Return what lies in `span`: an offset and up to `MAX_CHUNK` bytes; less at the end (Spec: MB-26)."""
    chunk = await link.ask(GetRange(blob, key, *span))
    if not isinstance(chunk, Chunk):
        raise FrameError(_UNFIT)
    return chunk.content


async def delete(link: Link, upload: Upload) -> None:
    """Have a blob of ours forgotten (Spec: MB-27)."""
    await link.ask(DeleteBlob(upload.blob, upload.write))


async def release(link: Link, mailbox: MailboxId, blob: BlobId) -> None:
    """Give the room back that a blob takes of our mailbox, on the link that proved it (Spec: MB-27)."""
    await link.ask(ReleaseBlob(mailbox, blob))

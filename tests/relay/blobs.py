"""Blobs as tests make them: an id, keys, and bytes that can be checked."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from securemsg.ids import BlobId
from securemsg.mailbox.answers import Answer
from securemsg.mailbox.blobs import (
    MAX_CHUNK,
    Chunk,
    CreateBlob,
    DeleteBlob,
    GetRange,
    LookAtBlob,
    PutChunk,
    ReleaseBlob,
)
from securemsg.mailbox.tokens import ReadKey, WriteKey
from tests.relay.client import ENTROPY, Mailbox, RelayClient


@cache
def content_of(size: int) -> bytes:
    """Bytes of which no page is like another."""
    return hashlib.shake_128(b"content").digest(size)


@dataclass
class Blob:
    """A blob of `size` bytes for somebody's mailbox."""

    payer: Mailbox
    size: int = 100_000
    id: BlobId = field(default_factory=lambda: BlobId(ENTROPY(16)))
    write: WriteKey = field(default_factory=lambda: WriteKey(ENTROPY(32)))
    read: ReadKey = field(default_factory=lambda: ReadKey(ENTROPY(32)))

    @property
    def content(self) -> bytes:
        """All of it."""
        return content_of(self.size)

    @property
    def creation(self) -> CreateBlob:
        """The request that begins it."""
        payer = self.payer
        return CreateBlob(payer.id, payer.token, self.id, self.write.hash, self.read.hash, self.size)

    def put(self, offset: int, length: int = MAX_CHUNK) -> PutChunk:
        """The request that puts what belongs there."""
        return PutChunk(self.id, self.write, offset, self.content[offset : offset + length])

    def puts(self, begin: int = 0) -> list[PutChunk]:
        """All that are left from `begin` on."""
        content = self.content
        return [
            PutChunk(self.id, self.write, offset, content[offset : offset + MAX_CHUNK])
            for offset in range(begin, self.size, MAX_CHUNK)
        ]

    @property
    def look(self) -> LookAtBlob:
        """The request that tells how far it is."""
        return LookAtBlob(self.id, self.write)

    def get(self, offset: int, length: int = MAX_CHUNK) -> GetRange:
        """The request that reads what lies there."""
        return GetRange(self.id, self.read, offset, length)

    def gets(self) -> list[GetRange]:
        """The requests that read all of it."""
        return [self.get(offset) for offset in range(0, self.size, MAX_CHUNK)]

    @property
    def deletion(self) -> DeleteBlob:
        """The request with which its creator deletes it."""
        return DeleteBlob(self.id, self.write)

    @property
    def release(self) -> ReleaseBlob:
        """The request with which the mailbox's owner does."""
        return ReleaseBlob(self.payer.id, self.id)


def joined(answers: Sequence[Answer]) -> bytes:
    """What was read."""
    assert all(isinstance(answer, Chunk) for answer in answers), set(map(type, answers))
    return b"".join(answer.content for answer in answers if isinstance(answer, Chunk))


async def uploaded(sender: RelayClient, blob: Blob) -> None:
    """Have all of `blob` at the relay."""
    answers = await sender.ask_all([blob.creation, *blob.puts()])
    assert {type(answer).__name__ for answer in answers} == {"Done"}

"""What a client may ask about blobs: sealed files that lie at a relay for a time (Spec: 08, section 4)."""

from dataclasses import dataclass, field
from typing import ClassVar, Final, Self, TypeAlias

from securemsg.errors import FrameError
from securemsg.ids import BlobId, MailboxId
from securemsg.mailbox.tokens import KeyHash, ReadKey, SendToken, WriteKey
from securemsg.wire.codec import Encodable
from securemsg.wire.fields import Fields

MAX_CHUNK: Final = 61_440
"""Bytes of a blob in one frame: fifteen pages of 4 KiB fit beside the other fields."""

MAX_BLOB: Final = 2**48 - 1
"""Bytes of a blob that a frame can name; a relay takes far less (Spec: MB-24)."""


@dataclass(frozen=True, slots=True)
class CreateBlob:
    """Begin a blob of `size` bytes at the cost of a mailbox that we may send to (Spec: MB-24)."""

    KIND: ClassVar = 12
    mailbox: MailboxId
    token: SendToken = field(repr=False)
    blob: BlobId
    writing: KeyHash = field(repr=False)
    reading: KeyHash = field(repr=False)
    size: int

    def content(self) -> tuple[Encodable, ...]:
        """What follows the request number."""
        return self.mailbox, self.token, self.blob, self.writing, self.reading, self.size

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Take the content."""
        mailbox, token = fields.identifier(MailboxId), fields.identifier(SendToken)
        blob, writing = fields.identifier(BlobId), fields.identifier(KeyHash)
        return cls(mailbox, token, blob, writing, fields.identifier(KeyHash), _positive(fields, MAX_BLOB))


@dataclass(frozen=True, slots=True)
class PutChunk:
    """Fill a blob of ours from `offset` on; what lies before its end is not written again (Spec: MB-25)."""

    KIND: ClassVar = 13
    blob: BlobId
    key: WriteKey = field(repr=False)
    offset: int
    chunk: bytes = field(repr=False)

    def content(self) -> tuple[Encodable, ...]:
        """What follows the request number."""
        return self.blob, self.key, self.offset, self.chunk

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Take the content."""
        blob, key = fields.identifier(BlobId), fields.identifier(WriteKey)
        return cls(blob, key, fields.uint(MAX_BLOB), fields.binary_up_to(MAX_CHUNK, 1))


@dataclass(frozen=True, slots=True)
class LookAtBlob:
    """Learn how much of a blob of ours is on disk (Spec: MB-25)."""

    KIND: ClassVar = 14
    blob: BlobId
    key: WriteKey = field(repr=False)

    def content(self) -> tuple[Encodable, ...]:
        """What follows the request number."""
        return self.blob, self.key

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Take the content."""
        return cls(fields.identifier(BlobId), fields.identifier(WriteKey))


@dataclass(frozen=True, slots=True)
class GetRange:
    """Read at most `length` bytes of a whole blob from `offset` on (Spec: MB-26)."""

    KIND: ClassVar = 15
    blob: BlobId
    key: ReadKey = field(repr=False)
    offset: int
    length: int

    def content(self) -> tuple[Encodable, ...]:
        """What follows the request number."""
        return self.blob, self.key, self.offset, self.length

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Take the content."""
        blob, key = fields.identifier(BlobId), fields.identifier(ReadKey)
        return cls(blob, key, fields.uint(MAX_BLOB), _positive(fields, MAX_CHUNK))


@dataclass(frozen=True, slots=True)
class DeleteBlob:
    """Have a blob of ours forgotten, whole or not (Spec: MB-27)."""

    KIND: ClassVar = 16
    blob: BlobId
    key: WriteKey = field(repr=False)

    def content(self) -> tuple[Encodable, ...]:
        """What follows the request number."""
        return self.blob, self.key

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Take the content."""
        return cls(fields.identifier(BlobId), fields.identifier(WriteKey))


@dataclass(frozen=True, slots=True)
class ReleaseBlob:
    """Have a blob forgotten that somebody made at the cost of our mailbox (Spec: MB-27)."""

    KIND: ClassVar = 17
    mailbox: MailboxId
    blob: BlobId

    def content(self) -> tuple[Encodable, ...]:
        """What follows the request number."""
        return self.mailbox, self.blob

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Take the content."""
        return cls(fields.identifier(MailboxId), fields.identifier(BlobId))


BlobRequest: TypeAlias = CreateBlob | PutChunk | LookAtBlob | GetRange | DeleteBlob | ReleaseBlob


@dataclass(frozen=True, slots=True)
class BlobState:
    """Bytes from the beginning that are on disk, and bytes of the whole; equal once it is whole."""

    durable: int
    size: int

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Take the content; raises `FrameError` for more than the whole."""
        durable, size = fields.uint(MAX_BLOB), _positive(fields, MAX_BLOB)
        if durable > size:
            raise FrameError("more than the whole blob")
        return cls(durable, size)


@dataclass(frozen=True, slots=True)
class Chunk:
    """What lies in a range of a blob: as much as was asked for, less at the end only (Spec: MB-26)."""

    content: bytes = field(repr=False)


def _positive(fields: Fields, most: int) -> int:
    number = fields.uint(most)
    if not number:
        raise FrameError("nothing has this size")
    return number

"""How a content names a file: where its ciphertext lies, and what opens it."""

from dataclasses import dataclass, field
from typing import Final, Self, final

from securemsg.crypto.secret import Secret
from securemsg.crypto.stream import StreamKey
from securemsg.errors import FrameError, LocalError
from securemsg.wire.codec import MAX_ELEMENTS, Encodable
from securemsg.wire.fields import Fields
from securemsg.wire.files import MAX_FILE
from securemsg.wire.names import check_relay, take_relay

MAX_FILE_NAME: Final = 255
"""Bytes of a file's name: what file systems take (Spec: CT-15)."""

MAX_TYPE: Final = 127
"""Bytes of a media type: what its registry allows of the part on either side of the slash (Spec: CT-15)."""

BLOB_WIDTH: Final = 16
"""Bytes of a blob's random name at its relay."""

DIGEST_WIDTH: Final = 32
"""Bytes of SHA-256."""


@final
class ReadCapability(Secret):
    """The 32 bytes that let their holder fetch one blob (Spec: CT-15)."""

    WIDTH = 32
    __slots__ = ()


@final
@dataclass(frozen=True, slots=True)
class BlobPlace:
    """A relay, the name of a blob there, and what lets one fetch it."""

    host: str = field(repr=False)
    port: int = field(repr=False)
    pin: bytes = field(repr=False)
    blob: bytes = field(repr=False)
    read: ReadCapability

    def values(self) -> list[Encodable]:
        """Return the elements of this place; raises `LocalError` for what cannot be a relay."""
        check_relay(self.host, self.port, self.pin)
        if len(self.blob) != BLOB_WIDTH:
            raise LocalError("a blob's name has 16 bytes")
        return [self.host, self.port, self.pin, self.blob, self.read.expose()]

    @classmethod
    def take(cls, fields: Fields) -> Self:
        """Take a place from `fields`; raises `FrameError`."""
        place = fields.array(MAX_ELEMENTS)
        host, port, pin = take_relay(place)
        blob, read = place.binary(BLOB_WIDTH), ReadCapability(place.binary(ReadCapability.WIDTH))
        place.end()
        return cls(host, port, pin, blob, read)


@final
@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as its sender describes it: `size` of the plain file, `digest` of the stored bytes.

    `name` and `type` are hostile text.

    Spec: CT-15.
    """

    place: BlobPlace
    key: StreamKey
    digest: bytes = field(repr=False)
    size: int
    name: str = field(repr=False)
    type: str = field(repr=False)

    def values(self) -> list[Encodable]:
        """Return the elements of this file; raises `LocalError` for what is out of bounds."""
        if len(self.digest) != DIGEST_WIDTH:
            raise LocalError("a file has a digest of 32 bytes")
        if self.size > MAX_FILE:
            raise LocalError("The file is too large to be sent.")
        if not 1 <= _size(self.name) <= MAX_FILE_NAME or _size(self.type) > MAX_TYPE:
            raise LocalError("The name of the file is empty or too long to be sent.")
        return [self.place.values(), self.key.expose(), self.digest, self.size, self.name, self.type]

    @classmethod
    def take(cls, fields: Fields) -> Self:
        """Take a file from `fields`; raises `FrameError`."""
        file = fields.array(MAX_ELEMENTS)
        place, key = BlobPlace.take(file), StreamKey(file.binary(StreamKey.WIDTH))
        digest, size = file.binary(DIGEST_WIDTH), file.uint(MAX_FILE)
        name, kind = file.text(MAX_FILE_NAME), file.text(MAX_TYPE)
        file.end()
        if not name:
            raise FrameError("a file without a name")
        return cls(place, key, digest, size, name, kind)


def _size(text: str) -> int:
    try:
        return len(text.encode())
    except UnicodeEncodeError:
        raise LocalError("The name of the file contains half a character.") from None

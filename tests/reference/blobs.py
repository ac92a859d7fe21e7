"""08, section 4: what a relay answers about blobs, without time or disk."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

REFUSED, TOO_LARGE, CONFLICT = 1, 5, 10
DONE, BLOB_STATE, CHUNK = 129, 138, 139

Said = list[int | bytes]


class CodeError(Exception):
    """The answer is `failed` with this code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def check(code: int, *conditions: bool) -> None:
    """Answer with this code unless every condition holds."""
    if not all(conditions):
        raise CodeError(code)


@dataclass
class Blob:
    """What the relay has of one; `made` is mailbox, hash of the write key, hash of the read key, size."""

    made: tuple[bytes, bytes, bytes, int]
    content: bytes = b""

    @property
    def size(self) -> int:
        """Of the whole."""
        return self.made[3]


@dataclass
class Blobs:
    """All blobs of a relay."""

    largest: int
    held: dict[bytes, Blob] = field(default_factory=dict)

    def create(self, blob: bytes, made: tuple[bytes, bytes, bytes, int]) -> Said:
        """MB-24, after the token was found good."""
        if blob in self.held:
            check(REFUSED, self.held[blob].made == made)
            return [DONE]
        check(TOO_LARGE, made[3] <= self.largest)
        self.held[blob] = Blob(made)
        return [DONE]

    def _with_key(self, blob: bytes, key: bytes, place: int) -> Blob:
        check(REFUSED, blob in self.held)
        found = self.held[blob]
        check(REFUSED, hashlib.sha256(key).digest() == found.made[place])
        return found

    def put(self, blob: bytes, key: bytes, offset: int, chunk: bytes) -> Said:
        """MB-25."""
        found = self._with_key(blob, key, 1)
        end = len(found.content)
        check(CONFLICT, offset <= end, offset + len(chunk) <= found.size)
        found.content += chunk[end - offset :]
        return [DONE]

    def look(self, blob: bytes, key: bytes) -> Said:
        """MB-25."""
        found = self._with_key(blob, key, 1)
        return [BLOB_STATE, len(found.content), found.size]

    def get(self, blob: bytes, key: bytes, offset: int, length: int) -> Said:
        """MB-26."""
        found = self._with_key(blob, key, 2)
        check(REFUSED, len(found.content) == found.size)
        check(CONFLICT, offset < found.size)
        return [CHUNK, found.content[offset : offset + length]]

    def delete(self, blob: bytes, key: bytes) -> Said:
        """MB-27."""
        self._with_key(blob, key, 1)
        del self.held[blob]
        return [DONE]

    def remove(self, mailbox: bytes) -> None:
        """MB-29: all that counts for a mailbox."""
        self.held = {blob: held for blob, held in self.held.items() if held.made[0] != mailbox}

    def release(self, mailbox: bytes, blob: bytes) -> Said:
        """MB-27."""
        check(REFUSED, blob in self.held)
        check(REFUSED, self.held[blob].made[0] == mailbox)
        del self.held[blob]
        return [DONE]

"""What a relay knows of a blob: one page before its content, in the same file (Spec: RL-60)."""

from dataclasses import dataclass, field
from struct import Struct, error
from typing import Final, Self

HEADER: Final = 4_096
"""Bytes before the content: a page, so that content that is written in pages stays in pages."""

END_AT: Final = 2_048
"""Where the end stands: in a sector of its own, which a disk writes whole or not at all."""

_MAGIC: Final = b"secblob1"
_RECORD: Final = Struct(">8s 32s 32s 16s Q Q")
END: Final = Struct(">Q")


@dataclass(frozen=True, slots=True)
class Record:
    """Hashes of both keys, who pays, how long the whole is, and in which hour (since 1970) it goes.

    None of it ever changes. `payer` is a hash of the mailbox whose quota the blob uses.
    """

    writing: bytes = field(repr=False)
    reading: bytes = field(repr=False)
    payer: bytes
    size: int
    expires_hour: int

    @classmethod
    def parse(cls, header: bytes) -> Self | None:
        """What a file begins with; `None` where it is no blob of ours."""
        try:
            magic, *values = _RECORD.unpack_from(header)
        except error:
            return None
        return cls(*values) if magic == _MAGIC and len(header) == HEADER else None

    def header(self) -> bytes:
        """The page that a file begins with, the end at 0."""
        values = self.writing, self.reading, self.payer, self.size, self.expires_hour
        return _RECORD.pack(_MAGIC, *values).ljust(HEADER, b"\0")


def end_of(header: bytes) -> int:
    """How many bytes of the content were on disk when the header was written."""
    return int(END.unpack_from(header, END_AT)[0])

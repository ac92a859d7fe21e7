"""A blob's file while somebody with the right key works on it (Spec: MB-23)."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from relay.blobs.alone import lock_to_write
from relay.blobs.record import END, END_AT, HEADER, Record, end_of
from relay.storage.policy import hour_of
from securemsg.instant import Instant

_HOUR_AFTER_ALL: Final = 2**53

DECOY: Final = Record(bytes(32), bytes(32), bytes(16), 1, _HOUR_AFTER_ALL)
"""A blob that nobody has the keys of."""

Allows: TypeAlias = Callable[[Record], bool]
"""Whether the key that was shown fits."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that is open: what it is, and how much of its content was on disk."""

    descriptor: int
    path: Path
    record: Record
    end: int

    def write(self, data: bytes) -> None:
        """Put `data` behind the end, and move the end once it is on disk; raises `OSError`.

        The end is synced by itself: it never tells of what may be lost.
        """
        view, at = memoryview(data), HEADER + self.end
        while view:
            written = os.pwrite(self.descriptor, view, at)
            view, at = view[written:], at + written
        os.fdatasync(self.descriptor)
        os.pwrite(self.descriptor, END.pack(at - HEADER), END_AT)
        os.fdatasync(self.descriptor)

    def read(self, offset: int, length: int) -> bytes:
        """What lies there; less where the file is shorter than it should be."""
        return os.pread(self.descriptor, min(length, self.record.size - offset), HEADER + offset)


@contextmanager
def opened(
    paths: Sequence[Path], flags: int, allows: Allows, now: Instant, decoy: Path
) -> Iterator[Opened | None]:
    """Open the first of `paths` that is there, if the key fits and its time is not over; else give `None`.

    Nobody else writes to what is opened to be written: raises `BlockingIOError` where somebody does, or
    removed it meanwhile. Without a file the same is done with the decoy, and takes as long (Spec: MB-10).
    """
    path, descriptor = _open([*paths, decoy], flags)
    try:
        record = Record.parse(os.pread(descriptor, HEADER, 0))
        fits = record is not None and allows(record) and hour_of(now) < record.expires_hour
        if record is None or not fits or path == decoy:
            yield None
            return
        if flags & os.O_RDWR:
            lock_to_write(descriptor, path)
        yield Opened(descriptor, path, record, end_of(os.pread(descriptor, HEADER, 0)))
    finally:
        os.close(descriptor)


def _open(paths: Sequence[Path], flags: int) -> tuple[Path, int]:
    for path in paths[:-1]:
        try:
            return path, os.open(path, flags | os.O_NOFOLLOW)
        except FileNotFoundError:
            continue
    return paths[-1], os.open(paths[-1], os.O_RDONLY | os.O_NOFOLLOW)

"""The file that the person sends, read once (Spec: FI-7)."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self, final

from securemsg.client.transfer.failures import CHANGED, GONE, TransferFailed
from securemsg.client.transfer.spool import fill_from


@final
@dataclass(frozen=True, slots=True)
class Mark:
    """By what a file is known again: its length (bytes), its time of change (ns), and which one it is."""

    size: int
    changed: int
    identity: tuple[int, int]

    @classmethod
    def of(cls, descriptor: int) -> Self:
        """Take the mark of an open file; raises `TransferFailed` unless it is a regular one."""
        try:
            found = os.fstat(descriptor)
        except OSError:
            raise TransferFailed(GONE) from None
        if not stat.S_ISREG(found.st_mode):
            raise TransferFailed(GONE)
        return cls(found.st_size, found.st_mtime_ns, (found.st_dev, found.st_ino))


@contextmanager
def opened(path: str) -> Iterator[int]:
    """Open a file for reading; a pipe does not make this wait. Raises `TransferFailed`."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    except (OSError, ValueError):
        raise TransferFailed(GONE) from None
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def mark(path: str) -> Mark:
    """Return the mark of the file at `path`; raises `TransferFailed`."""
    with opened(path) as descriptor:
        return Mark.of(descriptor)


@final
class Reader:
    """Reads an open source from beginning to end, and tells whether it stayed the same."""

    __slots__ = ("_descriptor", "_mark")

    def __init__(self, descriptor: int, known: Mark) -> None:
        self._descriptor = descriptor
        self._mark = known

    def fill(self, view: memoryview) -> None:
        """Fill `view` with the next bytes; raises `TransferFailed` where the file has become shorter."""
        if self._missing(view):
            raise TransferFailed(CHANGED)

    def end(self) -> None:
        """Check that all was read, and that nothing changed meanwhile; raises `TransferFailed`."""
        beyond = memoryview(bytearray(1))
        if self._missing(beyond) == 0 or Mark.of(self._descriptor) != self._mark:
            raise TransferFailed(CHANGED)

    def _missing(self, view: memoryview) -> int:
        try:
            return fill_from(self._descriptor, view)
        except OSError:
            raise TransferFailed(GONE) from None

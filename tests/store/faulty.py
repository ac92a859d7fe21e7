"""A disk of which one call fails, the n-th, or all from there on: SQLite's own way of testing.

It lies under the encryption, as a VFS: `FAULTY_VFS` is the name by which a vault opens its
file on it.
"""

from typing import Final

import apsw
from typing_extensions import override

NAME: Final = "faulty"
FAULTY_VFS: Final = f"multipleciphers-{NAME}"
FOREVER: Final = 10**9


class Faults(apsw.VFS):
    """Counts every call, and lets some fail."""

    def __init__(self) -> None:
        """Register under `NAME`, as a sound disk."""
        super().__init__(NAME, "unix")
        self.kind: type[apsw.Error] = apsw.IOError
        self.calls = 0
        self.first = FOREVER
        self.count = 0
        self.failed: list[str] = []

    def arm(self, kind: type[apsw.Error], first: int, count: int) -> None:
        """Let `count` calls fail with `kind`, from the `first` (1 is the next) on."""
        self.kind, self.first, self.count = kind, first, count
        self.calls = 0
        self.failed = []

    def disarm(self) -> None:
        """Be a sound disk."""
        self.first = FOREVER

    def call(self, name: str) -> None:
        """Count one call; fail if its turn has come. Only a write finds a disk full."""
        if self.kind is apsw.FullError and name != "write":
            return
        self.calls += 1
        if self.first <= self.calls < self.first + self.count:
            self.failed.append(name)
            raise self.kind(name)

    @override
    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:
        self.call("open")
        assert name is not None
        return _File(self, name, flags)

    @override
    def xDelete(self, filename: str, syncdir: bool) -> None:
        self.call("delete")
        super().xDelete(filename, syncdir)

    @override
    def xAccess(self, pathname: str, flags: int) -> bool:
        self.call("access")
        return super().xAccess(pathname, flags)


class _File(apsw.VFSFile):
    def __init__(self, faults: Faults, name: str | apsw.URIFilename, flags: list[int]) -> None:
        super().__init__("unix", name, flags)
        self._faults = faults

    @override
    def xRead(self, amount: int, offset: int) -> bytes:
        self._faults.call("read")
        return super().xRead(amount, offset)

    @override
    def xWrite(self, data: bytes, offset: int) -> None:
        self._faults.call("write")
        super().xWrite(data, offset)

    @override
    def xTruncate(self, newsize: int) -> None:
        self._faults.call("truncate")
        super().xTruncate(newsize)

    @override
    def xSync(self, flags: int) -> None:
        # No real sync: nothing here loses power, and a thousand of them take long.
        self._faults.call("sync")

    @override
    def xFileSize(self) -> int:
        self._faults.call("size")
        return super().xFileSize()

    @override
    def xLock(self, level: int) -> None:
        self._faults.call("lock")
        super().xLock(level)


FAULTS: Final = Faults()
"""The one disk: the cipher's layer keeps pointing to the first of this name."""

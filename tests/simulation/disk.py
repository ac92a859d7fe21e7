# ruff: noqa: N802  # the names are SQLite's
"""The disks of all machines: an SQLite VFS over memory that a crash takes parts from.

What SQLite writes is seen at once and is safe after a sync. Faults hit the first write or the sync of
a commit, never its n-th write: how many pages a commit writes depends on random keys, and a
seed must not.
"""

import os
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Final

import apsw
from typing_extensions import override

from tests.simulation.dice import Dice

VFS: Final = "simulated"
"""The VFS of relays."""

CIPHER_VFS: Final = f"multipleciphers-{VFS}"
"""The VFS of vaults: the cipher over the same disks."""

_SECTOR: Final = 512
_PAGE: Final = 4_096


class Fault(Enum):
    """What a disk does wrong now."""

    NONE = "works"
    FULL = "has no room"
    WRITE = "fails to write, once"
    SYNC = "fails to sync, once"


@dataclass
class _File:
    """What is seen, and what was there before each write since the last sync."""

    content: bytearray = field(default_factory=bytearray)
    unsafe: list[tuple[int, bytes, bytes]] = field(default_factory=list)
    """Where, what was there, what is there now; of a truncation what was cut off, and nothing."""

    def after_power_cut(self, dice: Dice) -> bytearray:
        """Return what is left: of what was not synced any sector, in half of the cuts none."""
        left = bytearray(self.content)
        for offset, before, after in reversed(self.unsafe):
            left[offset : offset + len(after)] = before
        if dice.random() < 0.5:
            return left
        for offset, _, after in self.unsafe:
            for start in range(0, len(after), _SECTOR):
                if dice.random() < 0.5:
                    _put(left, offset + start, after[start : start + _SECTOR])
        return left


class Medium:
    """The files of one machine between two crashes."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = {name: _File(bytearray(content)) for name, content in files.items()}
        self.fault = Fault.NONE
        self.is_gone = False

    def crash(self, power: Dice | None) -> "Medium":
        """Cut the program that runs off from its files; return what the next one finds.

        `power` decides about what was not synced; without it only the program died.
        """
        self.is_gone = True
        if power is None:
            return Medium({name: bytes(file.content) for name, file in self.files.items()})
        return Medium({name: bytes(file.after_power_cut(power)) for name, file in self.files.items()})

    def copy(self) -> "Medium":
        """Return what a backup taken now holds."""
        return Medium({name: bytes(file.content) for name, file in self.files.items()})

    def sketch(self, folder: Path) -> None:
        """Show in a real folder which files there are, with their lengths and first bytes.

        These are looked at; the rest of what they hold goes through SQLite only.
        """
        for name in ("vault.db", "vault.db-wal"):
            (folder / name).unlink(missing_ok=True)
            if name in self.files:
                content = self.files[name].content
                (folder / name).write_bytes(bytes(content[:_SECTOR]))
                os.truncate(folder / name, len(content))

    def write(self, name: str, data: bytes, offset: int) -> None:
        """Write where it is seen, not yet safe."""
        self._stumble(Fault.WRITE)
        if self.fault is Fault.FULL:
            raise apsw.FullError("no room")
        file = self.files[name]
        file.unsafe.append((offset, bytes(file.content[offset : offset + len(data)]), data))
        _put(file.content, offset, data)

    def truncate(self, name: str, size: int) -> None:
        """Shorten; a crash may bring the old end back."""
        self._stumble(Fault.WRITE)
        file = self.files[name]
        file.unsafe.append((size, bytes(file.content[size:]), b""))
        del file.content[size:]

    def sync(self, name: str) -> None:
        """Make a file safe."""
        # The sync of a WAL's bare header is no commit.
        if any(len(after) >= _PAGE for _, _, after in self.files[name].unsafe):
            self._stumble(Fault.SYNC)
        if self.is_gone:
            raise apsw.IOError("crashed")
        self.files[name].unsafe.clear()

    def _stumble(self, fault: Fault) -> None:
        if self.is_gone:
            raise apsw.IOError("crashed")
        if self.fault is fault:
            self.fault = Fault.NONE
            raise apsw.IOError("the disk failed")


def _put(content: bytearray, offset: int, data: bytes) -> None:
    content.extend(bytes(max(0, offset + len(data) - len(content))))
    content[offset : offset + len(data)] = data


class _OpenFile:
    """One open file, with the methods of SQLite's `sqlite3_io_methods`."""

    def __init__(self, medium: Medium, name: str) -> None:
        self._medium = medium
        self._name = name
        medium.files.setdefault(name, _File())

    def xRead(self, amount: int, offset: int) -> bytes:
        return bytes(self._medium.files[self._name].content[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:
        self._medium.write(self._name, bytes(data), offset)

    def xTruncate(self, size: int) -> None:
        self._medium.truncate(self._name, size)

    def xSync(self, _flags: int) -> None:
        self._medium.sync(self._name)

    def xFileSize(self) -> int:
        return len(self._medium.files[self._name].content)

    def xFileControl(self, _operation: int, _pointer: int) -> bool:
        return False

    def xCheckReservedLock(self) -> bool:
        return False

    def xClose(self) -> None:
        pass

    def xLock(self, _level: int) -> None:
        pass

    def xUnlock(self, _level: int) -> None:
        pass

    def xSectorSize(self) -> int:
        return _SECTOR

    def xDeviceCharacteristics(self) -> int:
        return 0


class _Disks(apsw.VFS):
    """All disks, by the folders that machines have them in."""

    def __init__(self) -> None:
        super().__init__(VFS, "unix")
        self.media: dict[Path, Medium] = {}

    @override
    def xOpen(self, name: "str | apsw.URIFilename | None", flags: list[int]) -> _OpenFile:  # type: ignore[override]  # apsw takes any object with these methods
        assert name is not None
        path = Path(name if isinstance(name, str) else name.filename())
        flags[1] = flags[0]
        return _OpenFile(self.media[path.parent], path.name)

    @override
    def xDelete(self, filename: str, syncdir: bool) -> None:
        path = Path(filename)
        if not self.media[path.parent].is_gone:
            self.media[path.parent].files.pop(path.name, None)

    @override
    def xAccess(self, pathname: str, flags: int) -> bool:
        path = Path(pathname)
        return path.name in self.media[path.parent].files


DISKS: Final = _Disks()
"""One for the whole process: the cipher keeps pointing to the first of a name, even unregistered."""

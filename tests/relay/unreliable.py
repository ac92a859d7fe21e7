# ruff: noqa: N802  # the names are SQLite's
"""A disk that can lose power, run full or fail: an SQLite VFS over files in memory.

What SQLite writes is visible to it at once, but is on the disk only after a sync. A
power cut keeps what was synced, and of everything later any sectors, whole or torn.
"""

import random  # noqa: TID251  # a seed says where the power goes; nothing secret

import apsw

SECTOR = 512


class Disk:
    """Files by name: what the running program sees, and what a power cut cannot take."""

    def __init__(self) -> None:
        self.seen: dict[str, bytearray] = {}
        self.safe: dict[str, bytes] = {}
        self.pending: dict[str, list[tuple[int, bytes | None]]] = {}
        self.unlinked: dict[str, bytes] = {}
        self.steps_left = 10**12
        self.syncs_left = 10**12
        self.room = 10**12

    def step(self) -> None:
        """Count a write, truncation or sync; fail when the power is gone."""
        self.steps_left -= 1
        if self.steps_left < 0:
            raise apsw.IOError("no power")

    def sync(self, name: str) -> None:
        """Make a file safe; fail when the disk does not sync any more."""
        self.step()
        self.syncs_left -= 1
        if self.syncs_left < 0:
            raise apsw.IOError("the disk failed")
        self.safe[name] = bytes(self.seen[name])
        self.pending[name] = []

    def cut(self, chance: random.Random) -> "Disk":
        """The disk after a power cut now."""
        after = Disk()
        for name in self.seen:
            content = bytearray(self.safe.get(name, b""))
            for offset, data in self.pending.get(name, []):
                _apply(content, offset, data, chance)
            after.seen[name] = content
            after.safe[name] = bytes(content)
        for name, safe in self.unlinked.items():
            # That a name is gone was not synced: perhaps it comes back.
            if name not in after.seen and chance.random() < 0.5:
                after.seen[name] = bytearray(safe)
                after.safe[name] = safe
        return after


def _apply(content: bytearray, offset: int, data: bytes | None, chance: random.Random) -> None:
    """Perhaps bring a write to the disk: each of its sectors, or half of one."""
    if data is None:
        if chance.random() < 0.5:
            del content[offset:]
        return
    for start in range(0, len(data), SECTOR):
        sector = data[start : start + SECTOR]
        fate = chance.random()
        if fate < 0.45:
            continue
        if fate < 0.55:
            sector = sector[: len(sector) // 2]
        end = offset + start + len(sector)
        content.extend(bytes(max(0, end - len(content))))
        content[offset + start : end] = sector


class _File:
    """One open file, with the methods of SQLite's `sqlite3_io_methods`."""

    def __init__(self, disk: Disk, name: str) -> None:
        self.disk = disk
        self.name = name
        disk.seen.setdefault(name, bytearray())

    def xRead(self, amount: int, offset: int) -> bytes:
        """Read what is seen."""
        return bytes(self.disk.seen[self.name][offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:
        """Write where it is seen, not yet safe."""
        self.disk.step()
        content = self.disk.seen[self.name]
        end = offset + len(data)
        self.disk.room -= max(0, end - len(content))
        if self.disk.room < 0:
            self.disk.room = 0
            raise apsw.FullError("no room")
        content.extend(bytes(max(0, end - len(content))))
        content[offset:end] = data
        self.disk.pending.setdefault(self.name, []).append((offset, bytes(data)))

    def xTruncate(self, size: int) -> None:
        """Shorten."""
        self.disk.step()
        del self.disk.seen[self.name][size:]
        self.disk.pending.setdefault(self.name, []).append((size, None))

    def xSync(self, _flags: int) -> None:
        """Make safe."""
        self.disk.sync(self.name)

    def xFileSize(self) -> int:
        """Bytes."""
        return len(self.disk.seen[self.name])

    def xFileControl(self, _operation: int, _pointer: int) -> bool:
        """Know no extras."""
        return False

    def xCheckReservedLock(self) -> bool:
        """Nobody else is there."""
        return False

    def xClose(self) -> None:
        """Nothing to do."""

    def xLock(self, _level: int) -> None:
        """Nothing to do."""

    def xUnlock(self, _level: int) -> None:
        """Nothing to do."""

    def xSectorSize(self) -> int:
        """Bytes that are written together."""
        return SECTOR

    def xDeviceCharacteristics(self) -> int:
        """Promise nothing."""
        return 0


class UnreliableVFS(apsw.VFS):
    """Names are given without a folder that exists; everything stays in `disk`."""

    def __init__(self, name: str, disk: Disk) -> None:
        self.disk = disk
        super().__init__(name, "")

    def xOpen(self, name: "str | apsw.URIFilename | None", flags: list[int]) -> "_File":  # type: ignore[override]
        """Open or create."""
        flags[1] = flags[0]
        return _File(self.disk, str(name.filename() if isinstance(name, apsw.URIFilename) else name))

    def xDelete(self, name: str, sync_folder: bool) -> None:  # noqa: FBT001  # SQLite's signature
        """Delete; for good if the folder is synced."""
        self.disk.step()
        if not sync_folder and name in self.disk.safe:
            self.disk.unlinked[name] = self.disk.safe[name]
        for files in (self.disk.seen, self.disk.safe, self.disk.pending):
            files.pop(name, None)

    def xAccess(self, name: str, _flags: int) -> bool:
        """Tell whether a file is there."""
        return name in self.disk.seen

"""A disk that loses power: of what was not synced any sector may be lost.

It lies under the encryption, as a VFS of SQLite: `CUT_VFS` is the name by which a vault
opens its file on it. Reads see what was written; `Power.cut` leaves in the real files what
a power cut may leave there.
"""

from pathlib import Path
from typing import Final

import apsw
from typing_extensions import override

from tests.store.chance import Chance

SECTOR: Final = 512
NAME: Final = "powercut"
CUT_VFS: Final = f"multipleciphers-{NAME}"


class Shadow:
    """One file: what is surely on disk, and the writes since the last sync."""

    def __init__(self, path: Path) -> None:
        """Take what is there as synced."""
        self.path = path
        self.durable = path.read_bytes() if path.exists() else b""
        self.pending: list[tuple[int, bytes]] = []

    def survive(self, chance: Chance) -> bytes:
        """Return what may be left: each sector written since the last sync is there, or not."""
        content = bytearray(self.durable)
        for offset, data in self.pending:
            for start in range(0, len(data), SECTOR):
                piece = data[start : start + SECTOR]
                if chance.random() < 0.5:
                    first, last = offset + start, offset + start + len(piece)
                    content.extend(bytes(max(0, last - len(content))))
                    content[first:last] = piece
        return bytes(content)


class Power(apsw.VFS):
    """The disk, and what befalls it."""

    def __init__(self) -> None:
        """Register under `NAME`."""
        super().__init__(NAME, "unix")
        self.reset()

    def reset(self) -> None:
        """Be a sound disk without files."""
        self.shadows: dict[Path, Shadow] = {}
        self.steps_left: int | None = None
        """Writes and syncs until the power fails, which every later one reports."""
        self.room: int | None = None
        """Bytes that may still be written."""
        self.syncs_left: int | None = None
        """Syncs until they all fail, with writes going on."""

    @override
    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:
        assert name is not None
        path = Path(name if isinstance(name, str) else name.filename())
        shadow = self.shadows.setdefault(path, Shadow(path))
        return _File(self, shadow, name, flags)

    @override
    def xDelete(self, filename: str, syncdir: bool) -> None:
        self.step()
        self.shadows.pop(Path(filename), None)
        super().xDelete(filename, syncdir)

    def step(self) -> None:
        """Do one thing more, unless the power has failed."""
        if self.steps_left is not None:
            self.steps_left -= 1
            if self.steps_left < 0:
                raise apsw.IOError("no power")

    def sync(self) -> None:
        """Sync once more, unless that fails."""
        if self.syncs_left is not None:
            self.syncs_left -= 1
            if self.syncs_left < 0:
                raise apsw.IOError("the disk failed")

    def fill(self, size: int) -> None:
        """Take `size` bytes of the room that is left."""
        if self.room is not None:
            self.room -= size
            if self.room < 0:
                raise apsw.FullError("no room")

    def cut(self, chance: Chance) -> None:
        """Leave what survives in the real files, with the power back."""
        for path, shadow in self.shadows.items():
            path.write_bytes(shadow.survive(chance))
        self.shadows.clear()
        self.steps_left = None


class _File(apsw.VFSFile):
    def __init__(self, power: Power, shadow: Shadow, name: str | apsw.URIFilename, flags: list[int]) -> None:
        super().__init__("unix", name, flags)
        self._power = power
        self._shadow = shadow

    @override
    def xWrite(self, data: bytes, offset: int) -> None:
        self._power.step()
        self._power.fill(len(data))
        self._shadow.pending.append((offset, bytes(data)))
        super().xWrite(data, offset)

    @override
    def xTruncate(self, newsize: int) -> None:
        # Not durable before the next sync: a cut brings the old end back.
        self._power.step()
        super().xTruncate(newsize)

    @override
    def xSync(self, flags: int) -> None:
        self._power.step()
        self._power.sync()
        # No real sync: what counts as durable is what is remembered here.
        self._shadow.durable = self._shadow.path.read_bytes()
        self._shadow.pending.clear()


POWER: Final = Power()
"""The one disk: the cipher's layer keeps pointing to the first of this name, even unregistered."""

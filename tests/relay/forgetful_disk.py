"""What a disk may hold after a power cut: all that was synced, and of the rest whatever chance decides.

Every change of a folder is recorded while it is really made; afterwards the folder is rebuilt as it could
be found after a cut between any two of the changes. Sectors of 512 bytes are written whole or not at all.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random  # noqa: TID251  # decides what is lost, not keys
from typing import Any

SECTOR = 512
RECORDED = (
    *("open", "close", "write", "pwrite", "ftruncate", "fsync", "fdatasync"),
    *("mkdir", "rmdir", "rename", "unlink"),
)
FOLDER = -1


@dataclass
class Inode:
    """A file: what is on disk for certain, and changes that are not."""

    synced: bytes = b""
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)

    def after(self, dice: Random) -> bytes:
        """One content that a cut could leave."""
        content = bytearray(self.synced)
        for at, data in self.pending:
            # Most often all or nothing: pages of one write go together.
            fate = dice.random()
            if fate < 0.4:
                continue
            if data is None:
                content = content[:at].ljust(at, b"\0")
                continue
            kept = data if fate < 0.8 else data[: dice.randrange(len(data) // SECTOR + 1) * SECTOR]
            content = content.ljust(at, b"\0")
            content[at : at + len(kept)] = kept
        return bytes(content)

    def settle(self) -> None:
        """All of it is on disk."""
        for at, data in self.pending:
            whole = bytearray(self.synced.ljust(at, b"\0"))
            if data is None:
                del whole[at:]
            else:
                whole[at : at + len(data)] = data
            self.synced = bytes(whole)
        self.pending.clear()


Change = Callable[["Disk"], None]


@dataclass
class Disk:
    """Files by number, and names: those on disk for certain, and changes by folder that are not."""

    inodes: dict[int, Inode] = field(default_factory=dict)
    names: dict[Path, int] = field(default_factory=dict)
    pending: dict[Path, list[tuple[Path | None, Path | None, int]]] = field(default_factory=dict)

    def rename(self, before: Path | None, after: Path | None, number: int) -> None:
        """A name ends, begins, or both."""
        folder = (after or before or Path()).parent
        self.pending.setdefault(folder, []).append((before, after, number))

    def begin(self, path: Path, number: int) -> None:
        """A new file, without content."""
        self.inodes[number] = Inode()
        self.rename(None, path, number)

    def sync(self, path: Path, number: int) -> None:
        """What was done to a file, or to the names in a folder, is on disk."""
        if number == FOLDER:
            self.names = _named(self.names, self.pending.pop(path, []))
        elif number in self.inodes:
            self.inodes[number].settle()

    def rebuild(self, root: Path, target: Path, dice: Random) -> None:
        """Make `target` what `root` could be after a cut."""
        names = dict(self.names)
        for changes in self.pending.values():
            names = _named(names, [one for one in changes if dice.random() < 0.5])
        for path in sorted(names):
            place = target / path.relative_to(root)
            if not place.parent.is_dir():
                continue
            if names[path] == FOLDER:
                place.mkdir()
            else:
                place.write_bytes(self.inodes[names[path]].after(dice))


def _named(names: dict[Path, int], changes: list[tuple[Path | None, Path | None, int]]) -> dict[Path, int]:
    found = dict(names)
    for before, after, number in changes:
        if before is not None:
            found.pop(before, None)
        if after is not None:
            found[after] = number
    return found


class Tape:
    """Changes in the order in which they were made, and what was promised between them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.changes: list[Change] = []
        self.promises: list[tuple[int, object]] = []
        self._descriptors: dict[int, tuple[Path, int]] = {}
        self._numbers: dict[int, int] = {}

    def promise(self, what: object) -> None:
        """From here on this must hold after a cut."""
        self.promises.append((len(self.changes), what))

    def disks(self) -> Iterator[tuple[Disk, list[object]]]:
        """The disk after each change, with what was promised by then."""
        disk = Disk()
        for count, change in enumerate([lambda _disk: None, *self.changes]):
            change(disk)
            yield disk, [what for at, what in self.promises if at <= count]

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Record what this process does to the folder; other folders are left alone."""
        real = {name: getattr(os, name) for name in RECORDED}
        try:
            for name, function in real.items():
                setattr(os, name, self._recorder(name, function))
            yield
        finally:
            for name, function in real.items():
                setattr(os, name, function)

    def _recorder(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        note: Callable[..., None] = self._opened if name == "open" else getattr(self, f"_{name}")

        def record(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401  # as the real one
            first = arguments[0]
            existed = isinstance(first, int) or os.path.lexists(first)
            result = real(*arguments, **named)
            note(result, existed, *arguments)
            return result

        return record

    def _note(self, change: Change) -> None:
        self.changes.append(change)

    def _is_ours(self, path: Path) -> bool:
        return self.root in path.parents

    def _opened(self, descriptor: int, existed: object, path: Path, *_: object) -> None:
        place = Path(path)
        if place != self.root and not self._is_ours(place):
            return
        file = os.fstat(descriptor).st_ino
        if not existed:
            # The system uses the numbers of deleted files again.
            self._numbers[file] = number = len(self.changes)
            self._note(lambda disk: disk.begin(place, number))
        self._descriptors[descriptor] = place, FOLDER if place.is_dir() else self._numbers[file]

    def _close(self, _: object, __: object, descriptor: int) -> None:
        self._descriptors.pop(descriptor, None)

    def _mkdir(self, _: object, __: object, path: Path, *___: object) -> None:
        made = Path(path)
        if self._is_ours(made):
            self._note(lambda disk: disk.rename(None, made, FOLDER))

    def _rmdir(self, _: object, __: object, path: Path) -> None:
        gone = Path(path)
        self._note(lambda disk: disk.rename(gone, None, FOLDER))

    def _unlink(self, _: object, __: object, path: Path) -> None:
        gone = Path(path)
        self._note(lambda disk: disk.rename(gone, None, 0))

    def _rename(self, _: object, __: object, before: Path, after: Path) -> None:
        old, new = Path(before), Path(after)
        number = self._numbers[new.stat().st_ino]
        self._note(lambda disk: disk.rename(old, new, number))

    def _write(self, _: object, __: object, descriptor: int, data: bytes) -> None:
        self._changed(descriptor, 0, bytes(data))

    def _pwrite(self, written: int, _: object, descriptor: int, data: bytes, at: int) -> None:
        self._changed(descriptor, at, bytes(data)[:written])

    def _ftruncate(self, _: object, __: object, descriptor: int, size: int) -> None:
        self._changed(descriptor, size, None)

    def _changed(self, descriptor: int, at: int, data: bytes | None) -> None:
        if descriptor in self._descriptors:
            number = self._descriptors[descriptor][1]
            self._note(lambda disk: disk.inodes[number].pending.append((at, data)))

    def _fsync(self, _: object, __: object, descriptor: int) -> None:
        if descriptor in self._descriptors:
            path, number = self._descriptors[descriptor]
            self._note(lambda disk: disk.sync(path, number))

    _fdatasync = _fsync

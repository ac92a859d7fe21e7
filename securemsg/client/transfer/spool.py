"""The ciphertexts of files, beside the vault: worth nothing without it (Spec: FI-7, FI-10, FI-15)."""

import os
import re
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final, final

_FOLDER_MODE: Final = 0o700
_FILE_MODE: Final = 0o600
# A pipe that somebody put in the place of a file must not hold the program up.
_FLAGS: Final = os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
_NAME: Final = re.compile("[0-9a-f]{32}")


@final
class Spool:
    """The folder `files` of a home; each name is the hexadecimal of 16 random bytes."""

    __slots__ = ("_folder",)

    def __init__(self, home: Path) -> None:
        self._folder = home / "files"

    def create(self, name: bytes) -> int:
        """Return a descriptor of a new file, in place of one that was begun before; raises `OSError`."""
        self.remove(name)
        self._folder.mkdir(mode=_FOLDER_MODE, exist_ok=True)
        return os.open(self._path(name), _FLAGS | os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE)

    def extend(self, name: bytes) -> int:
        """Return a descriptor that writes behind what is there already; raises `OSError`."""
        self._folder.mkdir(mode=_FOLDER_MODE, exist_ok=True)
        return self._regular(
            os.open(self._path(name), _FLAGS | os.O_WRONLY | os.O_CREAT | os.O_APPEND, _FILE_MODE)
        )

    def read(self, name: bytes) -> int:
        """Return a descriptor that reads; raises `OSError`."""
        return self._regular(os.open(self._path(name), _FLAGS | os.O_RDONLY))

    def size(self, name: bytes) -> int:
        """Return how many bytes are there, 0 where there is no such file."""
        try:
            return self._path(name).lstat().st_size
        except OSError:
            return 0

    def room(self) -> int:
        """Return how many bytes the disk has left."""
        found = os.statvfs(self._folder.parent)
        return found.f_bavail * found.f_frsize

    def remove(self, name: bytes) -> None:
        """Delete a file, if it is there."""
        self._path(name).unlink(missing_ok=True)

    def sweep(self, kept: Iterable[bytes]) -> None:
        """Delete every ciphertext that no message names any more (Spec: FI-15).

        What is not called like one is not ours: the folder may be a link to another.
        """
        names = {each.hex() for each in kept}
        try:
            listed = {entry.name for entry in os.scandir(self._folder) if _NAME.fullmatch(entry.name)}
        except OSError:
            return
        for name in listed - names:
            with suppress(OSError):
                (self._folder / name).unlink()

    @staticmethod
    def _regular(descriptor: int) -> int:
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            return descriptor
        os.close(descriptor)
        raise OSError

    def _path(self, name: bytes) -> Path:
        return self._folder / name.hex()


def write_all(descriptor: int, block: memoryview | bytes) -> None:
    """Write all of a block; raises `OSError`."""
    left = memoryview(block)
    while left:
        left = left[os.write(descriptor, left) :]


def fill_from(descriptor: int, view: memoryview) -> int:
    """Fill `view` from a file as far as that reaches; return how many bytes are missing."""
    left = view
    while left:
        count = os.readv(descriptor, [left])
        if not count:
            break
        left = left[count:]
    return len(left)

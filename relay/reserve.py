"""Room on the disk that is kept for deletions (Spec: RL-48).

A file as long as the reserve holds the room, also against other programs on the same disk. It is given
back to the disk when the room beside it runs out: then acknowledgements, which write before they free
anything, still succeed.
"""

import contextlib
import os
from enum import IntEnum
from pathlib import Path
from typing import Final

import trio

_LOOK_AGAIN_SECONDS: Final = 0.25
"""How old what we know of the disk may be."""

_WATCH_SECONDS: Final = 1
"""How long deletions may fail before the file makes room for them."""

_NEW_MAILBOXES: Final = 2
"""With less free than so many reserves nobody new comes in: those who are here keep the rest."""

_GIVEN_BACK: Final = 4
"""The file makes room when less than this part of a reserve is free beside it."""

_TAKEN_AGAIN: Final = 3
"""With so many reserves free the file takes its room again, and as much stays free as ends all pressure."""

_PRIVATE: Final = 0o600


class Pressure(IntEnum):
    """What is refused; each level refuses what the one before it does."""

    NONE = 0
    NEW_MAILBOXES = 1
    STORING = 2


class DiskReserve:
    """Looks at the disk of the folder `path`, and keeps `size` bytes of it."""

    __slots__ = ("_file", "_is_given_back", "_looked", "_path", "_pressure", "_size")

    def __init__(self, path: Path, size: int) -> None:
        self._path = path
        self._file = path / "reserve"
        self._size = size
        self._looked = -_LOOK_AGAIN_SECONDS
        self._pressure = Pressure.NONE
        self._is_given_back = False

    @property
    def pressure(self) -> Pressure:
        """What must be refused now."""
        now = trio.current_time()
        if now >= self._looked + _LOOK_AGAIN_SECONDS:
            self._pressure = self._judge(self.free)
            self._looked = now
        return self._pressure

    @property
    def is_low(self) -> bool:
        """Tell whether nothing may be stored now."""
        return self.pressure is Pressure.STORING

    @property
    def free(self) -> int:
        """Bytes that this process could still write, beside the reserve."""
        disk = os.statvfs(self._path)
        return disk.f_bavail * disk.f_frsize

    @property
    def held(self) -> int:
        """Bytes that the file holds."""
        try:
            return self._file.stat().st_size
        except OSError:
            return 0

    def adjust(self) -> None:
        """Take or give back the room as the disk has it; in any thread, one at a time."""
        free, held = self.free, self.held
        if held and free < self._size // _GIVEN_BACK:
            # From here on nothing is stored until the file has its room again.
            self._is_given_back = True
            with contextlib.suppress(OSError):
                self._file.unlink()
        elif held != self._size and free + held >= _TAKEN_AGAIN * self._size:
            self._take()
            self._is_given_back &= self.held != self._size

    async def keep(self) -> None:
        """Adjust for ever."""
        while True:
            await trio.to_thread.run_sync(self.adjust)
            await trio.sleep(_WATCH_SECONDS)

    def _judge(self, free: int) -> Pressure:
        if free < self._size or self._is_given_back:
            return Pressure.STORING
        return Pressure.NEW_MAILBOXES if free < _NEW_MAILBOXES * self._size else Pressure.NONE

    def _take(self) -> None:
        part = self._file.with_name(self._file.name + ".part")
        try:
            part.unlink(missing_ok=True)
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
            try:
                os.posix_fallocate(descriptor, 0, self._size)
            finally:
                os.close(descriptor)
            part.replace(self._file)
        except OSError:
            # Somebody else was quicker, or the disk cannot be written to: the store will say so.
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)

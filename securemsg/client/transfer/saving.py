"""A plain copy of a file, made where nothing is harmed by it (Spec: FI-12)."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from securemsg.client.transfer.failures import of_disk
from securemsg.client.transfer.halt import Halt
from securemsg.client.transfer.sealing import open_file
from securemsg.client.transfer.spool import write_all
from securemsg.errors import LocalError
from securemsg.store.files import Sealed
from securemsg.wire.files import numbered, saved_name

_MODE: Final = 0o600
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_MOST_NUMBERS: Final = 9_999
"""After which a folder is full of files of this name: somebody made them."""


def save(ciphertext: int, sealed: Sealed, name: str, folder: str, halt: Halt) -> str:
    """Open a ciphertext into a new file in `folder`, under a name made of `name`; return its path.

    The file has that name only once all of it is checked and on disk; what fails leaves nothing. Raises
    `LocalError` with a sentence, and `Halted`.

    Spec: FI-5, FI-11, FI-12.
    """
    cleaned = saved_name(name)
    try:
        with _folder(folder) as place:
            part, plain = _reserve(place, f"{cleaned}.part")
            try:
                _write(plain, open_file(ciphertext, sealed, halt))
                final = _put(place, part, cleaned)
            except BaseException:
                with suppress(OSError):
                    os.unlink(part, dir_fd=place)
                raise
            os.fsync(place)
    except OSError as error:
        raise of_disk(error) from error
    return str(Path(folder) / final)


@contextmanager
def _folder(folder: str) -> Iterator[int]:
    try:
        place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except (OSError, ValueError):
        raise LocalError("There is no such folder, or it cannot be written to: choose another one.") from None
    try:
        yield place
    finally:
        os.close(place)


def _reserve(place: int, name: str) -> tuple[str, int]:
    """Make a new file of this name, numbered where that is taken by anything; return name and descriptor."""
    for number in range(1, _MOST_NUMBERS + 1):
        candidate = numbered(name, number)
        try:
            return candidate, os.open(candidate, _NEW, _MODE, dir_fd=place)
        except FileExistsError:
            continue
        except PermissionError:
            break
    raise LocalError("This folder takes no new file of this name: choose another one.")


def _put(place: int, part: str, name: str) -> str:
    """Give a file its name, over an empty one of our own; return that name. None is left where this fails."""
    final, empty = _reserve(place, name)
    try:
        os.close(empty)
        os.rename(part, final, src_dir_fd=place, dst_dir_fd=place)
    except BaseException:
        with suppress(OSError):
            os.unlink(final, dir_fd=place)
        raise
    return final


def _write(descriptor: int, blocks: Iterator[memoryview]) -> None:
    try:
        for block in blocks:
            write_all(descriptor, block)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

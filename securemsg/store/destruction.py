"""Destroying a home: first what opens it, then the rest (Spec: ST-13)."""

import os
import shutil
from pathlib import Path
from typing import Final

from securemsg.crypto.entropy import Entropy
from securemsg.store.errors import file_errors
from securemsg.store.home import Home, HomeLock, sync_folder

_AT_ONCE: Final = 65_536
"""Bytes written over at once: slots have some hundreds; what else is called like them may have any size."""


def destroy(folder: Path, entropy: Entropy) -> None:
    """Destroy the home in `folder`, which nobody may have open.

    The slots are overwritten, on disk and removed before anything else is touched: whatever is left
    of the other files after a power cut is closed for ever. Raises `HomeInUse` and `StorageFailed`.
    """
    home = Home(folder)
    lock = HomeLock.take(home)
    try:
        with file_errors():
            for slots in sorted(folder.glob("vault.slots*")):
                _overwrite(slots, entropy)
                slots.unlink()
            sync_folder(folder)
            for other in sorted(folder.iterdir()):
                if other.is_dir() and not other.is_symlink():
                    shutil.rmtree(other)
                elif other != home.lock:
                    other.unlink()
            home.lock.unlink(missing_ok=True)
            folder.rmdir()
    finally:
        lock.release()


def _overwrite(file: Path, entropy: Entropy) -> None:
    """Write random bytes over a file, in its place on the disk as far as the disk keeps places."""
    descriptor = os.open(file, os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        left = max(os.fstat(descriptor).st_size, 1)
        while left > 0:
            left -= os.write(descriptor, entropy(min(left, _AT_ONCE)))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

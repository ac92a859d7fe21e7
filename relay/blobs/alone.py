"""Files of which one holder at a time may change what they stand for, on all nodes (Spec: RL-65)."""

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold the lock of a file; waits for whoever holds it, here or on another node. Raises `OSError`."""
    # To be written to: NFS gives who only reads no lock that keeps others away.
    descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def lock_to_write(descriptor: int, path: Path) -> None:
    """Lock what was opened as `path`, without waiting.

    Raises `BlockingIOError` where somebody holds it, or it is not what has that name any more.
    """
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with suppress(FileNotFoundError):
        if os.path.samestat(os.fstat(descriptor), path.stat()):
            return
    raise BlockingIOError


def remove(path: Path) -> None:
    """Remove a file, if it is there, once nobody writes to it; raises `OSError`."""
    with suppress(FileNotFoundError):
        if stat.S_ISREG(path.lstat().st_mode):
            with alone(path):
                path.unlink()
        else:
            path.unlink()

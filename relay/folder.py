"""The data folder: private, and each file in it whole or absent (Spec: RL-2)."""

import os
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Final

from securemsg.errors import LocalError
from securemsg.instant import Instant

_PRIVATE_FOLDER: Final = 0o700
_PRIVATE_FILE: Final = 0o600
_OPEN_TO_OTHERS: Final = 0o077
_NANOSECONDS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class DataFolder:
    """Names of the files in a relay's data folder."""

    path: Path

    @property
    def identity_key(self) -> Path:
        """The seed of the relay's identity, 32 bytes."""
        return self.path / "identity.key"

    @property
    def tls_key(self) -> Path:
        """The private key of the certificate, PEM."""
        return self.path / "tls.key"

    @property
    def tls_certificate(self) -> Path:
        """The certificate, PEM."""
        return self.path / "tls.crt"

    @property
    def database(self) -> Path:
        """Everything that is stored for clients."""
        return self.path / "relay.db"

    @property
    def control(self) -> Path:
        """The socket on which the running relay takes the administrator's commands."""
        return self.path / "control.sock"

    def prepare(self) -> None:
        """Make the folder private, or refuse one that was made for something else; raises `LocalError`."""
        try:
            make_private(self.path)
            self._refuse_unfit()
            self.path.chmod(_PRIVATE_FOLDER)
        except OSError as error:
            raise LocalError(
                f"The data folder {self.path} cannot be used: {error.strerror}; choose another with --data."
            ) from None

    def _refuse_unfit(self) -> None:
        found = self.path.stat()
        if found.st_uid != os.geteuid():
            raise LocalError(
                f"The folder {self.path} belongs to somebody else; choose one of yours with --data."
            )
        holds_a_relay = self.identity_key.exists() or self.database.exists()
        if found.st_mode & _OPEN_TO_OTHERS and not holds_a_relay:
            raise LocalError(
                f"The folder {self.path} is open to others and holds no relay;"
                " choose a new one with --data, or make it private with `chmod 700`."
            )

    def written(self) -> Instant:
        """When the database was last written to, by the file system; 0 where there is none."""
        return Instant(max((found.st_mtime_ns for found in self._stored()), default=0) // _NANOSECONDS)

    def stored_bytes(self) -> int:
        """How long the database and its log of writes are."""
        return sum(found.st_size for found in self._stored())

    def _stored(self) -> list[os.stat_result]:
        beside = self.database.with_name(self.database.name + "-wal")
        return [path.stat() for path in (self.database, beside) if path.exists()]


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads, whole or not at all; it is on disk when this returns."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE_FILE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    sync_folder(path.parent)


def make_private(path: Path) -> None:
    """Have a folder on disk, of mode 0700 where it is new, and those above it; raises `OSError`.

    The name of one that is there is synced, too: whoever made it may have been killed before that.
    """
    for above in reversed(list(takewhile(lambda one: not one.exists(), path.parents))):
        above.mkdir(exist_ok=True)
        sync_folder(above.parent)
    is_new = not path.exists()
    path.mkdir(mode=_PRIVATE_FOLDER, exist_ok=True)
    try:
        sync_folder(path.parent)
    except OSError:
        # Where we may not even read, others made it.
        if is_new:
            raise


def sync_folder(path: Path) -> None:
    """Have the names in a folder on disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

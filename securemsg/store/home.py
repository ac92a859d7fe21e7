"""The home folder: which files it holds, who may use it, how one appears and changes."""

import fcntl
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self, final

from securemsg.store.errors import (
    HomeExists,
    HomeInUse,
    HomeMissing,
    StorageFailed,
    VaultDamaged,
    file_errors,
)
from securemsg.store.slots import MAX_SLOTS_FILE

_FOLDER_MODE: Final = 0o700
_FILE_MODE: Final = 0o600


@final
@dataclass(frozen=True, slots=True)
class Home:
    """A folder with `vault.db` (SQLite's WAL beside it), `vault.slots` and `lock` (Spec: ST-1)."""

    folder: Path

    @property
    def vault(self) -> Path:
        """The encrypted file."""
        return self.folder / "vault.db"

    @property
    def wal(self) -> Path:
        """What SQLite has committed and not yet brought into the file."""
        return self.folder / "vault.db-wal"

    @property
    def slots(self) -> Path:
        """The wrapped file key."""
        return self.folder / "vault.slots"

    @property
    def lock(self) -> Path:
        """The file whose lock is the right to open the vault."""
        return self.folder / "lock"

    def beside(self) -> "Home":
        """The folder in which a new home is filled before it is renamed (Spec: CL-13)."""
        return Home(self.folder.parent / f".{self.folder.name}.new")

    def check_vacant(self) -> None:
        """Raise `HomeExists` unless nothing, or an empty folder, is in this place."""
        with file_errors():
            folder = self.folder.is_dir() and not self.folder.is_symlink()
            taken = any(self.folder.iterdir()) if folder else os.path.lexists(self.folder)
        if taken:
            raise HomeExists("Something is in this folder already: open it, or choose another folder.")

    def check_complete(self) -> None:
        """Raise `HomeMissing` where neither file is, `VaultDamaged` where only one is (Spec: ST-9)."""
        with file_errors():
            vault, slots = self.vault.is_file(), self.slots.is_file()
            empty = vault and self.vault.stat().st_size == 0
        if not vault and not slots:
            raise HomeMissing("There is no vault in this folder: create one with `securemsg init`.")
        if not vault or empty:
            raise VaultDamaged(
                "vault.db is missing or empty: restore it from the backup with its vault.slots."
            )
        if not slots:
            raise VaultDamaged(
                "vault.slots is missing: restore it from a backup; nothing else opens vault.db."
            )

    def read_slots(self) -> bytes:
        """Return the content of `vault.slots`, cut where it is longer than any valid one."""
        with file_errors(), self.slots.open("rb") as file:
            return file.read(MAX_SLOTS_FILE + 1)

    def write_slots(self, content: bytes) -> None:
        """Replace `vault.slots`: after a crash it is the old or the new one, whole (Spec: ST-3)."""
        new = self.folder / "vault.slots.new"
        with file_errors():
            new.unlink(missing_ok=True)
            descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            new.rename(self.slots)
            sync_folder(self.folder)

    def prepare(self) -> None:
        """Make the folder, private to its owner; what its vault may hold is not touched.

        Raises `HomeExists` for a link or somebody else's folder: following it would replace
        another vault.
        """
        with file_errors():
            self.folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
            found = self.folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            raise HomeExists(
                "{folder} beside the new home is not yours: remove it, or choose another place.",
                folder=self.folder.name,
            )
        self.make_private()

    def make_private(self) -> None:
        """Close the folder to everybody else, also where a copy had opened it (Spec: ST-1)."""
        with file_errors():
            if self.folder.stat().st_mode & 0o777 != _FOLDER_MODE:
                self.folder.chmod(_FOLDER_MODE)

    def reserve_vault(self) -> None:
        """Make an empty `vault.db` that only its owner reads; SQLite's WAL inherits its mode."""
        with file_errors():
            os.close(os.open(self.vault, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE))

    def discard(self) -> None:
        """Remove the files of an unfinished vault."""
        with file_errors():
            for name in ("vault.db", "vault.db-wal", "vault.db-journal", "vault.slots", "vault.slots.new"):
                (self.folder / name).unlink(missing_ok=True)

    def remove(self) -> None:
        """Remove an unfinished home with its folder, if it is still there."""
        with file_errors():
            if self.folder.exists():
                self.discard()
                self.lock.unlink(missing_ok=True)
                self.folder.rmdir()

    def move(self, place: "Home") -> None:
        """Rename this folder to `place`; raises `HomeExists` if something came there meanwhile."""
        try:
            self.folder.rename(place.folder)
        except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
            raise HomeExists("Something is in this folder already: choose another folder.") from error
        except OSError as error:
            place.check_vacant()
            with file_errors():
                raise error from None
        with file_errors():
            sync_folder(place.folder.parent)


@final
class HomeLock:
    """The right to use one home, held from `take` until `release`.

    It is a lock of the operating system, which ends with the process however that
    ends: nothing is left to clean up, and no process number to mistake.

    Spec: ST-4.
    """

    __slots__ = ("_descriptor",)

    def __init__(self, descriptor: int) -> None:
        """Own an open and locked descriptor; use `take`."""
        self._descriptor = descriptor

    @classmethod
    def take(cls, home: Home) -> Self:
        """Lock `home`; raises `HomeInUse` at once if another process holds it."""
        with file_errors():
            descriptor = os.open(home.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _FILE_MODE)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            if isinstance(error, BlockingIOError):
                raise HomeInUse("Another securemsg process has this home open: close it first.") from None
            raise StorageFailed(
                "This file system cannot lock files: put the home on a local disk."
            ) from error
        return cls(descriptor)

    def release(self) -> None:
        """Let others use the home; doing it twice is harmless."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Make durable what was renamed or removed in `folder`; raises `OSError`."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""Where the files of blobs lie, and the names that say who pays for them (Spec: RL-60)."""

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from relay.folder import make_private, sync_folder
from securemsg.errors import FrameError
from securemsg.ids import BlobId, MailboxId

FANS: Final = tuple(f"{number:02x}" for number in range(256))
"""Folders by the first byte of a name, so that none has too many."""

_PAYER_BYTES: Final = 16
_WRITABLE: Final = 0o022
"""For others than the owner."""
_OF_FILE_SYSTEMS: Final = {"lost+found"}
"""What is in an empty one: a folder of blobs may be a disk of its own."""

_LABEL: Final = b"securemsg relay blobs\0"
PART: Final = ".part"
"""At the end of the name of what is not whole yet."""

FRESH: Final = ".new"
"""At the end of the name of what has no whole header yet."""


def payer_of(mailbox: MailboxId) -> bytes:
    """The name under which blobs are counted for a mailbox; it does not tell which."""
    return hashlib.sha256(_LABEL + mailbox).digest()[:_PAYER_BYTES]


class Charge(NamedTuple):
    """That somebody pays for a blob until an hour (since 1970): said by the name of an empty file."""

    blob: BlobId
    expires_hour: int
    size: int

    @property
    def name(self) -> str:
        """The name of the file."""
        return f"{self.blob.hex()}-{self.expires_hour}-{self.size}"


@dataclass(frozen=True, slots=True)
class Places:
    """Names of everything in the folder of blobs."""

    path: Path

    @property
    def decoy(self) -> Path:
        """The header that is looked at for a blob that is not there."""
        return self.path / "decoy"

    @property
    def lock(self) -> Path:
        """Whoever holds it makes and removes blobs; the first file in a folder of ours."""
        return self.path / "lock"

    @property
    def mark(self) -> Path:
        """What tells whether two nodes see the same folder."""
        return self.path / "mark"

    def content_fan(self, fan: str) -> Path:
        """The folder of blobs whose id begins so."""
        return self.path / "content" / fan

    def payer_fan(self, fan: str) -> Path:
        """The folder of payers whose name begins so."""
        return self.path / "charged" / fan

    def whole(self, blob: BlobId) -> Path:
        """A blob with all of its content."""
        name = blob.hex()
        return self.content_fan(name[:2]) / name

    def part(self, blob: BlobId) -> Path:
        """A blob that is being filled."""
        whole = self.whole(blob)
        return whole.with_name(whole.name + PART)

    def payer(self, payer: bytes) -> Path:
        """The folder with the charges of one payer."""
        name = payer.hex()
        return self.payer_fan(name[:2]) / name

    def charges(self, payer: bytes) -> list[Charge]:
        """All that a payer pays for."""
        return list(charges_in(self.payer(payer)))

    def prepare(self) -> None:
        """Make the folder, for us alone.

        Raises `PermissionError` where others could put files into it, `FileExistsError` where something else
        is in it, of which a sweep would remove what it does not know.
        """
        make_private(self.path)
        _refuse_of_others(self.path)
        self._refuse_foreign()
        self.path.chmod(0o700)
        self.lock.touch(0o600)
        sync_folder(self.path)
        for path in (self.path / "content", self.path / "charged"):
            make_private(path)
            _refuse_of_others(path)
            path.chmod(0o700)

    def _refuse_foreign(self) -> None:
        found = {path.name for path in self.path.iterdir()}
        if not found & {self.lock.name, self.decoy.name} and found - _OF_FILE_SYSTEMS:
            raise FileExistsError(errno.EEXIST, "something else is in it")


def _refuse_of_others(path: Path) -> None:
    """In a folder of others a pipe could stand in the place of a blob, or a link to a file of ours."""
    found = path.stat()
    if found.st_uid != os.geteuid() or found.st_mode & _WRITABLE:
        raise PermissionError(errno.EPERM, "it belongs to others, or is open to them")


def charges_in(folder: Path) -> Iterator[Charge]:
    """The charges in the folder of one payer; none where there is no folder."""
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            charge = charge_of(entry.name)
            if charge is not None:
                yield charge


def charge_of(name: str) -> Charge | None:
    """What the name of a file says; `None` where it is no charge."""
    try:
        blob, hour, size = name.split("-")
        found = Charge(BlobId(bytes.fromhex(blob)), int(hour), int(size))
    except (ValueError, FrameError):
        return None
    return found if found.name == name else None


def make_folder(path: Path) -> None:
    """Make a folder of ours in one of ours, durably."""
    make_private(path.parent)
    make_private(path)

"""Looking at all blobs, one fan of folders at a time: what is past its time goes (Spec: RL-63)."""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from relay.blobs.files import BlobFiles
from relay.blobs.places import FANS, FRESH, PART, Places, charges_in
from relay.blobs.record import HEADER, Record, end_of
from relay.storage.policy import hour_of
from securemsg.instant import Instant


@dataclass(frozen=True, slots=True)
class Swept:
    """Blobs that are paid for and their bytes when whole; how many were removed."""

    blobs: int = 0
    bytes: int = 0
    removed: int = 0

    def __add__(self, other: "Swept") -> "Swept":
        return Swept(self.blobs + other.blobs, self.bytes + other.bytes, self.removed + other.removed)


def sweep_charges(files: BlobFiles, fan: str, now: Instant) -> Swept:
    """Forget the blobs of one fan of payers that are past their time; raises `OSError`."""
    swept = Swept()
    hour = hour_of(now)
    for payer in _folders(files.places.payer_fan(fan)):
        for charge in list(charges_in(payer)):
            if charge.expires_hour > hour:
                swept += Swept(1, charge.size)
            else:
                files.expire(charge, payer)
                swept += Swept(removed=1)
    return swept


def sweep_orphans(files: BlobFiles, fan: str, now: Instant) -> Swept:
    """Remove files of one fan that no charge leads to any more: those past their time, and what is no blob.

    Raises `OSError`.
    """
    removed = 0
    for path in files_in(files.places.content_fan(fan)):
        if _is_over(path, now):
            removed += files.drop(path, lambda one: _is_over(one, now))
    return Swept(removed=removed)


def faults_in(places: Places) -> Iterator[str]:
    """What is wrong with blobs, in words that name none; raises `OSError`."""
    for fan in FANS:
        for path in files_in(places.content_fan(fan)):
            if path.suffix != FRESH:
                # Somebody may delete it meanwhile.
                with suppress(FileNotFoundError):
                    yield from _faults_of(path)


def _faults_of(path: Path) -> Iterator[str]:
    with path.open("rb", buffering=0) as file:
        header, size = file.read(HEADER), os.fstat(file.fileno()).st_size
    record = Record.parse(header)
    if record is None:
        yield "a file has no header"
    elif size != HEADER + record.size:
        yield "a file is longer or shorter than it was"
    elif path.suffix != PART and end_of(header) != record.size:
        yield "a file counts as whole and is not"


def _is_over(path: Path, now: Instant) -> bool:
    if path.suffix == FRESH:
        # Perhaps somebody makes it at this moment.
        return _age_hours(path, now) > 0
    record = _record_of(path)
    return record is None or record.expires_hour <= hour_of(now)


def _record_of(path: Path) -> Record | None:
    with suppress(FileNotFoundError):
        if stat.S_ISREG(path.lstat().st_mode):
            with path.open("rb", buffering=0) as file:
                return Record.parse(file.read(HEADER))
    return None


def _age_hours(path: Path, now: Instant) -> int:
    with suppress(FileNotFoundError):
        return hour_of(now) - int(path.lstat().st_mtime // 3_600)
    return 0


def _folders(path: Path) -> list[Path]:
    with suppress(FileNotFoundError), os.scandir(path) as entries:
        return [path / entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    return []


def files_in(path: Path) -> list[Path]:
    """All files of a folder, which need not be there."""
    with suppress(FileNotFoundError), os.scandir(path) as entries:
        return [path / entry.name for entry in entries]
    return []

"""From the chosen file to a ciphertext: read once, and nothing else than was chosen (FI-7, FI-14)."""

import os
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from securemsg.client import Profile
from securemsg.client.transfer.calls import Metadata
from securemsg.client.transfer.failures import TransferFailed
from securemsg.client.transfer.halt import Halt
from securemsg.client.transfer.preparing import MAX_PICTURE, prepare
from securemsg.client.transfer.progress import Progress
from securemsg.client.transfer.saving import save
from securemsg.client.transfer.sealing import open_file
from securemsg.client.transfer.spool import Spool
from securemsg.crypto.entropy import SystemEntropy
from securemsg.store.files import FileRecord, Sealed
from securemsg.store.ids import MessageRow
from tests.client.live import friends
from tests.client.transfer import images
from tests.client.transfer.carrying import contents

ADDRESS = "127.0.0.1:9#" + "A" * 43
ENTROPY = SystemEntropy()


@pytest.fixture
def ann(tmp_path: Path) -> Iterator[Profile]:
    with friends(tmp_path, ADDRESS, "ann", "ben") as (ann, _):
        yield ann


def queued(ann: Profile, path: Path, metadata: Metadata = Metadata.AS_SET) -> FileRecord:
    row = ann.queue_file(ann.find_contact("ben").contact, str(path), metadata=metadata).row
    return ann.decide(lambda step: step.vault.files.get(MessageRow(row)))


def prepared(ann: Profile, record: FileRecord, halt: Halt | None = None) -> Sealed:
    return prepare(record, Spool(ann.home), ENTROPY, Progress(), halt or Halt())


def opened(ann: Profile, record: FileRecord, sealed: Sealed) -> bytes:
    descriptor = Spool(ann.home).read(record.spool)
    try:
        return b"".join(bytes(block) for block in open_file(descriptor, sealed, Halt()))
    finally:
        os.close(descriptor)


class Meanwhile(Halt):
    """Does something to the source once, after its first blocks were read."""

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__()
        self._act = act
        self._checks = 0

    def check(self) -> None:
        """Act at the second look."""
        self._checks += 1
        if self._checks == 2:
            self._act()


@pytest.mark.parametrize("metadata", Metadata)
def test_metadata_goes_unless_the_person_says_otherwise(
    ann: Profile, tmp_path: Path, metadata: Metadata
) -> None:
    """FI-14: as the setting says, or as is said for this file."""
    (tmp_path / "photo.jpg").write_bytes(images.telling_jpeg())
    record = queued(ann, tmp_path / "photo.jpg", metadata)
    sealed = prepared(ann, record)
    kept = metadata is Metadata.KEPT
    assert opened(ann, record, sealed) == (images.telling_jpeg() if kept else images.jpeg())
    assert sealed.removed.startswith("" if kept else "Exif, place (GPS)")
    assert sealed.size == len(images.telling_jpeg() if kept else images.jpeg())


def test_the_setting_counts_where_nothing_is_said(ann: Profile, tmp_path: Path) -> None:
    ann.change_setting("strip_metadata", "off")
    (tmp_path / "photo.png").write_bytes(images.telling_png())
    record = queued(ann, tmp_path / "photo.png")
    assert opened(ann, record, prepared(ann, record)) == images.telling_png()


def test_what_only_begins_like_a_picture_is_refused_with_advice(ann: Profile, tmp_path: Path) -> None:
    """T16: it is never sent as if its metadata had been removed."""
    (tmp_path / "photo.jpg").write_bytes(images.telling_jpeg()[:200])
    with pytest.raises(TransferFailed, match="keep its metadata"):
        prepared(ann, queued(ann, tmp_path / "photo.jpg"))


def test_a_picture_that_does_not_fit_memory_is_refused_with_advice(ann: Profile, tmp_path: Path) -> None:
    with (tmp_path / "photo.jpg").open("wb") as file:
        file.write(images.jpeg())
        file.truncate(MAX_PICTURE + 1)
    with pytest.raises(TransferFailed, match="too large for removing"):
        prepared(ann, queued(ann, tmp_path / "photo.jpg"))


@pytest.mark.parametrize("size", [10, 3_000_000])
def test_other_files_are_sent_byte_by_byte(ann: Profile, tmp_path: Path, size: int) -> None:
    (tmp_path / "data").write_bytes(contents(size))
    record = queued(ann, tmp_path / "data")
    assert opened(ann, record, prepared(ann, record)) == contents(size)


CHANGES: dict[str, Callable[[Path], object]] = {
    "longer": lambda path: os.truncate(path, 9_000_001),
    "shorter": lambda path: os.truncate(path, 4_000_000),
    "touched": lambda path: os.utime(path, ns=(1, 1)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_source_that_changes_while_it_is_read_is_refused(ann: Profile, tmp_path: Path, change: str) -> None:
    """FI-7: what would be sent is neither the old nor the new file."""
    source = tmp_path / "data"
    source.write_bytes(contents(9_000_000))
    with pytest.raises(TransferFailed, match="changed while it was being read"):
        prepared(ann, queued(ann, source), Meanwhile(lambda: CHANGES[change](source)))


def test_a_source_that_is_gone_is_told(ann: Profile, tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(b"words")
    record = queued(ann, tmp_path / "data")
    (tmp_path / "data").unlink()
    with pytest.raises(TransferFailed, match="cannot be read:"):
        prepared(ann, record)


def test_each_attempt_has_a_key_of_its_own(ann: Profile, tmp_path: Path) -> None:
    """FI-1: a file that is encrypted twice uses up no nonce twice."""
    (tmp_path / "data").write_bytes(b"words")
    record = queued(ann, tmp_path / "data")
    assert prepared(ann, record).key != prepared(ann, record).key


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Let the system refuse longer files, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_that_takes_no_more_is_told_and_nothing_is_left(ann: Profile, tmp_path: Path) -> None:
    """R10: while it is encrypted, and while a plain copy is saved."""
    (tmp_path / "data").write_bytes(contents(300_000))
    record = queued(ann, tmp_path / "data")
    with files_of_at_most(100_000), pytest.raises(TransferFailed, match="disk refused"):
        prepared(ann, record)
    sealed = prepared(ann, record)
    (tmp_path / "in").mkdir()
    descriptor = Spool(ann.home).read(record.spool)
    with files_of_at_most(100_000), pytest.raises(TransferFailed, match="disk refused"):
        save(descriptor, sealed, "data", str(tmp_path / "in"), Halt())
    os.close(descriptor)
    assert not list((tmp_path / "in").iterdir())

"""A file that is here is read whole and checked, and nothing of it reaches the disk (FI-5, FI-13)."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from securemsg.client import Profile
from securemsg.client.transfer import steps
from securemsg.client.transfer.failures import TransferFailed
from securemsg.client.transfer.halt import Halt, Halted
from securemsg.client.transfer.preparing import prepare
from securemsg.client.transfer.progress import Progress
from securemsg.client.transfer.spool import Spool
from securemsg.crypto.entropy import SystemEntropy
from securemsg.errors import LocalError
from securemsg.store.ids import MessageRow
from tests.client.live import friends
from tests.client.transfer.carrying import contents, spooled, written

ADDRESS = "127.0.0.1:9#" + "A" * 43
SIZE = 150_000
DESCRIPTORS = Path("/proc/self/fd")


@pytest.fixture
def ann(tmp_path: Path) -> Iterator[Profile]:
    with friends(tmp_path, ADDRESS, "ann", "ben") as (ann, _):
        yield ann


def kept(ann: Profile, folder: Path) -> int:
    """Return the row of a note with a file that is here."""
    row = ann.queue_file(ann.note_to_self().contact, str(written(folder, SIZE))).row
    record = ann.decide(lambda step: step.vault.files.get(MessageRow(row)))
    sealed = prepare(record, Spool(ann.home), SystemEntropy(), Progress(), Halt())
    ann.decide(lambda step: steps.prepared(step, MessageRow(row), sealed))
    return row


def everything(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


def test_a_file_is_read_without_a_copy(ann: Profile, tmp_path: Path) -> None:
    """T16: of exactly the largest size too; one byte more is refused before anything is opened."""
    row, before = kept(ann, tmp_path), everything(tmp_path)
    assert ann.read_until(row, SIZE, Halt()) == contents(SIZE)
    with pytest.raises(LocalError, match="too large"):
        ann.read_until(row, SIZE - 1, Halt())
    assert {path for path in everything(tmp_path) if "vault" not in path.name} == {
        path for path in before if "vault" not in path.name
    }


def test_a_file_that_was_changed_gives_nothing(ann: Profile, tmp_path: Path) -> None:
    """FI-5: also where the change is in the last byte of the padding."""
    row = kept(ann, tmp_path)
    (ciphertext,) = spooled(ann)
    descriptor = os.open(ciphertext, os.O_RDWR)
    size = os.fstat(descriptor).st_size
    last = os.pread(descriptor, 1, size - 1)
    os.pwrite(descriptor, bytes([last[0] ^ 1]), size - 1)
    os.close(descriptor)
    with pytest.raises(TransferFailed):
        ann.read_until(row, SIZE, Halt())
    ciphertext.unlink()
    with pytest.raises(TransferFailed):
        ann.read_until(row, SIZE, Halt())


class Failing(Halt):
    """Puts in the place of a file what cannot be read, as a disk that fails."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file

    def check(self) -> None:
        """Do it before the first block."""
        (number,) = (each.name for each in DESCRIPTORS.iterdir() if file_of(each) == self._file)
        folder = os.open(self._file.parent, os.O_RDONLY)
        os.dup2(folder, int(number))
        os.close(folder)


def file_of(descriptor: Path) -> Path | None:
    """Return what a descriptor of ours is of, `None` where it is gone."""
    try:
        return descriptor.readlink()
    except OSError:
        return None


@pytest.mark.skipif(sys.platform != "linux", reason="looks its descriptors up")
def test_a_disk_that_fails_is_a_sentence(ann: Profile, tmp_path: Path) -> None:
    row = kept(ann, tmp_path)
    (ciphertext,) = spooled(ann)
    with pytest.raises(LocalError, match="disk refused"):
        ann.read_until(row, SIZE, Failing(ciphertext))


def test_what_is_not_here_is_not_read_and_who_is_halted_gets_nothing(ann: Profile, tmp_path: Path) -> None:
    ben = ann.find_contact("ben").contact
    queued = ann.queue_file(ben, str(written(tmp_path, SIZE, "other"))).row
    with pytest.raises(LocalError, match="not here yet"):
        ann.read_until(queued, SIZE, Halt())
    row, halt = kept(ann, tmp_path), Halt()
    halt.call()
    with pytest.raises(Halted):
        ann.read_until(row, SIZE, halt)

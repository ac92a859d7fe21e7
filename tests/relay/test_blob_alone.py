"""Several nodes on one folder of blobs: who makes or removes one does it alone (Spec: RL-61, RL-65)."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from relay.blobs import files
from relay.blobs.alone import alone
from relay.blobs.files import BlobFiles
from relay.blobs.places import Places, payer_of
from relay.blobs.sweep import Swept, sweep_charges, sweep_orphans
from securemsg.instant import HOUR, Instant
from securemsg.mailbox.answers import Answer, Done, ErrorCode, Failed
from securemsg.mailbox.blobs import BlobState
from tests.relay.blobs import Blob, joined
from tests.relay.client import Mailbox
from tests.relay.stored import NOW
from tests.relay.test_blob_room import QUOTA

BUSY = Failed(ErrorCode.UNAVAILABLE, 1)
Nodes = tuple[BlobFiles, BlobFiles]


@pytest.fixture
def nodes(tmp_path: Path) -> Nodes:
    """Two nodes: they share nothing but the folder."""
    places = Places(tmp_path / "blobs")
    quota = replace(QUOTA, payer_blobs=1)
    return BlobFiles(places, quota), BlobFiles(places, quota)


def begun(files: BlobFiles, blob: Blob) -> Blob:
    assert files.create(blob.creation, NOW) == Done()
    return blob


@contextmanager
def meanwhile(path: Path, step: Callable[[], Answer]) -> Iterator[Future[Answer]]:
    """Have another thread take a step that must wait while we hold the lock of a file."""
    with ThreadPoolExecutor(1) as pool:
        with path.open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            waiting = pool.submit(step)
            time.sleep(0.1)
            assert not waiting.done()
            yield waiting
        waiting.result(60)


def test_two_nodes_keep_one_quota(nodes: Nodes, monkeypatch: pytest.MonkeyPatch) -> None:
    """RL-62: both looked while the other had not counted yet."""
    free = os.statvfs

    def slowly(path: Path) -> os.statvfs_result:
        # The charges were looked at; meanwhile the other one may look, too, if it need not wait.
        time.sleep(0.1)
        return free(path)

    monkeypatch.setattr(os, "statvfs", slowly)
    payer = Mailbox()
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda files: files.create(Blob(payer, 10).creation, NOW), nodes))
    assert sorted(map(str, made)) == sorted(map(str, [Done(), Failed(ErrorCode.FULL, 60)]))
    assert len(nodes[0].places.charges(payer_of(payer.id))) == 1


def test_what_makes_or_removes_a_blob_waits_for_other_nodes(nodes: Nodes) -> None:
    """RL-65: also for a program that is no relay."""
    files, blob = nodes[0], Blob(Mailbox(), 10)
    steps: list[Callable[[], Answer]] = [
        lambda: files.create(blob.creation, NOW),
        lambda: files.delete(blob.deletion, NOW),
        lambda: files.create(blob.creation, NOW),
        lambda: files.release(blob.release),
    ]
    for step in steps:
        with meanwhile(files.places.lock, step) as waiting:
            pass
        assert waiting.result() == Done()


def test_nodes_that_start_together_make_the_folder_one_by_one(tmp_path: Path) -> None:
    """RL-65: each would take the decoy away that the other writes."""
    places = Places(tmp_path / "blobs")
    places.prepare()

    def start() -> Answer:
        return BlobFiles(places, QUOTA).create(Blob(Mailbox(), 10).creation, NOW)

    with meanwhile(places.lock, start):
        assert not list(places.path.glob("decoy*"))
    assert places.decoy.exists()


def test_a_blob_is_not_removed_while_somebody_writes_to_it(nodes: Nodes) -> None:
    """RL-61: what is written last would give the name of the whole to what was begun in its place."""
    blob = begun(nodes[0], Blob(Mailbox(), 10))
    part = nodes[0].places.part(blob.id)
    with meanwhile(part, lambda: nodes[1].delete(blob.deletion, NOW)):
        assert part.exists()
    assert not part.exists()


def test_a_chunk_for_what_was_removed_while_it_was_opened_is_not_taken(
    nodes: Nodes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RL-61: it would be answered, and lie in a file without a name."""
    here, there = nodes
    blob = begun(here, Blob(Mailbox(), 10))
    lock = fcntl.flock

    def late(descriptor: int, how: int) -> None:
        monkeypatch.setattr(fcntl, "flock", lock)
        assert there.delete(blob.deletion, NOW) == Done()
        assert there.create(blob.creation, NOW) == Done()
        lock(descriptor, how)

    monkeypatch.setattr(fcntl, "flock", late)
    assert here.put(blob.puts(), NOW).answers == [BUSY]
    assert here.look(blob.look, NOW) == BlobState(0, 10)
    assert here.put(blob.puts(), NOW).answers == [Done()]
    assert joined(there.read(blob.gets(), NOW)) == blob.content


def test_a_sweep_leaves_what_was_begun_anew(nodes: Nodes) -> None:
    """RL-63: the charge that it read is of a blob that went, and came back with more time."""
    here, there = nodes
    blob = begun(here, Blob(Mailbox(), 10))
    payer = payer_of(blob.payer.id)
    (over,) = here.places.charges(payer)
    later = Instant(over.expires_hour * HOUR)
    assert there.create(blob.creation, later) == Done()
    here.expire(over, here.places.payer(payer))
    assert there.put(blob.puts(), later).answers == [Done()]
    assert sweep_charges(here, payer.hex()[:2], later) == Swept(1, 10, 0)


def test_a_sweep_leaves_what_was_begun_in_the_place_of_an_orphan(
    nodes: Nodes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RL-63: it looked at the file while its time was over, and waited for the lock after that."""
    here, there = nodes
    blob = begun(here, Blob(Mailbox(), 10))
    later = Instant(NOW + (QUOTA.hours + 1) * HOUR)

    @contextmanager
    def late(path: Path) -> Iterator[None]:
        monkeypatch.undo()
        assert there.create(blob.creation, later) == Done()
        with alone(path):
            yield

    monkeypatch.setattr(files, "alone", late)
    assert sweep_orphans(here, blob.id.hex()[:2], later) == Swept()
    assert there.put(blob.puts(), later).answers == [Done()]
    assert joined(here.read(blob.gets(), later)) == blob.content


def test_a_blob_whose_time_is_over_is_begun_anew(nodes: Nodes) -> None:
    """MB-24: before the sweep came to it, too; nobody could have put a chunk."""
    files, blob = nodes[0], begun(nodes[0], Blob(Mailbox(), 10))
    assert files.put(blob.puts(), NOW).answers == [Done()]
    later = Instant(NOW + (QUOTA.hours + 1) * HOUR)
    assert files.look(blob.look, later) == Failed(ErrorCode.REFUSED)
    assert files.create(blob.creation, later) == Done()
    assert files.look(blob.look, later) == BlobState(0, 10)
    assert files.put(blob.puts(), later).answers == [Done()]
    assert joined(files.read(blob.gets(), later)) == blob.content

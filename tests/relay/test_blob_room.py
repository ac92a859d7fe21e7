"""What blobs leave to others: room, names of files, and other people's blobs (Spec: RL-61, RL-62)."""

import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest
import trio

from relay.blobs.files import BlobFiles, Quota
from relay.blobs.places import Charge, Places, make_folder, payer_of
from relay.blobs.settings import BlobSettings
from securemsg.instant import HOUR
from securemsg.mailbox.answers import Done, ErrorCode, Failed
from securemsg.mailbox.blobs import ReleaseBlob
from tests.relay.blobs import Blob
from tests.relay.client import Mailbox
from tests.relay.running import Setting, running, until
from tests.relay.stored import NOW

QUOTA = Quota(largest=1_000_000, payer_bytes=1_000_000, payer_blobs=3, keep_free=0, hours=48)
NO_ROOM = Failed(ErrorCode.UNAVAILABLE, 300)


def on_a_full_disk(files: BlobFiles) -> BlobFiles:
    """The same blobs where not even half of what must stay free is."""
    disk = os.statvfs(files.places.path)
    return BlobFiles(files.places, replace(QUOTA, keep_free=3 * disk.f_blocks * disk.f_frsize))


def test_blobs_that_were_begun_do_not_fill_the_disk(tmp_path: Path) -> None:
    """RL-62: many that each fitted alone would take the room of messages, too."""
    files, blob = BlobFiles(Places(tmp_path / "blobs"), QUOTA), Blob(Mailbox(), 100_000)
    assert files.create(blob.creation, NOW) == Done()
    first, last = blob.puts()
    assert files.put([first], NOW).answers == [Done()]
    full = on_a_full_disk(files)
    assert full.put([last], NOW) == ([NO_ROOM], 0, 0)
    # What is there already takes no room, and an upload goes on when there is some.
    assert full.put([first], NOW).answers == [Done()]
    assert files.put([last], NOW).answers == [Done()]


def test_blobs_leave_names_to_other_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """RL-62: short blobs use the disk's files (inodes) up before its bytes."""
    files = BlobFiles(Places(tmp_path / "blobs"), QUOTA)
    size, fragment, blocks, *bytes_free, _, _, _, flags, longest = os.statvfs(tmp_path)
    found = (size, fragment, blocks, *bytes_free, 100_000, 4_095, 4_095, flags, longest)
    with monkeypatch.context() as patched:
        patched.setattr(os, "statvfs", lambda _path: os.statvfs_result(found))
        assert files.create(Blob(Mailbox(), 1).creation, NOW) == NO_ROOM
    assert files.create(Blob(Mailbox(), 1).creation, NOW) == Done()


def test_a_charge_without_a_file_takes_nobody_elses_blob_along(tmp_path: Path) -> None:
    """RL-61: a crash left the charge; then the creator began the same blob at somebody else's cost."""
    files, blob, other = BlobFiles(Places(tmp_path / "blobs"), QUOTA), Blob(Mailbox(), 1_000), Mailbox()
    folder = files.places.payer(payer_of(other.id))
    make_folder(folder)
    (folder / Charge(blob.id, NOW // HOUR + 1, blob.size).name).touch()
    assert files.create(blob.creation, NOW) == Done()
    assert files.put(blob.puts(), NOW).answers == [Done()]
    assert files.release(ReleaseBlob(other.id, blob.id)) == Done()
    assert not folder.exists()
    assert files.read(blob.gets(), NOW)[0] != Failed(ErrorCode.REFUSED)
    assert files.places.charges(payer_of(blob.payer.id))


@pytest.mark.anyio
async def test_a_folder_that_hangs_does_not_stop_who_asks_for_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RL-62: metrics looked at it in the event loop, which a server of files that is away stops."""
    folder, free, hangs = tmp_path / "files", os.statvfs, threading.Event()

    def answers_late(path: Path) -> os.statvfs_result:
        if path == folder:
            hangs.wait(10)
        return free(path)

    monkeypatch.setattr(os, "statvfs", answers_late)
    async with running(tmp_path / "data", Setting(blobs=BlobSettings(folder=folder))) as relay:
        begun = trio.current_time()
        assert relay.vitals.moment()["blob_disk_free_bytes"] == 0
        assert trio.current_time() < begun + 5
        hangs.set()
        await until(lambda: relay.vitals.moment()["blob_disk_free_bytes"] > 0)

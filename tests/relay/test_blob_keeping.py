"""How much is kept of blobs, for how long, and what an administrator sees of it (Spec: RL-62 to RL-64)."""

import json
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import trio

from relay.blobs.files import BlobFiles, Quota
from relay.blobs.looking import check_blobs, copy_blobs
from relay.blobs.places import FANS, Places
from relay.blobs.settings import BlobSettings
from relay.blobs.sweep import Swept, faults_in, sweep_charges, sweep_orphans
from relay.config import Config
from securemsg.errors import LocalError
from securemsg.ids import BlobId
from securemsg.instant import DAY, HOUR, Instant
from securemsg.mailbox.answers import Answer, Done, ErrorCode, Failed
from securemsg.mailbox.blobs import BlobState, Chunk
from securemsg.mailbox.tokens import ReadKey, WriteKey
from tests.relay.blobs import Blob, joined, uploaded
from tests.relay.client import ENTROPY, Mailbox, RelayClient
from tests.relay.running import Setting, running
from tests.relay.stored import NOW
from tests.relay.test_relay_command import run

REFUSED = Failed(ErrorCode.REFUSED)
QUOTA = Quota(largest=1_000, payer_bytes=2_500, payer_blobs=3, keep_free=0, hours=48)


@pytest.fixture
def files(tmp_path: Path) -> BlobFiles:
    return BlobFiles(Places(tmp_path / "blobs"), QUOTA)


def create(files: BlobFiles, blob: Blob, now: Instant = NOW) -> Answer:
    return files.create(blob.creation, now)


def fill(files: BlobFiles, blob: Blob) -> Blob:
    assert create(files, blob) == Done()
    assert set(files.put(blob.puts(), NOW).answers) == {Done()}
    return blob


def swept(files: BlobFiles, now: Instant) -> Swept:
    found = sum((sweep_charges(files, fan, now) for fan in FANS), Swept())
    return found + sum((sweep_orphans(files, fan, now) for fan in FANS), Swept())


def test_a_mailbox_has_a_quota_of_bytes_and_of_blobs(files: BlobFiles) -> None:
    """MB-24: of what was declared, not of what came; each mailbox by itself, and room comes back."""
    full, mailbox = Failed(ErrorCode.FULL, 60), Mailbox()
    blobs = [Blob(mailbox, 1_000), Blob(mailbox, 1_000)]
    assert [create(files, blob) for blob in (*blobs, Blob(mailbox, 501))] == [Done(), Done(), full]
    assert [create(files, blob) for blob in (Blob(mailbox, 500), blobs[0], Blob(mailbox, 1))] == [
        Done(),
        Done(),
        full,
    ]
    assert create(files, Blob(Mailbox(), 1_000)) == Done()
    assert files.delete(blobs[0].deletion, NOW) == Done()
    assert create(files, Blob(mailbox, 1_000)) == Done()
    assert create(files, Blob(mailbox, 1_001)) == Failed(ErrorCode.TOO_LARGE)


def test_blobs_leave_room_on_the_disk(tmp_path: Path) -> None:
    """RL-62: what is declared must fit beside what is to stay free."""
    disk = os.statvfs(tmp_path)
    quota = replace(QUOTA, keep_free=disk.f_blocks * disk.f_frsize)
    files = BlobFiles(Places(tmp_path / "blobs"), quota)
    assert create(files, Blob(Mailbox(), 1)) == Failed(ErrorCode.UNAVAILABLE, 300)


def test_a_blob_goes_when_its_time_is_over_and_no_sooner(files: BlobFiles) -> None:
    """RL-63: the hour after its retention; nobody reads it in between, however late the sweep is."""
    blob, unfinished, later = fill(files, Blob(Mailbox(), 900)), Blob(Mailbox(), 900), Blob(Mailbox(), 900)
    create(files, unfinished)
    create(files, later, Instant(NOW + 2 * HOUR))
    assert swept(files, Instant(NOW + 2 * DAY - 1)) == Swept(3, 2_700, 0)
    assert joined(files.read(blob.gets(), Instant(NOW + 2 * DAY - 1))) == blob.content
    over = Instant(NOW + 2 * DAY + HOUR)
    assert files.read(blob.gets(), over) == [REFUSED]
    assert files.put(unfinished.puts(), over).answers == [REFUSED]
    assert (files.look(blob.look, over), files.delete(blob.deletion, over)) == (REFUSED, REFUSED)
    assert swept(files, over) == Swept(1, 900, 2)
    assert swept(files, Instant(over + DAY)) == Swept(0, 0, 1)
    left = {path.name for path in files.places.path.rglob("*") if path.is_file()}
    assert left == {"decoy", "lock"}
    assert list((files.places.path / "charged").glob("*/*")) == []


def test_a_sweep_removes_what_no_charge_leads_to(files: BlobFiles, tmp_path: Path) -> None:
    """RL-63: rubbish, files past their time, and what a crash left half made an hour ago."""
    blob, lost = fill(files, Blob(Mailbox(), 900)), fill(files, Blob(Mailbox(), 900))
    for charge in (tmp_path / "blobs" / "charged").rglob(f"{lost.id.hex()}-*"):
        charge.unlink()
    rubbish = files.places.whole(BlobId(bytes(16)))
    rubbish.parent.mkdir(exist_ok=True)
    rubbish.write_bytes(b"rubbish")
    half = rubbish.with_name("half.new")
    half.write_bytes(b"")
    os.utime(half, (NOW / 1_000, NOW / 1_000))
    assert swept(files, NOW) == Swept(1, 900, 1)
    assert (half.exists(), joined(files.read(lost.gets(), NOW))) == (True, lost.content)
    assert swept(files, Instant(NOW + HOUR)).removed == 1
    assert swept(files, Instant(NOW + 3 * DAY)).removed == 2
    assert files.read(blob.gets(), NOW) == [REFUSED]


def test_a_damaged_file_is_found_and_never_read(files: BlobFiles, tmp_path: Path) -> None:
    """N24, RL-64: cut, grown, without a header, or whole by its name only."""
    config = replace(Config.default(), data=tmp_path)
    check_blobs(config)
    for harm in (
        lambda path: os.truncate(path, 4_500),
        lambda path: os.truncate(path, 10),
        lambda path: path.write_bytes(path.read_bytes() + b"more"),
        lambda path: path.write_bytes(bytes(5_096)),
    ):
        blob = fill(files, Blob(Mailbox(), 1_000))
        path = files.places.whole(blob.id)
        harm(path)
        assert len(list(faults_in(files.places))) == 1
        with pytest.raises(LocalError, match="1 are damaged"):
            check_blobs(config)
        # What was added behind the end is no part of it.
        assert files.read([blob.get(0)], NOW)[0] in {REFUSED, Chunk(blob.content)}
        path.unlink()
    unfinished = Blob(Mailbox(), 1_000)
    create(files, unfinished)
    files.places.part(unfinished.id).rename(files.places.whole(unfinished.id))
    assert list(faults_in(files.places)) == ["a file counts as whole and is not"]


@pytest.mark.parametrize("kind", ["read", "put", "look", "delete"])
def test_no_blob_and_a_wrong_key_cost_the_same(
    files: BlobFiles, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MB-10: the same calls of the system, but for the names that are not there."""
    blob = fill(files, Blob(Mailbox(), 500))
    wrong = replace(blob, write=WriteKey(ENTROPY(32)), read=ReadKey(ENTROPY(32)))
    nowhere = replace(wrong, id=BlobId(ENTROPY(16)))
    calls: Counter[str] = Counter()

    def counted(name: str) -> Callable[..., object]:
        real = getattr(os, name)

        def call(*arguments: object) -> object:
            result = real(*arguments)
            calls[name] += 1
            return result

        return call

    for name in ("open", "pread", "close", "fsync", "fdatasync", "pwrite"):
        monkeypatch.setattr(os, name, counted(name))
    found = []
    asked: dict[str, Callable[[Blob], object]] = {
        "read": lambda one: files.read([one.get(0)], NOW),
        "put": lambda one: files.put([one.put(0)], NOW).answers,
        "look": lambda one: [files.look(one.look, NOW)],
        "delete": lambda one: [files.delete(one.deletion, NOW)],
    }
    for one in (wrong, nowhere):
        calls.clear()
        assert asked[kind](one) == [REFUSED]
        found.append(dict(calls))
    assert found[0] == found[1] == {"open": 1, "pread": 1, "close": 1}


@pytest.mark.anyio
async def test_a_relay_without_blobs_says_that_each_is_too_large(tmp_path: Path) -> None:
    """MB-24."""
    mailbox = Mailbox()
    blob = Blob(mailbox)
    setting = Setting(blobs=BlobSettings(enabled=False))
    async with (
        running(tmp_path, setting) as relay,
        RelayClient.open(relay.address) as sender,
        RelayClient.open(relay.address) as reader,
    ):
        refused = [Failed(ErrorCode.TOO_LARGE)] * 3
        assert await sender.ask_all([mailbox.creation, blob.creation, blob.put(0), blob.look]) == [
            Done(),
            *refused,
        ]
        assert await reader.ask_all(blob.gets()[:2]) == refused[:2]
    assert not (tmp_path / "blobs").exists()


@pytest.mark.anyio
async def test_an_owner_is_told_of_the_blobs_that_wait_for_her(tmp_path: Path) -> None:
    """RL-46, RL-64; and a backup has them all, or none where that is wanted."""
    mailbox = Mailbox()
    whole, unfinished = Blob(mailbox), Blob(mailbox, 200_000)
    data = tmp_path / "data"
    async with running(data) as relay, RelayClient.open(relay.address) as sender:
        await sender.ask(mailbox.creation)
        await uploaded(sender, whole)
        await sender.ask_all([unfinished.creation, unfinished.put(0)])
        status, printed, _ = await trio.to_thread.run_sync(
            run, data, "what-we-hold", mailbox.id.hex(), "--json"
        )
        held = {one.pop("id"): one for one in json.loads(printed)["blobs"]}
        end = {"expires": "2027-02-14T08Z"}
        assert held == {
            whole.id.hex(): {"bytes": 100_000, "whole": True, **end},
            unfinished.id.hex(): {"bytes": 200_000, "whole": False, **end},
        }
        said = await trio.to_thread.run_sync(run, data, "what-we-hold", mailbox.id.hex())
        assert "files that others left for it: 2, 300000 bytes" in said[1]
        assert (await trio.to_thread.run_sync(run, data, "check"))[0] == status == 0
        for name, options in (("all", []), ("few", ["--without-files"])):
            made = await trio.to_thread.run_sync(run, data, "backup", str(tmp_path / name), *options)
            assert made[0] == 0
    assert not (tmp_path / "few" / "blobs").exists()
    assert run(tmp_path / "new", "restore", str(tmp_path / "all"))[0] == 0
    async with (
        running(tmp_path / "new") as relay,
        RelayClient.open(relay.address) as sender,
        RelayClient.open(relay.address) as reader,
        RelayClient.open(relay.address) as owner,
    ):
        assert joined(await reader.ask_all(whole.gets())) == whole.content
        assert await sender.ask_all([unfinished.look, unfinished.creation]) == [REFUSED, Done()]
        assert await sender.ask(unfinished.look) == BlobState(0, 200_000)
        await owner.own(mailbox)
        assert await owner.ask(whole.release) == Done()


def test_a_copy_leaves_out_what_is_not_whole(files: BlobFiles, tmp_path: Path) -> None:
    blob, unfinished = fill(files, Blob(Mailbox(), 1_000)), Blob(Mailbox(), 1_000)
    create(files, unfinished)
    assert copy_blobs(files.places.path, tmp_path / "copy") == 1
    again = BlobFiles(Places(tmp_path / "copy"), QUOTA)
    assert joined(again.read(blob.gets(), NOW)) == blob.content
    assert again.look(unfinished.look, NOW) == REFUSED

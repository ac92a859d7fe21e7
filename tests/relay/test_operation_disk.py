"""A disk that fills: what is refused first, and what always works (Spec: RL-48)."""

import os
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import trio
from typing_extensions import override

from relay.committer import QUEUE_OPERATIONS
from relay.config import MEBIBYTE, LimitSettings
from relay.reserve import DiskReserve, Pressure
from relay.storage.operations import LookAtMailbox
from securemsg.mailbox.answers import Accepted, Done, ErrorCode, Failed
from securemsg.mailbox.requests import Acknowledge
from tests.relay.client import Mailbox, RelayClient
from tests.relay.running import Setting, running, until
from tests.relay.test_relay_command import run
from tests.support.programs import RelayProgram

SIZE = 4 * MEBIBYTE


@dataclass
class Room(DiskReserve):
    """A reserve on a disk whose free bytes the test sets; what the file holds is taken from them."""

    path: Path
    total: int

    def __post_init__(self) -> None:
        super().__init__(self.path, SIZE)

    @property
    @override
    def free(self) -> int:
        return self.total - self.held

    def look(self) -> tuple[int, Pressure]:
        """Adjust, then tell how many bytes are held and what is refused."""
        self.adjust()
        return self.held, self._judge(self.free)


def test_the_file_gives_way_once_the_disk_is_full_and_returns_only_when_there_is_plenty(
    tmp_path: Path,
) -> None:
    """R10: between the two nothing is stored, so that nothing new takes the room of deletions."""
    room = Room(tmp_path, 100 * SIZE)
    assert room.look() == (SIZE, Pressure.NONE)
    room.total = SIZE + 2 * SIZE - 1
    assert room.look() == (SIZE, Pressure.NEW_MAILBOXES)
    room.total = SIZE + SIZE - 1
    assert room.look() == (SIZE, Pressure.STORING)
    room.total = SIZE + SIZE // 4 - 1
    assert room.look() == (0, Pressure.STORING)
    room.total = 3 * SIZE - 1
    assert room.look() == (0, Pressure.STORING)
    room.total = 3 * SIZE
    assert room.look() == (SIZE, Pressure.NONE)


def test_a_small_disk_is_used_without_a_file(tmp_path: Path) -> None:
    room = Room(tmp_path, 2 * SIZE + 1)
    assert room.look() == (0, Pressure.NONE)
    room.total = 2 * SIZE - 1
    assert room.look() == (0, Pressure.NEW_MAILBOXES)


def test_a_file_of_another_size_is_replaced_when_the_setting_changes(tmp_path: Path) -> None:
    (tmp_path / "reserve").write_bytes(bytes(SIZE // 2))
    assert Room(tmp_path, 100 * SIZE).look() == (SIZE, Pressure.NONE)
    assert [path.name for path in tmp_path.iterdir()] == ["reserve"]


def test_a_folder_that_cannot_be_written_to_holds_no_reserve_and_raises_nothing(tmp_path: Path) -> None:
    """R11: the store says what is wrong."""
    room = Room(tmp_path / "missing", 100 * SIZE)
    room.adjust()
    assert room.held == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 32 MiB."""
    if os.geteuid() != 0:
        pytest.skip("to mount a small disk needs root")
    disk = tmp_path / "disk"
    disk.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=32m", "none", disk], capture_output=True, check=False
    )
    if done.returncode:
        assert not os.environ.get("CI"), done.stderr
        pytest.skip("this machine does not let root mount")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", disk], check=True)


def fill(disk: Path) -> None:
    """Leave no byte free, as another program would."""
    with (disk / "of another program").open("ab", buffering=0) as file:
        for size in (MEBIBYTE, 4_096):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                pass


@pytest.mark.anyio
async def test_owners_empty_their_mailboxes_on_a_disk_without_a_byte_left(small_disk: Path) -> None:
    """R10, RL-48: acknowledgements succeed, submits and creations are refused until there is room."""
    setting = Setting(LimitSettings(reserve_mebibytes=4))
    mailbox, late = Mailbox(), Mailbox()
    async with (
        running(small_disk / "data", setting) as relay,
        RelayClient.open(relay.address) as owner,
        RelayClient.open(relay.address) as sender,
    ):
        await owner.ask(mailbox.creation)
        submits = [mailbox.submit(bytes(30_000)) for _ in range(40)]
        assert await sender.ask_all(submits) == [Accepted()] * 40
        await owner.listen(mailbox)
        reserve = relay.service.reserve
        await until(lambda: reserve.held == SIZE)
        fill(small_disk)
        await until(lambda: reserve.held == 0)
        refused = Failed(ErrorCode.UNAVAILABLE, 300)
        assert await sender.ask_all([mailbox.submit(), late.creation]) == [refused] * 2
        for sequence in range(1, 41):
            assert await owner.ask(Acknowledge(mailbox.id, sequence)) == Done()
        (small_disk / "of another program").unlink()
        await until(lambda: reserve.pressure is Pressure.NONE)
        assert await sender.ask_all([late.creation, mailbox.submit()]) == [Done(), Accepted()]


@pytest.mark.anyio
async def test_a_relay_starts_on_a_full_disk(small_disk: Path) -> None:
    """R10: what was accepted is delivered and deleted."""
    setting, mailbox = Setting(LimitSettings(reserve_mebibytes=4)), Mailbox()
    async with running(small_disk / "data", setting) as relay, RelayClient.open(relay.address) as client:
        assert await client.ask_all([mailbox.creation, mailbox.submit()]) == [Done(), Accepted()]
        await until(lambda: relay.service.reserve.held == SIZE)
    fill(small_disk)
    async with running(small_disk / "data", setting) as relay, RelayClient.open(relay.address) as owner:
        await until(lambda: relay.service.reserve.held == 0)
        await owner.listen(mailbox)
        await owner.delivery()
        assert await owner.ask(Acknowledge(mailbox.id, 1)) == Done()


def test_a_disk_that_only_reads_is_refused_in_one_sentence(small_disk: Path) -> None:
    """R11."""
    relay = RelayProgram(small_disk / "data").start()
    assert relay.stop() == 0
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    status, printed, said = run(relay.data, "serve", "--listen", "127.0.0.1:0")
    assert (status, printed, said.count("\n")) == (1, "", 1)
    assert "Read-only file system" in said


@pytest.mark.anyio
async def test_the_log_says_that_the_disk_is_full(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with running(tmp_path, Setting(LimitSettings(reserve_mebibytes=2**39))) as relay:
        said = ""
        with trio.fail_after(5):
            while '"event":"disk full","free":' not in said:
                await trio.sleep(0.05)  # what is waited for has no event
                said += capsys.readouterr().err
        assert "the disk is full" in relay.vitals.obstacles()


@pytest.mark.anyio
async def test_nobody_new_comes_in_before_those_who_are_here_are_refused(small_disk: Path) -> None:
    """RL-48."""
    setting, mailbox = Setting(LimitSettings(reserve_mebibytes=8)), Mailbox()
    async with running(small_disk / "data", setting) as relay, RelayClient.open(relay.address) as client:
        reserve = relay.service.reserve
        assert await client.ask(mailbox.creation) == Done()
        await until(lambda: reserve.held > 0)
        (small_disk / "of another program").write_bytes(bytes(reserve.free - 12 * MEBIBYTE))
        await until(lambda: reserve.pressure is Pressure.NEW_MAILBOXES)
        refused = Failed(ErrorCode.UNAVAILABLE, 60)
        assert await client.ask_all([Mailbox().creation, mailbox.submit()]) == [refused, Accepted()]


@pytest.mark.anyio
async def test_nobody_new_comes_in_while_the_store_does_not_keep_up(tmp_path: Path) -> None:
    """RL-48: half of the queue is taken; who is here waits, and is served."""
    mailbox, released = Mailbox(), threading.Event()
    async with running(tmp_path) as relay, trio.open_nursery() as nursery:
        committer = relay.service.committer
        async with RelayClient.open(relay.address) as client, RelayClient.open(relay.address) as other:
            assert await client.ask(mailbox.creation) == Done()
            nursery.start_soon(committer.alone, lambda: released.wait(20))
            look = [LookAtMailbox(mailbox.id)] * (QUEUE_OPERATIONS // 2)
            nursery.start_soon(committer.commit, look)
            await until(lambda: committer.is_busy)
            assert await other.ask(Mailbox().creation) == Failed(ErrorCode.UNAVAILABLE, 60)
            released.set()
            await until(lambda: not committer.is_busy)
            assert await other.ask_all([Mailbox().creation, mailbox.submit()]) == [Done(), Accepted()]

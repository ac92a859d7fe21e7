"""The real relay on a disk that takes very long for a sync, and on one that failed one."""

import json
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import PIPE
from typing import Self

import pytest
import trio

from relay.stream import ConnectionLostError
from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.answers import Accepted, Deliver, Done
from securemsg.mailbox.requests import Ping
from tests.relay.client import Ended, Mailbox, RelayClient
from tests.support.programs import environment

FLOODERS = 24
SIZE = 33_000
FLOOD_EACH = 16 * 1024 * 1024
"""Bytes that each of them would like to leave: 384 MiB in all."""

HELD_MEMORY = 96 * 1024 * 1024
"""What the relay may need for it while the disk is away: 32 MiB of pages, the commit queue (16 MiB), the
commit under way, and what was read of each connection, with room."""

FLOWING_MEMORY = 192 * 1024 * 1024
"""And while it is stored: with what the allocator keeps of large commits, 150 MiB however many."""

PATIENCE = 120
"""Seconds for what takes ten: only a relay that hangs needs more."""


def with_patience(play: Callable[[], Awaitable[None]]) -> None:
    """Run what must come to its end."""

    async def run() -> None:
        with trio.fail_after(PATIENCE):
            await play()

    trio.run(run)


def most_memory(process: subprocess.Popen[str]) -> int:
    """The most that a process ever had in memory, in bytes."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    assert found is not None
    return int(found[1]) * 1024


@dataclass
class TroubledRelay:
    """A relay whose disk the test troubles; `folder` is where the switches lie."""

    folder: Path
    process: subprocess.Popen[str]
    address: RelayAddress

    @classmethod
    @contextmanager
    def running(cls, folder: Path) -> Iterator[Self]:
        """Run it for the length of the block."""
        command = [sys.executable, "-m", "tests.crash.troubled_disk", str(folder / "data"), "127.0.0.1:0"]
        with (
            (folder / "log").open("a") as log,
            subprocess.Popen(command, stdout=PIPE, stderr=log, text=True, env=environment()) as process,
        ):
            assert process.stdout is not None
            try:
                address = RelayAddress.parse(json.loads(process.stdout.readline())["address"])
                yield cls(folder, process, address)
            finally:
                process.kill()


@dataclass
class Flooder:
    """Somebody who submits without reading answers; `sent` is how many the sockets took."""

    mailbox: Mailbox = field(default_factory=Mailbox)
    sent: int = 0

    async def flood(self, address: RelayAddress) -> None:
        """Submit until the relay takes no more."""
        async with RelayClient.open(address) as client:
            while self.sent < FLOOD_EACH:
                await client.stream.send(client.connection.send(self.mailbox.submit(bytes(SIZE))))
                self.sent += SIZE
            await trio.sleep_forever()


async def is_answered_soon(client: RelayClient) -> bool:
    """Tell whether an answer comes within a moment."""
    with trio.move_on_after(0.5):
        await client.answered()
        return True
    return False


@dataclass
class Flood:
    """Many who leave more than a relay can take at once, and one who leaves little."""

    relay: TroubledRelay
    quiet: Mailbox = field(default_factory=Mailbox)
    flooders: list[Flooder] = field(default_factory=lambda: [Flooder() for _ in range(FLOODERS)])

    def __post_init__(self) -> None:
        self.memory = most_memory(self.relay.process)

    @property
    def sent(self) -> int:
        """Bytes that the sockets took."""
        return sum(flooder.sent for flooder in self.flooders)

    @property
    def grown(self) -> int:
        """Bytes of memory that the relay took for it."""
        return most_memory(self.relay.process) - self.memory

    async def is_held_back(self, idle: RelayClient, sender: RelayClient) -> None:
        """See that nobody gets any further while no sync ends; the answer to `sender` is still to come."""
        before: list[int] = []
        while (sent := [flooder.sent for flooder in self.flooders]) != before or 0 in sent:
            before = sent
            await trio.sleep(0.5)
        await sender.stream.send(sender.connection.send(self.quiet.submit()))
        for _ in range(5):
            assert await idle.ask(Ping()) == Done()
        assert not await is_answered_soon(sender)
        assert max(flooder.sent for flooder in self.flooders) < FLOOD_EACH
        assert self.grown < HELD_MEMORY

    async def goes_on(self, sender: RelayClient) -> None:
        """See that all get further; whoever comes waits for what was there before, not for all of it."""
        held = self.sent
        assert await sender.answered() == Accepted()
        while (begun := self.sent) < held + HELD_MEMORY // 2:  # noqa: ASYNC110  # it has no event
            await trio.sleep(0.01)
        assert await sender.ask(self.quiet.submit()) == Accepted()
        assert self.sent - begun < HELD_MEMORY
        assert self.grown < FLOWING_MEMORY


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[TroubledRelay]:
    with TroubledRelay.running(tmp_path) as relay:
        yield relay


@pytest.mark.slow
def test_a_slow_disk_holds_senders_back_and_nobody_else(relay: TroubledRelay) -> None:
    """R22, RL-4: sockets are no longer read, memory stays, what needs no disk is answered at once.

    A sync ends when the test wants: no time is measured, and a slow machine sees the same.
    """
    flood = Flood(relay)

    async def play() -> None:
        creations = [one.creation for one in (flood.quiet, *(one.mailbox for one in flood.flooders))]
        async with RelayClient.open(relay.address) as idle, RelayClient.open(relay.address) as sender:
            assert set(await idle.ask_all(creations)) == {Done()}
            (relay.folder / "slow").touch()
            async with trio.open_nursery() as nursery:
                for flooder in flood.flooders:
                    nursery.start_soon(flooder.flood, relay.address)
                await flood.is_held_back(idle, sender)
                (relay.folder / "slow").unlink()
                await flood.goes_on(sender)
                nursery.cancel_scope.cancel()

    with_patience(play)


def test_a_sync_that_failed_once_ends_the_relay_and_is_not_tried_again(tmp_path: Path) -> None:
    """R09, RL-5: the kernel may have dropped what it could not write, and say all is well the next time."""
    mailbox = Mailbox()
    kept, lost = mailbox.submit(b"kept"), mailbox.submit(b"perhaps lost")

    async def submit_to_a_failing_disk(address: RelayAddress) -> None:
        async with RelayClient.open(address) as client:
            assert await client.ask_all([mailbox.creation, kept]) == [Done(), Accepted()]
            (tmp_path / "failing").touch()
            with pytest.raises((Ended, ConnectionLostError, ConnectionError)):
                await client.ask(lost)

    async def repeat(address: RelayAddress) -> None:
        async with RelayClient.open(address) as client:
            assert await client.ask_all([lost, kept]) == [Accepted(), Accepted()]
        async with RelayClient.open(address) as client:
            await client.listen(mailbox)
            found = [await client.delivery() for _ in range(2)]
            assert [one.submit_id for one in found] == [kept.submit_id, lost.submit_id]
            assert not isinstance(await client.notice(), Deliver)

    with TroubledRelay.running(tmp_path) as relay:
        trio.run(submit_to_a_failing_disk, relay.address)
        assert relay.process.wait(PATIENCE) not in {0, None}
    assert not (tmp_path / "failing").exists()
    with TroubledRelay.running(tmp_path) as relay:
        trio.run(repeat, relay.address)

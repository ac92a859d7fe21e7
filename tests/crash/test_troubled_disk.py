"""The real relay on a disk that takes five seconds for a sync, and on one that failed one."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE
from typing import Self

import pytest
import trio

from relay.stream import ConnectionLostError
from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.answers import Accepted, Deliver, Done
from securemsg.mailbox.requests import Ping
from tests.crash.troubled_disk import SECONDS
from tests.relay.client import Ended, Mailbox, RelayClient
from tests.support.programs import environment

FLOODERS = 24
FLOOD_EACH = 16 * 1024 * 1024
"""Bytes that each of them would like to leave: 384 MiB in all."""

MEMORY = 96 * 1024 * 1024
"""What the relay may need for it: 32 MiB of pages, the commit queue (16 MiB), the commit under way, and
what was read of each connection, with room."""


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


async def flood(address: RelayAddress, mailbox: Mailbox, through: list[Mailbox]) -> None:
    """Submit without reading answers, until the relay takes no more."""
    async with RelayClient.open(address) as client:
        for _ in range(FLOOD_EACH // 33_000):
            await client.stream.send(client.connection.send(mailbox.submit(bytes(33_000))))
        through.append(mailbox)
        await trio.sleep_forever()


async def answered_within(address: RelayAddress, mailbox: Mailbox) -> float:
    """Return how many seconds a submit of somebody else takes."""
    async with RelayClient.open(address) as client:
        begun = time.monotonic()
        assert await client.ask(mailbox.submit()) == Accepted()
        return time.monotonic() - begun


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[TroubledRelay]:
    with TroubledRelay.running(tmp_path) as relay:
        yield relay


@pytest.mark.slow
def test_a_slow_disk_holds_senders_back_and_nobody_else(relay: TroubledRelay) -> None:
    """R22, RL-4: sockets are no longer read, memory stays, what needs no disk is answered at once."""
    quiet, floods = Mailbox(), [Mailbox() for _ in range(FLOODERS)]
    through: list[Mailbox] = []

    async def play() -> None:
        async with RelayClient.open(relay.address) as idle:
            assert set(await idle.ask_all([one.creation for one in (quiet, *floods)])) == {Done()}
            before = most_memory(relay.process)
            (relay.folder / "slow").touch()
            async with trio.open_nursery() as nursery:
                for mailbox in floods:
                    nursery.start_soon(flood, relay.address, mailbox, through)
                await trio.sleep(1)
                for _ in range(int(2 * SECONDS)):
                    with trio.fail_after(2):
                        assert await idle.ask(Ping()) == Done()
                    await trio.sleep(0.5)
                # The commit under way, those that waited before, and this one's own.
                assert SECONDS / 2 < await answered_within(relay.address, quiet) < 8 * SECONDS
                assert most_memory(relay.process) - before < MEMORY
                assert through == []
                (relay.folder / "slow").unlink()
                await trio.sleep(SECONDS)
                assert await answered_within(relay.address, quiet) < 2
                nursery.cancel_scope.cancel()
            assert most_memory(relay.process) - before < MEMORY

    trio.run(play)


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
        assert relay.process.wait(10) not in {0, None}
    assert not (tmp_path / "failing").exists()
    with TroubledRelay.running(tmp_path) as relay:
        trio.run(repeat, relay.address)

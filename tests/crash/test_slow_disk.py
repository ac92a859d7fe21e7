"""A disk that takes five seconds for a sync: who waits, who does not, and how much memory it costs."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import trio

from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.answers import Accepted, Done
from securemsg.mailbox.requests import Ping
from tests.crash.slow_disk import SECONDS
from tests.relay.client import Mailbox, RelayClient
from tests.support.programs import environment

FLOODERS = 24
FLOOD_EACH = 16 * 1024 * 1024
"""Bytes that each of them would like to leave: 384 MiB in all."""

MEMORY = 48 * 1024 * 1024
"""What the relay may need for it: the commit queue and a page for each connection, with room."""


@dataclass
class SlowRelay:
    """A relay whose disk the test slows down."""

    process: subprocess.Popen[str]
    address: RelayAddress
    switch: Path

    @property
    def memory(self) -> int:
        """The most that it ever had in memory, in bytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
        assert found is not None
        return int(found[1]) * 1024


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[SlowRelay]:
    data = tmp_path / "data"
    command = [sys.executable, "-m", "tests.crash.slow_disk", str(data), "127.0.0.1:0"]
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment())
    assert process.stdout is not None
    with process:
        address = RelayAddress.parse(json.loads(process.stdout.readline())["address"])
        yield SlowRelay(process, address, data.with_name("slow"))
        process.kill()


async def flood(address: RelayAddress, mailbox: Mailbox, through: list[Mailbox]) -> None:
    """Submit without reading answers, until the relay takes no more."""
    async with RelayClient.open(address) as client:
        for _ in range(FLOOD_EACH // 16_000):
            await client.stream.send(client.connection.send(mailbox.submit(bytes(16_000))))
        through.append(mailbox)
        await trio.sleep_forever()


async def answered_within(address: RelayAddress, mailbox: Mailbox) -> float:
    """Return how many seconds a submit of somebody else takes."""
    async with RelayClient.open(address) as client:
        begun = time.monotonic()
        assert await client.ask(mailbox.submit()) == Accepted()
        return time.monotonic() - begun


@pytest.mark.slow
def test_a_slow_disk_holds_senders_back_and_nobody_else(relay: SlowRelay) -> None:
    """R22, RL-4: sockets are no longer read, memory stays, what needs no disk is answered at once."""
    quiet, floods = Mailbox(), [Mailbox() for _ in range(FLOODERS)]
    through: list[Mailbox] = []

    async def play() -> None:
        async with RelayClient.open(relay.address) as idle:
            assert set(await idle.ask_all([one.creation for one in (quiet, *floods)])) == {Done()}
            before = relay.memory
            relay.switch.touch()
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
                assert relay.memory - before < MEMORY
                assert through == []
                relay.switch.unlink()
                await trio.sleep(SECONDS)
                assert await answered_within(relay.address, quiet) < 2
                nursery.cancel_scope.cancel()
            assert relay.memory - before < MEMORY

    trio.run(play)

"""SIGKILL after SIGKILL of the real relay, while real clients send to it, listen and acknowledge over TLS.

`python -m tests.crash.relay_kills --kills 1000` is the long run; the test suite runs a short one.
Oracle: what was answered with `accepted` is delivered, in the order of its sender, under one
sequence number; nothing comes again once the answer to its acknowledgement was read.
"""

import argparse
import os
import random  # noqa: TID251  # a seed says when to kill; nothing secret
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import trio

from relay.stream import ConnectionLostError
from securemsg.ids import SubmitId
from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.answers import Accepted, Answer, CaughtUp, Deliver, Done, ErrorCode, Failed
from securemsg.mailbox.requests import Acknowledge, Submit
from tests.relay.client import Ended, Mailbox, RelayClient
from tests.support.programs import RelayProgram, environment

PAIRS: Final = 4
"""Mailboxes, each with one who sends to it and one who reads it."""

_BATCH: Final = 12
"""Submits that a sender has in flight at most."""

_CUT = (Ended, ConnectionLostError, ConnectionError)


@dataclass
class Pair:
    """A mailbox, its sender and its reader, and what each of them was told."""

    chance: random.Random
    mailbox: Mailbox = field(default_factory=Mailbox)
    waiting: list[Submit] = field(default_factory=list)
    accepted: list[Submit] = field(default_factory=list)
    delivered: dict[SubmitId, int] = field(default_factory=dict)
    acknowledged: int = 0
    refused: int = 0

    async def send(self, address: RelayAddress) -> None:
        """Submit until the relay is gone; what has no answer then is submitted again in the next life."""
        try:
            async with RelayClient.open(address) as client:
                while True:
                    self.waiting = self.waiting or [self._submit() for _ in range(_BATCH)]
                    repeated = self.accepted[-1:] if self.chance.random() < 0.2 else []
                    await client.stream.send(
                        b"".join(map(client.connection.send, [*repeated, *self.waiting]))
                    )
                    for _ in repeated:
                        assert await client.answered() == Accepted()
                    refused = self.refused
                    while self.waiting:
                        self._note(await client.answered())
                    if self.refused > refused:
                        await trio.sleep(0.1)
        except _CUT:
            return

    async def read(self, address: RelayAddress) -> None:
        """Listen, acknowledging now and then, until the relay is gone."""
        try:
            async with RelayClient.open(address) as client:
                await client.listen(self.mailbox)
                while True:
                    notice = await client.notice()
                    if isinstance(notice, Deliver):
                        await self._take(client, notice)
        except _CUT:
            return

    async def drain(self, address: RelayAddress) -> None:
        """Send what waits and read what is left, undisturbed."""
        async with RelayClient.open(address) as client:
            for answer in await client.ask_all(self.waiting):
                self._note(answer)
        async with RelayClient.open(address) as client:
            await client.listen(self.mailbox)
            while not isinstance(notice := await client.notice(), CaughtUp):
                assert isinstance(notice, Deliver)
                await self._take(client, notice)

    def judge(self) -> None:
        """Everything accepted arrived once, in order, and nothing else."""
        places = [self.delivered.get(submit.submit_id, 0) for submit in self.accepted]
        assert 0 not in places, f"{places.count(0)} accepted submits were lost"
        assert places == sorted(places)
        assert len(set(places)) == len(places) == len(self.delivered)

    def _submit(self) -> Submit:
        submit = self.mailbox.submit(bytes(self.chance.choice((100, 1_300, 9_000))))
        # The content follows from the id, so that the reader can tell.
        return Submit(submit.mailbox, submit.token, submit.submit_id, submit.submit_id + submit.envelope)

    def _note(self, answer: Answer) -> None:
        submit = self.waiting.pop(0)
        if answer == Accepted():
            self.accepted.append(submit)
        else:
            # A reader that did not keep up. What is refused is not sent again, and must never arrive.
            assert isinstance(answer, Failed)
            assert answer.code is ErrorCode.FULL
            self.refused += 1

    async def _take(self, client: RelayClient, notice: Deliver) -> None:
        assert notice.sequence > self.acknowledged, "delivered again after its acknowledgement was answered"
        assert notice.envelope.startswith(notice.submit_id)
        known = self.delivered.setdefault(notice.submit_id, notice.sequence)
        assert known == notice.sequence, "stored twice"
        if self.chance.random() < 0.2:
            assert await client.ask(Acknowledge(self.mailbox.id, notice.sequence)) == Done()
            self.acknowledged = notice.sequence


@dataclass
class Scene:
    """One relay, killed again and again; how long its starts took, in all and on the processor (seconds)."""

    relay: RelayProgram
    chance: random.Random
    pairs: list[Pair]
    starts: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)

    async def run(self, kills: int) -> None:
        """Kill so many times; raises `AssertionError` where the oracle is broken."""
        self._start()
        async with RelayClient.open(self._address) as client:
            assert set(await client.ask_all([pair.mailbox.creation for pair in self.pairs])) == {Done()}
        for _ in range(kills):
            async with trio.open_nursery() as nursery:
                for pair in self.pairs:
                    nursery.start_soon(pair.send, self._address)
                    nursery.start_soon(pair.read, self._address)
                await trio.sleep(self.chance.uniform(0.02, 0.4))
                self.relay.kill()
            self._start()
        for pair in self.pairs:
            await pair.drain(self._address)
            pair.judge()

    @property
    def _address(self) -> RelayAddress:
        return RelayAddress.parse(self.relay.address)

    def _start(self) -> None:
        begun = time.monotonic()
        self.relay.start()
        self.starts.append(time.monotonic() - begun)
        assert self.relay.process is not None
        self.costs.append(processor_seconds(self.relay.process.pid))


def processor_seconds(pid: int) -> float:
    """What a process has worked so far."""
    words = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def play(folder: Path, kills: int, seed: int) -> Scene:
    """Run the scene in `folder`."""
    chance = random.Random(seed)  # noqa: S311  # repeatable, not secret
    scene = Scene(RelayProgram(folder / "data"), chance, [Pair(chance) for _ in range(PAIRS)])
    try:
        trio.run(scene.run, kills)
        check = [sys.executable, "-m", "relay", "--data", str(scene.relay.data), "check"]
        subprocess.run(check, env=environment(), stdout=subprocess.DEVNULL, check=True)
    finally:
        scene.relay.kill()
    return scene


def report(kills: int, scene: Scene) -> str:
    """Return what was seen in one line."""
    accepted = sum(len(pair.accepted) for pair in scene.pairs)
    refused = sum(pair.refused for pair in scene.pairs)
    return (
        f"{kills} kills, {accepted} submits accepted, {refused} refused by full mailboxes: 0 lost,"
        " 0 stored twice, 0 delivered again after an answered acknowledgement, the database sound;"
        f" starts {percentiles(scene.starts)}"
    )


def percentiles(seconds: Sequence[float]) -> str:
    """Return median, greatest value, and how many took more than two seconds, in words."""
    slow = sum(one > 2 for one in seconds)  # what catalogue row R07 allows
    return f"p50 {statistics.median(seconds):.2f} s, greatest {max(seconds):.2f} s, {slow} above 2 s"


def main() -> None:
    """Run the long scene and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        scene = play(Path(folder), options.kills, options.seed)
    sys.stdout.write(f"{report(options.kills, scene)}\n")


if __name__ == "__main__":
    main()

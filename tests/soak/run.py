"""A relay for a long time: people come and go, its administrator copies, checks, counts and renews.

`python -m tests.soak.run --minutes 60`; the test suite runs half a minute. The relay is the real
program over TLS, on a clock that is faster, so that messages expire. It fails when memory, open files,
threads or the WAL grow after the first quarter of the time, when something accepted is lost, comes
twice or out of order, when a one-time key is handed out twice, or when what expired is still there.
"""

import argparse
import os
import random  # noqa: TID251  # when people come; nothing secret
import shutil
import ssl
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Self

import trio

from relay.clock import system_clock
from relay.control import ask
from relay.folder import DataFolder, write_private
from relay.storage.sqlite.snapshot import verify
from securemsg.crypto.certificate import make_certificate, spki_digest
from securemsg.instant import DAY, HOUR, SECOND, Instant
from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.answers import Done
from securemsg.mailbox.tokens import Invitation
from tests.soak.figures import Sampler, refuse_growth, table
from tests.soak.people import Pair, pass_by, visiting
from tests.support.programs import RelayProgram, free_port

_RETENTION_HOURS: Final = 24
_PAIRS: Final = 12
_RENEWED_SECONDS: Final = 15
"""Within this a certificate on disk is in use: the relay looks every ten seconds."""

_TURNED_AWAY: Final = 0.05
"""The part of the visits that may be: beside other work a process waits for seconds."""

_CONFIG: Final = """
registration = "invitation"
[limits]
reconnect_seconds = 0
handshake_seconds = 60
[retention]
hours = {hours}
[metrics]
listen = "{metrics}"
[tls]
certificate = "{certificate}"
key = "{key}"
"""


@dataclass(frozen=True, slots=True)
class Pace:
    """How many times as fast the relay's clock is, and seconds between looks, rounds and commands.

    At this speed submit ids are forgotten after 14 minutes: then as much goes as comes.
    """

    speed: int = 720
    look: float = 5
    round: int = 60
    command: float = 20

    @property
    def kept(self) -> float:
        """Seconds after which what was left behind is gone: to the full hour, then at the next round."""
        return (_RETENTION_HOURS + 1) * (HOUR / SECOND) / self.speed + 2 * self.round


@dataclass
class Soak:
    """One relay, those who use it, and its administrator."""

    folder: Path
    pace: Pace
    chance: random.Random
    counts: Counter[str] = field(default_factory=Counter)
    left: deque[tuple[float, int]] = field(default_factory=deque)
    """When messages were left behind, and how many."""

    def __post_init__(self) -> None:
        self.metrics = f"127.0.0.1:{free_port()}"
        self.relay = RelayProgram(self.folder / "data", program="tests.soak.relay_program")
        self.tls = DataFolder(self.folder / "tls")
        self.tls.path.mkdir()
        self.relay.config = _CONFIG.format(
            hours=_RETENTION_HOURS,
            metrics=self.metrics,
            certificate=self.tls.tls_certificate,
            key=self.tls.tls_key,
        )

    def start(self) -> Self:
        """Start the relay."""
        self._certify()
        os.environ |= {"SOAK_SPEED": str(self.pace.speed), "SOAK_ROUND_SECONDS": str(self.pace.round)}
        self.relay.start()
        process = self.relay.process
        assert process is not None
        self.sampler = Sampler(process.pid, self.relay.data / "relay.db-wal", self.metrics)
        return self

    @property
    def _address(self) -> RelayAddress:
        return RelayAddress.parse(self.relay.address)

    async def run(self, seconds: float) -> None:
        """Let everybody do what they do for so long, then see whether everything is there."""
        invitation = Invitation.parse(
            (await self._ask(command="invite", uses=1_000_000, days=3_650))["token"]
        )
        pairs = [Pair(self.chance, self.counts) for _ in range(_PAIRS)]
        async with visiting(self._address, self.counts) as client:
            for pair in pairs:
                creation = replace(pair.mailbox.creation, invitation=invitation)
                assert await client.ask(creation) == Done()
        with trio.move_on_after(seconds):
            async with trio.open_nursery() as nursery:
                for pair in pairs:
                    nursery.start_soon(pair.live, self._address)
                nursery.start_soon(self._welcome, invitation)
                nursery.start_soon(self._every, self.pace.look, self._look)
                for command in (self._count, self._back_up, self._check, self._renew):
                    nursery.start_soon(self._every, self.pace.command, command)
        for pair in pairs:
            await pair.settle(self._address)
        self._judge(await self._ask(command="stats"))

    def stop(self) -> None:
        """End the relay as an administrator does; nothing happens when it has ended."""
        assert self.relay.stop() == 0, "the relay did not end well"

    async def _every(self, seconds: float, act: Callable[[], Awaitable[None]]) -> None:
        while True:
            await act()
            await trio.sleep(seconds)

    async def _look(self) -> None:
        await trio.to_thread.run_sync(self.sampler.look)

    async def _welcome(self, invitation: Invitation) -> None:
        while True:
            begun = time.monotonic()
            left = await pass_by(self._address, invitation, self.chance, self.counts)
            self.counts["registered"] += 1
            self.left.append((time.monotonic(), left))
            await trio.sleep(max(0, begun + 1 - time.monotonic()))

    async def _ask(self, **words: object) -> dict[str, Any]:
        """Ask the relay as its administrator does."""
        reply = await trio.to_thread.run_sync(ask, DataFolder(self.relay.data), words)
        assert reply is not None
        return reply

    async def _count(self) -> None:
        stats = await self._ask(command="stats")
        assert stats["connections_failed"] == 0, "an error ended a connection"
        # Beside other work a probe of the store may take longer than readiness allows.
        self.counts["not ready"] += not stats["ready"]

    async def _back_up(self) -> None:
        copy = self.folder / "copy"
        with trio.CancelScope(shield=True):
            await self._ask(command="backup", destination=str(copy))
            await trio.to_thread.run_sync(verify, DataFolder(copy).database)
            await trio.to_thread.run_sync(shutil.rmtree, copy)
        self.counts["backups"] += 1

    async def _check(self) -> None:
        assert await self._ask(command="check") == {"ok": True}
        self.counts["checks"] += 1

    def _certify(self) -> bytes:
        """Lay a new certificate where the relay looks; returns the digest of its key."""
        now = Instant(system_clock() - DAY)
        key, certificate = make_certificate("127.0.0.1", now, 3_650)
        write_private(self.tls.tls_key, key)
        write_private(self.tls.tls_certificate, certificate)
        return spki_digest(ssl.PEM_cert_to_DER_cert(certificate.decode()))

    async def _renew(self) -> None:
        """Where another certificate is shown, `RelayClient` with this digest takes it for another relay."""
        digest = self._certify()
        await trio.sleep(_RENEWED_SECONDS)
        async with visiting(self._address, self.counts, digest):
            self.counts["certificates"] += 1

    def _judge(self, stats: dict[str, Any]) -> None:
        now = time.monotonic()
        most = sum(left for at, left in self.left if at > now - self.pace.kept)
        assert stats["envelopes"] <= most, "what expired is still there"
        for name in (
            "expired",
            "connections_refused",
            "connections_throttled",
            "handshakes_failed",
            "stalled",
        ):
            self.counts[name] = stats[name]
        assert self.counts["turned away"] <= self.counts["visits"] * _TURNED_AWAY, "too many were turned away"

    def report(self) -> str:
        """What was done, and what it took."""
        done = ", ".join(f"{count} {name}" for name, count in self.counts.items())
        return f"{done}\n{table(self.sampler.samples)}"


def play(folder: Path, seconds: float, pace: Pace, seed: int) -> Soak:
    """Run a soak in `folder`; raises `AssertionError` where it fails."""
    soak = Soak(folder, pace, random.Random(seed)).start()  # noqa: S311  # repeatable, not secret
    try:
        trio.run(soak.run, seconds)
        soak.stop()
    except BaseException:
        sys.stderr.write(f"{soak.report()}\n")
        raise
    finally:
        soak.relay.kill()
    return soak


def main() -> None:
    """Run the long soak and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        soak = play(Path(folder), 60 * options.minutes, Pace(), options.seed)
    sys.stdout.write(f"{soak.report()}\n0 lost, 0 twice\n")
    refuse_growth(soak.sampler.samples)


if __name__ == "__main__":
    main()

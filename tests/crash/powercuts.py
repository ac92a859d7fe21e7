"""The power goes, again and again, under the relay's store on the real SQLite.

`python -m tests.crash.powercuts --cuts 20000` is the long run; the test suite runs a short one.
Oracle: a second store, on a disk that never fails, is told every commit that was answered. After
each cut the first one holds the same, or the same and the whole of one later commit: that under way, or
one that failed on a full disk. (The disk here promises nothing, so that SQLite writes the end of
a commit more than once; where only a repetition finds no room, the power may go before that end is
overwritten. Where a disk keeps neighbours of what is overwritten, as Linux assumes, it is written once.)
"""

import argparse
import random  # noqa: TID251  # a seed says where the power goes; nothing secret
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from relay.storage.operations import (
    Create,
    Invite,
    LookAtShelf,
    Operation,
    PutManifest,
    Result,
    Shelf,
    StoreBrokenError,
    Stored,
    StoreFailedError,
    TakePrekeys,
)
from relay.storage.policy import StorePolicy
from relay.storage.sqlite.snapshot import faults
from relay.storage.sqlite.store import SqliteStore
from securemsg.errors import LocalError
from securemsg.ids import MailboxId
from securemsg.instant import HOUR, Instant
from securemsg.mailbox.limits import Registration
from tests.crash.traffic import Traffic
from tests.relay.unreliable import Disk, UnreliableVFS

SERIES: Final = 25
"""Cuts of one disk, one after the other; then an empty one, so that databases stay small."""

_POLICY: Final = StorePolicy(
    messages=30, bytes=40_000, retention_hours=24, submit_ids=24, registration=Registration.INVITATION
)
"""Small quotas: the refusals and what is forgotten take part."""

_ROOM: Final = 10**12
"""Bytes on a disk that is not full."""

_CLERK: Final = Create(MailboxId(bytes(16)), bytes(32), (), bytes(32))
"""A mailbox whose manifest numbers the commits: its generation says which was the last."""

_VFS: Final = UnreliableVFS("power cuts", Disk())


def _open(disk: Disk) -> SqliteStore:
    _VFS.disk = disk
    return SqliteStore.open(Path("/relay.db"), _POLICY, "power cuts")


@dataclass
class Series:
    """One disk and its life: cut after cut, each checked."""

    seed: int
    disk: Disk = field(default_factory=Disk)
    commits: int = 0
    operations: int = 0
    whole: int = 0
    absent: int = 0
    full: int = 0
    revived: int = 0
    attempts: int = 0
    handed: set[tuple[MailboxId, int, int]] = field(default_factory=set)
    pending: dict[int, list[Operation]] = field(default_factory=dict)
    """Commits since the last answered one, by number: those that failed, and the one under way."""
    last: int = 0

    def __post_init__(self) -> None:
        """Make the mailbox of the clerk on both disks."""
        self.chance = random.Random(self.seed)  # noqa: S311  # repeatable, not secret
        self.traffic = Traffic(self.chance, Instant(1_800_000_000_000))
        self.shadow = SqliteStore.open(Path(":memory:"), _POLICY)
        with_power = _open(self.disk)
        invitation = Invite(bytes(32), 1, Instant(self.traffic.now + HOUR))
        for store in (self.shadow, with_power):
            begun = store.commit([invitation, _CLERK], self.traffic.now)
            assert begun == [Stored(), Stored()]
        self.store = with_power

    def run(self, cuts: int) -> None:
        """Lose the power so many times; raises `AssertionError` where something was lost."""
        try:
            for _ in range(cuts):
                self.disk.steps_left = self.chance.choice((10, 60, 250)) * self.chance.randrange(1, 9) // 8
                self._live()
                self._lose_power()
                self._check()
        finally:
            # Now: a connection that closes later would delete its WAL from the disk of another series.
            self.store.close()
            self.shadow.close()

    def _live(self) -> None:
        while self.disk.steps_left >= 0:
            # Now and then the disk is full for a while.
            self.disk.room = self.chance.randrange(40_000) if self.chance.random() < 0.1 else _ROOM
            try:
                self._commit(self.traffic.commit())
                if self.chance.random() < 0.1:
                    self.store.tidy()
                if self.chance.random() < 0.03:
                    self.store.close()
                    self.store = _open(self.disk)
            except (StoreBrokenError, LocalError):
                return
            except StoreFailedError:
                self.full += 1

    def _commit(self, operations: Sequence[Operation]) -> None:
        self.attempts += 1
        asked = [PutManifest(_CLERK.mailbox, self.attempts, b""), *operations]
        self.pending[self.attempts] = asked
        results = self.store.commit(asked, self.traffic.now)
        self._note(asked, results)
        assert results == self._repeat(self.attempts)

    def _repeat(self, number: int) -> list[Result]:
        asked = self.pending[number]
        self.pending.clear()
        self.last = number
        self.commits += 1
        self.operations += len(asked)
        return self.shadow.commit(asked, self.traffic.now)

    def _note(self, operations: Sequence[Operation], results: Sequence[Result]) -> None:
        for operation, result in zip(operations, results, strict=True):
            if isinstance(operation, TakePrekeys) and isinstance(result, Shelf) and result.leaf:
                leaf = operation.mailbox, result.generation, result.leaf.position
                assert leaf not in self.handed, "a leaf was handed out twice"
                self.handed.add(leaf)

    def _lose_power(self) -> None:
        self.disk.room = _ROOM
        after = self.disk.cut(self.chance)
        self.store.close()
        # Again while it recovers, perhaps.
        while self.chance.random() < 0.3:
            after.steps_left = self.chance.randrange(1, 12)
            try:
                store = _open(after)
            except LocalError:
                after = after.cut(self.chance)
                continue
            after = after.cut(self.chance)
            store.close()
        self.disk = after

    def _check(self) -> None:
        self.store = _open(self.disk)
        assert faults(self.store.database) == []
        (shelf,) = self.store.commit([LookAtShelf(_CLERK.mailbox)], self.traffic.now)
        assert isinstance(shelf, Shelf)
        if shelf.generation in self.pending:
            self.whole += shelf.generation == self.attempts
            self.revived += shelf.generation != self.attempts
            self._repeat(shelf.generation)
        self.absent += self.attempts in self.pending
        self.pending.clear()
        assert shelf.generation == self.last, "an answered commit is gone"
        # The bucket of prekey fetches lives in memory: an hour fills both stores' again.
        self.traffic.now = Instant(self.traffic.now + HOUR)
        self._commit(self.traffic.probe())
        assert faults(self.store.database) == []


def report(done: Sequence[Series]) -> str:
    """Return what was seen in one line."""
    return (
        f"{len(done) * SERIES} power cuts among {sum(one.operations for one in done)} operations in"
        f" {sum(one.commits for one in done)} commits; of those under way {sum(one.whole for one in done)}"
        f" found whole, {sum(one.absent for one in done)} absent; {sum(one.full for one in done)} failed on a"
        f" full disk, {sum(one.revived for one in done)} of them found whole later: 0 accepted lost"
        f", 0 corrupt, 0 of {sum(len(one.handed) for one in done)} leaves handed out twice"
    )


def main() -> None:
    """Run the long scene and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cuts", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    begun = time.monotonic()
    done: list[Series] = []
    for number in range(-(-options.cuts // SERIES)):
        done.append(Series(options.seed + number))
        try:
            done[-1].run(SERIES)
        except AssertionError:
            sys.stderr.write(f"python -m tests.crash.powercuts --cuts {SERIES} --seed {done[-1].seed}\n")
            raise
    sys.stdout.write(f"{report(done)} ({time.monotonic() - begun:.0f} s)\n")


if __name__ == "__main__":
    main()

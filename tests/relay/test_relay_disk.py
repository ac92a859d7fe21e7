"""What the store promises when the power, the room or the disk goes away (Spec: RL-1, RL-5)."""

import random  # noqa: TID251  # a seed says when the power goes; nothing secret
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path

import pytest
import trio

from relay.config import Config
from relay.program import Relay
from relay.server import listen
from relay.storage.operations import (
    Acknowledge,
    Append,
    Appended,
    Operation,
    StoreBrokenError,
    Stored,
    StoreFailedError,
)
from relay.storage.policy import StorePolicy
from relay.storage.sqlite.snapshot import faults
from relay.storage.sqlite.store import SqliteStore
from securemsg.crypto.entropy import SystemEntropy
from securemsg.mailbox.answers import Accepted, Answer, ErrorCode, Failed
from tests.relay.client import Mailbox, RelayClient
from tests.relay.running import Setting
from tests.relay.stored import NOW, Box, created, one
from tests.relay.unreliable import Disk, UnreliableVFS

CUTS = 200

# What a file system raises where SQLite cannot pass it on is reported a second time.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

# SQLite keeps no reference to the file systems that it is told of.
MOUNTED: list[UnreliableVFS] = []


def open_on(disk: Disk) -> SqliteStore:
    name = f"unreliable {len(MOUNTED)}"
    MOUNTED.append(UnreliableVFS(name, disk))
    return SqliteStore.open(Path("/relay.db"), StorePolicy(), name)


class Sender:
    """Submits to two mailboxes, acknowledges some, and remembers what it was told."""

    def __init__(self, boxes: list[Box], chance: random.Random) -> None:
        self.boxes = boxes
        self.chance = chance
        self.told: dict[Append, int] = {}
        self.untold: list[Append] = []
        self.acknowledged: dict[Box, int] = {}

    def run(self, store: SqliteStore) -> None:
        """Go on until the store fails."""
        while True:
            self.untold = [
                self.chance.choice(self.boxes).append(self.chance.randbytes(self.chance.randrange(1, 6_000)))
                for _ in range(self.chance.randrange(1, 8))
            ]
            results = store.commit(self.untold, NOW)
            for append, result in zip(self.untold, results, strict=True):
                assert isinstance(result, Appended)
                self.told[append] = result.sequence
            self.untold = []
            self._acknowledge(store)
            if self.chance.random() < 0.2:
                store.tidy()

    def _acknowledge(self, store: SqliteStore) -> None:
        box = self.chance.choice(self.boxes)
        newest = max((at for append, at in self.told.items() if append.mailbox == box.id), default=0)
        if newest and self.chance.random() < 0.3:
            # From here on the older ones may be gone, whether or not the answer comes.
            self.acknowledged[box] = newest - newest // 4
            assert one(store, Acknowledge(box.id, self.acknowledged[box])) == Stored()

    def check(self, store: SqliteStore) -> None:
        """Everything told is there in its place or was acknowledged; repeats are recognised."""
        for box in self.boxes:
            found = {one.submit_id: one for one in box.content(store)}
            for append, sequence in self.told.items():
                if append.mailbox == box.id and sequence > self.acknowledged.get(box, 0):
                    assert (found[append.submit_id].sequence, found[append.submit_id].envelope) == (
                        sequence,
                        append.envelope,
                    )
        again: list[Operation] = list(self.told)
        assert set(store.commit(again, NOW)) <= {Appended(0)}
        store.commit(self.untold, NOW)
        stored = [(one.submit_id, one.envelope) for box in self.boxes for one in box.content(store)]
        assert len(set(stored)) == len(stored)
        assert {(append.submit_id, append.envelope) for append in self.untold} <= set(stored)


@pytest.mark.parametrize("seed", range(CUTS))
def test_a_power_cut_takes_nothing_that_was_accepted(seed: int) -> None:
    """R08, R06: unsynced sectors are kept, lost or torn at random; a repeat after it is stored once."""
    chance = random.Random(seed)  # noqa: S311  # nothing secret
    disk = Disk()
    store = open_on(disk)
    sender = Sender([created(store), created(store)], chance)
    disk.steps_left = chance.randrange(1, 400)
    with pytest.raises(StoreBrokenError):
        sender.run(store)
    store.close()
    after = open_on(disk.cut(chance))
    assert faults(after.database) == []
    sender.check(after)
    assert faults(after.database) == []
    after.close()


def test_a_sync_that_fails_is_never_answered_and_never_tried_again() -> None:
    """R09: the outcome is unknown, so the process must end."""
    disk = Disk()
    store = open_on(disk)
    box = created(store)
    disk.syncs_left = 0
    with pytest.raises(StoreBrokenError):
        store.commit([box.append()], NOW)
    store.close()


@pytest.fixture
def full() -> Iterator[tuple[Disk, SqliteStore, Box]]:
    disk = Disk()
    store = open_on(disk)
    yield disk, store, created(store)
    disk.room = 10**12
    store.close()


def test_a_full_disk_fails_the_commit_and_keeps_what_there_is(full: tuple[Disk, SqliteStore, Box]) -> None:
    """R10: rolled back whole; once there is room the same submits are accepted."""
    disk, store, box = full
    first = box.append(b"kept")
    assert one(store, first) == Appended(1)
    for room in (0, 5_000, 9_000, 20_000):
        disk.room = room
        large = [box.append(bytes(8_000)) for _ in range(4)]
        with pytest.raises(StoreFailedError):
            store.commit(large, NOW)
        assert [found.envelope for found in box.content(store)] == [b"kept"]
        assert faults(store.database) == []
    disk.room = 10**12
    assert store.commit([*large, first], NOW) == [*map(Appended, range(2, 6)), Appended(0)]


def test_a_disk_too_full_to_tidy_keeps_what_was_accepted(full: tuple[Disk, SqliteStore, Box]) -> None:
    """R10: the WAL waits, and is written back later."""
    disk, store, box = full
    appends = [box.append(bytes(8_000)) for _ in range(20)]
    store.commit(appends, NOW)
    disk.room = 0
    store.tidy()
    assert len(box.content(store)) == 20
    disk.room = 10**12
    store.tidy()
    assert len(disk.seen["/relay.db-wal"]) == 0
    assert faults(store.database) == []


def test_deleted_content_is_gone_from_every_file(full: tuple[Disk, SqliteStore, Box]) -> None:
    """R21, RL-7: overwritten in the database, and the WAL is emptied."""
    disk, store, box = full
    store.commit([box.append(b"a word to forget" * 100) for _ in range(50)], NOW)
    store.tidy()
    assert any(b"a word to forget" in content for content in disk.seen.values())
    one(store, Acknowledge(box.id, 50))
    store.tidy()
    assert not any(b"a word to forget" in content for content in disk.seen.values())


def test_the_first_submit_to_a_mailbox_that_was_forgotten_leaves_no_reader_behind(tmp_path: Path) -> None:
    """RL-7: a reader that is never closed would lock the file against bringing the WAL into it."""
    path = tmp_path / "relay.db"
    store = SqliteStore.open(path, StorePolicy())
    box = created(store)
    store.close()
    store = SqliteStore.open(path, StorePolicy())
    assert store.commit([box.append()], NOW) == [Appended(1)]
    store.settle()
    assert path.with_name("relay.db-wal").stat().st_size == 0
    store.close()


@asynccontextmanager
async def relay_on(disk: Disk, data: Path) -> AsyncIterator[Relay]:
    """A relay whose store lies on `disk`."""
    config = replace(Config.default(), listen="127.0.0.1:0", data=data)
    with closing(open_on(disk)) as store, listen(config.listen) as listener:
        relay = Relay(config, store, listener, Setting().clock, SystemEntropy())
        async with trio.open_nursery() as nursery:
            await nursery.start(relay.run)
            yield relay
            relay.drain()


@pytest.mark.anyio
async def test_a_disk_that_fails_ends_the_relay_without_an_answer(tmp_path: Path) -> None:
    """R09, RL-5: the sender hears nothing, and will repeat."""
    disk, mailbox = Disk(), Mailbox()
    answers: list[Answer] = []

    async def submit_to_a_failing_disk() -> None:
        async with relay_on(disk, tmp_path) as relay, RelayClient.open(relay.address) as client:
            await client.ask(mailbox.creation)
            disk.syncs_left = 0
            answers.append(await client.ask(mailbox.submit()))

    with pytest.raises(BaseExceptionGroup) as errors:
        await submit_to_a_failing_disk()
    assert errors.value.subgroup(StoreBrokenError) is not None
    assert answers == []


@pytest.mark.anyio
async def test_a_full_disk_is_told_to_the_sender_and_forgotten_when_there_is_room(tmp_path: Path) -> None:
    """R10, RL-5: code 8 to all that were in the commit."""
    disk, mailbox = Disk(), Mailbox()
    async with relay_on(disk, tmp_path) as relay, RelayClient.open(relay.address) as client:
        await client.ask(mailbox.creation)
        disk.room = 0
        submits = [mailbox.submit(bytes(9_000)) for _ in range(3)]
        assert await client.ask_all(submits) == [Failed(ErrorCode.UNAVAILABLE, 10)] * 3
        disk.room = 10**12
        assert await client.ask_all(submits) == [Accepted()] * 3
        assert relay.service.counters.commits_failed == 1

"""One scripted scenario of the store, with each of its system calls failing in turn (Spec: RL-1, RL-5)."""

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import apsw
import pytest

from relay.storage.operations import (
    Acknowledge,
    ChangeTokens,
    Operation,
    PutLeaves,
    PutManifest,
    StoreBrokenError,
    StoreFailedError,
    TakePrekeys,
)
from relay.storage.policy import StorePolicy
from relay.storage.sqlite.snapshot import faults
from relay.storage.sqlite.store import SqliteStore
from securemsg.errors import LocalError
from securemsg.mailbox.tokens import TokenHash
from tests.relay.stored import NOW, Box
from tests.store.faulty import FAULTS, FOREVER, NAME

pytestmark = [
    pytest.mark.usefixtures("sound_in_the_end"),
    # What a VFS raises where SQLite cannot pass it on is reported a second time.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def sound_in_the_end() -> Iterator[None]:
    yield
    FAULTS.disarm()


class Script:
    """What two mailboxes are told, and what may be in them then."""

    def __init__(self) -> None:
        self.first, self.second = Box(), Box()
        small = [self.first.append(b"small %d" % number) for number in range(3)]
        large = [self.second.append(bytes([number]) * 5_000) for number in range(3)]
        self.commits: list[list[Operation]] = [
            [self.first.creation, self.second.creation],
            list(small),
            [*large, *small[:1]],
            [Acknowledge(self.first.id, 2), self.first.append(b"after")],
            [
                PutManifest(self.first.id, 1, b"manifest"),
                PutLeaves(self.first.id, 1, 0, (b"leaf", b"other leaf")),
            ],
            [TakePrekeys(self.first.id, self.first.token)],
            [ChangeTokens(self.first.id, (TokenHash(bytes(32)),), ())],
            [Acknowledge(self.second.id, 3)],
            [self.second.append(b"last")],
        ]
        self.kept: list[list[Operation]] = []
        self.unknown: list[Operation] = []

    def run(self, path: Path) -> None:
        """Commit after commit, going on after what failed, as the relay does; end when the disk is broken."""
        try:
            # So few ids that they are moved and forgotten, too.
            store = SqliteStore.open(path, StorePolicy(submit_ids=3), NAME)
        except LocalError:
            return
        with contextlib.suppress(StoreBrokenError):
            for operations in self.commits:
                self.unknown = operations
                with contextlib.suppress(StoreFailedError):
                    store.commit(operations, NOW)
                    self.kept.append(operations)
                self.unknown = []
                if operations is self.commits[2]:
                    store.tidy()
        store.close()

    def check(self, path: Path) -> int:
        """Compare what is there with what was confirmed; return how many commits were."""
        with contextlib.closing(SqliteStore.open(path, StorePolicy())) as store:
            assert faults(store.database) == []
            found = state(store, (self.first, self.second))
        assert found == expected(self.kept, self) or found == expected([*self.kept, self.unknown], self)
        return len(self.kept)


State = tuple[object, ...]


def state(store: SqliteStore, boxes: Sequence[Box]) -> State:
    """What the store holds: envelopes in order by mailbox, leaves, tokens."""
    rows = store.database.execute(
        "SELECT name, sealed FROM envelope JOIN mailbox ON box = place >> 32 ORDER BY place"
    ).fetchall()
    leaves = store.database.execute("SELECT sealed FROM leaf WHERE NOT spent ORDER BY place").fetchall()
    tokens = store.database.execute("SELECT hash FROM token ORDER BY hash").fetchall()
    envelopes = [[sealed for name, sealed in rows if name == box.id] for box in boxes]
    return envelopes, leaves, tokens


def expected(commits: list[list[Operation]], script: Script) -> State:
    """What a store holds after these commits, on a disk that never fails."""
    with contextlib.closing(SqliteStore.open(Path(":memory:"), StorePolicy())) as store:
        for operations in commits:
            store.commit(operations, NOW)
        return state(store, (script.first, script.second))


@pytest.mark.parametrize(
    ("kind", "count"),
    [
        (apsw.IOError, 1),
        (apsw.IOError, FOREVER),
        (apsw.FullError, 1),
        (apsw.FullError, FOREVER),
        (apsw.NoMemError, 1),
    ],
)
def test_whichever_call_fails_nothing_is_answered_wrongly_and_nothing_is_half(
    tmp_path: Path, kind: type[apsw.Error], count: int
) -> None:
    """R19: a result means on disk, a failed commit not there, a broken disk all of it or nothing."""
    seen: set[str] = set()
    for first in range(1, 10_000):
        path = tmp_path / f"{first}.db"
        script = Script()
        FAULTS.arm(kind, first, count)
        script.run(path)
        FAULTS.disarm()
        confirmed = script.check(path)
        if not FAULTS.failed:
            break
        seen.update(FAULTS.failed)
    assert confirmed == len(script.commits)
    assert first > 60
    assert seen >= ({"write"} if kind is apsw.FullError else {"open", "read", "write", "sync", "lock"})


ALLOCATED = 4 * 1024 * 1024
"""Bytes of memory that SQLite may have at most: more than the script needs, with what other tests left."""


def test_whatever_allocation_fails_nothing_is_answered_wrongly_and_nothing_is_half(tmp_path: Path) -> None:
    """R19: SQLite gets no more memory than so much, more each time, until the script runs through."""
    spared = apsw.memory_used()
    ran_through = 0
    for number, more in enumerate(range(0, ALLOCATED, 4_096)):
        path, script = tmp_path / f"{number}.db", Script()
        apsw.hard_heap_limit(spared + more)
        try:
            script.run(path)
        finally:
            apsw.hard_heap_limit(0)
        ran_through += script.check(path) == len(script.commits)
        if ran_through == 3:
            break
    assert ran_through == 3
    assert number > 20

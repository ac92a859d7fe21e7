"""The store of several nodes: nothing about a mailbox is kept between two transactions."""

import time
from collections.abc import Callable, Sequence
from typing import Final, Self, TypeVar

import psycopg
from psycopg import Connection

from relay.storage.clustering import Register
from relay.storage.operations import (
    Append,
    Create,
    Operation,
    Refused,
    Result,
    StoreFailedError,
    StoreUnsureError,
)
from relay.storage.policy import StorePolicy
from relay.storage.postgres.claim import Shard
from relay.storage.postgres.clocks import SERVER_CLOCK, refuse_apart
from relay.storage.postgres.connection import Link
from relay.storage.postgres.decide import Decisions, PendingPage
from relay.storage.postgres.lineage import void_leaves
from relay.storage.postgres.load import Reading
from relay.storage.postgres.questions import Batched, Questions
from relay.storage.postgres.shared import agree_on_blobs, forget_blobs
from relay.storage.postgres.shelves import Shelves
from relay.storage.postgres.upkeep import Apart, keep_up
from relay.storage.postgres.write import Writing, page_of
from securemsg.crypto.entropy import Entropy, SystemEntropy
from securemsg.instant import Instant
from securemsg.mailbox.answers import ErrorCode

_ATTEMPTS: Final = 5
"""Transactions begun for one commit; those before the last ended in a conflict with another node."""

_PAUSE: Final = 0.01
"""Before each further attempt, in seconds, growing: the others end meanwhile."""

_CONFLICTS: Final = (
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
    psycopg.errors.UniqueViolation,
)
"""A second attempt sees what the other node did: a mailbox made twice at once is there then."""

_UNAVAILABLE: Final = Refused(ErrorCode.UNAVAILABLE, 10)

_T = TypeVar("_T")


class _ConflictError(StoreFailedError):
    """Another node was faster; nothing was stored."""


class PostgresStore:
    """A `Store` in a PostgreSQL database, one of several on it.

    Calls must not overlap, but may come from different threads.

    Spec: RL-20
    """

    __slots__ = ("_entropy", "_link", "_policy", "_shelves")

    def __init__(self, link: Link, policy: StorePolicy, entropy: Entropy) -> None:
        self._link = link
        self._policy = policy
        self._entropy = entropy
        self._shelves = Shelves()

    @classmethod
    def open(cls, conninfo: str, policy: StorePolicy, entropy: Entropy | None = None) -> Self:
        """Connect to the database that `conninfo` (libpq's form or URI) names, and prepare it.

        Raises `LocalError` when it cannot be used.
        """
        store = cls(Link(conninfo), policy, entropy or SystemEntropy())
        store.open_link()
        return store

    @classmethod
    def of_shard(cls, conninfo: str, shard: Shard, policy: StorePolicy, entropy: Entropy) -> Self:
        """One of several; it connects when it is first used, or by `open_link`."""
        return cls(Link(conninfo, shard), policy, entropy)

    def open_link(self) -> None:
        """Connect; raises `LocalError`, `ServerAwayError` where it may help to try again."""
        self._link.open()

    @property
    def is_connected(self) -> bool:
        """Tell whether the server was there when it was last used."""
        return self._link.is_up

    @property
    def holds_mailboxes(self) -> bool:
        """Tell whether anybody registered; raises `StoreFailedError`."""
        query = b"SELECT 1 FROM mailbox LIMIT 1"
        return self._guarded(lambda connection: connection.execute(query).fetchone()) is not None

    def commit(self, operations: Sequence[Operation], now: Instant) -> list[Result]:
        """Carry out all operations in order in one durable transaction (Spec: RL-20, RL-23).

        What is rare (expiry, removal, the administrator's) comes after the others, each in a transaction of
        its own, and is refused where it fails: others are stored by then.
        """
        batch = [operation for operation in operations if not isinstance(operation, Apart)]
        results = iter(self._commit_batch(batch, now) if batch else ())
        keep_up = self._try_to_keep_up if batch else self._keep_up
        return [
            keep_up(operation, now) if isinstance(operation, Apart) else next(results)
            for operation in operations
        ]

    def tidy(self) -> None:
        """Nothing: the server overwrites by itself (Spec: RL-28)."""

    def close(self) -> None:
        """Disconnect."""
        self._link.drop()

    def void_leaves(self) -> None:
        """Have every shelf count as empty, after a restore (Spec: RL-25); raises `StoreFailedError`."""

        def void(connection: Connection) -> None:
            with connection.transaction():
                void_leaves(connection)

        self._committing(void)

    def agree_on_blobs(self, mark: bytes) -> bytes:
        """The mark of the folder that nodes share; raises `StoreFailedError` (Spec: RL-65)."""
        return self._committing(lambda connection: agree_on_blobs(connection, mark))

    def forget_blobs(self) -> None:
        """Have the next node tell its folder; raises `StoreFailedError`."""
        self._committing(forget_blobs)

    def _keep_up(self, operation: Apart, now: Instant) -> Result:
        def carry_out(connection: Connection) -> Result:
            ((there,),) = connection.execute(f"SELECT {SERVER_CLOCK}".encode()).fetchall()
            refuse_apart(now, there, self._policy.clock_apart)
            return keep_up(connection, operation, now)

        return self._committing(carry_out)

    def _try_to_keep_up(self, operation: Apart, now: Instant) -> Result:
        try:
            return self._keep_up(operation, now)
        except StoreFailedError:
            return _UNAVAILABLE

    def _commit_batch(self, operations: Sequence[Batched], now: Instant) -> list[Result]:
        for attempt in range(1, _ATTEMPTS):
            try:
                return self._transact(operations, now)
            except _ConflictError:
                time.sleep(_PAUSE * attempt)
        return self._transact(operations, now)

    def _transact(self, operations: Sequence[Batched], now: Instant) -> list[Result]:
        decisions, decided = self._guarded(lambda connection: self._decide(connection, operations, now))
        return self._committing(lambda connection: self._write(connection, decisions, decided, now))

    def _decide(
        self, connection: Connection, operations: Sequence[Batched], now: Instant
    ) -> tuple[Decisions, list[Result | PendingPage]]:
        with connection.pipeline():
            connection.execute(b"BEGIN ISOLATION LEVEL READ COMMITTED")
            reading = Reading(connection, Questions.of(operations))
        decisions = Decisions(
            reading.boxes(), reading.invitations(), self._policy, self._entropy, self._shelves
        )
        newest, there = reading.map()
        refuse_apart(now, there, self._policy.clock_apart)
        shard = self._link.shard
        if shard is not None and newest > shard.map:
            return decisions, [_decide_outdated(decisions, operation, now) for operation in operations]
        return decisions, [
            decisions.append(operation) if type(operation) is Append else decisions.carry_out(operation, now)
            for operation in operations
        ]

    def _write(
        self,
        connection: Connection,
        decisions: Decisions,
        decided: Sequence[Result | PendingPage],
        now: Instant,
    ) -> list[Result]:
        self._link.warned = False
        writing = Writing(connection, self._policy)
        with connection.pipeline():
            pages = {
                at: writing.ask(found) for at, found in enumerate(decided) if isinstance(found, PendingPage)
            }
            writing.write(decisions, now)
            commit = connection.execute(b"COMMIT")
        # A commit that was cancelled while it waited for the standby says so in a warning only.
        if self._link.warned or commit.statusmessage != "COMMIT":
            raise StoreUnsureError("the server gave up a commit half way")
        return [
            page_of(found, pages[at]) if isinstance(found, PendingPage) else found
            for at, found in enumerate(decided)
        ]

    def _committing(self, function: Callable[[Connection], _T]) -> _T:
        """Run `function`, which commits: nobody knows whether, if it loses the connection."""
        connection = self._link.get()
        try:
            return self._guarded(function)
        except StoreFailedError as error:
            if not connection.closed:
                raise
            raise StoreUnsureError(f"the server went away during a commit ({error})") from None

    def _guarded(self, function: Callable[[Connection], _T]) -> _T:
        """Run `function`; the connection is fit for the next transaction, or dropped, if it raises."""
        try:
            return function(self._link.get())
        except psycopg.Error as error:
            if self._link.recover() and isinstance(error, _CONFLICTS):
                raise _ConflictError(type(error).__name__) from None
            raise StoreFailedError(f"the commit failed: {type(error).__name__}") from None
        except StoreFailedError:
            self._link.recover()
            raise
        except BaseException:
            self._link.drop()
            raise


def _decide_outdated(decisions: Decisions, operation: Batched, now: Instant) -> Result | PendingPage:
    """Decide where another node knows of more shards: what is not here may be there (Spec: RL-54)."""
    if isinstance(operation, Create | Register):
        return _UNAVAILABLE
    result = decisions.carry_out(operation, now)
    return _UNAVAILABLE if result == Refused(ErrorCode.REFUSED) else result

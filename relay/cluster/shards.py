"""The shards of a relay as one store for those who ask rarely (Spec: RL-59); many ask by `Router`."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from relay.cluster.epochs import Epochs
from relay.storage.inspection import (
    LISTED,
    Holdings,
    Invitations,
    ListInvitations,
    LookAtHoldings,
    PartOfShards,
    RevokeInvitation,
)
from relay.storage.operations import (
    Count,
    Invite,
    Operation,
    Refused,
    Result,
    Stored,
    StoreFailedError,
    Totals,
)
from securemsg.errors import LocalError
from securemsg.instant import Instant
from securemsg.mailbox.answers import ErrorCode

if TYPE_CHECKING:
    from relay.storage.postgres.store import PostgresStore

_UNAVAILABLE = Refused(ErrorCode.UNAVAILABLE, 10)


class ShardStore:
    """One shard, for callers in several threads."""

    def __init__(self, store: "PostgresStore") -> None:
        self._store = store
        self._turn = threading.Lock()

    @property
    def holds_mailboxes(self) -> bool:
        """Tell whether anybody registered here; raises `StoreFailedError`."""
        with self._turn:
            return self._store.holds_mailboxes

    def open(self) -> None:
        """Connect; raises `LocalError`."""
        self._store.open_link()

    def commit(self, operations: Sequence[Operation], now: Instant) -> list[Result]:
        """Carry out all operations, as every store does."""
        with self._turn:
            return self._store.commit(operations, now)

    def tidy(self) -> None:
        """Nothing: the server overwrites by itself."""

    def void_leaves(self) -> None:
        """Have every shelf count as empty; raises `StoreFailedError`."""
        with self._turn:
            self._store.void_leaves()

    def agree_on_blobs(self, mark: bytes) -> bytes:
        """The mark of the folder of blobs that nodes share; raises `StoreFailedError`."""
        with self._turn:
            return self._store.agree_on_blobs(mark)

    def forget_blobs(self) -> None:
        """Have the next node tell its folder; raises `StoreFailedError`."""
        with self._turn:
            self._store.forget_blobs()

    def close(self) -> None:
        """Disconnect."""
        with self._turn:
            self._store.close()


class Shards:
    """A store in several databases, for an administrator's questions."""

    def __init__(self, stores: Mapping[int, ShardStore], epochs: Epochs) -> None:
        self.stores = stores
        self.epochs = epochs

    @property
    def holds_mailboxes(self) -> bool:
        """Tell whether anybody registered; raises `StoreFailedError`."""
        return any(store.holds_mailboxes for store in self._there())

    def commit(self, operations: Sequence[Operation], now: Instant) -> list[Result]:
        """Carry out an administrator's operations one by one; raises `StoreFailedError`."""
        return [self._carry_out(operation, now) for operation in operations]

    def tidy(self) -> None:
        """Nothing: the servers overwrite by themselves."""

    def void_leaves(self) -> None:
        """Have every shelf count as empty, after a restore; raises `StoreFailedError`."""
        for store in self.stores.values():
            store.void_leaves()

    def agree_on_blobs(self, mark: bytes) -> bytes:
        """The same, or what a shard that answers was told before; raises `StoreFailedError`."""
        found = [store.agree_on_blobs(mark) for store in self._there()]
        return next((one for one in found if one != mark), mark)

    def forget_blobs(self) -> None:
        """Have the next node tell its folder; raises `StoreFailedError`."""
        for store in self.stores.values():
            store.forget_blobs()

    def close(self) -> None:
        """Disconnect."""
        for store in self.stores.values():
            store.close()

    def _there(self) -> Iterator[ShardStore]:
        """The shards that answer, at least one."""
        failed = 0
        for store in self.stores.values():
            try:
                _ = store.holds_mailboxes
            except StoreFailedError:
                failed += 1
                if failed == len(self.stores):
                    raise
            else:
                yield store

    def _carry_out(self, operation: Operation, now: Instant) -> Result:
        match operation:
            case Invite():
                (stored,) = self.stores[self.epochs.home(operation.hash)].commit([operation], now)
                return stored
            case Count():
                return self._ask_all(operation, now, sum_of)
            case ListInvitations():
                return self._ask_all(operation, now, _merged)
            case RevokeInvitation():
                return self._ask_all(operation, now, _revoked)
            case LookAtHoldings():
                return self._ask_all(operation, now, _held)
            case _:
                raise LocalError("That is not asked of all shards together.")

    def _ask_all(
        self, operation: Operation, now: Instant, combine: Callable[[Sequence[Result]], Result]
    ) -> Result:
        """Ask those that answer; raises `StoreFailedError` when none does."""
        answers: list[Result] = []
        missing: list[int] = []
        for number, store in self.stores.items():
            try:
                answers += store.commit([operation], now)
            except StoreFailedError:
                missing.append(number)
                if len(missing) == len(self.stores):
                    raise
        combined = combine(answers)
        # What was revoked lay on one shard only: who did not answer does not matter any more.
        if not missing or combined == Stored():
            return combined
        return PartOfShards(combined, tuple(missing))


def sum_of(counted: Sequence[Result]) -> Result:
    """The sums of what shards counted; a refusal where one could not."""
    rows = [
        (one.mailboxes, one.envelopes, one.envelope_bytes, one.invitations)
        for one in counted
        if isinstance(one, Totals)
    ]
    if len(rows) != len(counted):
        return _UNAVAILABLE
    return Totals(*map(sum, zip(*rows, strict=True)))


def _revoked(answers: Sequence[Result]) -> Result:
    return Stored() if Stored() in answers else Refused(ErrorCode.REFUSED)


def _held(answers: Sequence[Result]) -> Result:
    return next((one for one in answers if isinstance(one, Holdings)), answers[0])


def _merged(listed: Sequence[Result]) -> Result:
    found = [one for each in listed if isinstance(each, Invitations) for one in each.found]
    return Invitations(tuple(sorted(found, key=lambda one: one.expires_hour)[:LISTED]))

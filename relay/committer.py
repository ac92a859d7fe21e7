"""One commit after the other, each with everything that waits (Spec: RL-1)."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

import trio

from relay.clock import Clock
from relay.counters import Counters
from relay.log import Event, Log
from relay.storage.operations import (
    Append,
    Operation,
    PutLeaves,
    PutManifest,
    Refused,
    Result,
    Store,
    StoreBrokenError,
    StoreFailedError,
)
from securemsg.mailbox.answers import ErrorCode

QUEUE_OPERATIONS: Final = 4_096
"""Operations that wait at most; then callers wait, and with them their sockets (Spec: RL-4)."""

QUEUE_BYTES: Final = 16 * 1024 * 1024
"""Bytes that wait at most (Spec: RL-4)."""

_COMMIT_OPERATIONS: Final = 1_024
"""Operations in one commit: more would not make it cheaper, only later."""

_FAILED_RETRY_SECONDS: Final = 10

_T = TypeVar("_T")

Witness = Callable[[Sequence[Operation], Sequence[Result]], None]
"""Told of operations and their results once they are on disk."""


@dataclass(slots=True)
class _Ticket:
    """Operations of one caller, carried out together."""

    operations: Sequence[Operation]
    size: int
    witness: Witness | None
    done: trio.Event = field(default_factory=trio.Event)
    results: Sequence[Result] = ()

    def settle(self, results: Sequence[Result]) -> None:
        """Tell whoever must know."""
        self.results = results
        if self.witness is not None:
            self.witness(self.operations, results)
        self.done.set()


@dataclass(slots=True)
class _Turn(Generic[_T]):
    """A function that needs the store for itself."""

    function: Callable[[], _T]
    done: trio.Event = field(default_factory=trio.Event)
    outcome: list[_T] = field(default_factory=list)
    error: Exception | None = None


class Committer:
    """The only caller of a store; one task runs `run`, everybody may call the rest."""

    def __init__(self, store: Store, clock: Clock, counters: Counters, log: Log) -> None:
        self._store = store
        self._clock = clock
        self._counters = counters
        self._log = log
        self._tickets: deque[_Ticket] = deque()
        self._turns: deque[_Turn[object]] = deque()
        self._count = 0
        self._size = 0
        self._room = trio.lowlevel.ParkingLot()
        self._work = trio.Event()
        self._thread = trio.CapacityLimiter(1)

    @property
    def waiting(self) -> tuple[int, int]:
        """Operations that wait or are being committed, and their bytes."""
        return self._count, self._size

    async def commit(
        self, operations: Sequence[Operation], witness: Witness | None = None
    ) -> Sequence[Result]:
        """Carry out `operations` in order; returns their results when they are on disk.

        When the commit failed, every result is a refusal with code 8 (Spec: RL-5). What
        others must hear goes to `witness`: the caller may be gone when its commit ends.
        """
        while self._count >= QUEUE_OPERATIONS or self._size >= QUEUE_BYTES:
            await self._room.park()
        ticket = _Ticket(operations, sum(map(_size_of, operations)), witness)
        self._count += len(operations)
        self._size += ticket.size
        self._tickets.append(ticket)
        self._work.set()
        await ticket.done.wait()
        return ticket.results

    async def alone(self, function: Callable[[], _T]) -> _T:
        """Run `function` in the store's thread between two commits; raises what it raises."""
        turn = _Turn(function)
        self._turns.append(turn)  # type: ignore[arg-type]  # the queue does not look at outcomes
        self._work.set()
        await turn.done.wait()
        if turn.error is not None:
            raise turn.error
        return turn.outcome[0]

    async def run(self) -> None:
        """Commit for ever; raises `StoreBrokenError`, after which nobody may be answered."""
        while True:
            await self._work.wait()
            if self._turns:
                await self._take_turn(self._turns.popleft())
            if self._tickets:
                await self._commit_waiting()
            if not self._turns and not self._tickets:
                self._work = trio.Event()

    async def _take_turn(self, turn: _Turn[object]) -> None:
        try:
            turn.outcome.append(await trio.to_thread.run_sync(turn.function, limiter=self._thread))
        except StoreBrokenError:
            raise
        except Exception as error:  # noqa: BLE001  # handed to the caller
            turn.error = error
        turn.done.set()

    async def _commit_waiting(self) -> None:
        tickets = self._take()
        operations = [operation for ticket in tickets for operation in ticket.operations]
        results = await self._commit_all(operations)
        position = 0
        for ticket in tickets:
            end = position + len(ticket.operations)
            ticket.settle(results[position:end])
            position = end
        self._count -= len(operations)
        self._size -= sum(ticket.size for ticket in tickets)
        self._room.unpark_all()

    async def _commit_all(self, operations: Sequence[Operation]) -> Sequence[Result]:
        begun = trio.current_time()
        try:
            return await trio.to_thread.run_sync(
                self._store.commit, operations, self._clock(), limiter=self._thread
            )
        except StoreFailedError as error:
            self._counters.commits_failed += 1
            self._log.note_error(Event.COMMIT_FAILED, error)
            return [Refused(ErrorCode.UNAVAILABLE, _FAILED_RETRY_SECONDS)] * len(operations)
        finally:
            self._counters.committed(len(operations), trio.current_time() - begun)

    def _take(self) -> list[_Ticket]:
        tickets: list[_Ticket] = []
        count = 0
        while self._tickets and count < _COMMIT_OPERATIONS:
            count += len(self._tickets[0].operations)
            tickets.append(self._tickets.popleft())
        return tickets


def _size_of(operation: Operation) -> int:
    if isinstance(operation, Append):
        return len(operation.envelope)
    if isinstance(operation, PutManifest):
        return len(operation.manifest)
    if isinstance(operation, PutLeaves):
        return sum(map(len, operation.leaves))
    return 0

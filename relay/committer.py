"""One commit after the other, each with everything that waits (Spec: RL-1)."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

import trio

from relay.clock import Clock
from relay.committing import Witness
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


@dataclass(slots=True)
class _Commit:
    """Tickets that were committed together: their results, or what became of them instead."""

    tickets: Sequence[_Ticket]
    results: Sequence[Result]
    seconds: float
    error: StoreFailedError | None = None


class Committer:
    """The only caller of a store; one task runs `run`, everybody may call the rest.

    The store's thread takes what waits as soon as it is through with a commit, by itself: while it works, the
    event loop reads what the next commit will hold.
    """

    def __init__(self, store: Store, clock: Clock, counters: Counters, log: Log) -> None:
        self._store = store
        self._clock = clock
        self._counters = counters
        self._log = log
        # Both sides take and add at one end only, which needs no lock.
        self._tickets: deque[_Ticket] = deque()
        self._turns: deque[_Turn[object]] = deque()
        self._finished: deque[_Commit | _Turn[object]] = deque()
        self._count = 0
        self._size = 0
        self._room = trio.lowlevel.ParkingLot()
        self._work = trio.Event()
        self._stir = trio.Event()
        self._thread = trio.CapacityLimiter(1)

    @property
    def each(self) -> tuple["Committer"]:
        """Itself: there is one store."""
        return (self,)

    @property
    def waiting(self) -> tuple[int, int]:
        """Operations that wait or are being committed, and their bytes."""
        return self._count, self._size

    @property
    def is_busy(self) -> bool:
        """Tell whether half of what may wait does: the store does not keep up."""
        return self._count >= QUEUE_OPERATIONS // 2 or self._size >= QUEUE_BYTES // 2

    async def commit(
        self, operations: Sequence[Operation], witness: Witness | None = None
    ) -> Sequence[Result]:
        """Carry out `operations` in order; returns their results when they are on disk.

        When the commit failed, every result is a refusal with code 8 (Spec: RL-5). What
        others must hear goes to `witness`: the caller may be gone when its commit ends.
        """
        while self._count >= QUEUE_OPERATIONS or self._size >= QUEUE_BYTES:
            await self._room.park()
        ticket = _Ticket(operations, sum([_size_of(operation) for operation in operations]), witness)
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
        token = trio.lowlevel.current_trio_token()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._settle_all)
            while True:
                await self._work.wait()
                self._work = trio.Event()
                try:
                    await trio.to_thread.run_sync(self._carry_out, token, limiter=self._thread)
                except StoreBrokenError as error:
                    # Not in a group of its own: whoever runs this sees it as it is.
                    broken = error
                    nursery.cancel_scope.cancel()
                    break
        raise broken

    async def _settle_all(self) -> None:
        while True:
            await self._stir.wait()
            self._stir = trio.Event()
            while self._finished:
                self._settle(self._finished.popleft())

    def _settle(self, done: _Commit | _Turn[object]) -> None:
        if isinstance(done, _Turn):
            done.done.set()
            return
        if done.error is not None:
            self._counters.commits_failed += 1
            self._log.note_error(Event.COMMIT_FAILED, done.error)
        self._counters.committed(len(done.results), done.seconds)
        position = 0
        for ticket in done.tickets:
            end = position + len(ticket.operations)
            self._size -= ticket.size
            ticket.settle(done.results[position:end])
            position = end
        self._count -= position
        self._room.unpark_all()

    # What follows runs in the store's thread.

    def _carry_out(self, token: trio.lowlevel.TrioToken) -> None:
        """Do everything that waits, and what comes meanwhile."""
        while self._turns or self._tickets:
            if self._turns:
                self._finish(self._take_turn(self._turns.popleft()), token)
            if self._tickets:
                self._finish(self._commit_waiting(), token)

    def _finish(self, done: _Commit | _Turn[object], token: trio.lowlevel.TrioToken) -> None:
        self._finished.append(done)
        token.run_sync_soon(self._tell)

    def _tell(self) -> None:
        self._stir.set()

    def _take_turn(self, turn: _Turn[object]) -> _Turn[object]:
        try:
            turn.outcome.append(turn.function())
        except StoreBrokenError:
            raise
        except Exception as error:  # noqa: BLE001  # handed to the caller
            turn.error = error
        return turn

    def _commit_waiting(self) -> _Commit:
        tickets = self._take()
        operations = [operation for ticket in tickets for operation in ticket.operations]
        begun = time.perf_counter()
        try:
            results: Sequence[Result] = self._store.commit(operations, self._clock())
        except StoreFailedError as error:
            refused = [Refused(ErrorCode.UNAVAILABLE, _FAILED_RETRY_SECONDS)] * len(operations)
            return _Commit(tickets, refused, time.perf_counter() - begun, error)
        return _Commit(tickets, results, time.perf_counter() - begun)

    def _take(self) -> list[_Ticket]:
        tickets: list[_Ticket] = []
        count = 0
        while self._tickets and count < _COMMIT_OPERATIONS:
            tickets.append(self._tickets.popleft())
            count += len(tickets[-1].operations)
        return tickets


def _size_of(operation: Operation) -> int:
    if isinstance(operation, Append):
        return len(operation.envelope)
    if isinstance(operation, PutManifest):
        return len(operation.manifest)
    if isinstance(operation, PutLeaves):
        return sum(map(len, operation.leaves))
    return 0

"""From a batch of operations to the shards that have the mailboxes, and back (Spec: RL-56)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar

import trio

from relay.cluster.epochs import Epochs
from relay.cluster.registration import Registrar
from relay.cluster.shards import sum_of
from relay.committer import Committer
from relay.committing import Witness
from relay.storage.clustering import Admit
from relay.storage.inspection import ListInvitations, RevokeInvitation
from relay.storage.operations import (
    Count,
    Create,
    Expire,
    Invite,
    Operation,
    Refused,
    Result,
)
from securemsg.ids import MailboxId
from securemsg.mailbox.answers import ErrorCode
from securemsg.mailbox.limits import Registration

_MOST_PLACES: Final = 65_536
"""Mailboxes remembered that are not at their home: some megabytes; the others are looked for."""

_UNCERTAIN: Final = (ErrorCode.REFUSED, ErrorCode.UNAVAILABLE)
"""Answers of a shard that may not have the mailbox."""

_T = TypeVar("_T")


_NOT_OF_A_MAILBOX: Final = (Invite, Count, Expire, ListInvitations, RevokeInvitation, Admit)


class Places:
    """Where to look for a mailbox: where it was found, then at its homes."""

    __slots__ = ("_epochs", "_found")

    def __init__(self, epochs: Epochs) -> None:
        self._epochs = epochs
        self._found: dict[MailboxId, int] = {}

    def of(self, mailbox: MailboxId) -> tuple[int, ...]:
        """Shards to ask, one after the other."""
        homes = self._epochs.homes(mailbox)
        found = self._found.get(mailbox)
        return homes if found is None else (found, *(home for home in homes if home != found))

    def note(self, mailbox: MailboxId, shard: int) -> None:
        """The mailbox was found there; it may move, which does no harm."""
        if shard == self._epochs.home(mailbox):
            self._found.pop(mailbox, None)
            return
        if len(self._found) >= _MOST_PLACES:
            self._found.pop(next(iter(self._found)))
        self._found[mailbox] = shard


class Router:
    """What `Committer` is to one store, for several shards with a committer each."""

    def __init__(
        self, committers: Mapping[int, Committer], epochs: Epochs, registration: Registration
    ) -> None:
        self._committers = committers
        self._places = Places(epochs)
        self._epochs = epochs
        self._registrar = Registrar(self.ask, epochs, registration)
        self._thread = trio.CapacityLimiter(1)

    @property
    def each(self) -> tuple[Committer, ...]:
        """The committer of every shard."""
        return tuple(self._committers.values())

    @property
    def waiting(self) -> tuple[int, int]:
        """Operations that wait or are being committed, and their bytes."""
        waiting = [committer.waiting for committer in self.each]
        return sum(count for count, _ in waiting), sum(size for _, size in waiting)

    @property
    def is_busy(self) -> bool:
        """Tell whether a shard does not keep up."""
        return any(committer.is_busy for committer in self.each)

    async def run(self) -> None:
        """Commit for ever."""
        async with trio.open_nursery() as nursery:
            for committer in self.each:
                nursery.start_soon(committer.run)

    async def alone(self, function: Callable[[], _T]) -> _T:
        """Run `function`, which may ask the shards, in a thread; raises what it raises."""
        return await trio.to_thread.run_sync(function, limiter=self._thread)

    async def commit(
        self, operations: Sequence[Operation], witness: Witness | None = None
    ) -> Sequence[Result]:
        """Carry out `operations`, those of one mailbox in order; returns their results when all are on disk.

        What lies on a shard that is away is refused with code 8.
        """
        results: list[Result] = []
        batch: list[Operation] = []
        for operation in operations:
            if isinstance(operation, Create | Count):
                results += await self._find(batch, witness)
                batch = []
                results.append(await self._carry_out(operation))
            else:
                batch.append(operation)
        return results + await self._find(batch, witness)

    async def ask(self, shard: int, operation: Operation) -> Result:
        """Have one shard carry out one operation."""
        (result,) = await self._committers[shard].commit([operation])
        return result

    async def _carry_out(self, operation: Create | Count) -> Result:
        if isinstance(operation, Create):
            return await self._registrar.create(operation)
        return sum_of([(await committer.commit([operation]))[0] for committer in self.each])

    async def _find(self, operations: Sequence[Operation], witness: Witness | None) -> list[Result]:
        """Ask for each operation one shard after the other, until one knows its mailbox."""
        results: list[Result] = [Refused(ErrorCode.REFUSED)] * len(operations)
        left = [self._shards_of(operation) for operation in operations]
        open_ = list(range(len(operations)))
        for turn in range(max(map(len, left), default=0)):
            asked: dict[int, list[int]] = {}
            for at in open_:
                asked.setdefault(left[at][turn], []).append(at)
            answers = await self._ask_shards(
                {shard: [operations[at] for at in places] for shard, places in asked.items()}, witness
            )
            for shard, places in asked.items():
                for at, result in zip(places, answers[shard], strict=True):
                    results[at] = _better(results[at], result)
                    # Where the first that was asked knows it, nothing is new.
                    if turn:
                        self._learn(operations[at], result, shard)
            open_ = [at for at in open_ if _is_uncertain(results[at]) and turn + 1 < len(left[at])]
            if not open_:
                break
        return results

    async def _ask_shards(
        self, asked: Mapping[int, Sequence[Operation]], witness: Witness | None
    ) -> dict[int, Sequence[Result]]:
        answers: dict[int, Sequence[Result]] = {}

        async def commit(shard: int, operations: Sequence[Operation]) -> None:
            answers[shard] = await self._committers[shard].commit(operations, witness)

        if len(asked) == 1:
            for one in asked.items():
                await commit(*one)
            return answers
        async with trio.open_nursery() as nursery:
            for shard, operations in asked.items():
                nursery.start_soon(commit, shard, operations)
        return answers

    def _shards_of(self, operation: Operation) -> tuple[int, ...]:
        if isinstance(operation, Invite):
            return (self._epochs.home(operation.hash),)
        mailbox = _mailbox_of(operation)
        if mailbox is None:
            raise TypeError(f"{type(operation).__name__} is asked of each shard by itself")
        return self._places.of(mailbox)

    def _learn(self, operation: Operation, result: Result, shard: int) -> None:
        mailbox = _mailbox_of(operation)
        if mailbox is not None and not _is_uncertain(result):
            self._places.note(mailbox, shard)


def _mailbox_of(operation: Operation) -> MailboxId | None:
    return None if isinstance(operation, _NOT_OF_A_MAILBOX) else operation.mailbox


def _is_uncertain(result: Result) -> bool:
    return isinstance(result, Refused) and result.code in _UNCERTAIN


def _better(before: Result, result: Result) -> Result:
    """One who could not say outweighs one who does not know."""
    is_unsure = isinstance(before, Refused) and before.code is ErrorCode.UNAVAILABLE
    return before if is_unsure and _is_uncertain(result) else result

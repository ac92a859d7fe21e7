"""A relay that does not keep its promises: it delivers late, twice, damaged, renamed, or not at all."""

from collections.abc import Sequence
from dataclasses import replace

import trio
from typing_extensions import override

from relay.committer import Committer
from relay.committing import Witness
from relay.storage.operations import (
    Acknowledge,
    Append,
    Appended,
    Operation,
    Page,
    Refused,
    Result,
    Store,
    Stored,
    StoredEnvelope,
)
from securemsg.ids import MailboxId, SubmitId
from securemsg.instant import Instant
from securemsg.mailbox.answers import ErrorCode
from tests.simulation.dice import Dice, geometric
from tests.simulation.machine import MACHINE
from tests.simulation.plan import Kind

_CHANCE = 0.15
"""Of each lie, for each envelope."""

_RETRIES = 1_000
"""As many in a whole simulation after the store refused what was meant."""


class Liar:
    """What one relay means to do later; it remembers that across restarts."""

    def __init__(self, kinds: frozenset[Kind], seconds: float, dice: Dice) -> None:
        """Lie in these ways; what comes late comes at most so many `seconds` later."""
        self._kinds = kinds
        self._seconds = seconds
        self._dice = dice
        self._later: list[tuple[float, Append]] = []
        self._stir = trio.Event()
        self._names: dict[SubmitId, SubmitId] = {}
        """The names under which repeats are stored, and those under which they are delivered."""

        self.acknowledged: dict[MailboxId, int] = {}
        """What owners let go of, honestly counted."""

        self.lost: set[SubmitId] = set()
        """What was accepted and then thrown away, or delivered late: a ratchet keeps the keys of five turns
        (RT-13), what comes later can not be opened."""

    def decide(self, append: Append) -> str:
        """Return what becomes of a new envelope: it is kept, late or lost."""
        if self._meant(append):
            return "kept"
        draw = self._dice.random()
        if Kind.DROP in self._kinds and draw < _CHANCE:
            return "lost"
        if Kind.LATE in self._kinds and draw > 1 - _CHANCE:
            return "late"
        return "kept"

    def delay(self, append: Append) -> None:
        """Deliver something late that was accepted."""
        self.lost.add(append.submit_id)
        self.postpone(append)

    def postpone(self, append: Append) -> None:
        """Mean to deliver later."""
        self._later.append((trio.current_time() + geometric(self._dice, 1.0, self._seconds), append))
        self._stir.set()

    def plot(self, append: Append) -> None:
        """Perhaps mean to deliver something more because of an envelope that is kept."""
        if self._meant(append):
            return
        self.lost.discard(append.submit_id)
        if Kind.TWICE in self._kinds and self._dice.random() < _CHANCE:
            again = append._replace(submit_id=self._new_name())
            self._names[again.submit_id] = append.submit_id
            self.postpone(again)
        if Kind.FORGE in self._kinds and self._dice.random() < _CHANCE:
            self.postpone(append._replace(submit_id=self._new_name(), envelope=self._harm(append.envelope)))

    def shown(self, stored: StoredEnvelope) -> StoredEnvelope:
        """Return what is delivered instead of what is stored."""
        return replace(stored, submit_id=self._names.get(stored.submit_id, stored.submit_id))

    async def run(self, committer: Committer, witness: Witness) -> None:
        """Do what was meant when its time has come."""
        while True:
            self._stir = trio.Event()
            for due in [each for each in self._later if each[0] <= trio.current_time()]:
                await self._do(due, committer, witness)
            following = min((when for when, _ in self._later), default=float("inf"))
            with trio.move_on_at(max(following, trio.current_time() + self._seconds / _RETRIES)):
                await self._stir.wait()

    async def _do(self, due: tuple[float, Append], committer: Committer, witness: Witness) -> None:
        _, append = due
        shown = append._replace(submit_id=self._names.get(append.submit_id, append.submit_id))
        (result,) = await committer.commit([append], lambda _, results: witness([shown], results))
        if isinstance(result, Refused) and result.code is ErrorCode.UNAVAILABLE:
            return
        # It is not `due` any more if everything became urgent meanwhile.
        self._later = [each for each in self._later if each[1] is not append]

    def hurry(self) -> None:
        """Become honest: what is late comes now."""
        self._kinds = frozenset()
        self._later = [(0.0, append) for _, append in self._later]
        self._stir.set()

    def _meant(self, append: Append) -> bool:
        return any(later.submit_id == append.submit_id for _, later in self._later)

    def _new_name(self) -> SubmitId:
        return SubmitId(self._dice.randbytes(SubmitId.WIDTH))

    def _harm(self, envelope: bytes) -> bytes:
        """Return an envelope with a bit flipped, or as it is: under another name that is a repeat."""
        place = self._dice.randrange(len(envelope))
        flipped = bytes((envelope[place] ^ 1 << self._dice.randrange(8),))
        return self._dice.choice((envelope, envelope[:place] + flipped + envelope[place + 1 :]))


class LyingStore(Store):
    """A store whose owner is a liar."""

    def __init__(self, store: Store, liar: Liar) -> None:
        self._store = store
        self._liar = liar

    @property
    @override
    def holds_mailboxes(self) -> bool:
        return self._store.holds_mailboxes

    @override
    def commit(self, operations: Sequence[Operation], now: Instant) -> list[Result]:
        fates = [
            self._liar.decide(operation) if isinstance(operation, Append) else "kept"
            for operation in operations
        ]
        kept = [operation for operation, fate in zip(operations, fates, strict=True) if fate == "kept"]
        results = iter(self._store.commit(kept, now))
        for operation in operations:
            if isinstance(operation, Append):
                MACHINE.get().world.seals.leave(operation.envelope)
        told: list[Result] = []
        for operation, fate in zip(operations, fates, strict=True):
            if isinstance(operation, Append) and fate == "late":
                self._liar.delay(operation)
            if isinstance(operation, Append) and fate == "lost":
                self._liar.lost.add(operation.submit_id)
            told.append(self._told(operation, next(results)) if fate == "kept" else Appended(0))
        return told

    @override
    def tidy(self) -> None:
        self._store.tidy()

    @override
    def close(self) -> None:
        self._store.close()

    def _told(self, operation: Operation, result: Result) -> Result:
        if isinstance(operation, Acknowledge) and isinstance(result, Stored):
            before = self._liar.acknowledged.get(operation.mailbox, 0)
            self._liar.acknowledged[operation.mailbox] = max(before, operation.sequence)
        if isinstance(operation, Append) and isinstance(result, Appended) and result.sequence:
            self._liar.plot(operation)
        if isinstance(result, Page):
            return Page(tuple(map(self._liar.shown, result.envelopes)), result.newest)
        return result

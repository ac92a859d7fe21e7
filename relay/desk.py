"""Where the requests of one connection are answered, in order."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from relay.service import Service
from relay.storage.operations import Append, Appended, FindOwner, LookAtShelf, Operation, Owner, Result, Shelf
from relay.storage.operations import Stored as StoredResult
from relay.subscriptions import LOW_SHELF, Subscriber, Subscription
from relay.translation import Growing, OwnersOnly, SendersOnly, Stored, answer_of, operation_of
from securemsg.crypto.ed25519 import PublicKey
from securemsg.errors import AuthenticationError
from securemsg.mailbox.answers import Answer, Done, ErrorCode, Failed, LowShelf
from securemsg.mailbox.relay import Asked, RelayConnection
from securemsg.mailbox.requests import (
    Acknowledge,
    Create,
    FetchPrekeys,
    Ping,
    Prove,
    Request,
    Submit,
    Subscribe,
)

_RESERVE_RETRY_SECONDS: Final = 300


class Listener(Subscriber, Protocol):
    """A connection that can have deliveries of its own."""

    def adopt(self, subscription: Subscription) -> None:
        """End `subscription` with the connection."""
        ...

    def deliver(self, subscription: Subscription) -> None:
        """Run `subscription` as long as the connection lives."""
        ...


@dataclass(slots=True)
class Desk:
    """Answers what `connection` asks; requests that arrived together become one commit."""

    service: Service
    connection: RelayConnection
    listener: Listener
    _waiting: list[tuple[Asked, Operation]] = field(default_factory=list)

    async def answer_all(self, asked: Sequence[Asked]) -> None:
        """Answer each of `asked`; those of one mailbox in order (Spec: 08, section 2)."""
        no_room = self.service.reserve.is_low
        for one in asked:
            request = one.request
            failure = self._objection(request, no_room=no_room)
            if failure is not None:
                self._answer(one, failure)
            elif isinstance(request, Prove):
                await self._commit_waiting()
                await self._prove(one, request)
            elif isinstance(request, Subscribe):
                await self._commit_waiting()
                await self._subscribe(one, request)
            elif isinstance(request, Ping):
                self._answer(one, Done())
            else:
                self._queue(one, request)
        await self._commit_waiting()

    def _objection(self, request: Request, *, no_room: bool) -> Failed | None:
        if no_room and isinstance(request, Growing):
            return Failed(ErrorCode.UNAVAILABLE, _RESERVE_RETRY_SECONDS)
        # Submits first: they come by the thousand.
        if isinstance(request, SendersOnly):
            return self._objection_to_sender(request)
        if isinstance(request, OwnersOnly) and not self.connection.is_proven(request.mailbox):
            return Failed(ErrorCode.NOT_PROVEN)
        return None

    def _objection_to_sender(self, request: SendersOnly) -> Failed | None:
        if self.connection.is_owner:
            return Failed(ErrorCode.CONFLICT)
        if isinstance(request, Submit) and len(request.envelope) > self.service.config.limits.max_envelope:
            return Failed(ErrorCode.TOO_LARGE)
        return None

    def _queue(self, asked: Asked, request: Stored) -> None:
        if isinstance(request, Create) and not _is_key(request.owner_key):
            self._answer(asked, Failed(ErrorCode.REFUSED))
            return
        self._waiting.append((asked, operation_of(request)))

    async def _commit_waiting(self) -> None:
        if not self._waiting:
            return
        waiting, self._waiting = self._waiting, []
        results = await self.service.committer.commit([operation for _, operation in waiting])
        said = [
            self.connection.send(asked.number, answer_of(result))
            for (asked, _), result in zip(waiting, results, strict=True)
        ]
        self.listener.outgoing.add(b"".join(said))
        for (asked, operation), result in zip(waiting, results, strict=True):
            self._pass_on(asked, operation, result)

    def _pass_on(self, asked: Asked, operation: Operation, result: Result) -> None:
        request = asked.request
        if isinstance(result, Appended) and isinstance(operation, Append):
            self.service.counters.accepted += 1
            if result.sequence:
                self.service.delivery.stored(operation, result.sequence)
        elif isinstance(result, StoredResult) and isinstance(request, Acknowledge):
            self.service.delivery.acknowledged(request.mailbox, request.sequence)
        elif isinstance(result, Shelf) and isinstance(request, FetchPrekeys):
            if result.remaining < LOW_SHELF:
                notice = LowShelf(request.mailbox, result.generation, result.remaining)
                self.service.delivery.shelf_is_low(notice)
        elif not isinstance(result, StoredResult):
            self.service.counters.refused += 1

    async def _prove(self, asked: Asked, request: Prove) -> None:
        (owner,) = await self.service.committer.commit([FindOwner(request.mailbox)])
        known = isinstance(owner, Owner)
        key = PublicKey.parse(owner.key) if isinstance(owner, Owner) else self.service.decoy.public()
        holds = self.connection.verify_proof(request, key) and known
        self._answer(asked, Done() if holds else Failed(ErrorCode.REFUSED))

    async def _subscribe(self, asked: Asked, request: Subscribe) -> None:
        subscription = self.service.delivery.subscribe(request.mailbox, self.listener)
        if subscription is None:
            self._answer(asked, Failed(ErrorCode.CONFLICT))
            return
        self.listener.adopt(subscription)
        (shelf,) = await self.service.committer.commit([LookAtShelf(request.mailbox)])
        self._answer(asked, Done())
        if isinstance(shelf, Shelf):
            notice = LowShelf(request.mailbox, shelf.generation, shelf.remaining)
            self.listener.outgoing.add(self.connection.push(notice))
        self.listener.deliver(subscription)

    def _answer(self, asked: Asked, answer: Answer) -> None:
        if isinstance(answer, Failed):
            self.service.counters.refused += 1
        self.listener.outgoing.add(self.connection.send(asked.number, answer))


def _is_key(value: bytes) -> bool:
    try:
        PublicKey.parse(value)
    except AuthenticationError:
        return False
    return True

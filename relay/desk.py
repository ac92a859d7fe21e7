"""Where the requests of one connection are answered, in order."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

import trio

from relay.reserve import Pressure
from relay.service import Service
from relay.storage.operations import (
    FindOwner,
    LookAtMailbox,
    LookAtShelf,
    Operation,
    Owner,
    Progress,
    Refused,
    Shelf,
)
from relay.subscriptions import Subscriber, Subscription
from relay.translation import Growing, OwnersOnly, SendersOnly, Stored, answer_of, operation_of
from securemsg.crypto.ed25519 import PublicKey
from securemsg.errors import AuthenticationError
from securemsg.mailbox.answers import Answer, Done, ErrorCode, Failed, LowShelf, Subscribed
from securemsg.mailbox.limits import MAX_PROVEN, Registration
from securemsg.mailbox.relay import Asked, RelayConnection
from securemsg.mailbox.requests import (
    Create,
    FetchPrekeys,
    Ping,
    Prove,
    Request,
    Submit,
    Subscribe,
)

_RESERVE_RETRY_SECONDS: Final = 300

_FETCHES_AT_ONCE: Final = 8
"""Prekey fetches in one commit: only their answers are large (Spec: RL-4)."""

_KEYS_AT_ONCE: Final = 32
"""Owner keys judged before other connections have their turn: about a millisecond."""


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
    _is_sender: bool = False
    _keys: int = 0
    _fetches: int = 0
    _waiting: list[tuple[Asked, Operation]] = field(default_factory=list)

    async def answer_all(self, asked: Sequence[Asked]) -> None:
        """Answer each of `asked`; those of one mailbox in order (Spec: 08, section 2)."""
        pressure = self.service.reserve.pressure
        for one in asked:
            request = one.request
            failure = self._objection(request, pressure)
            if failure is not None:
                self._answer(one, failure)
            elif isinstance(request, Submit):
                self._waiting.append((one, operation_of(request)))
            elif isinstance(request, Prove):
                await self._commit_waiting()
                await self._prove(one, request)
            elif isinstance(request, Subscribe):
                await self._commit_waiting()
                await self._subscribe(one, request)
            elif isinstance(request, Ping):
                self._answer(one, Done())
            else:
                await self._queue(one, request)
        await self._commit_waiting()

    def _objection(self, request: Request, pressure: Pressure) -> Failed | None:
        if pressure and isinstance(request, Growing if pressure is Pressure.STORING else Create):
            return Failed(ErrorCode.UNAVAILABLE, _RESERVE_RETRY_SECONDS)
        # Submits first: they come by the thousand.
        if isinstance(request, SendersOnly):
            return self._objection_to_sender(request)
        if isinstance(request, Prove):
            return self._objection_to_proof(request)
        if isinstance(request, OwnersOnly) and not self.connection.is_proven(request.mailbox):
            return Failed(ErrorCode.NOT_PROVEN)
        return None

    def _objection_to_sender(self, request: SendersOnly) -> Failed | None:
        if self.connection.is_owner:
            return Failed(ErrorCode.CONFLICT)
        self._is_sender = True
        if isinstance(request, Submit) and len(request.envelope) > self.service.config.limits.max_envelope:
            return Failed(ErrorCode.TOO_LARGE)
        return None

    def _objection_to_proof(self, request: Prove) -> Failed | None:
        is_one_more = not self.connection.is_proven(request.mailbox)
        if self._is_sender or (is_one_more and len(self.connection.proven) >= MAX_PROVEN):
            return Failed(ErrorCode.CONFLICT)
        return None

    async def _queue(self, asked: Asked, request: Stored) -> None:
        if isinstance(request, Create) and not await self._may_own(request.owner_key):
            self._answer(asked, Failed(ErrorCode.REFUSED))
            return
        self._waiting.append((asked, operation_of(request)))
        if isinstance(request, FetchPrekeys):
            self._fetches += 1
            if self._fetches >= _FETCHES_AT_ONCE:
                await self._commit_waiting()

    async def _may_own(self, owner_key: bytes) -> bool:
        # A closed relay makes no mailbox, whatever the key is.
        if self.service.config.registration is Registration.CLOSED:
            return True
        self._keys += 1
        if self._keys % _KEYS_AT_ONCE == 0:
            await trio.lowlevel.checkpoint()
        try:
            PublicKey.parse(owner_key)
        except AuthenticationError:
            return False
        return True

    async def _commit_waiting(self) -> None:
        if not self._waiting:
            return
        waiting, self._waiting, self._fetches = self._waiting, [], 0
        await self.listener.outgoing.room()
        results = await self.service.committer.commit(
            [operation for _, operation in waiting], self.service.delivery.committed
        )
        said = [
            self.connection.send(asked.number, answer_of(result))
            for (asked, _), result in zip(waiting, results, strict=True)
        ]
        self.listener.outgoing.add(b"".join(said))
        for result in results:
            if isinstance(result, Refused):
                self.service.counters.refuse(result.code)

    async def _prove(self, asked: Asked, request: Prove) -> None:
        (owner,) = await self.service.committer.commit([FindOwner(request.mailbox)])
        if isinstance(owner, Refused) and owner.code is ErrorCode.UNAVAILABLE:
            self._answer(asked, answer_of(owner))
            return
        # Without an owner everything is done as with one (Spec: MB-10).
        key = PublicKey.parse(owner.key if isinstance(owner, Owner) else self.service.decoy)
        holds = self.connection.verify_proof(request, key) and isinstance(owner, Owner)
        self._answer(asked, Done() if holds else Failed(ErrorCode.REFUSED))

    async def _subscribe(self, asked: Asked, request: Subscribe) -> None:
        subscription = self.service.delivery.subscribe(request.mailbox, self.listener)
        if subscription is None:
            self._answer(asked, Failed(ErrorCode.CONFLICT))
            return
        self.listener.adopt(subscription)
        progress, shelf = await self.service.committer.commit(
            [LookAtMailbox(request.mailbox), LookAtShelf(request.mailbox)]
        )
        if not isinstance(progress, Progress) or not isinstance(shelf, Shelf):
            self.service.delivery.leave(subscription)
            self._answer(asked, answer_of(progress))
            return
        self._answer(asked, Subscribed(progress.acknowledged, progress.newest))
        notice = LowShelf(request.mailbox, shelf.generation, shelf.remaining)
        self.listener.outgoing.add(self.connection.push(notice))
        self.listener.deliver(subscription)

    def _answer(self, asked: Asked, answer: Answer) -> None:
        if isinstance(answer, Failed):
            self.service.counters.refuse(answer.code)
        self.listener.outgoing.add(self.connection.send(asked.number, answer))

"""Where the requests of one connection are answered, in order."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import starmap
from typing import Final

import trio

from relay.blobs.clerk import Clerk
from relay.listener import Listener
from relay.ownership import Ownership
from relay.reserve import Pressure
from relay.service import Service
from relay.storage.clustering import TakeOver
from relay.storage.operations import (
    Append,
    Appended,
    LookAtShelf,
    Operation,
    Progress,
    Refused,
    Result,
    Shelf,
)
from relay.translation import Growing, OwnersOnly, Stored, answer_of, operation_of
from securemsg.crypto.ed25519 import PublicKey
from securemsg.errors import AuthenticationError, RemoteError
from securemsg.mailbox.answers import Answer, Done, ErrorCode, Failed, LowShelf, Subscribed
from securemsg.mailbox.blobs import BlobRequest, CreateBlob, ReleaseBlob
from securemsg.mailbox.hot import Submits
from securemsg.mailbox.limits import MAX_PROVEN, Registration
from securemsg.mailbox.relay import Asked, RelayConnection
from securemsg.mailbox.removal import Remove
from securemsg.mailbox.requests import (
    Create,
    FetchPrekeys,
    Ping,
    Prove,
    Request,
    Submit,
    Subscribe,
)
from securemsg.mailbox.roles import Role, role_of

_RESERVE_RETRY_SECONDS: Final = 300

_NEWCOMER_RETRY_SECONDS: Final = 60
"""Under load somebody new waits in front of a screen; a minute later it may be over."""

_FETCHES_AT_ONCE: Final = 8
"""Prekey fetches in one commit: only their answers are large (Spec: RL-4)."""

_REQUESTS_AT_ONCE: Final = 128
"""Requests read, or answered, before other connections have their turn: one or two milliseconds."""

_KEYS_AT_ONCE: Final = 32
"""Owner keys judged before other connections have their turn: about a millisecond."""


@dataclass(slots=True)
class Desk:
    """Answers what `connection` asks; requests that arrived together become one commit."""

    service: Service
    connection: RelayConnection
    listener: Listener
    _owned: Ownership = field(init=False)
    _role: Role | None = None
    _clerk: Clerk | None = None
    _keys: int = 0
    _fetches: int = 0
    _numbers: list[int] = field(default_factory=list)
    _operations: list[Operation] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._owned = Ownership(self.service, self.connection, self.listener)

    async def answer_received(self) -> None:
        """Answer everything that was received; what concerns one mailbox in order (Spec: 08, section 2).

        Raises `RemoteError` for a violation, after what came before it is answered.
        """
        said: list[Asked | Submits] = []
        turn = 0
        try:
            while (one := self._next()) is not None:
                said.append(one)
                turn += len(one.numbers) if isinstance(one, Submits) else 1
                if turn >= _REQUESTS_AT_ONCE:
                    turn = 0
                    await trio.lowlevel.checkpoint()
        except RemoteError:
            await self._answer_all(said)
            raise
        await self._answer_all(said)

    def _next(self) -> Asked | Submits | None:
        if (submits := self.connection.next_submits()) is not None:
            return submits
        event = self.connection.next_event()
        return event if isinstance(event, Asked) else None

    async def _answer_all(self, said: Sequence[Asked | Submits]) -> None:
        pressure = self.service.pressure
        for count, one in enumerate(said, 1):
            if isinstance(one, Submits):
                self._submit_all(one, pressure)
            elif (failure := self._objection(one.request, pressure)) is not None:
                self._answer(one.number, failure)
            else:
                await self._answer_one(one, one.request)
            if count % _REQUESTS_AT_ONCE == 0:
                await trio.lowlevel.checkpoint()
        await self._commit_waiting()

    def _submit_all(self, submits: Submits, pressure: Pressure) -> None:
        failure = self._objection_to_submits(pressure)
        if failure is not None:
            for number in submits.numbers:
                self._answer(number, failure)
            return
        most = self.service.config.limits.max_envelope
        if max([len(envelope) for _, _, _, envelope in submits.contents]) <= most:
            self._numbers += submits.numbers
            self._operations += starmap(Append, submits.contents)
            return
        for number, content in zip(submits.numbers, submits.contents, strict=True):
            if len(content[-1]) > most:
                self._answer(number, Failed(ErrorCode.TOO_LARGE))
            else:
                self._numbers.append(number)
                self._operations.append(Append(*content))

    def _objection_to_submits(self, pressure: Pressure) -> Failed | None:
        if pressure is Pressure.STORING:
            return Failed(ErrorCode.UNAVAILABLE, _RESERVE_RETRY_SECONDS)
        return None if self._takes(Role.SENDER) else Failed(ErrorCode.CONFLICT)

    def _takes(self, role: Role) -> bool:
        """Tell whether the connection may have this role, which it keeps then (Spec: MB-6)."""
        if role is Role.OWNER:
            # Decided by a proof that holds.
            return self._role in {None, role}
        self._role = self._role or role
        return self._role is role

    async def _answer_one(self, asked: Asked, request: Request) -> None:
        if isinstance(request, Prove):
            await self._commit_waiting()
            answer = await self._owned.prove(request)
            self._role = Role.OWNER if answer == Done() else self._role
            self._answer(asked.number, answer)
        elif isinstance(request, Subscribe):
            await self._commit_waiting()
            await self._subscribe(asked, request)
        elif isinstance(request, Ping):
            self._answer(asked.number, Done())
        elif isinstance(request, Remove):
            await self._commit_waiting()
            self._answer(asked.number, await self._owned.remove(request.mailbox))
        elif isinstance(request, ReleaseBlob) and (
            (refusal := await self._owned.objection(request.mailbox)) is not None
        ):
            self._answer(asked.number, refusal)
        elif isinstance(request, BlobRequest):
            await self._clerk_of_blobs().take(asked, request)
        else:
            await self._queue(asked, request)

    def _objection(self, request: Request, pressure: Pressure) -> Failed | None:
        if pressure is Pressure.STORING and isinstance(request, Growing):
            return Failed(ErrorCode.UNAVAILABLE, _RESERVE_RETRY_SECONDS)
        if pressure is Pressure.NEW_MAILBOXES and isinstance(request, Create | CreateBlob):
            return Failed(ErrorCode.UNAVAILABLE, _NEWCOMER_RETRY_SECONDS)
        role = role_of(request)
        if role is not None and not (self._takes(role) and self._may_prove(request)):
            return Failed(ErrorCode.CONFLICT)
        if isinstance(request, Submit) and len(request.envelope) > self.service.config.limits.max_envelope:
            return Failed(ErrorCode.TOO_LARGE)
        if isinstance(request, OwnersOnly) and not self.connection.is_proven(request.mailbox):
            return Failed(ErrorCode.NOT_PROVEN)
        return None

    def _may_prove(self, request: Request) -> bool:
        """Tell whether a proof, if this is one, is of not too many mailboxes (Spec: MB-5)."""
        is_one_more = isinstance(request, Prove) and not self.connection.is_proven(request.mailbox)
        return not is_one_more or len(self.connection.proven) < MAX_PROVEN

    def _clerk_of_blobs(self) -> Clerk:
        if self._clerk is None:
            self._clerk = Clerk(self.service.blobs, self.listener.outgoing, self._answer)
            self.listener.run_beside(self._clerk.run)
        return self._clerk

    async def finish(self) -> None:
        """Wait until everything that was taken is answered."""
        if self._clerk is not None:
            await self._clerk.finish()

    async def _queue(self, asked: Asked, request: Stored) -> None:
        if isinstance(request, Create) and self.service.census.is_full:
            await self._commit_waiting()
            self._answer(asked.number, await self.service.census.recognise(request))
            return
        if isinstance(request, Create) and not await self._may_own(request.owner_key):
            self._answer(asked.number, Failed(ErrorCode.REFUSED))
            return
        self._numbers.append(asked.number)
        owner = self._owned.key(request.mailbox) if isinstance(request, OwnersOnly) else b""
        self._operations.append(operation_of(request, owner))
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
        if not self._operations:
            return
        numbers, self._numbers = self._numbers, []
        operations, self._operations, self._fetches = self._operations, [], 0
        await self.listener.outgoing.room()
        results = await self.service.committer.commit(operations, self.service.delivery.committed)
        if set(map(type, results)) == {Appended}:
            self.listener.outgoing.add(self.connection.accept(numbers))
            return
        self.service.census.note(operations, results)
        for at in range(0, len(numbers), _REQUESTS_AT_ONCE):
            if at:
                await trio.lowlevel.checkpoint()
            self._tell(numbers[at : at + _REQUESTS_AT_ONCE], results[at : at + _REQUESTS_AT_ONCE])

    def _tell(self, numbers: Sequence[int], results: Sequence[Result]) -> None:
        said = [
            self.connection.send(number, answer_of(result))
            for number, result in zip(numbers, results, strict=True)
        ]
        self.listener.outgoing.add(b"".join(said))
        for result in results:
            if isinstance(result, Refused):
                self.service.counters.refuse(result.code)

    async def _subscribe(self, asked: Asked, request: Subscribe) -> None:
        mailbox, owner = request.mailbox, self._owned.key(request.mailbox)
        # Before anybody is sent away: who listens may have made the mailbox again (MB-29).
        if self.service.delivery.has_listener(mailbox) and (
            (refusal := await self._owned.objection(mailbox)) is not None
        ):
            self._answer(asked.number, refusal)
            return
        subscription = self.service.delivery.subscribe(mailbox, owner, self.listener)
        if subscription is None:
            self._answer(asked.number, Failed(ErrorCode.CONFLICT))
            return
        self.listener.adopt(subscription)
        progress, shelf = await self.service.committer.commit(
            [TakeOver(mailbox, owner), LookAtShelf(mailbox, owner)]
        )
        if not isinstance(progress, Progress) or not isinstance(shelf, Shelf):
            self.listener.abandon(subscription)
            self._answer(asked.number, answer_of(progress))
            return
        self._answer(asked.number, Subscribed(progress.acknowledged, progress.newest))
        self.service.delivery.numbered(subscription, progress.listener)
        notice = LowShelf(mailbox, shelf.generation, shelf.remaining)
        self.listener.outgoing.add(self.connection.push(notice))
        self.listener.run_beside(subscription.run)

    def _answer(self, number: int, answer: Answer) -> None:
        if isinstance(answer, Failed):
            self.service.counters.refuse(answer.code)
        self.listener.outgoing.add(self.connection.send(number, answer))

"""What the owner at the other end of one connection may do because she proved it (Spec: MB-5, MB-29)."""

from relay.service import Service
from relay.storage.operations import FindOwner, LookAtMailbox, Owner, Progress, Refused
from relay.storage.removal import RemoveMailbox
from relay.subscriber import Subscriber
from relay.translation import answer_of
from securemsg.crypto.ed25519 import PublicKey
from securemsg.ids import MailboxId
from securemsg.mailbox.answers import Answer, Done, ErrorCode, Failed
from securemsg.mailbox.relay import RelayConnection
from securemsg.mailbox.requests import Prove


class Ownership:
    """The mailboxes that were proven, each with its key: whoever makes one again may have another."""

    __slots__ = ("_connection", "_keys", "_service", "_subscriber")

    def __init__(self, service: Service, connection: RelayConnection, subscriber: Subscriber) -> None:
        self._service = service
        self._connection = connection
        self._subscriber = subscriber
        self._keys: dict[MailboxId, bytes] = {}

    def key(self, mailbox: MailboxId) -> bytes:
        """The key (32 bytes) with which a mailbox was proven; raises `KeyError` where none was."""
        return self._keys[mailbox]

    async def prove(self, request: Prove) -> Answer:
        """Judge a proof; without an owner everything is done as with one (Spec: MB-10)."""
        (owner,) = await self._service.committer.commit([FindOwner(request.mailbox)])
        if isinstance(owner, Refused) and owner.code is ErrorCode.UNAVAILABLE:
            return answer_of(owner)
        key = PublicKey.parse(owner.key if isinstance(owner, Owner) else self._service.decoy)
        if not self._connection.verify_proof(request, key) or not isinstance(owner, Owner):
            return Failed(ErrorCode.REFUSED)
        self._keys[request.mailbox] = owner.key
        return Done()

    async def objection(self, mailbox: MailboxId) -> Answer | None:
        """What to answer where a mailbox is not the one that was proven any more, or cannot be read."""
        (found,) = await self._service.committer.commit([LookAtMailbox(mailbox, self.key(mailbox))])
        return None if isinstance(found, Progress) else answer_of(found)

    async def remove(self, mailbox: MailboxId) -> Answer:
        """Give a mailbox up, files first: without it nobody could ask again (Spec: MB-29)."""
        service = self._service
        refusal = await self.objection(mailbox) or await service.blobs.release_all(mailbox)
        if refusal is not None:
            return refusal
        (removed,) = await service.committer.commit([RemoveMailbox(mailbox, self.key(mailbox))])
        if (answer := answer_of(removed)) == Done():
            del self._keys[mailbox]
            self._connection.disown(mailbox)
            service.delivery.end(mailbox, self._subscriber)
            # Those that were begun in between, for somebody who showed a token while it was there.
            await service.blobs.release_all(mailbox)
        return answer

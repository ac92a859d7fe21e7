"""How many mailboxes there are, and what is told to those who come when there are enough (Spec: RL-39)."""

from collections.abc import Sequence
from itertools import islice

from relay.committing import Committing
from relay.storage.operations import Create, FindOwner, Operation, Owner, Refused, Result, Stored
from securemsg.mailbox import requests
from securemsg.mailbox.answers import Answer, Done, ErrorCode, Failed


class Census:
    """Counts the mailboxes of a relay that has `most` at most, as far as this node knows of them."""

    __slots__ = ("_committer", "_counted", "_made", "_most")

    def __init__(self, committer: Committing, most: int) -> None:
        self._committer = committer
        self._most = most
        self._counted = 0
        # In their order; whoever asks again for the same one must not use up the places of others.
        self._made: dict[bytes, None] = {}

    @property
    def is_full(self) -> bool:
        """Tell whether nobody may register any more."""
        return self._counted + len(self._made) >= self._most

    @property
    def made(self) -> int:
        """How many were made since it was counted: to be asked before it is counted again."""
        return len(self._made)

    def counted(self, mailboxes: int, made: int) -> None:
        """The store has so many; `made` were known when it was asked.

        Those made meanwhile may be in the count or not, and count until the next one.
        """
        self._counted = mailboxes
        self._made = dict.fromkeys(islice(self._made, made, None))

    def note(self, operations: Sequence[Operation], results: Sequence[Result]) -> None:
        """Some of these were made since it was counted, or confirmed, which until then counts as well."""
        for operation, result in zip(operations, results, strict=True):
            if type(operation) is Create and result == Stored():
                self._made.setdefault(operation.mailbox)

    async def recognise(self, request: requests.Create) -> Answer:
        """Answer one who may not register, as a closed relay does: who is here is told so (Spec: MB-4)."""
        (found,) = await self._committer.commit([FindOwner(request.mailbox)])
        if isinstance(found, Owner) and found.key == request.owner_key:
            return Done()
        if isinstance(found, Refused) and found.code is ErrorCode.UNAVAILABLE:
            return Failed(found.code, found.retry_seconds)
        return Failed(ErrorCode.REGISTRATION_REFUSED)

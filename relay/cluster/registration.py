"""Making mailboxes where there are several shards (Spec: RL-57)."""

from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

from relay.cluster.epochs import Epochs
from relay.storage.clustering import Admit, ForgetRedemption, Redeem, Register
from relay.storage.operations import Create, FindOwner, Operation, Owner, Refused, Result, Stored
from securemsg.mailbox.answers import ErrorCode
from securemsg.mailbox.limits import Registration

_REFUSED: Final = Refused(ErrorCode.REFUSED)
_NOT_REGISTERED: Final = Refused(ErrorCode.REGISTRATION_REFUSED)

Ask: TypeAlias = Callable[[int, Operation], Awaitable[Result]]
"""Have one shard carry out one operation."""


class Registrar:
    """Asks every home of a mailbox, then the invitation's, and then makes it."""

    def __init__(self, ask: Ask, epochs: Epochs, registration: Registration) -> None:
        self._ask = ask
        self._epochs = epochs
        self._registration = registration

    async def create(self, operation: Create) -> Result:
        """Make a mailbox that is nowhere; repeatable, as on one shard (Spec: MB-4)."""
        homes = self._epochs.homes(operation.mailbox)
        found = [await self._ask(home, FindOwner(operation.mailbox)) for home in homes]
        owners = {result.key for result in found if isinstance(result, Owner)}
        if operation.owner_key in owners:
            return Stored()
        unsure = [result for result in found if isinstance(result, Refused) and result != _REFUSED]
        if not owners and unsure:
            return unsure[0]
        if self._registration is Registration.CLOSED:
            return _NOT_REGISTERED
        if self._registration is Registration.INVITATION:
            return await self._create_with_invitation(operation, is_taken=bool(owners))
        return _REFUSED if owners else await self._make(operation)

    async def _create_with_invitation(self, operation: Create, *, is_taken: bool) -> Result:
        if operation.invitation is None:
            return _NOT_REGISTERED
        use = Admit(operation.invitation) if is_taken else Redeem(operation.invitation, operation.mailbox)
        for home in self._epochs.homes(operation.invitation):
            admitted = await self._ask(home, use)
            if admitted == _NOT_REGISTERED:
                continue
            if admitted != Stored():
                return admitted
            if is_taken:
                return _REFUSED
            made = await self._make(operation)
            if made == Stored():
                # Where this fails it is forgotten in time.
                await self._ask(home, ForgetRedemption(operation.invitation, operation.mailbox))
            return made
        return _NOT_REGISTERED

    async def _make(self, operation: Create) -> Result:
        home = self._epochs.home(operation.mailbox)
        return await self._ask(home, Register(operation.mailbox, operation.owner_key, operation.tokens))

"""What each operation does to the mailboxes that a transaction has locked, decided in memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from relay.storage.clustering import ELSEWHERE_SECONDS, Register, TakeOver
from relay.storage.operations import (
    Acknowledge,
    Append,
    Appended,
    ChangeTokens,
    Create,
    Fetch,
    FindOwner,
    Invite,
    LookAtMailbox,
    LookAtShelf,
    OfOwner,
    Owner,
    Progress,
    PutLeaves,
    PutManifest,
    Refused,
    Result,
    Stored,
    StoredEnvelope,
    TakePrekeys,
)
from relay.storage.policy import FULL_RETRY_SECONDS, StorePolicy, hour_after, hour_of
from relay.storage.postgres.box import Box
from relay.storage.postgres.load import Boxes, Invitations
from relay.storage.postgres.questions import Batched, Owned
from relay.storage.postgres.shelves import Shelves
from relay.storage.rights import ShowToken
from securemsg.crypto.entropy import Entropy
from securemsg.ids import SubmitId
from securemsg.instant import Instant
from securemsg.mailbox.answers import ErrorCode
from securemsg.mailbox.limits import Registration
from securemsg.mailbox.tokens import TOKENS_PER_MAILBOX

_LAST_SEQUENCE: Final = 2**32 - 1
"""As in every store, so that mailboxes can be copied from one to the other."""

ELSEWHERE: Final = Refused(ErrorCode.UNAVAILABLE, ELSEWHERE_SECONDS)
"""The mailbox is being moved to another shard, or is there (Spec: RL-55)."""

_LAST_NUMBER: Final = 2**62
"""The greatest number of a mailbox: nobody finds two alike."""


@dataclass(frozen=True, slots=True)
class PendingPage:
    """A page whose stored part is still to be read: sequence numbers above `after` and up to `to`.

    `fresh` are the envelopes after them, appended in this transaction.
    """

    box: int
    after: int
    to: int
    count: int
    fresh: tuple[StoredEnvelope, ...]
    newest: int


class Decisions:
    """Operations carried out in memory, in order; what does not lie in `boxes` is kept beside them.

    `added` and `removed` are token hashes with the number of their mailbox, `uses` what is left
    of the invitations that were used.
    """

    def __init__(
        self, boxes: Boxes, invitations: Invitations, policy: StorePolicy, entropy: Entropy, shelves: Shelves
    ) -> None:
        self.boxes = boxes
        self.uses: dict[bytes, int] = {}
        self.invited: list[Invite] = []
        self.added: set[tuple[int, bytes]] = set()
        self.removed: set[tuple[int, bytes]] = set()
        self._invitations = invitations
        self._policy = policy
        self._entropy = entropy
        self._shelves = shelves

    def append(self, operation: Append) -> Result:
        """Store once what is new and allowed (Spec: MB-7, RL-5)."""
        box = self.boxes.get(operation.mailbox)
        if box is None or not box.is_locked or operation.token not in box.tokens:
            return Refused(ErrorCode.REFUSED)
        if box.moved:
            return ELSEWHERE
        if operation.submit_id in box.submitted:
            return Appended(0)
        policy = self._policy
        if (
            box.messages >= policy.messages
            or box.size + len(operation.envelope) > policy.bytes
            or box.last_sequence >= _LAST_SEQUENCE
        ):
            return Refused(ErrorCode.FULL, FULL_RETRY_SECONDS)
        return Appended(box.append(operation.submit_id, operation.envelope))

    def carry_out(self, operation: Batched, now: Instant) -> Result | PendingPage:
        """Decide one operation."""
        match operation:
            case Append():
                return self.append(operation)
            case Create():
                return self._create(operation, now)
            case Register():
                return self._register(operation)
            case Invite():
                self.invited.append(operation)
                self._invitations[operation.hash] = operation.uses, hour_after(operation.expires, 0)
                return Stored()
            case TakePrekeys() | ShowToken():
                return self._of_holder(operation, now)
            case _:
                return self._of_box(operation)

    def _of_holder(self, operation: TakePrekeys | ShowToken, now: Instant) -> Result:
        box = self.boxes.get(operation.mailbox)
        if box is None or not box.is_locked or operation.token not in box.tokens:
            return Refused(ErrorCode.REFUSED)
        if box.moved:
            return ELSEWHERE
        return Stored() if isinstance(operation, ShowToken) else self._shelves.take(box, now)

    def _of_box(self, operation: Owned) -> Result | PendingPage:
        box = self.boxes.get(operation.mailbox)
        if box is None:
            return Refused(ErrorCode.REFUSED)
        if box.moved:
            return ELSEWHERE
        if isinstance(operation, OfOwner) and operation.owner not in {b"", box.owner_key}:
            return Refused(ErrorCode.REFUSED)
        return self._of_owner(operation, box)

    def _of_owner(self, operation: Owned, box: Box) -> Result | PendingPage:  # noqa: C901, PLR0911, PLR0912  # one table
        match operation:
            case FindOwner():
                return Owner(box.owner_key)
            case Fetch():
                return _page(operation, box)
            case LookAtMailbox():
                return Progress(box.acknowledged, box.last_sequence, box.listener)
            case TakeOver():
                box.listener += 1
                box.is_changed = True
                return Progress(box.acknowledged, box.last_sequence, box.listener)
            case LookAtShelf():
                return self._shelves.look(box)
            case Acknowledge():
                return _acknowledge(operation, box)
            case ChangeTokens():
                return self._change_tokens(operation, box)
            case PutManifest():
                return self._shelves.put_manifest(operation, box)
            case PutLeaves():
                return self._shelves.put_leaves(operation, box)

    def _create(self, operation: Create, now: Instant) -> Result:
        box = self.boxes.get(operation.mailbox)
        if box is not None and box.moved:
            return ELSEWHERE
        if box is not None and box.owner_key == operation.owner_key:
            return Stored()
        # Before anything is said of the mailbox: who may not register does not learn whether it is there.
        if not self._admits(operation.invitation, now):
            return Refused(ErrorCode.REGISTRATION_REFUSED)
        if box is not None:
            return Refused(ErrorCode.REFUSED)
        self._use_up(operation.invitation or b"")
        self._make(operation)
        return Stored()

    def _register(self, operation: Register) -> Result:
        box = self.boxes.get(operation.mailbox)
        if box is None:
            self._make(operation)
            return Stored()
        if box.moved:
            return ELSEWHERE
        return Stored() if box.owner_key == operation.owner_key else Refused(ErrorCode.REFUSED)

    def _make(self, operation: Create | Register) -> None:
        number, name = number_of(self._entropy), operation.mailbox
        box = self.boxes[name] = Box(number, name, operation.owner_key, is_locked=True, is_new=True)
        self._add(box, operation.tokens)

    def _admits(self, invitation: bytes | None, now: Instant) -> bool:
        if self._policy.registration is not Registration.INVITATION:
            return self._policy.registration is Registration.OPEN
        uses_left, expires_hour = self._invitations.get(invitation or b"", (0, 0))
        return uses_left > 0 and expires_hour > hour_of(now)

    def _use_up(self, invitation: bytes) -> None:
        if self._policy.registration is Registration.INVITATION:
            uses_left, expires_hour = self._invitations[invitation]
            self._invitations[invitation] = uses_left - 1, expires_hour
            self.uses[invitation] = uses_left - 1

    def _change_tokens(self, operation: ChangeTokens, box: Box) -> Result:
        left = (box.tokens | set(operation.added)) - set(operation.revoked)
        if len(left) > TOKENS_PER_MAILBOX:
            return Refused(ErrorCode.CONFLICT)
        self._add(box, left - box.tokens)
        revoked = {(box.number, bytes(token)) for token in box.tokens - left}
        self.added -= revoked
        self.removed |= revoked
        box.tokens = left
        return Stored()

    def _add(self, box: Box, tokens: Sequence[bytes] | set[bytes]) -> None:
        added = {(box.number, bytes(token)) for token in tokens}
        self.added |= added
        box.tokens.update(tokens)


def number_of(entropy: Entropy) -> int:
    """A number for a mailbox, which does not tell in which order mailboxes were made (Spec: RL-2)."""
    return int.from_bytes(entropy(8), "big") % _LAST_NUMBER + 1


def _acknowledge(operation: Acknowledge, box: Box) -> Result:
    if operation.sequence > box.last_sequence:
        return Refused(ErrorCode.CONFLICT)
    box.acknowledge(operation.sequence)
    return Stored()


def _page(operation: Fetch, box: Box) -> PendingPage:
    after = min(max(operation.after, box.deleted_to), box.last_sequence)
    fresh = tuple(
        StoredEnvelope(sequence, SubmitId(submit_id), sealed)
        for sequence, (submit_id, sealed) in box.fresh.items()
        if sequence > after
    )
    return PendingPage(box.number, after, box.stored_to, operation.count, fresh, box.last_sequence)

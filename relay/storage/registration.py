"""Who owns a mailbox and who may send to it."""

from collections.abc import Iterable

import apsw

from relay.storage.boxes import Box, Boxes
from relay.storage.operations import ChangeTokens, Create, FindOwner, Invite, Owner, Refused, Result, Stored
from relay.storage.policy import StorePolicy, hour_after, hour_of
from securemsg.ids import MailboxId
from securemsg.instant import Instant
from securemsg.mailbox.answers import ErrorCode
from securemsg.mailbox.limits import Registration
from securemsg.mailbox.tokens import TOKENS_PER_MAILBOX


class Registrations:
    """The tables `mailbox`, `token` and `invitation`."""

    __slots__ = ("_boxes", "_database", "_policy")

    def __init__(self, database: apsw.Connection, boxes: Boxes, policy: StorePolicy) -> None:
        self._database = database
        self._boxes = boxes
        self._policy = policy

    def create(self, operation: Create, now: Instant) -> Result:
        """Register a mailbox; repeatable with the same owner key (Spec: MB-4)."""
        owner = self.owner_key(operation.mailbox)
        if owner is not None:
            return Stored() if owner == operation.owner_key else Refused(ErrorCode.REFUSED)
        if not self._admit(operation.invitation, now):
            return Refused(ErrorCode.REGISTRATION_REFUSED)
        self._database.execute(
            "INSERT INTO mailbox (name, owner_key, last_sequence, messages, bytes) VALUES (?, ?, 0, 0, 0)",
            (operation.mailbox, operation.owner_key),
        )
        box = self._boxes.find(operation.mailbox)
        if box is None:
            raise AssertionError("a mailbox that was just inserted is there")
        self._add(box, operation.tokens)
        return Stored()

    def find_owner(self, operation: FindOwner) -> Result:
        """Look up an owner key."""
        key = self.owner_key(operation.mailbox)
        return Refused(ErrorCode.REFUSED) if key is None else Owner(key)

    def owner_key(self, name: MailboxId) -> bytes | None:
        """The owner key of a mailbox, if there is one."""
        row = self._database.execute("SELECT owner_key FROM mailbox WHERE name = ?", (name,)).fetchone()
        return None if row is None else bytes(row[0])

    def change_tokens(self, operation: ChangeTokens) -> Result:
        """Add, then revoke: a hash in both lists ends revoked (Spec: MB-3)."""
        box = self._boxes.find(operation.mailbox)
        if box is None:
            return Refused(ErrorCode.REFUSED)
        left = (box.tokens | set(operation.added)) - set(operation.revoked)
        if len(left) > TOKENS_PER_MAILBOX:
            return Refused(ErrorCode.CONFLICT)
        self._add(box, left - box.tokens)
        revoked = [(box.number, token) for token in operation.revoked]
        self._database.executemany("DELETE FROM token WHERE box = ? AND hash = ?", revoked)
        box.tokens = left
        return Stored()

    def invite(self, operation: Invite) -> Result:
        """Remember an invitation by its hash."""
        expires = hour_after(operation.expires, 0)
        self._database.execute(
            "INSERT INTO invitation VALUES (?, ?, ?)", (operation.hash, operation.uses, expires)
        )
        return Stored()

    def expire_invitations(self, now: Instant) -> int:
        """Delete invitations that nobody can use any more; return how many."""
        hour = hour_of(now)
        self._database.execute("DELETE FROM invitation WHERE uses_left = 0 OR expires_hour <= ?", (hour,))
        return self._database.changes()

    def _admit(self, invitation: bytes | None, now: Instant) -> bool:
        if self._policy.registration is Registration.OPEN:
            return True
        if self._policy.registration is Registration.CLOSED or invitation is None:
            return False
        self._database.execute(
            "UPDATE invitation SET uses_left = uses_left - 1"
            " WHERE hash = ? AND uses_left > 0 AND expires_hour > ?",
            (invitation, hour_of(now)),
        )
        return self._database.changes() == 1

    def _add(self, box: Box, tokens: Iterable[bytes]) -> None:
        rows = [(box.number, token) for token in tokens]
        self._database.executemany("INSERT OR IGNORE INTO token VALUES (?, ?)", rows)
        box.tokens.update(tokens)

"""Who owns a mailbox and who may send to it."""

from collections.abc import Iterable
from typing import Any

import apsw

from relay.storage.inspection import LISTED, PREFIX_BYTES, Invitation, Invitations, RevokeInvitation
from relay.storage.operations import (
    ChangeTokens,
    Create,
    FindOwner,
    Invite,
    Owner,
    Refused,
    Result,
    Stored,
)
from relay.storage.policy import StorePolicy, hour_after, hour_of
from relay.storage.rights import ShowToken
from relay.storage.sqlite.boxes import Box, Boxes
from relay.storage.sqlite.schema import LAST_BOX
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
        if owner == operation.owner_key:
            return Stored()
        # Before anything is said of the mailbox: who may not register does not learn whether it is there.
        if not self._admits(operation.invitation, now):
            return Refused(ErrorCode.REGISTRATION_REFUSED)
        if owner is not None:
            return Refused(ErrorCode.REFUSED)
        self._use_up(operation.invitation)
        self._database.execute(
            "INSERT INTO mailbox VALUES (?, ?, ?, 0, 0, 0, 0)",
            (self._free_number(), operation.mailbox, operation.owner_key),
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

    def show_token(self, operation: ShowToken) -> Result:
        """Tell whether the token is one of the mailbox's (Spec: MB-24)."""
        right = operation.mailbox, operation.token
        return Stored() if self._boxes.authorized([right]) else Refused(ErrorCode.REFUSED)

    def invite(self, operation: Invite) -> Result:
        """Remember an invitation by its hash."""
        expires = hour_after(operation.expires, 0)
        self._database.execute(
            "INSERT INTO invitation VALUES (?, ?, ?)", (operation.hash, operation.uses, expires)
        )
        return Stored()

    def list_invitations(self, now: Instant) -> Result:
        """Read those that can be used."""
        rows: Any = self._database.execute(
            "SELECT substr(hash, 1, ?), uses_left, expires_hour FROM invitation"
            " WHERE uses_left > 0 AND expires_hour > ? ORDER BY expires_hour, hash LIMIT ?",
            (PREFIX_BYTES, hour_of(now), LISTED),
        ).fetchall()
        return Invitations(tuple(Invitation(*row) for row in rows))

    def revoke_invitation(self, operation: RevokeInvitation) -> Result:
        """Delete an invitation by the beginning of its hash."""
        self._database.execute(
            "DELETE FROM invitation WHERE substr(hash, 1, ?) = ?", (PREFIX_BYTES, operation.prefix)
        )
        return Stored() if self._database.changes() else Refused(ErrorCode.REFUSED)

    def expire_invitations(self, now: Instant) -> int:
        """Delete invitations that nobody can use any more; return how many."""
        hour = hour_of(now)
        self._database.execute("DELETE FROM invitation WHERE uses_left = 0 OR expires_hour <= ?", (hour,))
        return self._database.changes()

    def _admits(self, invitation: bytes | None, now: Instant) -> bool:
        if self._policy.registration is not Registration.INVITATION:
            return self._policy.registration is Registration.OPEN
        valid = self._database.execute(
            "SELECT 1 FROM invitation WHERE hash = ? AND uses_left > 0 AND expires_hour > ?",
            (invitation or b"", hour_of(now)),
        )
        return valid.fetchone() is not None

    def _use_up(self, invitation: bytes | None) -> None:
        if self._policy.registration is Registration.INVITATION:
            self._database.execute(
                "UPDATE invitation SET uses_left = uses_left - 1 WHERE hash = ?", (invitation,)
            )

    def _free_number(self) -> int:
        """A number that does not tell in which order mailboxes were made (Spec: RL-2)."""
        while True:
            row: Any = self._database.execute("SELECT abs(random() % ?) + 1", (LAST_BOX,)).fetchone()
            taken = self._database.execute("SELECT 1 FROM mailbox WHERE box = ?", row).fetchone()
            if taken is None:
                return int(row[0])

    def _add(self, box: Box, tokens: Iterable[bytes]) -> None:
        rows = [(box.number, token) for token in tokens]
        self._database.executemany("INSERT OR IGNORE INTO token VALUES (?, ?)", rows)
        box.tokens.update(tokens)

"""Giving a mailbox up (Spec: MB-29)."""

from dataclasses import dataclass, field

from securemsg.ids import MailboxId


@dataclass(frozen=True, slots=True)
class RemoveMailbox:
    """Delete a mailbox and everything that is kept for it: there is no such mailbox any more."""

    mailbox: MailboxId
    owner: bytes = field(default=b"", repr=False)

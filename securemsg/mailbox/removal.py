"""Giving a mailbox up (Spec: MB-29)."""

from dataclasses import dataclass
from typing import ClassVar, Self

from securemsg.ids import MailboxId
from securemsg.wire.codec import Encodable
from securemsg.wire.fields import Fields


@dataclass(frozen=True, slots=True)
class Remove:
    """Have our mailbox forgotten with all that is in it: then there is no such mailbox (Spec: MB-29)."""

    KIND: ClassVar = 18
    mailbox: MailboxId

    def content(self) -> tuple[Encodable, ...]:
        """What follows the request number."""
        return (self.mailbox,)

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Take the content."""
        return cls(fields.identifier(MailboxId))

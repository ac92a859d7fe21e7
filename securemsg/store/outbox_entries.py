"""What the outbox holds; import from `securemsg.store.outbox`."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, final

from securemsg.identity.access import SendToken
from securemsg.ids import MailboxId, MessageId, SubmitId
from securemsg.instant import Instant
from securemsg.mailbox.address import RelayAddress
from securemsg.store.ids import ContactId, MessageRow, OutboxId
from securemsg.store.rows import Row, Rows

SELECT_ENTRY: Final = """
    select outbox.id, outbox.contact, message, content, state, submit_id, envelope,
           host, port, pin, mailbox, token, attempts, not_before, failure, content_id, about, was_sealed
    from outbox"""
"""The columns that `entry_of` reads."""


class OutboxState(IntEnum):
    """How far an entry has come."""

    UNSEALED = 1
    SEALED = 2
    ACCEPTED = 3


@final
@dataclass(frozen=True, slots=True)
class SealedEntry:
    """What is transmitted, the same bytes every time, and whereto (Spec: CL-2)."""

    submit_id: SubmitId
    envelope: bytes = field(repr=False)
    relay: RelayAddress = field(repr=False)
    mailbox: MailboxId
    token: SendToken


@final
@dataclass(frozen=True, slots=True)
class Act:
    """A content that is no message and is receipted like one: an edit, a deletion, a reaction...

    `about` is the message here whose erasure takes it out of the outbox.
    """

    content_id: MessageId
    content: bytes = field(repr=False)
    about: MessageRow | None = None


@final
@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """One content for one contact; `message` is the one whose state it moves, if it is one.

    `content_id` names it in a receipt; it is `None` for receipts, reports and what else nobody
    confirms. `sealed` is set while its state is `SEALED`. `failure` is a word for the last reason
    why it could not leave, or empty.
    """

    id: OutboxId
    contact: ContactId
    message: MessageRow | None
    content: bytes = field(repr=False)
    state: OutboxState
    sealed: SealedEntry | None
    attempts: int
    not_before: Instant
    failure: str
    content_id: MessageId | None
    about: MessageRow | None
    was_sealed: bool
    """Whether it may have left once."""


def entry_of(row: Row) -> OutboxEntry:
    """Return a row of `SELECT_ENTRY` as a value."""
    number, contact, message, content, state, submit_id, envelope = row[:7]
    host, port, pin, mailbox, token, attempts, not_before, failure, content_id, about, was_sealed = row[7:]
    sealed = None
    if state == OutboxState.SEALED:
        relay = RelayAddress(host, port, pin)
        sealed = SealedEntry(SubmitId(submit_id), envelope, relay, MailboxId(mailbox), SendToken(token))
    return OutboxEntry(
        OutboxId(number),
        ContactId(contact),
        MessageRow(message) if message else None,
        content,
        OutboxState(state),
        sealed,
        attempts,
        Instant(not_before),
        failure,
        MessageId(content_id) if content_id else None,
        MessageRow(about) if about else None,
        was_sealed == 1,
    )


def withdraw(rows: Rows, messages: Sequence[MessageRow]) -> None:
    """Take out of the outbox whatever carries the words of these messages, or is about them (Spec: CT-11)."""
    among = (json.dumps(messages),)
    # `> 0` lets SQLite use the indexes, which leave out what is of no message.
    rows.run("delete from outbox where message in (select value from json_each(?)) and message > 0", among)
    rows.run("delete from outbox where about in (select value from json_each(?)) and about > 0", among)
    rows.mark_erasure()

"""What a person says, changes and takes back (Spec: CT-6, CT-8..11)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from securemsg.client.lifetimes import lifetime_for
from securemsg.client.sending import accept_contact, new_id, queue_content
from securemsg.client.signs import is_one_sign
from securemsg.client.step import Step
from securemsg.client.terms import is_own, may_write
from securemsg.client.transfer.wishes import withdraw
from securemsg.client.wording import account_of, answer_to, content_of, normal_text
from securemsg.errors import LocalError
from securemsg.ids import MessageId
from securemsg.instant import DAY, Instant
from securemsg.store.edits import Version
from securemsg.store.ids import ContactId, MessageRow
from securemsg.store.messages import TEXT_KIND, WORDS, Direction, Message, MessageState, NewMessage
from securemsg.store.outbox import OutboxState
from securemsg.store.reactions import Sign
from securemsg.wire.messages.content import (
    MAX_NAMED,
    Delete,
    Edit,
    Reaction,
    decode,
    encode,
    normal_words,
)

EDITED_WITHIN: Final = DAY
"""How long after it was sent a message can say something else, by its sender's clock (Spec: CT-9)."""

_GONE: Final = "This message was deleted."


def queue_text(step: Step, contact: ContactId, text: str, reply_to: MessageRow | None = None) -> MessageRow:
    """Store a text of ours and queue it; raises `LocalError` for an empty or too long one.

    Spec: CL-2, CL-5.
    """
    words = normal_words(text)
    quoted = answer_to(step, contact, reply_to)
    accept_contact(step, contact)
    lifetime = lifetime_for(step, contact, 0)
    new = NewMessage(new_id(step), step.now, TEXT_KIND, words, b"", lifetime, quoted)
    row = step.vault.messages.add_outgoing(contact, new, step.now)
    queue_content(step, contact, content_of(step, step.vault.messages.get(row)), row)
    return row


def edit(step: Step, row: MessageRow, text: str) -> None:
    """Let a message of ours say something else; what never left is changed as if it had been said so.

    Raises `LocalError` for messages of others, after a day, and for what cannot be said.

    Spec: CT-9.
    """
    message = _own_words(step, row)
    words = normal_text(message, text)
    if words == message.text:
        return
    at = Instant(max(step.now, (message.edited_at or message.sent_at) + 1))
    if at - message.sent_at > EDITED_WITHIN and not is_own(step, message.contact):
        raise LocalError("A message can be edited for 24 hours after it was sent.")
    may_write(step, message.contact)
    version = Version(at, words)
    step.changes.contacts.add(message.contact)
    if never_left(step, message):
        _say_otherwise(step, message, words)
        return
    said = Edit(new_id(step), at, message.message_id, words)
    if _replaced(step, row, said):
        step.vault.edits.replace(row, version)
        return
    step.vault.edits.apply(message, version)
    # Of what failed, words and edit go together when it is tried again.
    if message.state is not MessageState.FAILED:
        queue_content(step, message.contact, said, about=row)


def delete_for_all(step: Step, rows: Sequence[MessageRow]) -> None:
    """Take messages of ours back, here and on the other side, if their program does as it should.

    What never left goes without a trace. Raises `LocalError` for messages of others.

    Spec: CT-11.
    """
    targets = defaultdict[ContactId, list[MessageId]](list)
    for row in rows:
        message = _own_words(step, row)
        withdraw(step, row)
        if never_left(step, message) or is_own(step, message.contact):
            _erase(step, [message])
            continue
        targets[message.contact].append(message.message_id)
        if message.state is MessageState.FAILED:
            # Most likely nobody has it: then no place of it is needed.
            _erase(step, [message])
            continue
        step.vault.files.erase([row])
        step.vault.edits.bury(row, step.now)
        _changed(step, message.contact)
    for contact, ids in targets.items():
        for start in range(0, len(ids), MAX_NAMED):
            said = Delete(new_id(step), step.now, tuple(ids[start : start + MAX_NAMED]))
            queue_content(step, contact, said)


def delete_for_me(step: Step, rows: Sequence[MessageRow]) -> None:
    """Erase messages here, whoever said them; nobody is told (Spec: CT-11)."""
    _erase(step, [step.vault.messages.get(row) for row in rows])


def react(step: Step, row: MessageRow, emoji: str) -> None:
    """Put a sign beside a message in place of the one there was; an empty one takes it back.

    Raises `LocalError` for what is not one sign.

    Spec: CT-10.
    """
    message = step.vault.messages.get(row)
    if message.deleted_at is not None:
        raise LocalError(_GONE)
    if message.kind not in WORDS:
        raise LocalError("There is nothing to react to.")
    if emoji and not is_one_sign(emoji):
        raise LocalError("A reaction is one sign, not a text.")
    before = next((sign for sign in step.vault.reactions.of(row) if sign.by is Direction.OUT), None)
    if emoji == (before.emoji if before else ""):
        return
    may_write(step, message.contact)
    at = Instant(max(step.now, before.at + 1 if before else 0))
    step.vault.reactions.put(row, Sign(Direction.OUT, emoji, at))
    step.changes.contacts.add(message.contact)
    author = account_of(step, message, message.direction)
    said = Reaction(new_id(step), at, author, message.message_id, emoji)
    if not _replaced(step, row, said):
        accept_contact(step, message.contact)
        queue_content(step, message.contact, said, about=row)


def never_left(step: Step, message: Message) -> bool:
    """Tell whether a message of ours was never sealed: nobody else can have it."""
    entry = step.vault.outbox.of_message(message.row)
    if entry is None:
        # Nothing is queued of a file before all of it is at the relay.
        return message.state is MessageState.QUEUED
    return entry.state is OutboxState.UNSEALED and not entry.was_sealed


def _own_words(step: Step, row: MessageRow) -> Message:
    message = step.vault.messages.get(row)
    if message.direction is not Direction.OUT or message.kind not in WORDS:
        raise LocalError("Only messages of your own can be changed or deleted for everybody.")
    if message.deleted_at is not None:
        raise LocalError(_GONE)
    return message


def _say_otherwise(step: Step, message: Message, words: str) -> None:
    step.vault.edits.replace(message.row, Version(Instant(0), words))
    entry = step.vault.outbox.of_message(message.row)
    if entry is not None:
        content = content_of(step, step.vault.messages.get(message.row))
        step.vault.outbox.replace(entry.id, encode(content))


def _replaced(step: Step, row: MessageRow, said: Edit | Reaction) -> bool:
    """Say this in place of what waits of its kind about a message and never left."""
    for entry in step.vault.outbox.unsent_about(row):
        waiting = decode(entry.content)
        if type(waiting) is type(said):
            # Under the id by which the entry is known: a receipt will name it.
            step.vault.outbox.replace(entry.id, encode(replace(said, message_id=waiting.message_id)))
            return True
    return False


def _erase(step: Step, messages: Sequence[Message]) -> None:
    rows = [message.row for message in messages]
    step.vault.files.erase(rows)
    step.vault.messages.erase(rows, step.now)
    for message in messages:
        _changed(step, message.contact)


def _changed(step: Step, contact: ContactId) -> None:
    step.changes.contacts.add(contact)
    step.changes.list = True
    step.changes.outbox = True
    step.changes.files = True

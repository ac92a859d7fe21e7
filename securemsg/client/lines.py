"""What stands between the messages of a conversation although nobody said it (Spec: CL-39)."""

from dataclasses import replace
from typing import Final

from securemsg.client.step import Step
from securemsg.ids import MessageId
from securemsg.store.ids import ContactId
from securemsg.store.messages import NewMessage

IDENTITY_KIND: Final = -1
"""Of a line of our own making: no content has this kind."""


def add_line(step: Step, contact: ContactId, line: NewMessage) -> None:
    """Put a line on the side of a contact, under another id where a message of theirs has this one.

    What changed is shown, whatever ids a contact uses twice.
    """
    row = step.vault.messages.add_incoming(contact, line, step.now)
    if row is None:
        fresh = replace(line, message_id=MessageId(step.entropy(MessageId.WIDTH)))
        row = step.vault.messages.add_incoming(contact, fresh, step.now)
    if row is not None:
        step.vault.messages.mark_printed([row])
        step.changes.contacts.add(contact)
    step.changes.list = True


def add_identity_line(step: Step, contact: ContactId) -> None:
    """Keep when another account claimed to be a contact."""
    message_id = MessageId(step.entropy(MessageId.WIDTH))
    add_line(step, contact, NewMessage(message_id, step.now, IDENTITY_KIND, "", b""))

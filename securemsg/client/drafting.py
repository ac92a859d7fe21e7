"""Drafts: what was begun and not sent, encrypted like everything else (Spec: CL-35)."""

from typing import Final

from securemsg.client.step import Step
from securemsg.client.views import DraftView
from securemsg.errors import LocalError
from securemsg.store.aliases import is_text
from securemsg.store.drafts import Draft
from securemsg.store.ids import ContactId, MessageRow
from securemsg.store.messages import Message, Quoted

MAX_DRAFT: Final = 100_000
"""Characters: six of the longest messages, so that a text can be begun that is to be cut later."""


def save_draft(step: Step, contact: ContactId, draft: DraftView) -> None:
    """Replace the draft of a conversation; an empty one forgets it. Raises `LocalError`."""
    step.vault.contacts.get(contact)
    if not is_text(draft.text):
        raise LocalError("The draft contains half a character.")
    if len(draft.text) > MAX_DRAFT:
        raise LocalError("The draft is too long to be kept.")
    step.changes.list = True
    if not draft.text and draft.reply_to is None and draft.editing is None:
        step.vault.drafts.remove(contact)
        return
    quoted = None
    if draft.reply_to is not None:
        answered = _of(step, contact, draft.reply_to)
        quoted = Quoted(answered.direction, answered.message_id)
    editing = None if draft.editing is None else _of(step, contact, draft.editing).row
    step.vault.drafts.save(contact, Draft(draft.text, quoted, editing), step.now)


def draft_view(step: Step, contact: ContactId) -> DraftView:
    """Return the draft of a conversation; what it answers is `None` where that is gone."""
    draft = step.vault.drafts.get(contact)
    if draft is None:
        return DraftView("")
    quoted = draft.quoted
    answered = None if quoted is None else step.vault.messages.find(contact, quoted.author, quoted.message_id)
    return DraftView(draft.text, None if answered is None else answered.row, draft.editing)


def _of(step: Step, contact: ContactId, row: int) -> Message:
    message = step.vault.messages.get(MessageRow(row))
    if message.contact != contact:
        raise LocalError("This message is of another conversation.")
    return message

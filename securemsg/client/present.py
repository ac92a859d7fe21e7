"""Rows of the vault as what programs show."""

from securemsg.client import views
from securemsg.client.acquaintance import compared_account
from securemsg.client.reasons import HELD, sentence
from securemsg.client.step import Step
from securemsg.identity.safety import safety_number, verification_text
from securemsg.identity.trust import Changed
from securemsg.mailbox.address import RelayAddress
from securemsg.store.contacts import Contact
from securemsg.store.conversations import Conversation
from securemsg.store.messages import Message, MessageState
from securemsg.store.owner import Owner

_STATES = {
    MessageState.RECEIVED: views.MessageState.RECEIVED,
    MessageState.QUEUED: views.MessageState.QUEUED,
    MessageState.ACCEPTED: views.MessageState.ACCEPTED,
    MessageState.DELIVERED: views.MessageState.DELIVERED,
    MessageState.FAILED: views.MessageState.FAILED,
    MessageState.READ: views.MessageState.READ,
}
_KINDS = {
    1: views.MessageKind.TEXT,
    8: views.MessageKind.TIMER,
    9: views.MessageKind.FILE,
    10: views.MessageKind.NAME,
    -1: views.MessageKind.IDENTITY,
}


def profile_view(owner: Owner) -> views.ProfileView:
    """Return our own side."""
    link = owner.link
    return views.ProfileView(
        name=owner.name,
        account=owner.account.account_id.hex(),
        device=owner.device.device_id.hex(),
        link=link.text,
        link_qr=link.qr_text,
        relay=RelayAddress(link.host, link.port, link.pin).text,
    )


def conversation_view(conversation: Conversation) -> views.ConversationView:
    """Return the head of a conversation."""
    contact = conversation.contact
    return views.ConversationView(
        contact=contact.id,
        alias=contact.alias,
        name=contact.name,
        account=contact.account.hex(),
        trust=contact.standing.trust,
        last_text=conversation.last_text,
        last_at=conversation.last_at,
        unread=conversation.unread,
        reduced=conversation.reduced,
        request=not contact.accepted,
        last_mine=conversation.last_is_ours,
        read_up_to=contact.read_up_to,
    )


def message_views(step: Step, messages: list[Message]) -> list[views.MessageView]:
    """Return messages with the names of their contacts and why they wait or failed."""
    contacts: dict[int, Contact] = {}
    shown = []
    for message in messages:
        if message.contact not in contacts:
            contacts[message.contact] = step.vault.contacts.get(message.contact)
        shown.append(_message_view(step, message, contacts[message.contact]))
    return shown


def verification_view(step: Step, contact: Contact) -> views.VerificationView:
    """Return what two people compare: with the claimant's account where there is one."""
    ours, theirs = step.owner.account.account_id, compared_account(contact)
    return views.VerificationView(
        contact=contact.id,
        alias=contact.alias,
        safety_number=safety_number(ours, theirs),
        qr=verification_text(ours, theirs),
        trust=contact.standing.trust,
    )


def _message_view(step: Step, message: Message, contact: Contact) -> views.MessageView:
    return views.MessageView(
        row=message.row,
        id=message.message_id.hex(),
        contact=message.contact,
        alias=contact.alias,
        direction=views.Direction.IN if message.state is MessageState.RECEIVED else views.Direction.OUT,
        state=_STATES[message.state],
        text=message.text,
        reason=_reason(step, message, contact),
        sent_at=message.sent_at,
        stored_at=message.stored_at,
        readable=message.kind in _KINDS,
        kind=_KINDS.get(message.kind, views.MessageKind.UNKNOWN),
        lifetime=message.lifetime,
        expires_at=message.expires_at,
        edited_at=message.edited_at,
        deleted=message.deleted_at is not None,
    )


def _reason(step: Step, message: Message, contact: Contact) -> str:
    if message.state is MessageState.FAILED:
        return sentence(message.failure)
    if message.state is not MessageState.QUEUED:
        return ""
    if isinstance(contact.standing, Changed):
        return HELD
    entry = step.vault.outbox.of_message(message.row)
    return sentence(entry.failure) if entry is not None else ""

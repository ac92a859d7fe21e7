"""Rows of the vault as what programs show."""

from collections.abc import Mapping, Sequence
from typing import Final

from securemsg.client import views
from securemsg.client.acquaintance import compared_account
from securemsg.client.lines import IDENTITY_KIND
from securemsg.client.reasons import HELD, sentence
from securemsg.client.step import Step
from securemsg.client.transfer.showing import file_views
from securemsg.identity.safety import safety_number, verification_text
from securemsg.identity.trust import Changed, Trust
from securemsg.mailbox.address import RelayAddress
from securemsg.store.contacts import Contact
from securemsg.store.conversations import Conversation
from securemsg.store.ids import ContactId, MessageRow
from securemsg.store.messages import FILE_KIND, TEXT_KIND, Direction, Message, MessageState, Quoted
from securemsg.store.news import Change, Piece
from securemsg.store.owner import Owner
from securemsg.store.reactions import Sign
from securemsg.wire.messages.content import Kind

QUOTED: Final = 200
"""Characters of a message that are shown where it is answered."""

_CHANGES: Final = {
    Change.EDITED: views.ChangeKind.EDIT,
    Change.DELETED: views.ChangeKind.DELETE,
    Change.REACTED: views.ChangeKind.REACTION,
}
_STATES: Final = {
    MessageState.RECEIVED: views.MessageState.RECEIVED,
    MessageState.QUEUED: views.MessageState.QUEUED,
    MessageState.ACCEPTED: views.MessageState.ACCEPTED,
    MessageState.DELIVERED: views.MessageState.DELIVERED,
    MessageState.FAILED: views.MessageState.FAILED,
    MessageState.READ: views.MessageState.READ,
}
_KINDS: Final = {
    TEXT_KIND: views.MessageKind.TEXT,
    Kind.TIMER: views.MessageKind.TIMER,
    FILE_KIND: views.MessageKind.FILE,
    Kind.NAME: views.MessageKind.NAME,
    IDENTITY_KIND: views.MessageKind.IDENTITY,
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


def conversation_view(step: Step, conversation: Conversation) -> views.ConversationView:
    """Return the head of a conversation."""
    contact, choice = conversation.contact, conversation.choice
    muted = choice.muted_until is not None and choice.muted_until > step.now
    standing = contact.standing
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
        own=contact.account == step.owner.account.account_id,
        request=not contact.accepted and not choice.blocked,
        lifetime=choice.timer.lifetime,
        muted_until=choice.muted_until if muted else None,
        archived=choice.archived,
        blocked=choice.blocked,
        marked_unread=choice.marked_unread,
        draft=conversation.draft,
        last_kind=_KINDS.get(conversation.last_kind, views.MessageKind.UNKNOWN)
        if conversation.last_kind
        else None,
        last_mine=conversation.last_is_ours,
        read_up_to=contact.read_up_to,
        was_verified=isinstance(standing, Changed) and standing.before is Trust.VERIFIED,
    )


def message_view(step: Step, row: MessageRow) -> views.MessageView:
    """Return one message; raises `LocalError` if it is gone."""
    return message_views(step, [step.vault.messages.get(row)])[0]


def message_views(step: Step, messages: Sequence[Message]) -> list[views.MessageView]:
    """Return messages with everything that is shown beside them."""
    contacts = {contact: step.vault.contacts.get(contact) for contact in {each.contact for each in messages}}
    signs = step.vault.reactions.beside([message.row for message in messages])
    files = file_views(step, [message.row for message in messages if message.kind == FILE_KIND])
    return [_message_view(step, each, contacts[each.contact], signs, files) for each in messages]


def change_views(step: Step, news: Sequence[Piece]) -> list[views.ChangeView]:
    """Return changes with the messages as they are now."""
    return [
        views.ChangeView(piece.number, _CHANGES[piece.change], message_view(step, piece.message))
        for piece in news
    ]


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


def _message_view(
    step: Step,
    message: Message,
    contact: Contact,
    signs: Mapping[MessageRow, Sequence[Sign]],
    files: Mapping[MessageRow, views.FileView],
) -> views.MessageView:
    file = files.get(message.row)
    return views.MessageView(
        row=message.row,
        id=message.message_id.hex(),
        contact=message.contact,
        alias=contact.alias,
        direction=views.Direction.IN if message.state is MessageState.RECEIVED else views.Direction.OUT,
        state=_STATES[message.state],
        text=message.raw.decode() if message.kind == Kind.NAME else message.text,
        reason=_reason(step, message, contact, file),
        sent_at=message.sent_at,
        stored_at=message.stored_at,
        readable=message.kind in _KINDS,
        kind=_KINDS.get(message.kind, views.MessageKind.UNKNOWN),
        lifetime=message.lifetime,
        expires_at=message.expires_at,
        edited_at=message.edited_at,
        deleted=message.deleted_at is not None,
        quoted=None if message.quoted is None else _quoted_view(step, message.contact, message.quoted),
        reactions=_reactions(signs.get(message.row, ())),
        file=file,
    )


def _quoted_view(step: Step, contact: ContactId, quoted: Quoted) -> views.QuotedView:
    """Return what is answered as it is now: words that were taken back are not shown here either."""
    mine = quoted.author is Direction.OUT
    message = step.vault.messages.find(contact, quoted.author, quoted.message_id)
    if message is None or message.deleted_at is not None:
        return views.QuotedView(None, mine, id=quoted.message_id.hex())
    file = step.vault.files.find(message.row)
    name = "" if file is None else file.name
    return views.QuotedView(message.row, mine, message.text[:QUOTED], name, quoted.message_id.hex())


def _reactions(signs: Sequence[Sign]) -> tuple[views.ReactionView, ...]:
    """Return each sign once, with who of the two put it there, the older ones first."""
    by: dict[str, set[Direction]] = {}
    for sign in signs:
        by.setdefault(sign.emoji, set()).add(sign.by)
    return tuple(
        views.ReactionView(emoji, mine=Direction.OUT in who, theirs=Direction.IN in who)
        for emoji, who in by.items()
    )


def _reason(step: Step, message: Message, contact: Contact, file: views.FileView | None) -> str:
    if message.state not in (MessageState.FAILED, MessageState.QUEUED):
        return ""
    if file is not None and file.state is not views.FileState.SENT and file.reason:
        return file.reason
    if message.state is MessageState.FAILED:
        return sentence(message.failure)
    if isinstance(contact.standing, Changed):
        return HELD
    entry = step.vault.outbox.of_message(message.row)
    return sentence(entry.failure) if entry is not None else ""

"""What somebody else said, changed or took back, in whatever order it comes (Spec: CT-9..11, CT-17)."""

from typing import Final, TypeAlias

from securemsg.client.lifetimes import lifetime_for, take_timer
from securemsg.client.people import arrived, take_name
from securemsg.client.saying import EDITED_WITHIN
from securemsg.client.step import Step
from securemsg.client.transfer.offers import offered
from securemsg.ids import MessageId
from securemsg.store.edits import Version
from securemsg.store.ids import ContactId
from securemsg.store.messages import FILE_KIND, LINES, WORDS, Direction, Message, NewMessage, Quoted
from securemsg.store.news import Change
from securemsg.store.reactions import Sign
from securemsg.store.upkeep import Note
from securemsg.wire.messages import content as contents
from securemsg.wire.messages.content import (
    MAX_CAPTION,
    Content,
    Delete,
    Edit,
    File,
    Name,
    Reaction,
    Text,
    Timer,
    Unknown,
    decode,
    encode_unchanged,
    kind_of,
)

OUT_OF_PLACE: Final = "out of place"
"""Noted where a content is about what it must not be about."""

Said: TypeAlias = Text | File | Edit | Delete | Reaction | Timer | Name | Unknown
"""What a person does in a conversation: it is confirmed, but for what only newer versions know."""

_About: TypeAlias = Edit | Delete | Reaction


def take(step: Step, contact: ContactId, said: Said) -> None:
    """Do what an authentic content of a contact says; the same content again changes nothing.

    Spec: CT-2, CT-3, CT-17.
    """
    match said:
        case Text() | File() | Unknown():
            _take_message(step, contact, said)
        case Edit(_, _, target, _):
            _take_about(step, contact, target, said)
        case Delete(message_id, sent_at, targets):
            for target in dict.fromkeys(targets):
                _take_about(step, contact, target, Delete(message_id, sent_at, (target,)))
        case Reaction():
            _take_reaction(step, contact, said)
        case Timer():
            take_timer(step, contact, said)
        case Name():
            take_name(step, contact, said)


def _take_message(step: Step, contact: ContactId, said: Text | File | Unknown) -> None:
    if step.vault.messages.was_erased(contact, Direction.IN, said.message_id):
        return
    early = [decode(content) for content in step.vault.early.take(contact, said.message_id)]
    buried = any(isinstance(each, Delete) for each in early)
    new = _new(step, contact, said)
    if buried:
        # Its words never touch the disk.
        new = NewMessage(new.message_id, new.sent_at, new.kind, "", b"", new.lifetime)
    row = step.vault.messages.add_incoming(contact, new, step.now)
    if row is None:
        return
    if buried:
        step.vault.edits.bury(row, step.now)
        return
    if isinstance(said, File):
        offered(step, row, said.file)
    for each in early:
        _apply(step, step.vault.messages.get(row), each)
    arrived(step, contact)


def _new(step: Step, contact: ContactId, said: Text | File | Unknown) -> NewMessage:
    head = (said.message_id, said.sent_at, kind_of(said))
    if isinstance(said, Unknown):
        return NewMessage(*head, "", said.raw, lifetime_for(step, contact, 0))
    words = said.text if isinstance(said, Text) else said.caption
    lifetime = lifetime_for(step, contact, said.lifetime)
    return NewMessage(*head, words, b"", lifetime, _quoted(step, contact, said.quoted))


def _quoted(step: Step, contact: ContactId, quoted: contents.Quoted | None) -> Quoted | None:
    """Return what is answered, if one of the two in this conversation said it."""
    side = None if quoted is None else _side_of(step, contact, quoted.author)
    return None if quoted is None or side is None else Quoted(side, quoted.message_id)


def _side_of(step: Step, contact: ContactId, account: bytes) -> Direction | None:
    if account == step.owner.account.account_id:
        return Direction.OUT
    return Direction.IN if account == step.vault.contacts.get(contact).account else None


def _take_about(step: Step, contact: ContactId, target: MessageId, said: _About) -> None:
    """Apply what is about a message of the contact's own, or keep it until that comes (Spec: CT-17)."""
    messages = step.vault.messages
    message = messages.find(contact, Direction.IN, target)
    if message is not None:
        _apply(step, message, said)
    elif messages.was_erased(contact, Direction.IN, target):
        return
    elif messages.find(contact, Direction.OUT, target) is not None:
        # Nobody changes the words of another.
        _refuse(step)
    else:
        _wait(step, contact, target, said)


def _wait(step: Step, contact: ContactId, target: MessageId, said: _About) -> None:
    """Keep what is about a message that is not here; of one that was taken back only that (Spec: CT-17)."""
    early = step.vault.early
    first = early.first(contact, target)
    if isinstance(said, Delete) and early.take(contact, target):
        step.vault.erased()
    elif first is not None and isinstance(decode(first), Delete):
        return
    early.keep(contact, target, encode_unchanged(said), step.now)


def _take_reaction(step: Step, contact: ContactId, said: Reaction) -> None:
    side = _side_of(step, contact, said.author)
    if side is Direction.IN:
        _take_about(step, contact, said.target, said)
        return
    message = step.vault.messages.find(contact, Direction.OUT, said.target)
    if message is not None and side is Direction.OUT:
        _apply(step, message, said)
    elif side is None:
        _refuse(step)


def _apply(step: Step, message: Message, said: Content) -> None:
    if message.deleted_at is not None or message.kind in LINES:
        return
    match said:
        case Edit():
            _edit(step, message, said)
        case Delete():
            step.vault.news.add(message.row, Change.DELETED)
            step.vault.files.erase([message.row])
            step.changes.files = True
            step.vault.edits.bury(message.row, step.now)
        case Reaction(_, sent_at, _, _, emoji):
            if step.vault.reactions.put(message.row, Sign(Direction.IN, emoji, sent_at)):
                step.vault.news.add(message.row, Change.REACTED)
        case _:
            return


def _edit(step: Step, message: Message, said: Edit) -> None:
    late = not 0 < said.sent_at - message.sent_at <= EDITED_WITHIN
    long = message.kind == FILE_KIND and len(said.text.encode()) > MAX_CAPTION
    if late or long or message.kind not in WORDS:
        _refuse(step)
    elif step.vault.edits.apply(message, Version(said.sent_at, said.text)):
        step.vault.news.add(message.row, Change.EDITED)


def _refuse(step: Step) -> None:
    step.vault.notes.add(Note(step.now, OUT_OF_PLACE))

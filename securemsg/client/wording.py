"""Messages of ours as what is sent of them (Spec: CT-6, CT-8, CT-15)."""

from securemsg.client.step import Step
from securemsg.client.transfer.steps import file_content
from securemsg.errors import LocalError
from securemsg.ids import AccountId
from securemsg.store.messages import FILE_KIND, WORDS, Direction, Message, Quoted
from securemsg.wire.messages import content as contents
from securemsg.wire.messages.content import File, Text, normal_caption, normal_words


def content_of(step: Step, message: Message) -> Text | File:
    """Return a message of ours, whole, as it is to be sent now; raises `LocalError` if it has no content."""
    if message.kind == FILE_KIND:
        return file_content(step, message, step.vault.files.get(message.row))
    if message.kind not in WORDS:
        raise LocalError("only texts and files are sent")
    quoted = None
    if message.quoted is not None:
        author = account_of(step, message, message.quoted.author)
        quoted = contents.Quoted(author, message.quoted.message_id)
    return Text(message.message_id, message.sent_at, message.text, message.lifetime, quoted)


def account_of(step: Step, message: Message, side: Direction) -> AccountId:
    """Return whose account stands on a side of the conversation in which a message is."""
    if side is Direction.OUT:
        return step.owner.account.account_id
    return step.vault.contacts.get(message.contact).account


def normal_text(message: Message, text: str) -> str:
    """Return `text` as a message says it; raises `LocalError` for what it cannot say."""
    return normal_caption(text) if message.kind == FILE_KIND else normal_words(text)


def quoted_row(message: Message) -> Quoted:
    """Return what refers to a message; raises `LocalError` for what cannot be answered."""
    if message.kind not in WORDS or message.deleted_at is not None:
        raise LocalError("This cannot be answered.")
    return Quoted(message.direction, message.message_id)

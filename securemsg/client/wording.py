"""Messages of ours as what is sent of them (Spec: CT-6, CT-8, CT-15)."""

from securemsg.client.step import Step
from securemsg.errors import LocalError
from securemsg.ids import AccountId
from securemsg.store.files import FileRecord
from securemsg.store.ids import ContactId, MessageRow
from securemsg.store.messages import FILE_KIND, WORDS, Direction, Message, Quoted
from securemsg.wire.messages import content as contents
from securemsg.wire.messages.content import File, Text, normal_caption, normal_words


def content_of(step: Step, message: Message) -> Text | File:
    """Return a message of ours, whole, as it is to be sent now; raises `LocalError` if it has no content."""
    if message.kind == FILE_KIND:
        return file_content(step, message, step.vault.files.get(message.row))
    if message.kind not in WORDS:
        raise LocalError("only texts and files are sent")
    quoted = _quoted(step, message)
    return Text(message.message_id, message.sent_at, message.text, message.lifetime, quoted)


def file_content(step: Step, message: Message, record: FileRecord) -> File:
    """Return what says to the other side where the file is; raises `LocalError` before it is anywhere."""
    if record.place is None or record.key is None:
        raise LocalError("this file is not at a relay yet")
    relay, capability = record.place.relay, contents.ReadCapability(record.place.read)
    place = contents.BlobPlace(relay.host, relay.port, relay.pin, record.place.blob, capability)
    stored = contents.StoredFile(place, record.key, record.digest, record.size, record.name, record.type)
    quoted = _quoted(step, message)
    return File(message.message_id, message.sent_at, stored, message.text, message.lifetime, quoted)


def account_of(step: Step, message: Message, side: Direction) -> AccountId:
    """Return whose account stands on a side of the conversation in which a message is."""
    if side is Direction.OUT:
        return step.owner.account.account_id
    return step.vault.contacts.get(message.contact).account


def normal_text(message: Message, text: str) -> str:
    """Return `text` as a message says it; raises `LocalError` for what it cannot say."""
    return normal_caption(text) if message.kind == FILE_KIND else normal_words(text)


def answer_to(step: Step, contact: ContactId, row: MessageRow | None) -> Quoted | None:
    """Return what refers to the message that is answered, if one is.

    Raises `LocalError` for what cannot be answered, and for a message of another conversation.

    Spec: CT-8.
    """
    if row is None:
        return None
    answered = step.vault.messages.get(row)
    if answered.contact != contact:
        raise LocalError("What you answer is of another conversation.")
    if answered.kind not in WORDS or answered.deleted_at is not None:
        raise LocalError("This cannot be answered.")
    return Quoted(answered.direction, answered.message_id)


def _quoted(step: Step, message: Message) -> contents.Quoted | None:
    if message.quoted is None:
        return None
    return contents.Quoted(account_of(step, message, message.quoted.author), message.quoted.message_id)

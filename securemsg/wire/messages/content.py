"""Content: bytes read as values. Everything of a content can be imported from here."""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias, TypeVar

from securemsg.crypto.stream import StreamKey
from securemsg.errors import FrameError
from securemsg.ids import AccountId, Identifier, MessageId, SubmitId
from securemsg.instant import LAST_INSTANT, Instant
from securemsg.wire.codec import MAX_ELEMENTS
from securemsg.wire.fields import Fields
from securemsg.wire.messages.content_files import BlobPlace, ReadCapability, StoredFile
from securemsg.wire.messages.content_values import (
    LEAST_LIFETIME,
    MAX_CAPTION,
    MAX_EMOJI,
    MAX_LIFETIME,
    MAX_NAMED,
    MAX_TEXT,
    Content,
    Delete,
    Edit,
    File,
    Kind,
    Name,
    Quoted,
    Reaction,
    Receipt,
    ReceiptState,
    Report,
    Text,
    Timer,
    Typing,
    TypingState,
    Unknown,
)
from securemsg.wire.messages.content_writing import (
    encode,
    encode_unchanged,
    kind_of,
    normal_caption,
    normal_words,
)
from securemsg.wire.messages.counting import counted
from securemsg.wire.names import MAX_NAME
from securemsg.wire.padding import MAX_CONTENT

__all__ = [
    "LEAST_LIFETIME",
    "MAX_CAPTION",
    "MAX_EMOJI",
    "MAX_LIFETIME",
    "MAX_NAMED",
    "MAX_TEXT",
    "BlobPlace",
    "Content",
    "Delete",
    "Edit",
    "File",
    "Kind",
    "Name",
    "Quoted",
    "Reaction",
    "ReadCapability",
    "Receipt",
    "ReceiptState",
    "Report",
    "StoredFile",
    "StreamKey",
    "Text",
    "Timer",
    "Typing",
    "TypingState",
    "Unknown",
    "decode",
    "encode",
    "encode_unchanged",
    "kind_of",
    "normal_caption",
    "normal_words",
]

_LAST_KIND: Final = 2**16 - 1

_Head: TypeAlias = tuple[MessageId, Instant]
_Id = TypeVar("_Id", bound=Identifier)


def decode(data: bytes) -> Content:
    """Return the content in `data`; raises `FrameError`.

    Words are taken as they stand: which form of a character is normal depends on the
    version of Unicode on the other side.

    Spec: CT-1, CT-2, CT-3, CT-6.
    """
    fields = Fields.parse(data, MAX_CONTENT)
    kind = counted(fields, _LAST_KIND)
    head = fields.identifier(MessageId), Instant(fields.uint(LAST_INSTANT))
    take = _TAKERS.get(kind)
    if take is None:
        return Unknown(kind, *head, data)
    content = take(head, fields)
    fields.end()
    return content


def _take_text(head: _Head, fields: Fields) -> Text:
    lifetime, quoted = _lifetime(fields), _quoted(fields)
    return Text(*head, _words(fields), lifetime, quoted)


def _take_receipt(head: _Head, fields: Fields) -> Receipt:
    state = ReceiptState(counted(fields, max(ReceiptState)))
    return Receipt(*head, _named(fields, MessageId), state)


def _take_report(head: _Head, fields: Fields) -> Report:
    return Report(*head, _named(fields, SubmitId))


def _take_edit(head: _Head, fields: Fields) -> Edit:
    return Edit(*head, fields.identifier(MessageId), _words(fields))


def _take_delete(head: _Head, fields: Fields) -> Delete:
    return Delete(*head, _named(fields, MessageId))


def _take_reaction(head: _Head, fields: Fields) -> Reaction:
    author, target = fields.identifier(AccountId), fields.identifier(MessageId)
    return Reaction(*head, author, target, fields.text(MAX_EMOJI))


def _take_typing(head: _Head, fields: Fields) -> Typing:
    return Typing(*head, TypingState(fields.uint(max(TypingState))))


def _take_timer(head: _Head, fields: Fields) -> Timer:
    return Timer(*head, _lifetime(fields), counted(fields))


def _take_file(head: _Head, fields: Fields) -> File:
    lifetime, quoted = _lifetime(fields), _quoted(fields)
    caption = fields.text(MAX_CAPTION)
    return File(*head, StoredFile.take(fields), caption, lifetime, quoted)


def _take_name(head: _Head, fields: Fields) -> Name:
    name = fields.text(MAX_NAME)
    if not name:
        raise FrameError("a name that is empty")
    return Name(*head, name)


_TAKERS: Final[Mapping[int, Callable[[_Head, Fields], Content]]] = {
    Kind.TEXT: _take_text,
    Kind.RECEIPT: _take_receipt,
    Kind.REPORT: _take_report,
    Kind.EDIT: _take_edit,
    Kind.DELETE: _take_delete,
    Kind.REACTION: _take_reaction,
    Kind.TYPING: _take_typing,
    Kind.TIMER: _take_timer,
    Kind.FILE: _take_file,
    Kind.NAME: _take_name,
}


def _words(fields: Fields) -> str:
    text = fields.text(MAX_TEXT)
    if not text:
        raise FrameError("a text that is empty")
    return text


def _named(fields: Fields, role: type[_Id]) -> tuple[_Id, ...]:
    names = tuple(role(name) for name in fields.binaries(MAX_NAMED, role.WIDTH))
    if not names:
        raise FrameError("names no message")
    return names


def _lifetime(fields: Fields) -> int:
    seconds = fields.uint(MAX_LIFETIME)
    if 0 < seconds < LEAST_LIFETIME:
        raise FrameError("a lifetime that is too short")
    return seconds


def _quoted(fields: Fields) -> Quoted | None:
    reference = fields.array(MAX_ELEMENTS)
    if not reference:
        return None
    quoted = Quoted(reference.identifier(AccountId), reference.identifier(MessageId))
    reference.end()
    return quoted

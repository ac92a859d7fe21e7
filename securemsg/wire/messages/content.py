"""Content: what people say to each other, and what their programs confirm."""

import unicodedata
from dataclasses import dataclass, field
from typing import Final, TypeAlias, TypeVar, assert_never, final

from securemsg.errors import FrameError, LocalError
from securemsg.ids import Identifier, MessageId, SubmitId
from securemsg.instant import LAST_INSTANT, Instant
from securemsg.wire import codec
from securemsg.wire.fields import Fields
from securemsg.wire.messages.counting import counted
from securemsg.wire.padding import MAX_CONTENT

MAX_TEXT: Final = 16_000
"""Bytes of a text in UTF-8: with its other fields it fits the largest block (Spec: CT-2)."""

MAX_NAMED: Final = 48
"""Messages named by one receipt or report: what a value's 64 elements leave room for (Spec: CT-2)."""

_TEXT, _RECEIPT, _REPORT = 1, 2, 3
_DELIVERED = 1
_LAST_KIND = 2**16 - 1

_Id = TypeVar("_Id", bound=Identifier)


@final
@dataclass(frozen=True, slots=True)
class Text:
    """Something a person wrote (Spec: CT-2, CT-6)."""

    message_id: MessageId
    sent_at: Instant
    text: str = field(repr=False)


@final
@dataclass(frozen=True, slots=True)
class Receipt:
    """The named texts arrived and are stored (Spec: CT-2, CT-4)."""

    message_id: MessageId
    sent_at: Instant
    delivered: tuple[MessageId, ...]


@final
@dataclass(frozen=True, slots=True)
class Report:
    """The named envelopes arrived but could not be opened: please seal again (Spec: CT-2, SE-8)."""

    message_id: MessageId
    sent_at: Instant
    submits: tuple[SubmitId, ...]


@final
@dataclass(frozen=True, slots=True)
class Unknown:
    """Content of a kind that a newer version knows; `raw` is all of it (Spec: CT-3)."""

    kind: int
    message_id: MessageId
    sent_at: Instant
    raw: bytes = field(repr=False)


Content: TypeAlias = Text | Receipt | Report | Unknown


def encode(content: Content) -> bytes:
    """Return the bytes of `content`, a text normalised to NFC.

    Raises `LocalError`, with a sentence for the person, for a text that is empty, longer
    than `MAX_TEXT` or not valid Unicode, and for a receipt or report that names none or
    too many.

    Spec: CT-1, CT-2, CT-6.
    """
    match content:
        case Text(message_id, sent_at, text):
            return codec.encode([_TEXT, message_id, sent_at, _normalised(text)])
        case Receipt(message_id, sent_at, delivered):
            return codec.encode([_RECEIPT, message_id, sent_at, _DELIVERED, _bounded(delivered)])
        case Report(message_id, sent_at, submits):
            return codec.encode([_REPORT, message_id, sent_at, _bounded(submits)])
        case Unknown():
            return content.raw
        case _:
            assert_never(content)


def decode(data: bytes) -> Content:
    """Return the content in `data`; raises `FrameError`.

    A text is taken as it stands: which form of a character is normal depends on the
    version of Unicode on the other side.

    Spec: CT-1, CT-2, CT-3.
    """
    fields = Fields.parse(data, MAX_CONTENT)
    kind = counted(fields, _LAST_KIND)
    message_id = fields.identifier(MessageId)
    sent_at = Instant(fields.uint(LAST_INSTANT))
    content: Content
    if kind == _TEXT:
        content = Text(message_id, sent_at, _text(fields))
    elif kind == _RECEIPT:
        fields.exactly(_DELIVERED)
        content = Receipt(message_id, sent_at, _named(fields, MessageId))
    elif kind == _REPORT:
        content = Report(message_id, sent_at, _named(fields, SubmitId))
    else:
        return Unknown(kind, message_id, sent_at, data)
    fields.end()
    return content


def _normalised(text: str) -> str:
    if not text:
        raise LocalError("There is nothing to send: the message is empty.")
    normal = unicodedata.normalize("NFC", text)
    try:
        size = len(normal.encode())
    except UnicodeEncodeError:
        raise LocalError("The message contains half a character and cannot be sent.") from None
    if size > MAX_TEXT:
        raise LocalError(
            f"The message is too long: {size} bytes, at most {MAX_TEXT} can be sent. Send it in parts."
        )
    return normal


def _bounded(names: tuple[_Id, ...]) -> tuple[_Id, ...]:
    if not 1 <= len(names) <= MAX_NAMED:
        raise LocalError(f"a receipt or report names 1 to {MAX_NAMED} messages")
    return names


def _text(fields: Fields) -> str:
    text = fields.text(MAX_TEXT)
    if not text:
        raise FrameError("a text that is empty")
    return text


def _named(fields: Fields, role: type[_Id]) -> tuple[_Id, ...]:
    names = tuple(role(name) for name in fields.binaries(MAX_NAMED, role.WIDTH))
    if not names:
        raise FrameError("names no message")
    return names

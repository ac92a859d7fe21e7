"""The bytes of a content."""

import unicodedata
from typing import TypeVar, assert_never

from securemsg.errors import LocalError
from securemsg.ids import Identifier
from securemsg.wire import codec
from securemsg.wire.codec import Encodable
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
    Known,
    Name,
    Quoted,
    Reaction,
    Receipt,
    Report,
    Text,
    Timer,
    Typing,
    Unknown,
)
from securemsg.wire.messages.counting import LAST_NUMBER
from securemsg.wire.names import check_name

_Id = TypeVar("_Id", bound=Identifier)


def encode(content: Content) -> bytes:
    """Return the bytes of `content`, words normalised to NFC.

    Raises `LocalError`, with a sentence for the person, for words that are empty, too long or
    not valid Unicode, and for whatever else a receiver would refuse.

    Spec: CT-1, CT-2, CT-6.
    """
    if isinstance(content, Unknown):
        return content.raw
    return codec.encode([kind_of(content), content.message_id, content.sent_at, *_rest(content)])


def encode_unchanged(content: Edit | Delete | Reaction) -> bytes:
    """Return the bytes of what somebody else said, its words as they stand (Spec: CT-6)."""
    rest = [content.target, content.text] if isinstance(content, Edit) else _rest(content)
    return codec.encode([kind_of(content), content.message_id, content.sent_at, *rest])


def kind_of(content: Content) -> int:
    """Return the number of this kind of content."""
    return content.kind if isinstance(content, Unknown) else Kind[type(content).__name__.upper()]


def _rest(content: Known) -> list[Encodable]:  # noqa: C901, PLR0911, PLR0912  # one line for each kind
    match content:
        case Text():
            return [_lifetime(content.lifetime), _reference(content.quoted), normal_words(content.text)]
        case Receipt(_, _, named, state):
            return [state, _bounded(named)]
        case Report(_, _, submits):
            return [_bounded(submits)]
        case Edit(_, _, target, text):
            return [target, normal_words(text)]
        case Delete(_, _, targets):
            return [_bounded(targets)]
        case Reaction(_, _, author, target, emoji):
            return [author, target, _bounded_sign(emoji)]
        case Typing(_, _, state):
            return [state]
        case Timer(_, _, lifetime, version):
            return [_lifetime(lifetime), _version(version)]
        case File():
            words = normal_caption(content.caption)
            return [_lifetime(content.lifetime), _reference(content.quoted), words, content.file.values()]
        case Name(_, _, name):
            return [_named(name)]
        case _:
            assert_never(content)


def normal_words(text: str) -> str:
    """Return the words of a text as they are sent; raises `LocalError` (Spec: CT-6)."""
    if not text:
        raise LocalError("There is nothing to send: the message is empty.")
    return _normalised(text, MAX_TEXT)


def normal_caption(text: str) -> str:
    """Return the words beside a file as they are sent; raises `LocalError` (Spec: CT-15)."""
    return _normalised(text, MAX_CAPTION)


def _normalised(text: str, most: int) -> str:
    normal = unicodedata.normalize("NFC", text)
    size = _size(normal)
    if size > most:
        raise LocalError(
            "The message is too long: {size} bytes, at most {most} can be sent. Send it in parts.",
            size=size,
            most=most,
        )
    return normal


def _size(text: str) -> int:
    try:
        return len(text.encode())
    except UnicodeEncodeError:
        raise LocalError("The message contains half a character and cannot be sent.") from None


def _bounded(names: tuple[_Id, ...]) -> tuple[_Id, ...]:
    if not 1 <= len(names) <= MAX_NAMED:
        raise LocalError(f"at most {MAX_NAMED} messages are named at once, and at least one")
    return names


def _bounded_sign(emoji: str) -> str:
    if _size(emoji) > MAX_EMOJI:
        raise LocalError("A reaction is one sign, not a text.")
    return emoji


def _lifetime(seconds: int) -> int:
    if seconds != 0 and not LEAST_LIFETIME <= seconds <= MAX_LIFETIME:
        raise LocalError("Messages disappear after 5 seconds at least and 366 days at most.")
    return seconds


def _version(version: int) -> int:
    if not 1 <= version <= LAST_NUMBER:
        raise LocalError("the timer of this conversation cannot be changed any more")
    return version


def _reference(quoted: Quoted | None) -> list[Encodable]:
    return [] if quoted is None else [quoted.author, quoted.message_id]


def _named(name: str) -> str:
    if not name:
        raise LocalError("A name has at least one character.")
    check_name(name)
    return name

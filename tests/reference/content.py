"""07: the content that people and programs exchange."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from tests.reference.identity import HOST
from tests.reference.refusal import FRAME, RefusedError, require
from tests.reference.values import MAX_INTEGER, Value, array, decode, encode, exactly, text, unsigned

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_CONTENT = 16381
TEXT, RECEIPT, REPORT, EDIT, DELETE, REACTION, TYPING, TIMER, FILE, NAME = range(1, 11)
YEAR = 31_622_400


class Content(NamedTuple):
    """The first three fields, and what follows them."""

    kind: int
    message_id: bytes
    sent_at_ms: int
    rest: list[Value]

    def encoded(self) -> bytes:
        """Give the bytes of the content."""
        return encode([self.kind, self.message_id, self.sent_at_ms, *self.rest])


def text_content(message_id: bytes, sent_at_ms: int, words: str) -> Content:
    """Make a text that stays and answers nothing, normalised (CT-6)."""
    return Content(TEXT, message_id, sent_at_ms, [0, [], unicodedata.normalize("NFC", words)])


def read_content(raw: bytes) -> Content:
    """Read content; a kind that is not known keeps what follows its first three fields."""
    value = decode(raw, MAX_CONTENT)
    array(value, 3, 64)
    kind = unsigned(value[0], 1, 2**16 - 1)
    content = Content(kind, exactly(value[1], 16), unsigned(value[2], 0, MAX_INTEGER), value[3:])
    if kind in _CHECKS:
        checks = _CHECKS[kind]
        for check, item in zip(checks, array(content.rest, len(checks), len(checks)), strict=True):
            check(item)
    return content


def _words(value: Value) -> None:
    text(value, 1, 16000)


def _id(value: Value) -> None:
    exactly(value, 16)


def _names(value: Value) -> None:
    for item in array(value, 1, 48):
        exactly(item, 16)


def _lifetime(value: Value) -> None:
    require(FRAME, unsigned(value, 0, YEAR) not in {1, 2, 3, 4})


def _quoted(value: Value) -> None:
    reference = array(value, 0, 2)
    if reference:
        account, message_id = array(reference, 2, 2)
        exactly(account, 32)
        exactly(message_id, 16)


def _place(value: Value) -> None:
    host, port, pin, blob, read = array(value, 5, 5)
    if HOST.fullmatch(text(host, 1, 253)) is None:
        raise RefusedError(FRAME)
    unsigned(port, 1, 65535)
    for item, width in ((pin, 32), (blob, 16), (read, 32)):
        exactly(item, width)


def _file(value: Value) -> None:
    place, key, digest, size, name, kind = array(value, 6, 6)
    _place(place)
    exactly(key, 32)
    exactly(digest, 32)
    unsigned(size, 0, 2**40)
    text(name, 1, 255)
    text(kind, 0, 127)


_CHECKS: dict[int, list[Callable[[Value], object]]] = {
    TEXT: [_lifetime, _quoted, _words],
    RECEIPT: [lambda value: unsigned(value, 1, 2), _names],
    REPORT: [_names],
    EDIT: [_id, _words],
    DELETE: [_names],
    REACTION: [lambda value: exactly(value, 32), _id, lambda value: text(value, 0, 32)],
    TYPING: [lambda value: unsigned(value, 0, 1)],
    TIMER: [_lifetime, lambda value: unsigned(value, 1, 2**32 - 1)],
    FILE: [_lifetime, _quoted, lambda value: text(value, 0, 4000), _file],
    NAME: [lambda value: text(value, 1, 64)],
}

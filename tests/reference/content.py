"""07: the content that people and programs exchange."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from tests.reference.refusal import FRAME, RefusedError
from tests.reference.values import MAX_INTEGER, Value, array, decode, encode, exactly, text, unsigned

MAX_CONTENT = 16381
TEXT, RECEIPT, REPORT = 1, 2, 3


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
    """Make a text, normalised (CT-6)."""
    return Content(TEXT, message_id, sent_at_ms, [unicodedata.normalize("NFC", words)])


def read_content(raw: bytes) -> Content:
    """Read content; a kind that is not known keeps what follows its first three fields."""
    value = decode(raw, MAX_CONTENT)
    array(value, 3, 64)
    kind = unsigned(value[0], 1, 2**16 - 1)
    content = Content(kind, exactly(value[1], 16), unsigned(value[2], 0, MAX_INTEGER), value[3:])
    if kind == TEXT:
        text(array(content.rest, 1, 1)[0], 1, 16000)
    elif kind == RECEIPT:
        state, names = array(content.rest, 2, 2)
        unsigned(state, 1, 1)
        _identifiers(names)
    elif kind == REPORT:
        _identifiers(array(content.rest, 1, 1)[0])
    return content


def _identifiers(value: Value) -> list[bytes]:
    found = [exactly(item, 16) for item in array(value, 1, 48)]
    if not found:
        raise RefusedError(FRAME)
    return found

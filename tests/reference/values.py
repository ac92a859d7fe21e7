"""01, WI-1 to WI-3: the strict subset of MessagePack, written by hand."""

from __future__ import annotations

from tests.reference.refusal import FRAME, RefusedError, require

Value = int | bytes | str | list["Value"]

MAX_INTEGER = 2**53 - 1
MAX_DEPTH = 8
MAX_ELEMENTS = 64


def encode(value: Value) -> bytes:
    """Give the one encoding of a value."""
    if isinstance(value, int):
        return _encode_integer(value)
    if isinstance(value, bytes):
        return _header(len(value), None, (0xC4, 0xC5, 0xC6)) + value
    if isinstance(value, str):
        raw = value.encode()
        return _header(len(raw), (0xA0, 32), (0xD9, 0xDA, 0xDB)) + raw
    return _header(len(value), (0x90, 16), (None, 0xDC, 0xDD)) + b"".join(encode(item) for item in value)


def _encode_integer(value: int) -> bytes:
    for lead, width in ((0xCC, 1), (0xCD, 2), (0xCE, 4), (0xCF, 8)):
        if value < 128:
            return bytes([value])
        if value < 256**width:
            return bytes([lead]) + value.to_bytes(width, "big")
    raise ValueError


def _header(length: int, short: tuple[int, int] | None, leads: tuple[int | None, int, int]) -> bytes:
    if short is not None and length < short[1]:
        return bytes([short[0] + length])
    for lead, width in zip(leads, (1, 2, 4), strict=True):
        if lead is not None and length < 256**width:
            return bytes([lead]) + length.to_bytes(width, "big")
    raise ValueError


class _Reader:
    """One pass over the bytes; counts elements before it makes them."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.at = 0
        self.elements = -1  # the outermost array is not counted

    def take(self, count: int) -> bytes:
        """Take that many bytes, or refuse."""
        require(FRAME, count <= len(self.raw) - self.at)
        self.at += count
        return self.raw[self.at - count : self.at]

    def number(self, width: int, least: int) -> int:
        """Take a big-endian integer that a shorter form could not have held."""
        number = int.from_bytes(self.take(width), "big")
        require(FRAME, number >= least)
        return number

    def value(self, depth: int) -> Value:
        """Take one value; arrays may lie `depth` deep from here."""
        self.elements += 1
        require(FRAME, self.elements <= MAX_ELEMENTS)
        lead = self.take(1)[0]
        if lead < 0x80:
            return lead
        if lead in {0xCC, 0xCD, 0xCE, 0xCF}:
            width = 1 << (lead - 0xCC)
            number = self.number(width, 128 if width == 1 else 256 ** (width // 2))
            require(FRAME, number <= MAX_INTEGER)
            return number
        if lead in {0xC4, 0xC5, 0xC6}:
            return self.take(self._length(1 << (lead - 0xC4), 0))
        if 0xA0 <= lead < 0xC0 or lead in {0xD9, 0xDA, 0xDB}:
            return self._text(lead)
        if 0x90 <= lead < 0xA0 or lead in {0xDC, 0xDD}:
            return self._array(lead, depth)
        raise RefusedError(FRAME, "kind")

    def _length(self, width: int, short: int) -> int:
        return self.number(width, short if width == 1 else 256 ** (width // 2))

    def _text(self, lead: int) -> str:
        raw = self.take(lead - 0xA0 if lead < 0xC0 else self._length(1 << (lead - 0xD9), 32))
        try:
            return raw.decode("utf-8", "strict")
        except UnicodeDecodeError:
            raise RefusedError(FRAME, "text") from None

    def _array(self, lead: int, depth: int) -> list[Value]:
        require(FRAME, depth > 0)
        if lead < 0xA0:
            count = lead - 0x90
        elif lead == 0xDC:
            count = self.number(2, 16)
        else:
            count = self.number(4, 65536)
        require(FRAME, count <= MAX_ELEMENTS - self.elements, count <= len(self.raw) - self.at)
        return [self.value(depth - 1) for _ in range(count)]


def decode(raw: bytes, limit: int) -> list[Value]:
    """Read the array that these bytes encode, or refuse (`FrameError`)."""
    require(FRAME, len(raw) <= limit)
    reader = _Reader(raw)
    value = reader.value(MAX_DEPTH)
    require(FRAME, reader.at == len(raw))
    if not isinstance(value, list):
        raise RefusedError(FRAME, "not an array")
    return value


def unsigned(value: Value, low: int, high: int) -> int:
    """Take an integer of that range."""
    if not isinstance(value, int) or not low <= value <= high:
        raise RefusedError(FRAME, "integer")
    return value


def binary(value: Value, low: int, high: int) -> bytes:
    """Take bytes of a length in that range."""
    if not isinstance(value, bytes) or not low <= len(value) <= high:
        raise RefusedError(FRAME, "binary")
    return value


def exactly(value: Value, length: int) -> bytes:
    """Take bytes of that length."""
    return binary(value, length, length)


def text(value: Value, low: int, high: int) -> str:
    """Take a string of a length in UTF-8 bytes in that range."""
    if not isinstance(value, str) or not low <= len(value.encode()) <= high:
        raise RefusedError(FRAME, "text")
    return value


def array(value: Value, low: int, high: int) -> list[Value]:
    """Take an array of a number of elements in that range."""
    if not isinstance(value, list) or not low <= len(value) <= high:
        raise RefusedError(FRAME, "array")
    return value

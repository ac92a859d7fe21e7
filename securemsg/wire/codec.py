"""The one encoding of values: a small, canonical part of MessagePack.

The decoder is written out here instead of calling a library's: a library would
build what a few hostile bytes declare before anyone could count it, and would
accept several encodings of one value.
"""

from collections.abc import Sequence
from typing import Final, TypeAlias

import msgpack  # type: ignore[import-untyped]  # it ships no type hints

from securemsg.errors import FrameError, LocalError
from securemsg.instant import LAST_INSTANT

Value: TypeAlias = "int | bytes | str | list[Value]"
"""What a decoder returns: exactly these types, no subclasses."""

Encodable: TypeAlias = "int | bytes | str | Sequence[Encodable]"
"""What an encoder takes: subclasses and tuples as well."""

MAX_DEPTH = 8
"""Arrays inside each other, the outermost included: our formats need four (Spec: WI-3)."""

MAX_ELEMENTS = 64
"""Elements in a whole value: a full page of leaves needs fewer; each costs memory (Spec: WI-3)."""

MAX_INTEGER: Final = LAST_INSTANT
"""The greatest integer: exact in every language's number type (Spec: WI-1)."""

_UINT, _BINARY, _STRING, _ARRAY = range(4)


def _forms() -> dict[int, tuple[int, int, int]]:
    """Return for each first byte: kind, width of the argument after it, and least argument.

    A short form has width 0 and its argument in place of the least. The first bytes of
    everything else (of maps, floats and so on, and of arrays with far more than
    `MAX_ELEMENTS`) are absent.
    """
    short = ((0x00, 128, _UINT), (0xA0, 32, _STRING), (0x90, 16, _ARRAY))
    forms = {first + size: (kind, 0, size) for first, count, kind in short for size in range(count)}
    forms |= {0xC4: (_BINARY, 1, 0), 0xC5: (_BINARY, 2, 2**8), 0xC6: (_BINARY, 4, 2**16)}
    forms |= {
        0xCC: (_UINT, 1, 2**7),
        0xCD: (_UINT, 2, 2**8),
        0xCE: (_UINT, 4, 2**16),
        0xCF: (_UINT, 8, 2**32),
    }
    forms |= {0xD9: (_STRING, 1, 2**5), 0xDA: (_STRING, 2, 2**8), 0xDB: (_STRING, 4, 2**16)}
    return forms | {0xDC: (_ARRAY, 2, 2**4)}


_FORMS: Final = _forms()


def encode(values: Sequence[Encodable]) -> bytes:
    """Return the encoding of an array of `values`.

    Raises `LocalError` for a value outside the grammar or beyond its limits.

    Spec: WI-1, WI-2.
    """
    if _count(values, 1) > MAX_ELEMENTS:
        raise LocalError(f"a value has at most {MAX_ELEMENTS} elements")
    try:
        encoded: bytes = msgpack.packb(values)
    except UnicodeEncodeError:
        raise LocalError("a text is not valid Unicode") from None
    return encoded


def _count(values: Sequence[Encodable], depth: int) -> int:
    """Check an array and everything in it; return how many elements it has in all."""
    if depth > MAX_DEPTH:
        raise LocalError(f"arrays nest at most {MAX_DEPTH} deep")
    total = len(values)
    for value in values:
        if isinstance(value, (bytes, str)):
            continue
        if isinstance(value, (list, tuple)):
            total += _count(value, depth + 1)
        elif not isinstance(value, int) or isinstance(value, bool):
            raise LocalError("a value is of no kind that can be encoded")
        elif not 0 <= value <= MAX_INTEGER:
            raise LocalError("an integer is out of range")
    return total


def decode(data: bytes, limit: int) -> list[Value]:
    """Return the elements of the array that `data` canonically encodes.

    Raises `FrameError` for more than `limit` bytes and for every other refusal. What
    it allocates is bounded by `data` and `MAX_ELEMENTS`, whatever `data` declares.

    Spec: WI-1, WI-2, WI-3.
    """
    if len(data) > limit:
        raise FrameError("longer than its place allows")
    try:
        return _Reader(data).outermost()
    except (IndexError, KeyError):
        raise FrameError("ends too early, or an unknown kind") from None
    except UnicodeDecodeError:
        raise FrameError("a text is not valid UTF-8") from None


class _Reader:
    """One pass over an encoding.

    Only `outermost` checks that elements end where the bytes end: a slice cannot
    reach beyond them, a position that did is not the end.
    """

    __slots__ = ("_at", "_data", "_left")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._left = MAX_ELEMENTS + 1

    def outermost(self) -> list[Value]:
        """Return the elements of the one array that all bytes encode."""
        (value,) = self._elements(1, 0)
        if self._at != len(self._data):
            raise FrameError("ends too early or too late")
        if not isinstance(value, list):
            raise FrameError("not an array")
        return value

    def _elements(self, count: int, depth: int) -> list[Value]:
        """Return the next `count` values, which lie inside `depth` arrays."""
        self._left -= count
        if self._left < 0 or depth > MAX_DEPTH:
            raise FrameError("too many elements or too deep")
        data, at = self._data, self._at
        values: list[Value] = []
        for _ in range(count):
            kind, width, argument = _FORMS[data[at]]
            at += 1
            if width:
                least = argument
                argument = data[at] if width == 1 else int.from_bytes(data[at : at + width], "big")
                at += width
                if not least <= argument <= MAX_INTEGER:
                    raise FrameError("a longer form than needed, or out of range")
            if kind == _UINT:
                values.append(argument)
            elif kind == _ARRAY:
                self._at = at
                values.append(self._elements(argument, depth + 1))
                at = self._at
            else:
                piece = data[at : at + argument]
                values.append(piece if kind == _BINARY else piece.decode())
                at += argument
        self._at = at
        return values

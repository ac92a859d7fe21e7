"""Damage with sense: an element of a value, a piece of text, or plain bytes."""

from typing import Any, Final

import msgpack  # type: ignore[import-untyped]  # it ships no type hints

from tests.store.chance import Chance

_EDGES: Final = tuple(edge + by for edge in (0, 2**5, 2**7, 2**8, 2**16, 2**32, 2**53) for by in (-1, 0, 1))
_GREATEST: Final = 2**64 - 1
_ATOMS: Final[tuple[Any, ...]] = (
    None,
    True,
    False,
    1.5,
    "",
    "text",
    b"",
    b"\0" * 16,
    [],
    [[]],
    {},
    {1: 2},
    -1,
)
_WORDS: Final = (
    b"\x1b[2J",
    b"\xc2\x9b",
    b"\xe2\x80\xae",
    b"\xcc\x81",
    b"\xf0\x9f\x91\xa9",
    b"\xe2\x80\x8d",
    b"\xff",
    b"\r\n",
    b":#[]",
    b'{"": 0}',
    b"9" * 30,
    b"\x91" * 9,
    b"\xdc\xff\xff",
    b"\xc6\xff\xff\xff\xff",
)
_MOST_STEPS: Final = 3


def damaged(data: bytes, other: bytes, chance: Chance, longest: int) -> bytes:
    """Return `data` changed in a few places, at most `longest` bytes; `other` gives pieces."""
    for _ in range(chance.randint(1, _MOST_STEPS)):
        as_value = _value_changed(data, chance) if chance.random() < 0.5 else None
        data = _bytes_changed(data, other, chance) if as_value is None else as_value
    return data[:longest]


def _bytes_changed(data: bytes, other: bytes, chance: Chance) -> bytes:
    """Return `data` with a few bytes of it replaced, missing or repeated, or all from some place on."""
    at = chance.randint(0, len(data))
    few = data[at : at + chance.randint(1, 8)]
    # What stands there instead, and of how many bytes.
    piece, width = chance.choice(
        (
            (bytes(byte ^ 1 << chance.randrange(8) for byte in few[:1]), 1),
            (chance.randbytes(len(few)), len(few)),
            (b"", len(few)),
            (b"", len(data)),
            (chance.randbytes(chance.randint(1, 4)), 0),
            (few * chance.randint(1, 40), 0),
            (chance.choice(_WORDS), 0),
            (other[at:], len(data)),
        )
    )
    return data[:at] + piece + data[at + width :]


def _value_changed(data: bytes, chance: Chance) -> bytes | None:
    """Return `data` with one element of the value in it changed; the value may follow one byte."""
    for skipped in (0, 1):
        value = _value_in(data[skipped:])
        if value is not None:
            packed: bytes = msgpack.packb(_element_changed(value, chance), strict_types=False)
            return data[:skipped] + packed
    return None


def _value_in(data: bytes) -> list[Any] | None:
    try:
        value = msgpack.unpackb(data, strict_map_key=False)
    except (ValueError, TypeError, msgpack.UnpackException):
        return None
    return value if isinstance(value, list) and value else None


def _element_changed(value: list[Any], chance: Chance) -> list[Any]:
    """Return `value` with one element changed, missing, repeated or moved."""
    at = chance.randrange(len(value))
    before, element, after = value[:at], value[at], value[at + 1 :]
    match chance.randrange(10):
        case 0:
            return [*before, *after]
        case 1:
            return [*before, *[element] * chance.choice((2, 3, 70)), *after]
        case 2:
            return [*before, chance.choice(_ATOMS), *after]
        case 3:
            return [*before, chance.choice(value), *after]
        case _:
            return [*before, _changed(element, chance), *after]


def _changed(element: Any, chance: Chance) -> Any:  # noqa: ANN401  # whatever an array holds
    match element:
        case bool() | None | float():
            return chance.choice(_ATOMS)
        case int():
            return chance.choice((min(element + 1, _GREATEST), max(0, element - 1), *_EDGES))
        case bytes():
            return _value_changed(element, chance) or _bytes_changed(element, b"", chance)
        case str():
            changed = _bytes_changed(element.encode(), b"", chance)
            return changed.decode("utf-8", "replace")
        case list() if element:
            return _element_changed(element, chance)
        case _:
            return chance.choice(_ATOMS)

"""Records damaged one element at a time, for tests of every structure that is read with `Fields`."""

from collections.abc import Collection, Iterator, Sequence
from typing import Final

import msgpack  # type: ignore[import-untyped]  # it ships no type hints

_NEITHER: Final[tuple[object, ...]] = (
    None,
    True,
    False,
    1.0,
    float("nan"),
    -1,
    2**53,
    2**63,
    2**64 - 1,
    {},
    msgpack.Timestamp(0),
)
"""Values that no format has: for an integer out of range, for the others of another kind."""

_OTHER_KINDS: Final[dict[type, tuple[object, ...]]] = {
    int: (b"\x01", "1", [1]),
    bytes: (1, "text", [b""]),
    str: (1, b"text", [""]),
    list: (1, b"", ""),
}


def packed(values: Sequence[object]) -> bytes:
    """Return the MessagePack encoding of `values`, whether our format has them or not."""
    encoded: bytes = msgpack.packb(values)
    return encoded


def spoiled(values: Sequence[object], *, fixed: Collection[int] = ()) -> Iterator[bytes]:
    """Yield encodings of `values` with one element of a wrong kind or range, missing, or too many.

    The elements at the indices `fixed` have one length: they are also made longer and shorter.
    """
    yield packed([*values, 0])
    yield packed([*values, b""])
    yield packed([list(values)])
    for at, value in enumerate(values):
        before, after = values[:at], values[at + 1 :]
        yield packed([*before, *after])
        kind = next(kind for kind in _OTHER_KINDS if isinstance(value, kind))
        for wrong in (*_NEITHER, *_OTHER_KINDS[kind]):
            yield packed([*before, wrong, *after])
        if at in fixed and isinstance(value, bytes):
            for length in (b"", value[:-1], value + b"\0"):
                yield packed([*before, length, *after])

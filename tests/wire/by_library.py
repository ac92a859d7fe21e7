"""The grammar of WI-1 to WI-3 by another decoder: decode, check, encode again, compare."""

import msgpack  # type: ignore[import-untyped]  # it ships no type hints

from securemsg.wire.codec import MAX_DEPTH, MAX_ELEMENTS, MAX_INTEGER, Value


def value_by_library(data: bytes) -> list[Value] | None:
    """Return the value that `data` encodes, `None` where it is none of ours."""
    try:
        value = msgpack.unpackb(data, strict_map_key=False)
    except (ValueError, msgpack.UnpackException, TypeError):
        return None
    if not isinstance(value, list) or not within_grammar(value):
        return None
    return value if count(value) <= MAX_ELEMENTS and msgpack.packb(value) == data else None


def count(value: list[Value]) -> int:
    """Count all elements, arrays included and the outermost not."""
    return len(value) + sum(count(element) for element in value if isinstance(element, list))


def within_grammar(value: object, depth: int = MAX_DEPTH) -> bool:
    """Tell whether every kind and integer is one of ours, and arrays nest at most `depth` deep."""
    if isinstance(value, list):
        return depth > 0 and all(within_grammar(element, depth - 1) for element in value)
    if type(value) is int:
        return 0 <= value <= MAX_INTEGER
    return type(value) in (bytes, str)

"""Bytes to begin with, from specs/vectors: valid ones and ones with one fault."""

from collections.abc import Iterable

from securemsg.errors import FrameError
from securemsg.wire import codec
from tests.vectors.reading import Vector, select


def octets(file: str, ops: str, *names: str) -> list[bytes]:
    """Return the fields `names` of all vectors of these operations, as far as they are there."""
    found = select(file, ops)
    return [vector.octets(name) for vector in found for name in names if _is_octets(vector, name)]


def texts(file: str, op: str) -> list[bytes]:
    """Return the texts of all vectors of an operation."""
    return [vector["text"].encode() for vector in select(file, op) if "text" in vector.fields]


def bodies(signed: Iterable[bytes]) -> list[bytes]:
    """Return the first element of each array in `signed`: what a signature covers."""
    found = []
    for data in signed:
        try:
            first = codec.decode(data, len(data))[:1]
        except FrameError:
            continue
        found += [body for body in first if isinstance(body, bytes)]
    return found


def compact(data: bytes) -> bytes:
    """Return `data` without the zeros at its end."""
    return data.rstrip(b"\0")


def _is_octets(vector: Vector, name: str) -> bool:
    return isinstance(vector.fields.get(name), str | list | dict)

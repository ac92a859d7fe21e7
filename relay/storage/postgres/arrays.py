"""Columns of many rows as one parameter each: a batch is a handful of statements, whatever its size."""

from collections.abc import Sequence
from struct import Struct
from typing import Final

from psycopg import Connection
from psycopg.abc import Buffer
from psycopg.adapt import Dumper
from psycopg.pq import Format

_HEADER: Final = Struct(">iiIii")
"""Dimensions, nulls, type of the elements, length, first index (PostgreSQL's `array_recv`)."""

_EMPTY: Final = Struct(">iiI")
_LENGTH: Final = Struct(">i")
_NUMBER: Final = Struct(">iq")

_BYTEA: Final = 17
_BYTEA_ARRAY: Final = 1001
_INT8: Final = 20
_INT8_ARRAY: Final = 1016


class Blobs:
    """A parameter of type `bytea[]`."""

    __slots__ = ("values",)

    def __init__(self, values: Sequence[bytes]) -> None:
        self.values = values

    def __len__(self) -> int:
        return len(self.values)


class Numbers:
    """A parameter of type `bigint[]`."""

    __slots__ = ("values",)

    def __init__(self, values: Sequence[int]) -> None:
        self.values = values

    def __len__(self) -> int:
        return len(self.values)


class _BlobsDumper(Dumper):
    format = Format.BINARY
    oid = _BYTEA_ARRAY

    def dump(self, obj: Blobs) -> Buffer:
        if not obj.values:
            return _EMPTY.pack(0, 0, _BYTEA)
        parts = [_HEADER.pack(1, 0, _BYTEA, len(obj.values), 1)]
        for value in obj.values:
            parts += (_LENGTH.pack(len(value)), value)
        return b"".join(parts)


class _NumbersDumper(Dumper):
    format = Format.BINARY
    oid = _INT8_ARRAY

    def dump(self, obj: Numbers) -> Buffer:
        if not obj.values:
            return _EMPTY.pack(0, 0, _INT8)
        header = _HEADER.pack(1, 0, _INT8, len(obj.values), 1)
        return header + b"".join([_NUMBER.pack(8, value) for value in obj.values])


def adapt(connection: Connection) -> None:
    """Let `connection` take both kinds of parameters."""
    connection.adapters.register_dumper(Blobs, _BlobsDumper)
    connection.adapters.register_dumper(Numbers, _NumbersDumper)

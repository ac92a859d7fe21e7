"""08, section 2: what stands in each frame between a client and a relay, after its length prefix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.reference.envelopes import MAX_ENVELOPE, MAX_FRAME
from tests.reference.identity import U32
from tests.reference.refusal import FRAME, require
from tests.reference.values import MAX_INTEGER, Value, array, binary, decode, encode, exactly, unsigned

if TYPE_CHECKING:
    from collections.abc import Callable

    Check = Callable[[Value], object]

MAX_MANIFEST = 24_576
MAX_LEAF = 2_400
WEEK_SECONDS = 7 * 24 * 3600
LAST_SECOND = MAX_INTEGER // 1000
CLIENT_HELLO, RELAY_HELLO, SUBSCRIBED, BLOB_STATE = 1, 128, 137, 138
U48, CHUNK_BYTES = 2**48 - 1, 61_440


def _up_to(high: int) -> Check:
    return lambda value: unsigned(value, 0, high)


def _width(length: int) -> Check:
    return lambda value: exactly(value, length)


def _bytes(low: int, high: int) -> Check:
    return lambda value: binary(value, low, high)


def _hashes(value: Value) -> None:
    for item in array(value, 0, 32):
        exactly(item, 32)


def _invitation(value: Value) -> None:
    for item in array(value, 0, 1):
        exactly(item, 16)


def _leaves(value: Value) -> None:
    for item in array(value, 1, 16):
        binary(item, 1, MAX_LEAF)


def _one_leaf(value: Value) -> None:
    pair = array(value, 0, 2)
    if pair:
        position, sealed = array(pair, 2, 2)
        unsigned(position, 0, 255)
        binary(sealed, 0, MAX_LEAF)


def _limits(value: Value) -> None:
    bounds = ((1024, MAX_ENVELOPE), (1, 1024), (5, 3600), (1, 8784), (0, 2), (0, 3600))
    for number, (low, high) in zip(array(value, 6, 6), bounds, strict=True):
        unsigned(number, low, high)


def _code(value: Value) -> None:
    unsigned(value, 1, 11)


R, ASKED, ID, KEY, GENERATION = (
    _up_to(U32),
    lambda r: unsigned(r, 1, U32),
    _width(16),
    _width(32),
    _up_to(U32),
)
SIZE, OFFSET, CHUNK = lambda size: unsigned(size, 1, U48), _up_to(U48), _bytes(1, CHUNK_BYTES)
SEQUENCE, RETRY, ENVELOPE = _up_to(MAX_INTEGER), _up_to(WEEK_SECONDS), _bytes(1, MAX_FRAME)

REQUESTS: dict[int, tuple[Check, ...]] = {
    CLIENT_HELLO: (_up_to(2**16), _up_to(2**16), KEY),
    2: (ASKED, ID, KEY, _hashes, _invitation),
    3: (ASKED, ID, _width(64)),
    4: (ASKED, ID, KEY, ID, ENVELOPE),
    5: (ASKED, ID),
    6: (ASKED, ID, SEQUENCE),
    7: (ASKED, ID, _hashes, _hashes),
    8: (ASKED, ID, GENERATION, _bytes(1, MAX_MANIFEST)),
    9: (ASKED, ID, GENERATION, _up_to(255), _leaves),
    10: (ASKED, ID, KEY),
    11: (ASKED,),
    12: (ASKED, ID, KEY, ID, KEY, KEY, SIZE),
    13: (ASKED, ID, KEY, OFFSET, CHUNK),
    14: (ASKED, ID, KEY),
    15: (ASKED, ID, KEY, OFFSET, lambda length: unsigned(length, 1, CHUNK_BYTES)),
    16: (ASKED, ID, KEY),
    17: (ASKED, ID, ID),
    18: (ASKED, ID),
}

ANSWERS: dict[int, tuple[Check, ...]] = {
    RELAY_HELLO: (_up_to(2**16), KEY, KEY, _limits, _up_to(LAST_SECOND), _width(64)),
    129: (R,),
    130: (R,),
    131: (ID, SEQUENCE, ID, ENVELOPE),
    132: (R, GENERATION, _bytes(1, MAX_MANIFEST), _one_leaf),
    133: (ID, GENERATION, _up_to(256)),
    134: (R, _code, RETRY),
    135: (RETRY,),
    136: (ID,),
    SUBSCRIBED: (R, SEQUENCE, SEQUENCE),
    BLOB_STATE: (R, OFFSET, SIZE),
    139: (R, CHUNK),
}

TABLES = {"client": REQUESTS, "relay": ANSWERS}


def read_frame(by: str, raw: bytes) -> list[Value]:
    """Read the value of a frame that the client or the relay sent."""
    value = array(decode(raw, MAX_FRAME), 1, 64)
    checks = TABLES[by].get(unsigned(value[0], 0, 255))
    require(FRAME, checks is not None)
    for check, item in zip(checks or (), array(value[1:], len(checks or ()), len(checks or ())), strict=True):
        check(item)
    if value[0] == CLIENT_HELLO:
        _in_order(value[1], value[2])
    if value[0] in {SUBSCRIBED, BLOB_STATE}:
        _in_order(value[2], value[3])
    return value


def _in_order(low: Value, high: Value) -> None:
    require(FRAME, unsigned(low, 0, MAX_INTEGER) <= unsigned(high, 0, MAX_INTEGER))


def framed(value: Value) -> bytes:
    """WI-6: the value with its length before it."""
    raw = encode(value)
    return len(raw).to_bytes(4, "big") + raw

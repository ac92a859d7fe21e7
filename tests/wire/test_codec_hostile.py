"""Bytes that were written to hurt a decoder."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securemsg.errors import FrameError
from securemsg.wire.codec import MAX_DEPTH, MAX_ELEMENTS, MAX_INTEGER, Value, decode, encode
from tests.support.mutations import one_byte_changes, truncations
from tests.wire.by_library import value_by_library
from tests.wire.values import values

LIMIT = 2**21
SAMPLES: list[list[Value]] = [
    [],
    [0],
    [1, bytes(80), bytes(16), bytes(32), bytes(300)],
    [2, "text", "\u20ac" * 20, 2**53 - 1, 2**32, 300, 200],
    [[], [b"a"], [[1, 2], ["b", [[[[[]]]]]]]],
    list(range(64)),
]


def refused(data: bytes, limit: int = LIMIT) -> bool:
    try:
        decode(data, limit)
    except FrameError:
        return True
    return False


def peak(data: bytes) -> int:
    """Return the bytes allocated at once while `data` is refused."""
    tracemalloc.start()
    try:
        assert refused(data)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_empty_input_is_refused() -> None:
    """E01."""
    assert refused(b"")


@pytest.mark.parametrize("value", SAMPLES)
def test_every_beginning_is_refused(value: list[Value]) -> None:
    """E02."""
    assert all(refused(cut) for cut in truncations(encode(value)))


@given(values)
def test_every_beginning_of_any_value_is_refused(value: list[Value]) -> None:
    """E02: the last bytes of long ones."""
    data = encode(value)
    assert all(refused(data[:length]) for length in range(max(0, len(data) - 50), len(data)))


@pytest.mark.parametrize("value", SAMPLES)
def test_a_changed_byte_is_refused_or_means_something_else(value: list[Value]) -> None:
    """E02, E25: never the same value, never another exception."""
    for changed in one_byte_changes(encode(value)):
        if not refused(changed):
            found = decode(changed, LIMIT)
            assert found != value
            assert encode(found) == changed


@given(values, st.binary(min_size=1, max_size=5))
def test_bytes_after_the_value_are_refused(value: list[Value], more: bytes) -> None:
    """E03."""
    assert refused(encode(value) + more)


@pytest.mark.parametrize("depth", [9, 33, 1_024, 1_025, 10**6])
def test_deep_nesting_is_refused_at_little_cost(depth: int) -> None:
    """E04: no recursion error, no memory."""
    data = b"\x91" * depth
    assert refused(data)
    assert refused(data + b"\x90")
    assert peak(data) < 20_000


def test_the_limits_are_those_of_the_specification() -> None:
    """WI-1, WI-3."""
    assert (MAX_DEPTH, MAX_ELEMENTS, MAX_INTEGER) == (8, 64, 2**53 - 1)


def test_the_deepest_value_is_taken_and_the_next_refused() -> None:
    """E04."""
    assert not refused(b"\x91" * (MAX_DEPTH - 1) + b"\x90")
    assert refused(b"\x91" * MAX_DEPTH + b"\x90")


@pytest.mark.parametrize(
    "head",
    [
        b"\xdd\xff\xff\xff\xff",
        b"\xdf\xff\xff\xff\xff",
        b"\xdc\xff\xff",
        b"\xde\xff\xff",
        b"\x91\xdd\xff\xff\xff\xff",
        b"\x9f\xdc\xff\xff",
    ],
)
def test_a_claim_of_many_elements_costs_nothing(head: bytes) -> None:
    """E05."""
    assert peak(head) < 20_000
    assert peak(head + b"\x90" * 1_000) < 20_000


@pytest.mark.parametrize("first", [0xC6, 0xDB, 0xC9])
def test_a_claim_of_four_gigabytes_costs_nothing(first: int) -> None:
    """E06: with a short body."""
    assert peak(b"\x91" + bytes((first,)) + b"\xff\xff\xff\xff" + b"abc") < 20_000


@pytest.mark.parametrize("element", [b"\x90", b"\xa0", b"\xc4\x00", b"\x01"])
def test_a_megabyte_of_small_elements_costs_nothing(element: bytes) -> None:
    """E07: refused by their number before they are built."""
    data = b"\xdd" + (2**20).to_bytes(4, "big") + element * 2**20
    assert peak(data) < 20_000
    assert peak(b"\xdc\xff\xff" + element * 65_535) < 20_000


def test_elements_are_counted_through_all_arrays() -> None:
    """E07: the arrays themselves included, the outermost not."""
    full = b"\x92\xdc\x00\x1f" + b"\x01" * 31 + b"\xdc\x00\x1f" + b"\x01" * 31
    assert not refused(full)
    assert refused(b"\x93" + full[1:] + b"\x01")
    assert refused(b"\x98" + (b"\x98" + b"\x90" * 8) * 8)
    assert not refused(b"\xdc\x00\x40" + b"\x90" * MAX_ELEMENTS)
    assert refused(b"\xdc\x00\x41" + b"\x90" * (MAX_ELEMENTS + 1))


def test_more_bytes_than_the_place_allows_are_refused() -> None:
    """WI-3."""
    data = encode([bytes(100)])
    assert not refused(data, len(data))
    assert refused(data, len(data) - 1)


@pytest.mark.parametrize(
    "data",
    [
        b"\x91\x80",
        b"\x91\x81\x01\x02",
        b"\x91\x82\x01\x02\x01\x03",
        b"\x91\xde\x00\x01\x01\x02",
        b"\x80",
        b"\x81\xc0\x01",
        b"\x81\x90\x01",
        b"\x81\xca\x7f\xc0\x00\x00\x01",
        b"\x91\x81\x91\x01\x02",
    ],
)
def test_maps_are_refused(data: bytes) -> None:
    """E08, E22: with duplicate, list, nil and NaN keys."""
    assert refused(data)


@pytest.mark.parametrize(
    "element",
    [
        b"\xcc\x00",
        b"\xcc\x7f",
        b"\xcd\x00\xff",
        b"\xce\x00\x00\xff\xff",
        b"\xcf\x00\x00\x00\x00\x00\x00\x00\x01",
        b"\xcf\x00\x00\x00\x00\xff\xff\xff\xff",
        b"\xd9\x00",
        b"\xd9\x1f" + b"a" * 31,
        b"\xda\x00\x01a",
        b"\xda\x00\xff" + b"a" * 255,
        b"\xdb\x00\x00\x00\x01a",
        b"\xdb\x00\x00\xff\xff" + b"a" * 65_535,
        b"\xc5\x00\x01a",
        b"\xc5\x00\xff" + b"a" * 255,
        b"\xc6\x00\x00\x00\x01a",
        b"\xc6\x00\x00\xff\xff" + b"a" * 65_535,
        b"\xdc\x00\x01\x01",
        b"\xdc\x00\x0f" + b"\x01" * 15,
        b"\xdd\x00\x00\x00\x01\x01",
    ],
)
def test_longer_forms_than_needed_are_refused(element: bytes) -> None:
    """E09: inside and, for arrays, outermost."""
    assert refused(b"\x91" + element)
    assert refused(element)


@pytest.mark.parametrize(
    "element",
    [
        b"\xca\x7f\xc0\x00\x00",
        b"\xca\x3f\x80\x00\x00",
        b"\xcb\x7f\xf8" + bytes(6),
        b"\xcb\x7f\xf0" + bytes(6),
        b"\xcb\xff\xf0" + bytes(6),
        b"\xcb\x80" + bytes(7),
        b"\xcb\x3f\xf0" + bytes(6),
    ],
)
def test_floats_are_refused(element: bytes) -> None:
    """E10: NaN, infinities, minus zero, one, in both widths."""
    assert refused(b"\x91" + element)


@pytest.mark.parametrize("element", [b"\xc0", b"\xc1", b"\xc2", b"\xc3"])
def test_nil_booleans_and_the_reserved_byte_are_refused(element: bytes) -> None:
    """E11, E14."""
    assert refused(b"\x91" + element)
    assert refused(element)


@pytest.mark.parametrize("filler", [b"\x00", b"\x01", b"a", b"\xff"])
def test_every_first_byte_is_judged_as_a_library_judges_it(filler: bytes) -> None:
    """E08, E10, E11, E13, E14, E16: with as many bytes behind it as any of them could ask for."""
    for first in range(256):
        for length in range(70):
            data = b"\x91" + bytes((first,)) + filler * length
            assert refused(data) == (value_by_library(data) is None), data.hex()


@pytest.mark.parametrize("width", [1, 2, 4, 8, 16])
def test_extension_types_are_refused(width: int) -> None:
    """E13: fixed ones, the timestamp -1 among them, and those with a length."""
    fixed = 0xD4 + width.bit_length() - 1
    for kind in (0, 5, 0xFF):
        assert refused(b"\x91" + bytes((fixed, kind)) + bytes(width))
        assert refused(b"\x91\xc7" + bytes((width, kind)) + bytes(width))
        assert refused(b"\x91\xc8\x00" + bytes((width, kind)) + bytes(width))
    assert refused(b"\x91\xc7\x0c\xff" + b"\xff" * 12)


@pytest.mark.parametrize(
    "text",
    [
        b"\xff",
        b"\xc0\x80",
        b"\xc1\xbf",
        b"\xe0\x80\x80",
        b"\xed\xa0\x80",
        b"\xed\xa0\x80\xed\xb0\x80",
        b"\xf4\x90\x80\x80",
        b"\xe2\x82",
        b"\x80",
        b"\xf8\x88\x80\x80\x80",
    ],
)
def test_text_that_is_not_utf8_is_refused(text: bytes) -> None:
    """E15: overlong forms, surrogates alone and in pairs, too great, cut, bytes of nothing."""
    assert refused(b"\x91" + bytes((0xA0 + len(text),)) + text)


@pytest.mark.parametrize(
    "element",
    [
        b"\xff",
        b"\xe0",
        b"\xd0\x80",
        b"\xd1\x80\x00",
        b"\xd2" + b"\xff" * 4,
        b"\xd3" + b"\xff" * 8,
        b"\xd3" + bytes(8),
        b"\xd0\x05",
    ],
)
def test_signed_integers_are_refused(element: bytes) -> None:
    """E16: negative, and positive in a signed form."""
    assert refused(b"\x91" + element)


@pytest.mark.parametrize("number", [2**53, 2**63 - 1, 2**63, 2**63 + 1, 2**64 - 1])
def test_integers_that_some_language_cannot_hold_are_refused(number: int) -> None:
    """E16."""
    assert refused(b"\x91\xcf" + number.to_bytes(8, "big"))


def test_the_greatest_integer_is_taken() -> None:
    """E16."""
    assert decode(b"\x91\xcf" + (2**53 - 1).to_bytes(8, "big"), LIMIT) == [2**53 - 1]


@pytest.mark.parametrize("data", [b"\x01", b"\xc4\x01a", b"\xa1a"])
def test_a_value_that_is_not_an_array_is_refused(data: bytes) -> None:
    """WI-1."""
    assert refused(data)

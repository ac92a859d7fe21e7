"""One value has one encoding, and the decoder takes exactly that."""

import contextlib
from enum import IntEnum

import msgpack  # type: ignore[import-untyped]  # it ships no type hints
import pytest
from hypothesis import given
from hypothesis import strategies as st

from securemsg.errors import FrameError, LocalError
from securemsg.ids import DeviceId
from securemsg.wire.codec import MAX_DEPTH, MAX_ELEMENTS, MAX_INTEGER, Encodable, Value, decode, encode
from tests.wire.by_library import value_by_library, within_grammar
from tests.wire.values import EDGES, lookalikes, values

LIMIT = 2**20


def ours(data: bytes) -> list[Value] | None:
    with contextlib.suppress(FrameError):
        return decode(data, LIMIT)
    return None


@given(values)
def test_what_is_encoded_is_decoded(value: list[Value]) -> None:
    """WI-1."""
    data = encode(value)
    assert data == msgpack.packb(value)
    assert decode(data, len(data)) == value


@given(values)
def test_decoded_values_have_exact_types(value: list[Value]) -> None:
    """E11: so that `type(x) is int` tells integers from everything else."""
    assert within_grammar(decode(encode(value), LIMIT))


@given(lookalikes)
def test_the_decoder_agrees_with_a_library_that_encodes_again(data: bytes) -> None:
    """E09, E25: one pass decides the same as decoding, checking and comparing."""
    assert ours(data) == value_by_library(data)


@given(st.binary(max_size=100))
def test_the_decoder_agrees_with_a_library_on_noise(data: bytes) -> None:
    """E25."""
    assert ours(data) == value_by_library(data)


@given(values, st.data())
def test_the_decoder_agrees_with_a_library_on_damage(value: list[Value], data: st.DataObject) -> None:
    """E02, E25: an encoding with one byte changed."""
    encoded = bytearray(encode(value))
    encoded[data.draw(st.integers(0, len(encoded) - 1))] = data.draw(st.integers(0, 255))
    assert ours(bytes(encoded)) == value_by_library(bytes(encoded))


@given(lookalikes)
def test_what_is_decoded_was_the_one_encoding(data: bytes) -> None:
    """E25: duplicates are recognised by their bytes."""
    value = ours(data)
    assert value is None or encode(value) == data


@pytest.mark.parametrize("edge", EDGES)
def test_every_edge_of_a_form_survives(edge: int) -> None:
    """WI-2."""
    assert decode(encode([edge]), LIMIT) == [edge]
    if edge <= 2**16:
        assert decode(encode([bytes(edge), "a" * edge]), LIMIT) == [bytes(edge), "a" * edge]


def test_subclasses_and_tuples_are_encoded_as_what_they_are() -> None:
    """Identifiers, enumerations and tuples need no unwrapping."""

    class Kind(IntEnum):
        TEXT = 3

    assert encode((Kind.TEXT, DeviceId(bytes(16)), (1, "a"))) == encode([3, bytes(16), [1, "a"]])


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        False,
        1.0,
        -1,
        MAX_INTEGER + 1,
        2**64,
        {},
        {1: 2},
        set(),
        bytearray(b"a"),
        memoryview(b"a"),
        object(),
        "\ud800",
    ],
)
def test_a_value_outside_the_grammar_is_our_own_fault(value: object) -> None:
    """E10, E11, E16: refused at the top and inside an array."""
    wrong: Encodable = value  # type: ignore[assignment]  # what no typed caller could pass
    places: list[list[Encodable]] = [[wrong], [[wrong]], [1, [b"a", (wrong,)]]]
    for place in places:
        with pytest.raises(LocalError):
            encode(place)


def test_an_encoder_keeps_the_limits_of_decoders() -> None:
    """WI-3: what nobody would decode is not sent."""
    deepest: Encodable = []
    for _ in range(MAX_DEPTH - 1):
        deepest = [deepest]
    assert isinstance(deepest, list)
    assert decode(encode(deepest), LIMIT) == deepest
    assert decode(encode([1] * MAX_ELEMENTS), LIMIT) == [1] * MAX_ELEMENTS
    refused: list[list[Encodable]] = [[deepest], [1] * (MAX_ELEMENTS + 1), [[1] * 32, [1] * 31]]
    for value in refused:
        with pytest.raises(LocalError):
            encode(value)

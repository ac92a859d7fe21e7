"""A structure is read with exact arity, kinds and lengths."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securemsg.errors import FrameError
from securemsg.ids import AccountId, DeviceId
from securemsg.wire.codec import Value, encode
from securemsg.wire.fields import Fields
from tests.wire.values import values

Read = Callable[[Fields], Any]

READS: dict[str, Read] = {
    "uint": lambda fields: fields.uint(2**53 - 1),
    "exactly": lambda fields: fields.exactly(3),
    "binary": lambda fields: fields.binary(3),
    "binary_up_to": lambda fields: fields.binary_up_to(3),
    "text": lambda fields: fields.text(10),
    "identifier": lambda fields: fields.identifier(DeviceId),
    "array": lambda fields: fields.array(3),
    "optional": lambda fields: fields.optional(),
    "records": lambda fields: fields.records(3, 3),
    "binaries": lambda fields: fields.binaries(3, 3),
}
WRONG: dict[str, list[Value]] = {
    "uint": [b"\1", "1", []],
    "exactly": [2, 4, b"\3", "3", [3]],
    "binary": [b"ab", b"abcd", b"", "abc", 3, [b"abc"]],
    "binary_up_to": [b"abcd", "abc", 3],
    "text": ["a" * 11, "\u20ac" * 4, b"abc", 3],
    "identifier": [bytes(15), bytes(17), bytes(32), "a" * 16],
    "array": [[1, 1, 1, 1], b"abc", "abc", 3],
    "optional": [[1, 1], b"", 0],
    "records": [[1], [[1], b"a"], [[1, 1, 1, 1]], [[], [], [], []], b"abc"],
    "binaries": [[b"ab"], [b"abc", b"abcd"], ["abc"], [b"abc"] * 4, b"abc", [[b"abc"]]],
}


def reader(*elements: Value) -> Fields:
    return Fields.parse(encode(elements), 2**20)


@pytest.mark.parametrize(("read", "wrong"), [(read, wrong) for read in WRONG for wrong in WRONG[read]])
def test_another_kind_or_length_is_refused(read: str, wrong: Value) -> None:
    """E12, E17, E18: text for bytes, bytes for text, an unknown version, a width too many."""
    with pytest.raises(FrameError):
        READS[read](reader(wrong))


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("value", [True, False, None, -1, 1.0, {}])
def test_what_no_decoder_gives_is_refused_all_the_same(read: str, value: Any) -> None:  # noqa: ANN401  # anything
    """E11, E16: `True` is not 1."""
    with pytest.raises(FrameError):
        READS[read](Fields([value]))


@pytest.mark.parametrize("read", READS)
def test_a_missing_element_is_refused(read: str) -> None:
    """E18."""
    with pytest.raises(FrameError):
        READS[read](reader())


def test_an_element_too_many_is_refused() -> None:
    """E18."""
    fields = reader(1, 2)
    fields.uint(5)
    with pytest.raises(FrameError):
        fields.end()


def test_a_whole_structure_is_read_in_order() -> None:
    fields = reader(
        1, 7, b"abc", b"a", "text", bytes(16), [], [b"x"], [b"abc", b"def"], [[1, "a"], [2, "b"]], [5]
    )
    fields.exactly(1)
    assert fields.uint(7) == 7
    assert fields.binary(3) == b"abc"
    assert fields.binary_up_to(3, 1) == b"a"
    assert fields.text(4) == "text"
    assert fields.identifier(DeviceId) == DeviceId(bytes(16))
    assert fields.optional() is None
    present = fields.optional()
    assert present is not None
    assert present.binary(1) == b"x"
    assert fields.binaries(2, 3) == [b"abc", b"def"]
    assert [(record.uint(2), record.text(1)) for record in fields.records(2, 2)] == [(1, "a"), (2, "b")]
    inner = fields.array(1)
    assert (len(inner), inner.uint(5)) == (1, 5)
    inner.end()
    fields.end()


@given(st.integers(0, 2**53 - 1), st.integers(0, 2**53 - 1))
def test_an_integer_is_taken_up_to_its_maximum(value: int, maximum: int) -> None:
    """E16."""
    if value <= maximum:
        assert reader(value).uint(maximum) == value
    else:
        with pytest.raises(FrameError):
            reader(value).uint(maximum)


def test_bytes_at_the_edges_of_a_range_are_taken() -> None:
    assert reader(b"").binary_up_to(3) == b""
    assert reader(b"a").binary_up_to(3, 1) == b"a"
    assert reader(b"abc").binary_up_to(3, 1) == b"abc"


def test_bytes_below_the_minimum_are_refused() -> None:
    """E18."""
    with pytest.raises(FrameError):
        reader(b"").binary_up_to(5, 1)


def test_an_identifier_has_its_own_type() -> None:
    assert type(reader(bytes(32)).identifier(AccountId)) is AccountId


def test_a_text_is_measured_in_bytes() -> None:
    """E18: not in characters."""
    assert reader("\u20ac").text(3) == "\u20ac"
    with pytest.raises(FrameError):
        reader("\u20ac").text(2)


@given(values, st.lists(st.sampled_from(sorted(READS)), max_size=5))
def test_any_values_read_in_any_way_are_taken_or_refused(value: list[Value], reads: list[str]) -> None:
    """E18: nothing but `FrameError` comes out."""
    fields = Fields.parse(encode(value), 2**20)
    try:
        for read in reads:
            READS[read](fields)
        fields.end()
    except FrameError:
        return
    assert len(reads) == len(value)

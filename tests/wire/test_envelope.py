"""Envelopes: two forms, seven sizes, nothing between."""

import contextlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securemsg.errors import FrameError, LocalError
from securemsg.wire import codec
from securemsg.wire.envelope import MAX_ENVELOPE, Envelope, Message, Opening, decode, encode
from securemsg.wire.padding import BLOCKS, OPENING_BLOCKS
from tests.support.mutations import one_byte_changes, truncations

MESSAGE = Message(b"h" * 80, b"s" * 16, b"c" * 32, b"b" * 1_040)
OPENING = Opening(b"h" * 8, b"s" * 17_520)


def fields(envelope: Envelope) -> list[codec.Value]:
    if isinstance(envelope, Message):
        return [1, envelope.sealed_header, envelope.salt, envelope.commitment, envelope.body]
    return [2, envelope.hint, envelope.sealed]


def by_codec(data: bytes) -> Envelope | None:
    """Decode with the general codec, then check widths: what the layouts replace."""
    try:
        values = codec.decode(data, MAX_ENVELOPE)
    except FrameError:
        return None
    match values:
        case [1, bytes(header), bytes(salt), bytes(commitment), bytes(body)]:
            widths = (len(header), len(salt), len(commitment))
            if widths == (80, 16, 32) and len(body) - 16 in BLOCKS:
                return Message(header, salt, commitment, body)
        case [2, bytes(hint), bytes(sealed)]:
            if len(hint) == 8 and len(sealed) - 1_136 in OPENING_BLOCKS:
                return Opening(hint, sealed)
        case _:
            pass
    return None


def ours(data: bytes) -> Envelope | None:
    with contextlib.suppress(FrameError):
        return decode(data)
    return None


def refused(data: bytes) -> bool:
    try:
        decode(data)
    except FrameError:
        return True
    return False


every_envelope = pytest.mark.parametrize(
    "envelope",
    [MESSAGE._replace(body=b"b" * (block + 16)) for block in BLOCKS]
    + [replace(OPENING, sealed=b"s" * (block + 1_136)) for block in OPENING_BLOCKS],
    ids=lambda envelope: type(envelope).__name__,
)


def test_the_largest_envelope_is_that_of_the_specification() -> None:
    """WI-10."""
    assert MAX_ENVELOPE == OPENING_BLOCKS[-1] + 1_136 + 24 == 33_928


@every_envelope
def test_what_is_encoded_is_decoded(envelope: Envelope) -> None:
    """WI-9."""
    data = encode(envelope)
    assert decode(data) == envelope
    assert len(data) <= MAX_ENVELOPE


@every_envelope
def test_an_envelope_is_an_array_as_the_codec_makes_it(envelope: Envelope) -> None:
    """WI-9: the hand-written layout is no format of its own."""
    assert encode(envelope) == codec.encode(fields(envelope))
    assert codec.decode(encode(envelope), MAX_ENVELOPE) == fields(envelope)


@pytest.mark.parametrize("envelope", [MESSAGE, OPENING])
def test_every_beginning_is_refused(envelope: Envelope) -> None:
    """E02."""
    assert all(refused(cut) for cut in truncations(encode(envelope)))


def test_nothing_is_refused() -> None:
    """E01."""
    assert refused(b"")


@every_envelope
@pytest.mark.parametrize("more", [b"\0", b"\x90", bytes(100)])
def test_bytes_after_an_envelope_are_refused(envelope: Envelope, more: bytes) -> None:
    """E03."""
    assert refused(encode(envelope) + more)


def test_a_changed_byte_is_refused_or_another_envelope() -> None:
    """E02, E17, E25: the marks admit no change, the fields are opaque."""
    for changed in one_byte_changes(encode(MESSAGE)):
        assert by_codec(changed) == ours(changed) != MESSAGE


def test_a_changed_mark_of_an_opening_is_refused() -> None:
    """E17."""
    data = encode(OPENING)
    for changed in one_byte_changes(data[:15]):
        assert refused(changed + data[15:]) != (changed[4:12] != data[4:12])


@pytest.mark.parametrize("version", [0, 2, 3, 127])
def test_an_unknown_version_is_refused(version: int) -> None:
    """E17."""
    assert refused(codec.encode([version, *fields(MESSAGE)[1:]]))


@pytest.mark.parametrize("arity", [0, 1, 2, 3, 4, 6])
def test_another_arity_is_refused(arity: int) -> None:
    """E18."""
    assert refused(codec.encode([*fields(MESSAGE), b""][:arity]))


@pytest.mark.parametrize("start", [[], [1], [1, b"h" * 8], [2, b"h" * 8], [1, b"h" * 80, b"s" * 16]])
def test_another_structure_of_the_right_size_is_refused(start: list[codec.Value]) -> None:
    """E18: with one to four elements in as many bytes as a message has."""
    size = len(encode(MESSAGE))
    data = codec.encode([*start, bytes(size - len(codec.encode(start)) - 3)])
    assert len(data) == size
    assert refused(data)


def test_text_in_place_of_bytes_is_refused() -> None:
    """E12: with every width right."""
    for place in range(1, 5):
        elements = fields(MESSAGE)
        value = elements[place]
        assert isinstance(value, bytes)
        elements[place] = value.decode()
        assert refused(codec.encode(elements))


@pytest.mark.parametrize("width", [0, 16, 1_024, 1_039, 1_041, 1_056, 16_401, 32_784])
def test_a_body_of_another_width_is_refused(width: int) -> None:
    """E18, E23."""
    with pytest.raises(LocalError):
        encode(MESSAGE._replace(body=bytes(width)))
    assert refused(codec.encode([1, b"h" * 80, b"s" * 16, b"c" * 32, bytes(width)]))


@pytest.mark.parametrize("width", [0, 1_024, 16_384, 17_519, 17_521, 33_903, 33_905])
def test_an_opening_of_another_width_is_refused(width: int) -> None:
    """E18, E19."""
    with pytest.raises(LocalError):
        encode(replace(OPENING, sealed=bytes(width)))
    assert refused(codec.encode([2, b"h" * 8, bytes(width)]))


def test_fields_of_another_width_are_our_own_fault() -> None:
    """E18: bytes moved from one field to the next keep the size, and are refused."""
    wrong: list[Envelope] = [
        MESSAGE._replace(sealed_header=b"h" * 81, salt=b"s" * 15),
        MESSAGE._replace(salt=b"s" * 17, commitment=b"c" * 31),
        MESSAGE._replace(commitment=b"c" * 33),
        replace(OPENING, hint=b"h" * 9),
        replace(OPENING, hint=b""),
    ]
    for envelope in wrong:
        with pytest.raises(LocalError):
            encode(envelope)
        assert refused(codec.encode(fields(envelope)))


@given(st.binary(max_size=200), st.sampled_from([0, 1_179, 2_203, 4_251, 8_347, 16_539, 17_535, 33_919]))
def test_noise_is_refused(start: bytes, size: int) -> None:
    """E02: of the right sizes too."""
    assert refused(start.ljust(size, b"\0"))


def test_an_envelope_does_not_print_its_fields() -> None:
    """N22: logs count envelopes, they do not keep them."""
    assert f"{MESSAGE} {OPENING!r}" == "Message() Opening()"

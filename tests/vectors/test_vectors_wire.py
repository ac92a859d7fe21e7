"""01-wire.json against securemsg.wire (WI-1..10)."""

from __future__ import annotations

from typing import Any

import pytest

from securemsg.crypto.kdf import sha256
from securemsg.errors import FrameError
from securemsg.ratchet.kem_steps import FILLERS, has_true_fillers
from securemsg.wire import codec, envelope, padding
from securemsg.wire.framing import FrameBuffer, frame
from tests.vectors.reading import Vector, joined, vectors

WIRE = "01-wire"


def shown(value: Any) -> Any:  # noqa: ANN401  # a value of 01 as JSON writes it
    if isinstance(value, dict):
        return joined(value["bin"])
    return [shown(item) for item in value] if isinstance(value, list) else value


@vectors(WIRE, "value", valid=True)
def test_a_value_decodes_and_encodes_to_the_same_bytes(vector: Vector) -> None:
    value = codec.decode(vector.octets("bytes"), vector["limit"])
    assert value == shown(vector["value"])
    assert codec.encode(value) == vector.octets("bytes")


@vectors(WIRE, "value", valid=False)
def test_bytes_with_one_fault_are_no_value(vector: Vector) -> None:
    with pytest.raises(vector.error):
        codec.decode(vector.octets("bytes"), vector["limit"])


@vectors(WIRE, "frames", valid=True)
def test_a_stream_gives_its_frames_however_it_is_cut(vector: Vector) -> None:
    stream = vector.octets("stream")
    expected = [joined(value) for value in vector["frames"]]
    for step in (1, 3, 1000):
        found, buffer = [], FrameBuffer()
        for at in range(0, len(stream), step):
            buffer.receive(stream[at : at + step])
            while (value := buffer.next()) is not None:
                found.append(value)
        assert found == expected
    assert b"".join(frame(value) for value in expected) + vector.octets("rest") == stream


@vectors(WIRE, "frames", valid=False)
def test_a_frame_of_a_forbidden_length_is_refused_before_its_content(vector: Vector) -> None:
    buffer = FrameBuffer()
    with pytest.raises(vector.error):
        feed(buffer, vector.octets("stream"))


def feed(buffer: FrameBuffer, stream: bytes) -> None:
    buffer.receive(stream)
    buffer.next()


@vectors(WIRE, "pad")
def test_a_message_is_padded_to_the_block_with_its_codewords(vector: Vector) -> None:
    words = b"".join(joined(word) for word in vector["codewords"])
    assert padding.pad(vector.octets("content"), words) == vector.octets("block")
    assert padding.unpad(vector.octets("block")) == (vector.octets("content"), words)
    assert has_true_fillers(words)


@vectors(WIRE, "slots")
def test_as_many_codewords_ride_as_fit(vector: Vector) -> None:
    content = vector.octets("content")
    slots = padding.slots_for(len(content))
    assert slots == vector["slots"]
    block = padding.pad(content, FILLERS[slots])
    assert sha256(block) == vector.octets("block_sha256")
    assert padding.unpad(block) == (content, FILLERS[slots])


@vectors(WIRE, "pad_opening")
def test_an_opening_is_padded_to_the_block(vector: Vector) -> None:
    assert padding.pad_opening(vector.octets("content")) == vector.octets("block")
    assert padding.unpad_opening(vector.octets("block")) == vector.octets("content")


@vectors(WIRE, "unpad")
def test_a_message_block_with_one_fault_is_refused(vector: Vector) -> None:
    with pytest.raises(vector.error):
        unpad(vector.octets("block"))


def unpad(block: bytes) -> None:
    """Refuse all that WI-7 refuses; fillers are looked at in the ratchet."""
    _, words = padding.unpad(block)
    if not has_true_fillers(words):
        raise FrameError("a filler that is not one")


@vectors(WIRE, "unpad_opening")
def test_an_opening_block_with_one_fault_is_refused(vector: Vector) -> None:
    with pytest.raises(vector.error):
        padding.unpad_opening(vector.octets("block"))


@vectors(WIRE, "message")
def test_a_message_envelope_has_this_encoding(vector: Vector) -> None:
    parts = [vector.octets(name) for name in ("sealed_header", "salt", "commitment", "body")]
    assert envelope.decode(vector.octets("bytes")) == envelope.Message(*parts)
    assert envelope.encode(envelope.Message(*parts)) == vector.octets("bytes")


@vectors(WIRE, "opening")
def test_an_opening_envelope_has_this_encoding(vector: Vector) -> None:
    opening = envelope.Opening(vector.octets("hint"), vector.octets("sealed"))
    assert envelope.decode(vector.octets("bytes")) == opening
    assert envelope.encode(opening) == vector.octets("bytes")


@vectors(WIRE, "envelope")
def test_an_envelope_with_one_fault_is_refused(vector: Vector) -> None:
    with pytest.raises(vector.error):
        envelope.decode(vector.octets("bytes"))

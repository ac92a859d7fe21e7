"""Values, structures, frames, envelopes and blocks (specs/01)."""

from collections.abc import Callable
from typing import Final

from securemsg.errors import FrameError
from securemsg.ids import DeviceId
from securemsg.wire import codec, envelope, padding
from securemsg.wire.fields import Fields
from securemsg.wire.framing import MAX_FRAME, PREFIX_WIDTH, FrameBuffer, frame
from tests.fuzz.seeds import compact, octets
from tests.fuzz.target import Target, taken
from tests.wire.by_library import value_by_library

WIRE: Final = "01-wire"

_READS: Final[tuple[Callable[[Fields], object], ...]] = (
    lambda fields: fields.uint(2**16),
    lambda fields: fields.exactly(1),
    lambda fields: fields.binary(16),
    lambda fields: fields.binary_up_to(64, 1),
    lambda fields: fields.text(16),
    lambda fields: fields.identifier(DeviceId),
    lambda fields: fields.array(8),
    lambda fields: fields.optional(),
    lambda fields: [record.uint(9) for record in fields.records(8, 4)],
    lambda fields: fields.binaries(8, 16),
)


def _codec(data: bytes) -> None:
    value = taken(lambda raw: codec.decode(raw, MAX_FRAME), data)
    assert value == value_by_library(data), "another decoder disagrees"
    assert value is None or codec.encode(value) == data, "there is one encoding"


def _fields(data: bytes) -> None:
    """Take the first byte as a number of readings, as many bytes for what is read, the rest as a value."""
    count = data[0] % 16 if data else 0
    fields = taken(lambda raw: Fields.parse(raw, MAX_FRAME), data[1 + count :])
    if fields is None:
        return
    left = len(fields)
    try:
        for choice in data[1 : 1 + count]:
            _READS[choice % len(_READS)](fields)
            assert len(fields) == (left := left - 1)
        fields.end()
    except FrameError:
        return
    assert left == 0


def _framing(data: bytes) -> None:
    """Take the first byte as the length of the pieces in which the rest arrives."""
    step, stream = (data[0] * data[0] or 1 if data else 1), data[1:]
    whole, refused = _frames(stream, MAX_FRAME)
    assert _frames(stream, step) == (whole, refused), "cuts change nothing"
    sent = b"".join(map(frame, whole))
    assert stream.startswith(sent)
    assert refused or len(stream) - len(sent) < PREFIX_WIDTH + MAX_FRAME


def _frames(stream: bytes, step: int) -> tuple[list[bytes], bool]:
    buffer, found = FrameBuffer(), []
    try:
        for at in range(0, len(stream), step):
            buffer.receive(stream[at : at + step])
            while (value := buffer.next()) is not None:
                found.append(value)
    except FrameError:
        return found, True
    return found, False


def _sized(data: bytes, sizes: tuple[int, ...]) -> bytes:
    """Return `data` after its first byte, which chooses what it is filled up to: an odd one not at all."""
    choice, rest = (data[0], data[1:]) if data else (0, b"")
    return rest if choice % 2 else rest.ljust(sizes[choice // 2 % len(sizes)], b"\0")


_ENVELOPES: Final = (1_179, 2_203, 4_251, 8_347, 16_539, 17_535, 33_919)


def _envelope(data: bytes) -> None:
    raw = _sized(data, _ENVELOPES)
    found = taken(envelope.decode, raw)
    if found is not None:
        assert envelope.encode(found) == raw
        assert value_by_library(raw) is not None, "an envelope is a value"


def _padding(data: bytes) -> None:
    block = _sized(data, padding.BLOCKS + padding.OPENING_BLOCKS)
    parts = taken(padding.unpad, block)
    assert parts is None or padding.pad(*parts) == block, "there is one block of a content"
    content = taken(padding.unpad_opening, block)
    assert content is None or padding.pad_opening(content) == block, "there is one block of a content"


def _seeds_of_fields() -> list[bytes]:
    values = octets(WIRE, "value", "bytes")
    return [bytes((10, *range(10))) + value for value in values] + [bytes((1, 6)) + value for value in values]


def _seeds_of_sizes(sizes: tuple[int, ...], found: list[bytes]) -> list[bytes]:
    fitting = {size: 2 * place for place, size in enumerate(sizes)}
    return [
        bytes((fitting[len(raw)],)) + compact(raw) if len(raw) in fitting else b"\1" + raw for raw in found
    ]


TARGETS: Final = (
    Target("codec", _codec, lambda: octets(WIRE, "value", "bytes")),
    Target("fields", _fields, _seeds_of_fields),
    Target("framing", _framing, lambda: [b"\2" + raw for raw in octets(WIRE, "frames", "stream")]),
    Target(
        "envelope",
        _envelope,
        lambda: _seeds_of_sizes(_ENVELOPES, octets(WIRE, "message opening envelope", "bytes")),
        longest=36_000,
        tries=1_000,
    ),
    Target(
        "padding",
        _padding,
        lambda: _seeds_of_sizes(
            padding.BLOCKS + padding.OPENING_BLOCKS,
            octets(WIRE, "pad pad_opening unpad unpad_opening", "block"),
        ),
        longest=36_000,
    ),
)

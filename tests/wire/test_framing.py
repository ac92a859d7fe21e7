"""Frames come out as they went in, wherever a stream cuts them."""

import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securemsg.errors import FrameError, LocalError
from securemsg.wire.framing import MAX_FRAME, FrameBuffer, frame

frames = st.lists(st.binary(min_size=1, max_size=300), max_size=8)


def drain(buffer: FrameBuffer) -> list[bytes]:
    taken = []
    while (value := buffer.next()) is not None:
        taken.append(value)
    return taken


def receive_all(chunks: list[bytes]) -> list[bytes]:
    buffer = FrameBuffer()
    taken = []
    for chunk in chunks:
        buffer.receive(chunk)
        taken += drain(buffer)
    return taken


def test_a_frame_is_its_length_and_its_value() -> None:
    """WI-6."""
    assert frame(b"abc") == b"\0\0\0\3abc"


@given(frames)
def test_glued_frames_come_apart(values: list[bytes]) -> None:
    """E20: all in one chunk."""
    assert receive_all([b"".join(map(frame, values))]) == values


@given(frames)
def test_frames_come_together_from_single_bytes(values: list[bytes]) -> None:
    """E20: one byte a chunk."""
    stream = b"".join(map(frame, values))
    assert receive_all([stream[at : at + 1] for at in range(len(stream))]) == values


@given(frames, st.lists(st.integers(0, 2_000), max_size=10))
def test_cuts_at_any_place_change_nothing(values: list[bytes], cuts: list[int]) -> None:
    """E20."""
    stream = b"".join(map(frame, values))
    edges = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    chunks = [stream[start:end] for start, end in pairwise(edges)]
    assert receive_all(chunks) == values


def test_the_largest_frame_passes_and_a_larger_one_does_not() -> None:
    """E19."""
    assert MAX_FRAME == 65_536
    assert receive_all([frame(bytes(MAX_FRAME))]) == [bytes(MAX_FRAME)]
    with pytest.raises(LocalError):
        frame(bytes(MAX_FRAME + 1))
    buffer = FrameBuffer()
    buffer.receive((MAX_FRAME + 1).to_bytes(4, "big"))
    with pytest.raises(FrameError):
        buffer.next()


def test_an_empty_frame_is_our_own_fault() -> None:
    """E21."""
    with pytest.raises(LocalError):
        frame(b"")


@pytest.mark.parametrize("length", [0, MAX_FRAME + 1, 2**31, 2**32 - 1])
def test_a_length_that_is_not_allowed_is_refused_before_its_frame_is_there(length: int) -> None:
    """E06, E21: and refused again at every later look."""
    buffer = FrameBuffer()
    buffer.receive(frame(b"first") + length.to_bytes(4, "big"))
    assert buffer.next() == b"first"
    for _ in range(3):
        with pytest.raises(FrameError):
            buffer.next()
        buffer.receive(b"more")


@pytest.mark.parametrize("held", range(4))
def test_part_of_a_length_is_no_frame(held: int) -> None:
    """E02."""
    buffer = FrameBuffer()
    buffer.receive(bytes(held))
    assert buffer.next() is None


@given(st.lists(st.binary(max_size=100), max_size=20))
def test_noise_is_frames_or_refused(chunks: list[bytes]) -> None:
    """E02: nothing but `FrameError` comes out, and nothing is made up."""
    try:
        taken = receive_all(chunks)
    except FrameError:
        return
    assert b"".join(chunks).startswith(b"".join(map(frame, taken)))


def test_no_more_is_kept_than_one_frame_and_one_chunk() -> None:
    """E06: whoever does not take frames cannot go on receiving."""
    buffer = FrameBuffer()
    buffer.receive(frame(bytes(MAX_FRAME))[:-1])
    assert buffer.next() is None
    buffer.receive(bytes(MAX_FRAME))
    with pytest.raises(LocalError):
        buffer.receive(b"a")


def test_a_whole_largest_frame_must_be_taken_first() -> None:
    """E06, E19: at the exact bound."""
    buffer = FrameBuffer()
    buffer.receive(frame(bytes(MAX_FRAME)))
    with pytest.raises(LocalError):
        buffer.receive(b"a")
    assert buffer.next() == bytes(MAX_FRAME)
    buffer.receive(b"a")


def test_a_long_stream_leaves_no_memory_behind() -> None:
    """E06: what was taken is given back."""
    buffer = FrameBuffer()
    stream = frame(bytes(1_000)) * 65
    tracemalloc.start()
    for _ in range(50):
        buffer.receive(stream)
        assert len(drain(buffer)) == 65
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert held < 2 * MAX_FRAME

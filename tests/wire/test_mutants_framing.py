"""What takes frames out of the buffer itself sees and moves where the next one begins."""

from hypothesis import given
from hypothesis import strategies as st

from securemsg.wire.framing import FrameBuffer, frame

values = st.lists(st.binary(min_size=1, max_size=100), min_size=1, max_size=8)


def test_nothing_waits_in_a_new_buffer() -> None:
    assert FrameBuffer().waiting == (b"", 0)


@given(values, st.integers(0, 8), st.integers(0, 8))
def test_whoever_takes_frames_by_hand_leaves_the_others(found: list[bytes], taken: int, by_hand: int) -> None:
    """WI-6: in any mixture of `next` and `go_on`, each frame is taken once."""
    frames = [*map(frame, found)]
    taken = min(taken, len(frames))
    by_hand = min(by_hand, len(frames) - taken)
    buffer = FrameBuffer()
    buffer.receive(b"".join(frames))
    assert [buffer.next() for _ in range(taken)] == found[:taken]
    data, at = buffer.waiting
    assert data[at:] == b"".join(frames[taken:])
    buffer.go_on(at + len(b"".join(frames[taken : taken + by_hand])))
    for value in found[taken + by_hand :]:
        assert buffer.next() == value
    assert buffer.next() is None
    assert buffer.waiting == (b"", 0)


def test_a_silent_connection_holds_no_chunk() -> None:
    """E06: neither behind whole frames, nor behind a part of the next one's length or value."""
    chunk = frame(bytes(1_000)) * 60
    for part in (b"", b"\0\0", b"\0\0\3\xe8begun"):
        buffer = FrameBuffer()
        buffer.receive(chunk + part)
        while buffer.next() is not None:
            pass
        held, at = buffer.waiting
        assert (held, at) == (part, 0)

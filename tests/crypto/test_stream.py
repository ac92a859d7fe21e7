"""Files as streams: what was sealed opens, and nothing else does (FI-1..5)."""

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securemsg.crypto.stream import (
    BATCH,
    CHUNK,
    HEAD,
    RECORD,
    StreamKey,
    open_stream,
    seal_stream,
    stored_size,
)
from securemsg.errors import AuthenticationError, FrameError, LocalError
from tests.crypto.streams import Feed, opened, sealed
from tests.support.entropy import SeededEntropy

KEY = StreamKey(bytes(range(32)))
SPAN = BATCH * CHUNK
EDGES = (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, SPAN, SPAN + 1)


@pytest.mark.parametrize("size", EDGES)
def test_what_was_sealed_opens_at_every_edge(size: int) -> None:
    """N24: nothing, exactly a chunk, exactly a batch, and one byte more."""
    file = (bytes(range(255)) * (size // 255 + 1))[:size]
    stored, digest = sealed(KEY, file)
    assert opened(KEY, size, digest, stored) == file


@pytest.mark.parametrize(("size", "padded"), [(2 * SPAN + 1, 2 * SPAN + 1), (1, 2 * SPAN + CHUNK + 5)])
def test_what_is_hashed_stays_as_it_is_while_the_next_is_made(size: int, padded: int) -> None:
    """FI-2: over three batches, of which the last has part of a chunk, or two have padding alone."""
    file = SeededEntropy(12)(size)
    stored, last = b"", memoryview(b"")
    for block in seal_stream(KEY, size, padded, Feed(file)):
        stored, last = stored + last, block
    stored += last
    assert len(stored) == stored_size(padded)
    feed = Feed(stored)
    given: list[tuple[memoryview, bytes]] = []

    def fill(view: memoryview) -> None:
        feed(view)
        assert all(before == then for before, then in given[-1:])
        given.append((view, bytes(view)))

    assert b"".join(map(bytes, open_stream(KEY, size, padded, fill))) == file


@given(st.integers(0, 2 * CHUNK), st.data())
def test_no_changed_bit_and_no_cut_passes(size: int, data: st.DataObject) -> None:
    """N24: truncation and every other change is found before the end is told."""
    stored, digest = sealed(KEY, bytes(size))
    at = data.draw(st.integers(0, len(stored) - 1))
    flipped = bytearray(stored)
    flipped[at] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(AuthenticationError):
        opened(KEY, size, digest, bytes(flipped))
    with pytest.raises(FrameError):
        opened(KEY, size, digest, stored[:at])
    with pytest.raises((AuthenticationError, EOFError)):
        list(open_stream(KEY, size, size or 1, Feed(stored[:at])))


@given(st.permutations(range(4)).filter(lambda order: list(order) != [0, 1, 2, 3]))
def test_records_in_another_order_are_refused(order: list[int]) -> None:
    """N24: reordering and repetition."""
    size = 4 * CHUNK
    stored, _ = sealed(KEY, bytes(range(256)) * (size // 256))
    records = [stored[HEAD + place * RECORD : HEAD + (place + 1) * RECORD] for place in range(4)]
    mixed = stored[:HEAD] + b"".join(records[place] for place in order)
    with pytest.raises(AuthenticationError):
        list(open_stream(KEY, size, size, Feed(mixed)))


def test_a_blob_opens_under_one_key_only() -> None:
    """S20: another key is refused by the commitment, before anything is opened."""
    stored, digest = sealed(KEY, b"words")
    with pytest.raises(AuthenticationError):
        opened(StreamKey(bytes(32)), 5, digest, stored)


def test_the_commitment_is_looked_at_before_any_record() -> None:
    """S20: who crafts records for two keys gets no further than the first 56 bytes."""
    stored, _ = sealed(KEY, b"words")
    with pytest.raises(AuthenticationError):
        next(open_stream(StreamKey(bytes(32)), 5, 16_384, Feed(stored[:HEAD])))


def test_nothing_is_yielded_from_a_batch_that_is_not_authentic() -> None:
    stored, _ = sealed(KEY, bytes(CHUNK))
    spoilt = stored[:-1] + bytes([stored[-1] ^ 1])
    seen: list[memoryview] = []
    with pytest.raises(AuthenticationError):
        seen.extend(open_stream(KEY, CHUNK, CHUNK, Feed(spoilt)))
    assert seen == []


def test_a_source_that_ends_early_ends_the_stream() -> None:
    with pytest.raises(EOFError):
        list(seal_stream(KEY, 10, 16_384, Feed(b"short")))


@pytest.mark.parametrize("stream", [seal_stream, open_stream])
@pytest.mark.parametrize(("size", "padded"), [(-1, 5), (6, 5), (0, 0)])
def test_a_padding_that_cannot_be_is_refused(
    stream: Callable[[StreamKey, int, int, Feed], Iterator[memoryview]], size: int, padded: int
) -> None:
    with pytest.raises(LocalError):
        next(stream(KEY, size, padded, Feed(b"")))


def test_two_files_never_share_a_record() -> None:
    """FI-1: an equal file under another key has no equal bytes."""
    first, _ = sealed(KEY, bytes(CHUNK))
    second, _ = sealed(StreamKey(bytes(31) + b"\x01"), bytes(CHUNK))
    assert not any(first[at : at + 16] == second[at : at + 16] for at in range(0, len(first), 16))
    assert len(first) == stored_size(CHUNK)

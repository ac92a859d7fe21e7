"""What pictures tell besides themselves is removed, and nothing else (FI-14)."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securemsg.client.transfer.pictures import MalformedPicture, exif, is_picture, strip
from securemsg.client.transfer.pictures.outcome import MOST_PARTS
from securemsg.client.transfer.preparing import MAX_PICTURE
from tests.client.transfer import images

TELLING = {"jpeg": images.telling_jpeg, "png": images.telling_png, "webp": images.telling_webp}
PLAIN = {"jpeg": images.jpeg(), "png": images.png(), "webp": images.webp()}


@pytest.mark.parametrize("kind", TELLING)
def test_nothing_that_a_picture_tells_is_left(kind: str) -> None:
    stripped = strip(TELLING[kind]())
    assert images.SECRET not in stripped.content
    assert stripped.content == PLAIN[kind]
    assert {"Exif", "place (GPS)"} <= set(stripped.removed)


@pytest.mark.parametrize("kind", TELLING)
@pytest.mark.parametrize("orientation", range(2, 9))
def test_the_orientation_stays_in_a_block_of_its_own(kind: str, orientation: int) -> None:
    stripped = strip(TELLING[kind](orientation))
    assert exif.write(orientation) in stripped.content
    assert images.SECRET not in stripped.content
    again = strip(stripped.content)
    assert again.content == stripped.content
    assert set(again.removed) <= {"Exif"}


@pytest.mark.parametrize("kind", PLAIN)
def test_a_picture_that_tells_nothing_is_sent_as_it_is(kind: str) -> None:
    assert strip(PLAIN[kind]).content == PLAIN[kind]
    assert strip(PLAIN[kind]).removed == ()


def test_what_was_removed_is_named() -> None:
    jpeg, png = strip(images.telling_jpeg()).removed, strip(images.telling_png()).removed
    assert set(jpeg) == {
        "Exif",
        "place (GPS)",
        "XMP",
        "embedded previews",
        "IPTC",
        "comments",
        "data of the camera or program",
        "data behind the picture",
    }
    assert {"texts", "time of change", "data behind the picture"} <= set(png)


def test_the_preview_inside_a_jfif_segment_is_removed() -> None:
    """A picture that was cropped may hold its whole as a preview."""
    head = images.segment(0xE0, b"JFIF\0\x01\x02\x00\x00\x48\x00\x48\x01\x01\xff\xff\xff")
    stripped = strip(images.jpeg(head=head))
    assert stripped.content == images.jpeg()
    assert stripped.removed == ("embedded previews",)


def test_every_scan_of_a_progressive_picture_stays() -> None:
    for piece in images.PICTURE:
        assert piece in strip(images.telling_jpeg()).content


def test_an_orientation_that_cannot_be_reads_as_upright() -> None:
    assert exif.read(images.tiff(9)).orientation == exif.read(b"").orientation == 1
    assert exif.write(1) == b""


@pytest.mark.parametrize("kind", TELLING)
def test_a_picture_cut_anywhere_is_refused_or_whole(kind: str) -> None:
    """T16: a cut picture never passes for a picture without metadata."""
    whole = TELLING[kind](6)
    shortest = len(whole) - len(images.SECRET) - 2 if kind != "webp" else len(whole)
    for end in range(16, shortest):
        with pytest.raises(MalformedPicture):
            strip(whole[:end])


@given(st.sampled_from(sorted(TELLING)), st.data())
def test_no_damage_breaks_anything(kind: str, data: st.DataObject) -> None:
    """T16: hostile pictures are stripped or refused, whatever their bytes."""
    raw = bytearray(TELLING[kind](6))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    _survives(bytes(raw))


@given(st.sampled_from([b"\xff\xd8\xff", images.PNG, b"RIFF\x20\0\0\0WEBP"]), st.binary(max_size=200))
def test_no_bytes_break_anything(beginning: bytes, rest: bytes) -> None:
    """T16: the same for what only begins like a picture."""
    _survives(beginning + rest)


def _survives(data: bytes) -> None:
    if not is_picture(data[:16]):
        return
    try:
        stripped = strip(data)
    except MalformedPicture:
        return
    assert len(stripped.content) <= len(data) + 64


def test_a_block_full_of_entries_is_read_once() -> None:
    """FI-14: the work is that of the entries, however long the block is that they stand in."""
    block = b"MM\0\x2a" + bytes((0, 0, 0, 8)) + b"\xff\xff" + bytes(4 * 2**20)
    began = time.process_time()
    assert exif.read(block).orientation == 1
    assert time.process_time() - began < 5


_EMPTY = {
    "jpeg": lambda count: images.jpeg(*[images.segment(0xFE, b"")] * (count - 10)),
    "png": lambda count: images.png(*[images.chunk(b"tEXt", b"")] * (count - 4)),
    "webp": lambda count: images.webp(*[images.riff(b"junk", b"")] * (count - 2)),
}
"""Pictures of so many parts, most of them empty."""


@pytest.mark.parametrize("kind", _EMPTY)
def test_a_picture_has_so_many_parts_and_no_more(kind: str) -> None:
    """FI-14, T16: at the limit it is cleaned, beyond it refused."""
    assert strip(_EMPTY[kind](MOST_PARTS)).content == PLAIN[kind]
    with pytest.raises(MalformedPicture):
        strip(_EMPTY[kind](MOST_PARTS + 1))


@pytest.mark.parametrize("filling", [images.segment(0xFE, b""), b"\xff"])
def test_a_picture_of_nothing_but_frames_takes_no_time(filling: bytes) -> None:
    """T16: 32 MiB of it, while nobody can cancel."""
    hostile = images.jpeg(filling * (MAX_PICTURE // len(filling)))
    began = time.process_time()
    _survives(hostile)
    assert time.process_time() - began < 3


def test_nothing_hides_behind_the_transform() -> None:
    """FI-14: the segment has twelve bytes, of which the last is the transform."""
    transform = b"Adobe\x00d\x00\x00\x00\x00\x01"
    told = strip(images.jpeg(images.segment(0xEE, transform + images.SECRET)))
    plain = images.jpeg(images.segment(0xEE, transform))
    assert (told.content, bool(told.removed)) == (plain, True)
    assert strip(plain).content == plain

"""What is made of pictures, and what is refused, before any of it counts (T16)."""

import struct

import pytest
from PIL import Image

from client_tui.pictures import decoding, scanning
from client_tui.pictures.decoding import TooLargeError, raster
from client_tui.pictures.limits import MOST_PIXELS
from tests.client_tui.hostile_pictures import (
    BOMBS,
    LEFT,
    OTHERS,
    RIGHT,
    WHOLE,
    interlaced_png,
    png,
    saved,
    turned,
)
from tests.store.chance import Chance

Pixel = tuple[int, ...]


def seen(answer: bytes) -> tuple[tuple[int, int], Pixel, Pixel]:
    """Return size, first and last pixel of an answer that is exactly as long as it says."""
    width, height = struct.unpack_from(">HH", answer)
    assert len(answer) == 4 + 3 * width * height
    return (width, height), tuple(answer[4:7]), tuple(answer[-3:])


def near(found: Pixel, wanted: Pixel) -> bool:
    """Tell whether a lossy format kept a colour."""
    return all(abs(one - other) <= 24 for one, other in zip(found, wanted, strict=True))


@pytest.mark.parametrize("kind", WHOLE)
def test_a_picture_is_drawn_from_its_first_frame(kind: str) -> None:
    size, first, last = seen(raster(WHOLE[kind], 60, 40))
    assert size[0] == 2 * size[1] <= 60
    assert near(first, LEFT)
    assert near(last, RIGHT)


@pytest.mark.parametrize(("columns", "rows", "size"), [(40, 90, (40, 20)), (90, 8, (16, 8)), (1, 1, (1, 1))])
def test_a_picture_is_made_smaller_and_keeps_its_shape(columns: int, rows: int, size: Pixel) -> None:
    assert seen(raster(WHOLE["jpeg"], columns, rows))[0] == size


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_stands_as_the_camera_was_held(orientation: int) -> None:
    """FI-14 leaves the orientation in it."""
    size, first, last = seen(raster(turned(orientation), 60, 60))
    lies = orientation >= 5
    assert (size[0] < size[1]) is lies
    begins = orientation in {1, 4, 5, 6}
    assert near(first, LEFT if begins else RIGHT)
    assert near(last, RIGHT if begins else LEFT)


def test_what_is_transparent_is_white_and_deep_colours_become_plain_ones() -> None:
    clear = Image.new("RGBA", (4, 4), (0, 0, 0, 0))
    white = (255, 255, 255)
    assert seen(raster(saved(clear, "PNG"), 9, 9))[1] == white
    assert seen(raster(saved(clear, "WEBP", lossless=True), 9, 9))[1] == white
    assert seen(raster(saved(Image.new("P", (4, 4), 0), "PNG", transparency=0), 9, 9))[1] == white
    assert seen(raster(interlaced_png(), 9, 9)) == ((8, 8), (128,) * 3, (128,) * 3)
    assert seen(raster(png(3, 1, (16, 2, 0), b"\0" + b"\x80\xff" * 9), 9, 9))[1] == (128,) * 3


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_by_its_header(bomb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """T16: nothing is decoded of it."""
    for module in (decoding, scanning):
        monkeypatch.setattr(module, "shrunk", lambda *_: pytest.fail("decoded"))
    with pytest.raises(TooLargeError):
        raster(BOMBS[bomb], 60, 40)
    with pytest.raises(TooLargeError):
        scanning.codes(BOMBS[bomb])


def test_the_largest_picture_is_not_refused_by_its_header() -> None:
    assert decoding.opened(png(MOST_PIXELS // 1_000, 1_000)).size == (50_000, 1_000)


@pytest.mark.parametrize("other", OTHERS)
def test_what_is_of_no_known_kind_is_refused(other: str) -> None:
    """T16: Pillow could read some of them; their decoders are never asked."""
    with pytest.raises(Exception) as refused:  # noqa: PT011 - whatever a decoder raises
        raster(OTHERS[other], 60, 40)
    assert not isinstance(refused.value, TooLargeError)


@pytest.mark.parametrize("kind", ["jpeg", "png", "png-alpha", "webp", "webp-lossless"])
def test_a_picture_that_was_cut_is_refused(kind: str) -> None:
    whole = WHOLE[kind]
    for length in (len(whole) // 4, len(whole) // 2, len(whole) * 3 // 4):
        with pytest.raises(Exception):  # noqa: B017, PT011 - whatever a decoder raises
            raster(whole[:length], 60, 40)


def test_a_wrong_checksum_is_refused() -> None:
    whole = WHOLE["png"]
    at = whole.index(b"IHDR") + 4 + 13
    with pytest.raises(SyntaxError):
        raster(whole[:at] + bytes(4) + whole[at + 4 :], 60, 40)


@pytest.mark.parametrize("kind", WHOLE)
def test_damage_gives_a_whole_answer_or_none(kind: str) -> None:
    """T16."""
    whole, chance = WHOLE[kind], Chance(kind)
    for _ in range(30):
        damaged = bytearray(whole)
        for _ in range(1 + chance.randrange(4)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            answer = raster(bytes(damaged), 60, 40)
        except Exception:  # noqa: BLE001, S112 - whatever a decoder raises
            continue
        (width, height), _, _ = seen(answer)
        assert 1 <= width <= 60
        assert 1 <= height <= 40

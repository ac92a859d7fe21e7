"""Pictures of four kinds decoded with Pillow. Runs in the child only.

The kind is what the bytes begin with, whatever a name says; no other decoder is loaded.
"""

import contextlib
import copy
import struct
from io import BytesIO
from typing import Final

from PIL import Image
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import ImageFileDirectory_v2
from PIL.WebPImagePlugin import WebPImageFile

from client_tui.pictures.limits import MOST_PIXELS

LOADED: Final = (copy, ImageFileDirectory_v2)
"""What Pillow loads only when it first needs it, which here would be too late."""

WHITE: Final = (255, 255, 255)

_KINDS: Final[tuple[tuple[bytes, type[ImageFile]], ...]] = (
    (b"\xff\xd8\xff", JpegImageFile),
    (b"\x89PNG\r\n\x1a\n", PngImageFile),
    (b"GIF87a", GifImageFile),
    (b"GIF89a", GifImageFile),
)

_ORIENTATION: Final = 0x0112
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What Exif says of how the camera was held -> what undoes it."""

_LYING: Final = 5
"""From this orientation on width and height change places."""

_FINER: Final = 2
"""Times as many pixels are decoded as are wanted, where a decoder can decode fewer than all."""

_DEEP: Final = ("I", "I;16", "I;16B", "I;16L", "I;16N", "F")
_DEEP_TO_BYTE: Final = 1 / 256


class TooLargeError(MemoryError):
    """The header tells of more pixels than are decoded."""


def raster(picture: bytes, columns: int, rows: int) -> bytes:
    """Return the first frame in at most so many pixels: width and height (u16 each), red, green, blue."""
    image = opened(picture)
    turn = _orientation(image)
    box = (rows, columns) if turn >= _LYING else (columns, rows)
    small = shrunk(image, box, _FINER)
    if turn in _TURNS:
        small = small.transpose(_TURNS[turn])
    return struct.pack(">HH", *small.size) + small.tobytes()


def opened(picture: bytes) -> ImageFile:
    """Return a picture whose header was read; raises `TooLargeError`, and what a decoder raises."""
    if picture.startswith(b"RIFF") and picture[8:12] == b"WEBP":
        # Its decoder makes room for all pixels before it tells how many.
        _judge(*_webp_size(picture))
        return WebPImageFile(BytesIO(picture))
    for sign, kind in _KINDS:
        if picture.startswith(sign):
            try:
                image = kind(BytesIO(picture))
            except Image.DecompressionBombError:
                # A frame may be larger than what it is a part of.
                raise TooLargeError from None
            _judge(*image.size)
            return image
    raise ValueError


def _judge(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise TooLargeError


def _webp_size(picture: bytes) -> tuple[int, int]:
    """Return what the first chunk says (RFC 9649, sections 2.5 to 2.7)."""
    match picture[12:16]:
        case b"VP8X":
            return 1 + int.from_bytes(picture[24:27], "little"), 1 + int.from_bytes(picture[27:30], "little")
        case b"VP8L":
            bits = int.from_bytes(picture[21:25], "little")
            return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        case b"VP8 ":
            width, height = struct.unpack_from("<HH", picture, 26)
            return width & 0x3FFF, height & 0x3FFF
        case _:
            raise ValueError


def _orientation(image: ImageFile) -> int:
    # Whatever stands there instead of an orientation, the picture itself may be whole.
    with contextlib.suppress(Exception):
        return int(image.getexif().get(_ORIENTATION, 1))
    return 1


def shrunk(image: ImageFile, box: tuple[int, int], finer: int) -> Image.Image:
    """Return the first frame as red, green and blue on white, no larger than `box`."""
    image.draft("RGB", (box[0] * finer, box[1] * finer))
    image.load()
    plain = _plain(image)
    plain.thumbnail(box, reducing_gap=2.0)
    if plain.mode != "RGBA":
        return plain
    white = Image.new("RGB", plain.size, WHITE)
    white.paste(plain, mask=plain.getchannel("A"))
    return white


def _plain(image: Image.Image) -> Image.Image:
    if image.mode in _DEEP:
        return image.convert("I").point(lambda value: value * _DEEP_TO_BYTE).convert("L").convert("RGB")
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        return image.convert("RGBA")
    return image.convert("RGB")

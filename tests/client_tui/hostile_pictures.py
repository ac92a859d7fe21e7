"""Pictures of every kind, whole and hostile, made where a test needs them."""

import struct
import zlib
from io import BytesIO
from typing import Final

from PIL import Image

SIZE: Final = (8, 4)
LEFT: Final = (200, 40, 20)
RIGHT: Final = (20, 60, 220)


def two_halves() -> Image.Image:
    """Return a picture, red on the left and blue on the right."""
    picture = Image.new("RGB", SIZE, LEFT)
    picture.paste(RIGHT, (SIZE[0] // 2, 0, *SIZE))
    return picture


def saved(picture: Image.Image, kind: str, **how: object) -> bytes:
    """Return the bytes of a picture as a file of a kind."""
    file = BytesIO()
    picture.save(file, kind, **how)
    return file.getvalue()


def turned(orientation: int) -> bytes:
    """Return a JPEG whose Exif tells how the camera was held."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return saved(two_halves().resize((80, 40)), "JPEG", exif=exif, quality=95)


def moving(kind: str) -> bytes:
    """Return an animation whose first frame is `two_halves`."""
    later = [Image.new("RGB", SIZE, "lime")] * 3
    return saved(two_halves(), kind, save_all=True, append_images=later, duration=100, lossless=True)


def chunk(kind: bytes, content: bytes) -> bytes:
    """Return a chunk of a PNG."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width: int, height: int, form: tuple[int, int, int] = (1, 0, 0), rows: bytes = b"") -> bytes:
    """Return a PNG that says it is so large; `form` is depth, colour type and interlacing."""
    depth, colour, interlaced = form
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced)
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def interlaced_png() -> bytes:
    """Return eight by eight grey pixels of 16 bits in Adam7 (PNG, section 8.2): every pass is 0x80FF."""
    passes = ((1, 1), (1, 1), (2, 1), (2, 2), (4, 2), (4, 4), (8, 4))
    rows = b"".join((b"\0" + b"\x80\xff" * width) * height for width, height in passes)
    return png(8, 8, (16, 0, 1), rows)


def webp(first: bytes) -> bytes:
    """Return a WebP whose first chunk is this."""
    return b"RIFF" + struct.pack("<I", 4 + len(first)) + b"WEBP" + first


def gif(width: int, height: int, frame_width: int, frame_height: int) -> bytes:
    """Return a GIF that says it and its frame are so large."""
    screen = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + bytes(6)
    return screen + b"," + struct.pack("<HHHHB", 0, 0, frame_width, frame_height, 0) + b"\2\2\x4c\1\0;"


BOMBS: Final = {
    "png": png(65_535, 65_535),
    "png-edge": png(50_001, 1_000),
    "gif": gif(65_535, 65_535, 1, 1),
    "gif-frame": gif(1, 1, 65_535, 65_535),
    "jpeg": b"\xff\xd8\xff\xc0\0\x0b\x08\xff\xff\xff\xff\1\1\x11\0\xff\xda\0\x08\1\1\0\0\x3f\0\xff\xd9",
    "webp-vp8x": webp(b"VP8X" + struct.pack("<IB", 10, 0) + bytes(3) + b"\xff\x3f\0\xff\x3f\0"),
    "webp-vp8l": webp(b"VP8L" + struct.pack("<I", 9) + b"\x2f" + b"\xff" * 4 + bytes(4)),
    "webp-vp8": webp(b"VP8 " + struct.pack("<I", 10) + b"\0\0\0\x9d\x01\x2a" + b"\xff\x3f\xff\x3f"),
}
"""A few bytes that tell of more pixels than are decoded."""

OTHERS: Final = {
    "empty": b"",
    "text": b"hello",
    "tiff": saved(two_halves(), "TIFF"),
    "bmp": saved(two_halves(), "BMP"),
    "ppm": saved(two_halves(), "PPM"),
    "ico": saved(two_halves(), "ICO"),
    "pdf": saved(two_halves(), "PDF"),
    "postscript": saved(two_halves(), "EPS"),
    "avif": b"\0\0\0\x20ftypavif" + bytes(64),
    "zip": b"PK\x03\x04" + bytes(60),
    "riff": b"RIFF\x10\0\0\0WAVE" + bytes(16),
    "riff-alone": b"RIFF\x04\0\0\0WEBP",
    "webp-unknown": webp(b"ABCD" + bytes(20)),
    "jpeg-sign": b"\xff\xd8\xff",
    "png-sign": b"\x89PNG\r\n\x1a\n",
    "gif-sign": b"GIF89a",
}
"""What is none of the four kinds, or only begins like one."""

WHOLE: Final = {
    "jpeg": saved(two_halves().resize((80, 40)), "JPEG", quality=95),
    "jpeg-progressive": saved(two_halves().resize((80, 40)), "JPEG", quality=95, progressive=True),
    "jpeg-cmyk": saved(two_halves().resize((80, 40)).convert("CMYK"), "JPEG", quality=95),
    "png": saved(two_halves(), "PNG"),
    "png-alpha": saved(two_halves().convert("RGBA"), "PNG"),
    "png-palette": saved(two_halves().quantize(4), "PNG"),
    "gif": saved(two_halves(), "GIF"),
    "webp": saved(two_halves().resize((80, 40)), "WEBP", quality=95),
    "webp-lossless": saved(two_halves(), "WEBP", lossless=True),
    "gif-moving": moving("GIF"),
    "png-moving": moving("PNG"),
    "webp-moving": moving("WEBP"),
}
"""Red on the left and blue on the right, whichever way it is written."""

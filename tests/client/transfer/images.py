"""Small pictures made by hand, with and without what they tell."""

import struct
import zlib

GPS_TAG, ORIENTATION_TAG = 0x8825, 0x0112
SECRET = b"Canon EOS 5D of Marie, 48.8566 N 2.3522 E"


def tiff(orientation: int, order: str = ">") -> bytes:
    """Return an Exif block with an orientation, a place and a name."""
    entries = [
        struct.pack(f"{order}HHII", 0x010F, 2, len(SECRET), 50),
        struct.pack(f"{order}HHIHH", ORIENTATION_TAG, 3, 1, orientation, 0),
        struct.pack(f"{order}HHII", GPS_TAG, 4, 1, 50),
    ]
    mark = b"MM" if order == ">" else b"II"
    head = mark + struct.pack(f"{order}HI", 42, 8) + struct.pack(f"{order}H", len(entries))
    return head + b"".join(entries) + bytes(4) + SECRET


def segment(marker: int, body: bytes) -> bytes:
    """Return a JPEG segment."""
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body


PICTURE = (
    segment(0xDB, bytes(65)),
    segment(0xC2, bytes(15)),
    segment(0xC4, bytes(20)),
    segment(0xDA, bytes(10)) + b"scan \xff\x00 data \xff\xd0 more",
    segment(0xC4, bytes(20)),
    segment(0xDA, bytes(10)) + b"second scan \xff\x00",
)
ICC = segment(0xE2, b"ICC_PROFILE\0\x01\x01profile")
ADOBE = segment(0xEE, b"Adobe" + bytes(7))
JFIF = segment(0xE0, b"JFIF\0\x01\x02\x00\x00\x48\x00\x48\x00\x00")


def jpeg(*told: bytes, behind: bytes = b"", head: bytes = JFIF) -> bytes:
    """Return a JPEG with these segments before the picture, and bytes behind its end."""
    return b"\xff\xd8" + head + b"".join(told) + ICC + ADOBE + b"".join(PICTURE) + b"\xff\xd9" + behind


def telling_jpeg(orientation: int = 1) -> bytes:
    """Return one that tells everything a JPEG can."""
    return jpeg(
        segment(0xE1, b"Exif\0\0" + tiff(orientation)),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRET),
        segment(0xE2, b"MPF\0" + SECRET),
        segment(0xED, b"Photoshop 3.0\0" + SECRET),
        segment(0xEF, SECRET),
        segment(0xFE, SECRET),
        behind=b"\xff\xd8" + SECRET,
    )


def chunk(kind: bytes, content: bytes) -> bytes:
    """Return a PNG chunk."""
    said = kind + content
    return len(content).to_bytes(4, "big") + said + zlib.crc32(said).to_bytes(4, "big")


HEADER = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
PIXELS = chunk(b"IDAT", zlib.compress(b"\0\xff\0\0"))
END = chunk(b"IEND", b"")
PNG = b"\x89PNG\r\n\x1a\n"


def png(*told: bytes, behind: bytes = b"") -> bytes:
    """Return a PNG of one pixel with these chunks before it."""
    return PNG + HEADER + b"".join(told) + chunk(b"gAMA", bytes(4)) + PIXELS + END + behind


def telling_png(orientation: int = 1) -> bytes:
    """Return one that tells everything a PNG can."""
    kinds = (b"tEXt", b"zTXt", b"iTXt", b"tIME", b"prVt")
    return png(
        chunk(b"eXIf", tiff(orientation, "<")), *(chunk(kind, SECRET) for kind in kinds), behind=SECRET
    )


def riff(kind: bytes, content: bytes) -> bytes:
    """Return a RIFF chunk."""
    return kind + len(content).to_bytes(4, "little") + content + bytes(len(content) % 2)


def webp(*chunks: bytes, flags: int = 0) -> bytes:
    """Return an extended WebP with these chunks behind its picture."""
    body = (
        b"WEBP" + riff(b"VP8X", bytes((flags, 0, 0, 0)) + bytes(6)) + riff(b"VP8L", b"odd") + b"".join(chunks)
    )
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def telling_webp(orientation: int = 1) -> bytes:
    """Return one with Exif, XMP and something unknown."""
    return webp(riff(b"EXIF", tiff(orientation)), riff(b"XMP ", SECRET), riff(b"junk", SECRET), flags=0x0C)

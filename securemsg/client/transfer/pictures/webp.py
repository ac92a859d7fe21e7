"""WebP without what it tells besides the picture (Spec: FI-14)."""

from typing import Final

from securemsg.client.transfer.pictures import exif
from securemsg.client.transfer.pictures.outcome import MalformedPicture, Removed, Stripped, parts

_RIFF: Final = b"RIFF"
_WEBP: Final = b"WEBP"
_HEAD: Final = 12
_PICTURE: Final = frozenset([b"VP8 ", b"VP8L", b"VP8X", b"ANIM", b"ANMF", b"ALPH", b"ICCP"])
_DATA: Final = frozenset([b"VP8 ", b"VP8L", b"ANMF"])
_TELLS: Final = 0x0C
"""Flags of VP8X that announce Exif and XMP."""

_TELLS_EXIF: Final = 0x08


def is_webp(beginning: bytes) -> bool:
    """Tell whether a file that begins so is a WebP picture."""
    return beginning[:4] == _RIFF and beginning[8:12] == _WEBP


def strip(data: bytes) -> Stripped:
    """Return the picture in `data` without metadata, the orientation kept; raises `MalformedPicture`."""
    removed, kept, kinds, orientation = Removed(), list[bytes](), set[bytes](), 1
    end = 8 + int.from_bytes(data[4:8], "little")
    at = _HEAD
    if end > len(data) or end < at:
        raise MalformedPicture
    for _ in parts():
        kind, content, at = _chunk(data, at, end)
        if kind in _PICTURE:
            kinds.add(kind)
            kept.append(_written(kind, content))
        elif kind == b"EXIF":
            found = exif.read(content.removeprefix(b"Exif\0\0"))
            orientation = found.orientation
            removed.add(*found.words)
        else:
            removed.add("XMP" if kind == b"XMP " else "data of the camera or program")
        if at >= end:
            break
    if end != len(data):
        removed.add("data behind the picture")
    if not kinds & _DATA:
        raise MalformedPicture
    return Stripped(_joined(kept, orientation), removed.words())


def _chunk(data: bytes, at: int, end: int) -> tuple[bytes, bytes, int]:
    """Return type and content of the chunk at a place, and where the next one begins."""
    length = int.from_bytes(data[at + 4 : at + 8], "little")
    stop = at + 8 + length
    if stop > end:
        raise MalformedPicture
    return data[at : at + 4], data[at + 8 : stop], min(end, stop + length % 2)


def _written(kind: bytes, content: bytes) -> bytes:
    return kind + len(content).to_bytes(4, "little") + content + bytes(len(content) % 2)


def _joined(kept: list[bytes], orientation: int) -> bytes:
    """Put the picture together; only the extended format has a place for an orientation."""
    block = exif.write(orientation)
    if kept[0][:4] == b"VP8X" and len(kept[0]) > 8:  # noqa: PLR2004  # the flags follow type and length
        flags = kept[0][8] & ~_TELLS | (_TELLS_EXIF if block else 0)
        kept[0] = kept[0][:8] + bytes((flags,)) + kept[0][9:]
        if block:
            kept.append(_written(b"EXIF", block))
    body = _WEBP + b"".join(kept)
    return _RIFF + len(body).to_bytes(4, "little") + body

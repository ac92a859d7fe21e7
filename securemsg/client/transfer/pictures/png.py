"""PNG without what it tells besides the picture (Spec: FI-14)."""

import binascii
from typing import Final

from securemsg.client.transfer.pictures import exif
from securemsg.client.transfer.pictures.outcome import MalformedPicture, Removed, Stripped, parts

BEGINNING: Final = b"\x89PNG\r\n\x1a\n"

_PICTURE: Final = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP bKGD pHYs acTL fcTL fdAT".split()
)
_WORDS: Final = {b"tEXt": "texts", b"zTXt": "texts", b"iTXt": "texts", b"tIME": "time of change"}
_OTHER: Final = "data of the camera or program"
_FRAME: Final = 12
"""Bytes of a chunk besides its content: length, type, checksum."""


def strip(data: bytes) -> Stripped:
    """Return the picture in `data` without metadata, the orientation kept; raises `MalformedPicture`."""
    removed, before, after = Removed(), bytearray(BEGINNING), bytearray()
    orientation, at, seen = 1, len(BEGINNING), set[bytes]()
    for _ in parts():
        end, kind = _chunk(data, at, b"IHDR" if not seen else b"")
        if kind == b"eXIf":
            found = exif.read(data[at + 8 : end - 4])
            orientation = found.orientation
            removed.add(*found.words)
        elif kind in _PICTURE:
            seen.add(kind)
            (after if b"IDAT" in seen else before).extend(data[at:end])
        else:
            removed.add(_WORDS.get(kind, _OTHER))
        at = end
        if kind == b"IEND":
            break
    if b"IDAT" not in seen:
        raise MalformedPicture
    if at != len(data):
        removed.add("data behind the picture")
    return Stripped(bytes(before) + _oriented(orientation) + bytes(after), removed.words())


def _chunk(data: bytes, at: int, wanted: bytes) -> tuple[int, bytes]:
    """Return where the chunk at a place ends, and its type; its checksum must fit."""
    end = at + _FRAME + int.from_bytes(data[at : at + 4], "big")
    kind = data[at + 4 : at + 8]
    if end > len(data) or (wanted and kind != wanted):
        raise MalformedPicture
    if binascii.crc32(memoryview(data)[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end], "big"):
        raise MalformedPicture
    return end, kind


def _oriented(orientation: int) -> bytes:
    block = exif.write(orientation)
    if not block:
        return b""
    said = b"eXIf" + block
    return len(block).to_bytes(4, "big") + said + binascii.crc32(said).to_bytes(4, "big")

"""Exif: read for the orientation alone, written with nothing else in it."""

import struct
from dataclasses import dataclass
from typing import Final, Literal, final

EXIF: Final = "Exif"
GPS: Final = "place (GPS)"

_ORIENTATION: Final = 0x0112
_GPS: Final = 0x8825
_SHORT: Final = 3
_ENTRY: Final = 12
_UPRIGHT: Final = 1
_LAST: Final = 8


@final
@dataclass(frozen=True, slots=True)
class Found:
    """Which way up the picture is (1 to 8, 1 where nothing says), and what the block told."""

    orientation: int
    words: tuple[str, ...]


def read(block: bytes) -> Found:
    """Return what a TIFF block says about the picture's orientation; damage reads as nothing said."""
    order: Literal["little", "big"] = "little" if block[:2] == b"II" else "big"
    start = int.from_bytes(block[4:8], order)
    count = int.from_bytes(block[start : start + 2], order)
    orientation, words = _UPRIGHT, [EXIF]
    for index in range(min(count, (len(block) - start) // _ENTRY)):
        at = start + 2 + index * _ENTRY
        entry = block[at : at + _ENTRY]
        number, kind = int.from_bytes(entry[:2], order), int.from_bytes(entry[2:4], order)
        if number == _GPS:
            words.append(GPS)
        if number == _ORIENTATION and kind == _SHORT:
            orientation = int.from_bytes(entry[8:10], order)
    known = _UPRIGHT <= orientation <= _LAST
    return Found(orientation if known else _UPRIGHT, tuple(words))


def write(orientation: int) -> bytes:
    """Return a TIFF block that says this orientation and nothing else; empty for upright."""
    if orientation == _UPRIGHT:
        return b""
    entry = struct.pack(">HHIHH", _ORIENTATION, _SHORT, 1, orientation, 0)
    return b"MM\0\x2a" + struct.pack(">IH", 8, 1) + entry + bytes(4)

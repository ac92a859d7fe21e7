"""JPEG without what it tells besides the picture (Spec: FI-14)."""

import re
from typing import Final

from securemsg.client.transfer.pictures import exif
from securemsg.client.transfer.pictures.outcome import MalformedPicture, Removed, Stripped, parts

BEGINNING: Final = b"\xff\xd8\xff"

_START: Final = b"\xff\xd8"
_END, _SCAN, _COMMENT = 0xD9, 0xDA, 0xFE
_JFIF, _EXIF, _ICC, _ADOBE = 0xE0, 0xE1, 0xE2, 0xEE
_APPLICATIONS: Final = range(0xE0, 0xF0)
_PICTURE: Final = frozenset([*range(0xC0, 0xC8), *range(0xC9, 0xD0), 0xDB, 0xDC, 0xDD, 0xDE, 0xDF])
"""Frames, tables and intervals: what a decoder needs."""

_MARKER_IN_SCAN: Final = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
"""What ends the data of a scan: a marker other than the stuffed zero, a restart, or filling."""

_FILLING: Final = re.compile(rb"\xff+")

_JFIF_HEAD: Final = 12
_ADOBE_BODY: Final = 12
"""Bytes of a segment that tells the transform; behind them anything could stand."""

_WORDS: Final = {0xE1: "XMP", 0xE2: "embedded previews", 0xED: "IPTC", _COMMENT: "comments"}
_OTHER: Final = "data of the camera or program"


def strip(data: bytes) -> Stripped:
    """Return the picture in `data` without metadata, the orientation kept; raises `MalformedPicture`."""
    removed, kept = Removed(), bytearray()
    orientation, at, scans = 1, len(_START), 0
    for _ in parts():
        marker, at = _marker(data, at)
        if marker == _END:
            break
        body, end = _segment(data, at)
        if marker == _EXIF and body.startswith(b"Exif\0\0"):
            found = exif.read(body[6:])
            orientation = found.orientation
            removed.add(*found.words)
        else:
            kept += _kept(marker, body, removed)
        if marker == _SCAN:
            scans += 1
            found_end = _MARKER_IN_SCAN.search(data, end)
            at = found_end.start() if found_end else len(data)
            kept += data[end:at]
        else:
            at = end
    if not scans:
        raise MalformedPicture
    if at != len(data):
        removed.add("data behind the picture")
    return Stripped(_joined(bytes(kept), orientation), removed.words())


def _marker(data: bytes, at: int) -> tuple[int, int]:
    """Return the marker at a place, and where it ends; any number of filling bytes may stand before it."""
    found = _FILLING.match(data, at)
    if found is None or found.end() >= len(data):
        raise MalformedPicture
    return data[found.end()], found.end() + 1


def _segment(data: bytes, at: int) -> tuple[bytes, int]:
    """Return what stands in the segment at a place, and where it ends."""
    length = int.from_bytes(data[at : at + 2], "big")
    if length < 2 or at + length > len(data):  # noqa: PLR2004  # the length counts itself
        raise MalformedPicture
    return data[at + 2 : at + length], at + length


def _kept(marker: int, body: bytes, removed: Removed) -> bytes:
    """Return the segment as it is sent: whole, shortened, or nothing of it."""
    if marker == _SCAN or marker in _PICTURE:
        return _written(marker, body)
    if marker == _JFIF and body.startswith(b"JFIF\0") and len(body) >= _JFIF_HEAD:
        if any(body[_JFIF_HEAD:]):
            removed.add("embedded previews")
        return _written(marker, body[:_JFIF_HEAD] + bytes(2))
    if marker == _ICC and body.startswith(b"ICC_PROFILE\0"):
        return _written(marker, body)
    if marker == _ADOBE and body.startswith(b"Adobe"):
        if len(body) > _ADOBE_BODY:
            removed.add(_OTHER)
        return _written(marker, body[:_ADOBE_BODY])
    if marker not in _APPLICATIONS and marker != _COMMENT:
        raise MalformedPicture
    removed.add(_WORDS.get(marker, _OTHER))
    return b""


def _written(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body


def _joined(kept: bytes, orientation: int) -> bytes:
    """Put the picture together; the orientation stands behind the JFIF segment, where one begins it."""
    block = exif.write(orientation)
    said = _written(_EXIF, b"Exif\0\0" + block) if block else b""
    head = 2 + int.from_bytes(kept[2:4], "big") if kept[1:2] == bytes((_JFIF,)) else 0
    return _START + kept[:head] + said + kept[head:] + bytes((0xFF, _END))

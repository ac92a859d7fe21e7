"""QR codes in pictures, found with zxing-cpp. Runs in the child only."""

import struct
from typing import Final

import zxingcpp

from client_tui.pictures.decoding import opened, shrunk
from client_tui.pictures.limits import LONGEST_CODE, MOST_CODES

_SIDE: Final = 3_000
"""Pixels: the longest link in a tenth of the width of such a picture still has two to a module."""

_FORMATS: Final = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


def codes(picture: bytes) -> bytes:
    """Return what the QR codes in a picture say: their number (u8), and each after its length (u16)."""
    grey = shrunk(opened(picture), (_SIDE, _SIDE), 1).convert("L")
    shape = memoryview(grey.tobytes()).cast("B", (grey.height, grey.width))
    said = [bytes(code.bytes) for code in zxingcpp.read_barcodes(shape, formats=_FORMATS)]
    kept = [each for each in dict.fromkeys(said) if 0 < len(each) <= LONGEST_CODE][:MOST_CODES]
    return bytes([len(kept)]) + b"".join(struct.pack(">H", len(each)) + each for each in kept)

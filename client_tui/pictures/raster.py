"""What the decoder gives of a picture: a small grid of colours, taken only if it is exactly that."""

import struct
from dataclasses import dataclass
from typing import Final

from client_tui.pictures.decoder import FAILED, Decoder
from securemsg.errors import LocalError

_HEAD: Final = struct.Struct(">HH")
_BYTES: Final = 3

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Raster:
    """Colours in rows, each red, green and blue of a byte."""

    width: int
    height: int
    colours: bytes

    def at(self, column: int, row: int) -> Colour:
        """Return one colour."""
        begin = (row * self.width + column) * _BYTES
        red, green, blue = self.colours[begin : begin + _BYTES]
        return red, green, blue


async def raster_of(decoder: Decoder, picture: bytes, columns: int, rows: int) -> Raster:
    """Return the picture in at most so many colours; raises `LocalError` with a sentence."""
    most = _HEAD.size + columns * rows * _BYTES
    said = await decoder.answer(("view", str(columns), str(rows)), picture, most)
    if len(said) < _HEAD.size:
        raise LocalError(FAILED)
    width, height = _HEAD.unpack_from(said)
    colours = said[_HEAD.size :]
    if not (1 <= width <= columns and 1 <= height <= rows and len(colours) == width * height * _BYTES):
        raise LocalError(FAILED)
    return Raster(width, height, colours)

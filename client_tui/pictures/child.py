"""The decoder, told `PARENT view COLUMNS ROWS` or `PARENT codes`; PARENT is the process that asks.

It reads a picture from standard input and answers on standard output. Everything it needs is loaded first;
then it gives up its rights; then it reads.
"""

import os
from collections.abc import Callable
from importlib import import_module
from typing import Final

from client_tui.pictures.confinement import confine, is_bound_to
from client_tui.pictures.limits import MOST_BYTES, Ending

IN, OUT = 0, 1
BLOCK = 65_536

_WORK: Final = {
    "view": ("client_tui.pictures.decoding", "raster"),
    "codes": ("client_tui.pictures.scanning", "codes"),
}
"""What is imported for a request, if it is installed."""


def main(arguments: list[str]) -> None:
    """Answer one request; the exit status says how it went, and nothing else is said."""
    # Without the usual end of the interpreter, which does more than the confined may.
    os._exit(_answered(arguments))


def _answered(arguments: list[str]) -> int:
    parent, request, *numbers = arguments
    module, name = _WORK[request]
    try:
        work = getattr(import_module(module), name)
    except ImportError:
        return Ending.NOT_INSTALLED
    if not is_bound_to(int(parent)):
        return Ending.UNREADABLE
    try:
        confine()
    except (OSError, ValueError):
        return Ending.NOT_CONFINED
    return _answered_confined(work, [int(number) for number in numbers])


def _answered_confined(work: Callable[..., bytes], numbers: list[int]) -> int:
    try:
        picture = _read()
        if len(picture) > MOST_BYTES:
            return Ending.TOO_LARGE
        _write(work(picture, *numbers))
    except MemoryError:
        return Ending.TOO_LARGE
    except Exception:  # noqa: BLE001 - decoders raise whatever they like about hostile bytes
        return Ending.UNREADABLE
    return Ending.DONE


def _read() -> bytes:
    pieces, length = [], 0
    while length <= MOST_BYTES and (piece := os.read(IN, BLOCK)):
        pieces.append(piece)
        length += len(piece)
    return b"".join(pieces)


def _write(answer: bytes) -> None:
    left = memoryview(answer)
    while left:
        left = left[os.write(OUT, left) :]

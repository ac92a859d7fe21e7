"""The decoder, told `PARENT view COLUMNS ROWS` or `PARENT codes`; PARENT is the process that asks.

It reads a picture from standard input and answers on standard output. Everything it needs is loaded first;
then it gives up its rights; then it reads.
"""

import os

from client_tui.pictures.confinement import confine, is_bound_to
from client_tui.pictures.limits import MOST_BYTES, Ending

IN, OUT = 0, 1
BLOCK = 65_536


def main(arguments: list[str]) -> None:
    """Answer one request; the exit status says how it went, and nothing else is said."""
    # Without the usual end of the interpreter, which does more than the confined may.
    os._exit(_answered(arguments))


def _answered(arguments: list[str]) -> int:
    parent, request, *numbers = arguments
    try:
        from client_tui.pictures import decoding  # noqa: PLC0415 - may not be installed

        if request == "codes":
            import zxingcpp  # noqa: F401, PLC0415 - may not be installed; it cannot be loaded later
    except ImportError:
        return Ending.NOT_INSTALLED
    if not is_bound_to(int(parent)):
        return Ending.UNREADABLE
    try:
        confine()
    except (OSError, ValueError):
        return Ending.NOT_CONFINED
    try:
        return _answered_confined(request, numbers)
    except (MemoryError, decoding.TooLarge):
        return Ending.TOO_LARGE
    except Exception:  # noqa: BLE001 - decoders raise whatever they like about hostile bytes
        return Ending.UNREADABLE


def _answered_confined(request: str, numbers: list[str]) -> int:
    from client_tui.pictures import decoding  # noqa: PLC0415 - was loaded before

    picture = _read()
    if len(picture) > MOST_BYTES:
        return Ending.TOO_LARGE
    if request == "codes":
        _write(decoding.codes(picture))
    else:
        columns, rows = map(int, numbers)
        _write(decoding.raster(picture, columns, rows))
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

"""Numbers that count up from 1: generations, prekey ids, list versions."""

from securemsg.errors import FrameError
from securemsg.wire.fields import Fields

LAST_NUMBER = 2**32 - 1
"""The greatest generation, prekey id or list version: fixed layouts carry them in four bytes."""


def counted(fields: Fields, maximum: int = LAST_NUMBER) -> int:
    """Take an integer from 1 to `maximum`; raises `FrameError`."""
    value = fields.uint(maximum)
    if value == 0:
        raise FrameError("not an integer of this range")
    return value

"""What the decoder gets, may use and may answer; both sides of the pipe know these."""

from enum import IntEnum
from typing import Final

MOST_BYTES: Final = 32 * 1024 * 1024
"""Of a picture: the largest one from which metadata is removed (Spec: FI-14), more than cameras make."""

MOST_PIXELS: Final = 50_000_000
"""Looked at in the header, before anything is decoded: what the cameras of telephones make."""

MEMORY: Final = 1_073_741_824
"""Bytes of address space: a picture of `MOST_PIXELS` three times, at four bytes a pixel, and the decoder."""

PROCESSOR: Final = 15
"""Seconds of processor: several times what the largest picture takes on a slow machine."""

PATIENCE: Final = 20.0
"""Seconds until a decoder that has not answered is ended: it may wait for something for ever."""

MOST_CODES: Final = 8
"""Codes of one picture that are looked at: a poster may have some that are not ours."""

LONGEST_CODE: Final = 1_200
"""Characters: an invitation with the longest host and name takes fewer."""


class Ending(IntEnum):
    """How the decoder ends, where it ends as it means to."""

    DONE = 0
    UNREADABLE = 65
    TOO_LARGE = 66
    NOT_INSTALLED = 67
    NOT_CONFINED = 68

"""What a file looks like from outside: the class of its length (Spec: FI-3)."""

from typing import Final

from securemsg.crypto.stream import stored_size
from securemsg.errors import LocalError

MAX_FILE: Final = 2**34
"""Bytes of a file: 16 GiB, more than a relay keeps for anybody (Spec: FI-2)."""

LEAST: Final = 16_384
"""Bytes that every file has at least with its padding: a short note does not show how short."""


def padded_size(size: int) -> int:
    """Return how long a file of `size` bytes is made; raises `LocalError` beyond `MAX_FILE`.

    Spec: FI-3.
    """
    if not 0 <= size <= MAX_FILE:
        raise LocalError("The file is too large to be sent.")
    if size <= LEAST:
        return LEAST
    exponent = size.bit_length() - 1
    step = 1 << (exponent - exponent.bit_length())
    return -(-size // step) * step


def blob_size(size: int) -> int:
    """Return how many bytes a relay stores for a file of `size` bytes (Spec: FI-3)."""
    return stored_size(padded_size(size))

"""05, RT-6: the header of a message."""

from __future__ import annotations

from typing import NamedTuple

from tests.reference.refusal import SKIPPED, require
from tests.reference.rows import MAX_CHAIN


class Header(NamedTuple):
    """The key of the EC ratchet and the place of the message in both ratchets."""

    dh: bytes
    pn: int
    n: int
    e: int = 0
    pn_pq: int = 0
    n_pq: int = 0

    def encoded(self) -> bytes:
        """Give the 52 bytes."""
        return self.dh + b"".join(number.to_bytes(4, "big") for number in self[1:])


def read_header(raw: bytes) -> Header:
    """Read the 52 bytes."""
    return Header(raw[:32], *(int.from_bytes(raw[at : at + 4], "big") for at in range(32, 52, 4)))


def check_ranges(header: Header) -> None:
    """RT-11: places that no chain has."""
    require(SKIPPED, header.n < MAX_CHAIN, header.n_pq < MAX_CHAIN)
    require(SKIPPED, header.pn <= MAX_CHAIN, header.pn_pq <= MAX_CHAIN)

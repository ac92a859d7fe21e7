"""The 52 bytes that place a message in its chains, sealed so that only the two devices read them."""

import struct
from typing import Final, NamedTuple, Self, TypeAlias

from securemsg.crypto.aead import NONCE_WIDTH
from securemsg.errors import FrameError
from securemsg.ratchet.errors import TooManySkipped
from securemsg.ratchet.keys import HeaderKey
from securemsg.ratchet.state import MAX_CHAIN
from securemsg.wire.envelope import SEALED_HEADER_WIDTH

LAYOUT: Final = struct.Struct(">32sIIIII")
"""`dh[32] || u32 pn || u32 n || u32 e || u32 pn_pq || u32 n_pq` (Spec: RT-6)."""


Fields: TypeAlias = tuple[bytes, int, int, int, int, int]
"""The fields of a `Header`, in order."""


class Header(NamedTuple):
    """Where a message stands (Spec: RT-6)."""

    ratchet_key: bytes
    """The sender's public ratchet key, 32 bytes, not checked yet."""

    previous: int
    """pn: messages in the sender's previous EC chain."""

    number: int
    """n: place in the present EC chain, counting from 0."""

    epoch: int
    """e: epoch of the sender's KEM chain."""

    epoch_previous: int
    """pn_pq: messages in the sender's previous KEM chain."""

    epoch_number: int
    """n_pq: place in the present KEM chain, counting from 0."""

    @classmethod
    def of(cls, fields: Fields) -> Self:
        """Return the header; raises `TooManySkipped` for numbers beyond every chain (Spec: RT-11)."""
        _, previous, number, _, epoch_previous, epoch_number = fields
        if max(number, epoch_number) >= MAX_CHAIN or max(previous, epoch_previous) > MAX_CHAIN:
            raise TooManySkipped("a place beyond every chain")
        return cls._make(fields)


def open_header(key: HeaderKey, sealed: bytes, associated: bytes) -> Fields | None:
    """Return the fields of a header if `key` opens it, else `None`; raises `FrameError` for another width.

    Make a `Header` of them, which checks them, or compare them with what is expected.

    Spec: RT-6, RT-9.
    """
    if len(sealed) != SEALED_HEADER_WIDTH:
        raise FrameError("a sealed header has another length")
    plain = key.cipher.try_open(sealed[:NONCE_WIDTH], sealed[NONCE_WIDTH:], associated)
    return None if plain is None else LAYOUT.unpack(plain)

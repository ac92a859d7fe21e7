"""The 52 bytes that place a message in its chain, sealed so that only the two devices read them."""

import struct
from dataclasses import dataclass
from typing import Final

from securemsg.crypto.aead import NONCE_WIDTH
from securemsg.errors import AuthenticationError, FrameError
from securemsg.ratchet.errors import TooManySkipped
from securemsg.ratchet.keys import HeaderKey
from securemsg.ratchet.state import MAX_CHAIN
from securemsg.wire.envelope import SEALED_HEADER_WIDTH

# dh[32] || u32 pn || u32 n || u32 e || u32 pn_pq || u32 n_pq
_LAYOUT: Final = struct.Struct(">32sIIIII")


@dataclass(frozen=True, slots=True)
class Header:
    """Where a message stands (Spec: RT-6)."""

    ratchet_key: bytes
    """The sender's public ratchet key, 32 bytes, not checked yet."""

    previous: int
    """PN: messages in the sender's previous chain."""

    number: int
    """N: place in the present chain, counting from 0."""


def seal_header(key: HeaderKey, header: Header, nonce: bytes, associated: bytes) -> bytes:
    """Return `nonce || ciphertext`, 80 bytes; the nonce (12 bytes) is fresh (Spec: RT-6)."""
    plain = _LAYOUT.pack(header.ratchet_key, header.previous, header.number, 0, 0, 0)
    return nonce + key.cipher().seal(nonce, plain, associated)


def open_header(key: HeaderKey, sealed: bytes, associated: bytes) -> Header | None:
    """Return the header if `key` opens it, else `None`.

    Raises `TooManySkipped` for an authentic header whose numbers are beyond every chain, or
    that names an epoch of the KEM ratchet, of which this version has none.

    Spec: RT-6, RT-9, RT-11.
    """
    if len(sealed) != SEALED_HEADER_WIDTH:
        raise FrameError("a sealed header has another length")
    try:
        plain = key.cipher().open(sealed[:NONCE_WIDTH], sealed[NONCE_WIDTH:], associated)
    except AuthenticationError:
        return None
    ratchet_key, previous, number, epoch, previous_pq, number_pq = _LAYOUT.unpack(plain)
    if number >= MAX_CHAIN or previous > MAX_CHAIN or epoch or previous_pq or number_pq:
        raise TooManySkipped("a place beyond every chain")
    return Header(ratchet_key, previous, number)

"""The key derivations of the EC ratchet, and of the message key that comes from both ratchets.

The steps that every message takes are written out flat, with keys as plain bytes: a call of
`prf` and a type for each key would cost as much as the hash.
"""

from hashlib import shake_256
from typing import Final

from securemsg.crypto.kdf import PRF_WIDTH, kdf, prefix
from securemsg.ratchet.keys import ChainKey, HeaderKey, RootKey

BLOCK_WIDTH: Final = 128
"""Bytes that one call gives a chain: the next chain key, and three message keys (Spec: RT-4)."""

_WIDTH: Final = 32
_CHAIN: Final = prefix(b"chain")
_MESSAGE: Final = prefix(b"message")


def root_step(root: RootKey, agreed: bytes) -> tuple[RootKey, ChainKey, HeaderKey]:
    """Mix an agreed secret (32 bytes) in: the new root key, a chain, the next header key (Spec: RT-3)."""
    # RK' || CK || NHK = KDF(RK, dh, "root", 96)
    derived = kdf(root.expose(), agreed, b"root", 3 * _WIDTH)
    return (
        RootKey(derived[:_WIDTH]),
        ChainKey(derived[_WIDTH : 2 * _WIDTH]),
        HeaderKey(derived[2 * _WIDTH :]),
    )


def chain_step(chain: bytes) -> tuple[bytes, bytes]:
    """Return the chain after a message, and ec_mk (32 bytes), the message's key (Spec: RT-4)."""
    if len(chain) == _WIDTH:
        # CK' || ec_mk_0 || ec_mk_1 || ec_mk_2 = PRF(CK, "chain", "", 128)
        chain = shake_256(_CHAIN + chain).digest(BLOCK_WIDTH)
    return chain[:_WIDTH] + chain[2 * _WIDTH :], chain[_WIDTH : 2 * _WIDTH]


def sealing_key(ec_key: bytes, kem_key: bytes, salt: bytes) -> tuple[bytes, bytes]:
    """Return the AEAD key and the commitment to it, 32 bytes each (Spec: RT-5).

    Of both ratchets' message keys, 32 bytes each, and a salt of 16.
    """
    # key || commitment = PRF(ec_mk, "message", pq_mk || salt)
    output = shake_256(_MESSAGE + ec_key + kem_key + salt).digest(PRF_WIDTH)
    return output[:_WIDTH], output[_WIDTH:]

"""The key derivations of the EC ratchet, and of the message key that comes from both ratchets.

The steps that every message takes are written out flat, with keys as plain bytes: a call of
`prf` and a type for each key would cost as much as the hash.
"""

from hashlib import shake_256
from typing import Final

from securemsg.crypto.kdf import PRF_WIDTH, prefix
from securemsg.ratchet.keys import ChainKey, HeaderKey, RootKey

KEY_WIDTH: Final = 32

KEYS: Final = 7
"""Message keys that one call gives a chain (Spec: RT-4)."""

BLOCK_WIDTH: Final = KEY_WIDTH + KEYS * KEY_WIDTH
"""Bytes of such a call: the next chain key, and message keys, the first one last (Spec: RT-4)."""

ROOT_PREFIX: Final = prefix(b"root")
CHAIN_PREFIX: Final = prefix(b"chain")
MESSAGE_PREFIX: Final = prefix(b"message")


def root_step(root: RootKey, agreed: bytes) -> tuple[RootKey, ChainKey, HeaderKey]:
    """Mix an agreed secret (32 bytes) in: the new root key, a chain, the next header key (Spec: RT-3)."""
    # RK' || CK || NHK = PRF(RK, "root", dh, 96)
    derived = shake_256(ROOT_PREFIX + root.expose() + agreed).digest(3 * KEY_WIDTH)
    return (
        RootKey(derived[:KEY_WIDTH]),
        ChainKey(derived[KEY_WIDTH : 2 * KEY_WIDTH]),
        HeaderKey(derived[2 * KEY_WIDTH :]),
    )


def chain_step(chain: bytes) -> tuple[bytes, bytes]:
    """Return the chain after a message, and ec_mk (32 bytes), the message's key (Spec: RT-4)."""
    if len(chain) == KEY_WIDTH:
        # CK' || ec_mk_6 || ... || ec_mk_0 = PRF(CK, "chain", "", 256)
        chain = shake_256(CHAIN_PREFIX + chain).digest(BLOCK_WIDTH)
    return chain[:-KEY_WIDTH], chain[-KEY_WIDTH:]


def sealing_key(ec_key: bytes, kem_key: bytes, salt: bytes) -> tuple[bytes, bytes]:
    """Return the AEAD key and the commitment to it, 32 bytes each (Spec: RT-5).

    Of both ratchets' message keys, 32 bytes each, and a salt of 16.
    """
    # key || commitment = PRF(ec_mk, "message", pq_mk || salt)
    output = shake_256(MESSAGE_PREFIX + ec_key + kem_key + salt).digest(PRF_WIDTH)
    return output[:KEY_WIDTH], output[KEY_WIDTH:]

"""The key derivations of the ratchet, all of them."""

from securemsg.crypto.kdf import kdf, prf
from securemsg.ratchet.keys import ChainKey, HeaderKey, MessageKey, RootKey

_WIDTH = 32


def root_step(root: RootKey, agreed: bytes) -> tuple[RootKey, ChainKey, HeaderKey]:
    """Mix an agreed secret (32 bytes) in: the new root key, a chain, the next header key (Spec: RT-3)."""
    # RK' || CK || NHK = KDF(RK, dh, "root", 96)
    derived = kdf(root.expose(), agreed, b"root", 3 * _WIDTH)
    return (
        RootKey(derived[:_WIDTH]),
        ChainKey(derived[_WIDTH : 2 * _WIDTH]),
        HeaderKey(derived[2 * _WIDTH :]),
    )


def chain_step(chain: ChainKey) -> tuple[ChainKey, MessageKey]:
    """Return the next chain key and the key of this message (Spec: RT-4)."""
    # CK' || mk = PRF(CK, "chain", "")
    following, message = prf(chain.expose(), b"chain")
    return ChainKey(following), MessageKey(message)


def sealing_key(message: MessageKey, salt: bytes) -> tuple[bytes, bytes]:
    """Return the AEAD key and the commitment to it, 32 bytes each, for a salt of 16 (Spec: RT-5)."""
    # key || commitment = PRF(mk, "message", salt)
    return prf(message.expose(), b"message", salt)

"""The key derivations of the EC ratchet, and of the message key that comes from both ratchets."""

from securemsg.crypto.kdf import kdf, labelled_prf
from securemsg.ratchet.keys import ChainKey, HeaderKey, RootKey

_WIDTH = 32
_chain_prf = labelled_prf(b"chain")
_message_prf = labelled_prf(b"message")


def root_step(root: RootKey, agreed: bytes) -> tuple[RootKey, ChainKey, HeaderKey]:
    """Mix an agreed secret (32 bytes) in: the new root key, a chain, the next header key (Spec: RT-3)."""
    # RK' || CK || NHK = KDF(RK, dh, "root", 96)
    derived = kdf(root.expose(), agreed, b"root", 3 * _WIDTH)
    return (
        RootKey(derived[:_WIDTH]),
        ChainKey(derived[_WIDTH : 2 * _WIDTH]),
        HeaderKey(derived[2 * _WIDTH :]),
    )


def chain_step(chain: ChainKey) -> tuple[ChainKey, bytes]:
    """Return the next chain key and ec_mk, 32 bytes (Spec: RT-4)."""
    # CK' || ec_mk = PRF(CK, "chain", "")
    following, message = _chain_prf(chain.expose(), b"")
    return ChainKey(following), message


def sealing_key(ec_key: bytes, kem_key: bytes, salt: bytes) -> tuple[bytes, bytes]:
    """Return the AEAD key and the commitment to it, 32 bytes each (Spec: RT-5).

    Of both ratchets' message keys, 32 bytes each, and a salt of 16.
    """
    # key || commitment = PRF(ec_mk, "message", pq_mk || salt)
    return _message_prf(ec_key, kem_key + salt)

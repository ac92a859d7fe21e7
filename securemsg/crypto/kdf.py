"""Derivation and hashing: HKDF, the chain PRF, labelled hashes."""

import functools
import hashlib
import hmac
from hashlib import shake_256

from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from securemsg.errors import LocalError

_DOMAIN = b"securemsg/1/"

_MOST = 255 * 64
"""Bytes that HKDF-SHA-512 can give (RFC 5869)."""

PRF_KEY_WIDTH = 32
"""Bytes of a PRF key."""

PRF_WIDTH = 64
"""Bytes of what the PRF returns, in two halves."""

_HALF = PRF_WIDTH // 2


def kdf(salt: bytes, ikm: bytes, label: bytes, length: int) -> bytes:
    """Derive `length` bytes, 1 to 16,320, from `ikm`; an empty `salt` is one of 64 zero bytes.

    Raises `LocalError` for another length.

    Spec: PR-3.
    """
    if not 0 < length <= _MOST:
        raise LocalError(f"a derivation gives 1 to {_MOST} bytes")
    # HKDF-SHA-512(salt, ikm, info = "securemsg/1/" || label, length)
    return HKDF(SHA512(), length, salt, _DOMAIN + label).derive(ikm)


def prf(key: bytes, label: bytes, data: bytes = b"") -> tuple[bytes, bytes]:
    """Return two independent halves of 32 bytes from a 32-byte `key`.

    All `data` under one label has one length. Raises `LocalError` for another key width.

    Spec: PR-4.
    """
    output = prf_bytes(key, label, data, PRF_WIDTH)
    return output[:_HALF], output[_HALF:]


def prf_bytes(key: bytes, label: bytes, data: bytes, length: int) -> bytes:
    """Return `length` bytes of the same function, for outputs of another width (Spec: PR-4)."""
    # The fixed width keeps key and data apart inside the sponge.
    if len(key) != PRF_KEY_WIDTH:
        raise LocalError(f"a PRF key must be {PRF_KEY_WIDTH} bytes")
    # SHAKE256("securemsg/1/" || label || 0x00 || key || data, length)
    return shake_256(prefix(label) + key + data).digest(length)


def digest(label: bytes, data: bytes) -> bytes:
    """Return the 64-byte hash of `data` under `label` (Spec: PR-5)."""
    # SHA-512("securemsg/1/" || label || 0x00 || data)
    return hashlib.sha512(prefix(label) + data).digest()


def digest32(label: bytes, data: bytes) -> bytes:
    """Return the first 32 bytes of `digest` (Spec: PR-5)."""
    return digest(label, data)[:32]


def sha256(data: bytes) -> bytes:
    """Return plain SHA-256, 32 bytes: only for pins of keys that others also compute."""
    return hashlib.sha256(data).digest()


same = hmac.compare_digest
"""Compares in time that does not depend on the contents."""


@functools.lru_cache(maxsize=256)  # labels are constants of the code, far fewer than this
def prefix(label: bytes) -> bytes:
    """Return what stands before the input of every hash under `label` (Spec: PR-4, PR-5)."""
    if b"\0" in label:
        raise LocalError("a label cannot contain a zero byte")
    return _DOMAIN + label + b"\0"

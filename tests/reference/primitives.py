"""02: derivation and symmetric encryption, from hashlib, hmac and two block functions."""

from __future__ import annotations

import hashlib
import hmac
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

from tests.reference.refusal import AUTHENTICATION, RefusedError, require

PREFIX = b"securemsg/1/"
NO_SALT = bytes(64)


def hkdf(hash_name: str, salt: bytes, ikm: bytes, info: bytes, length: int) -> bytes:  # the five of RFC 5869
    """Extract and expand (RFC 5869)."""
    return hkdf_expand(hash_name, hmac.digest(salt, ikm, hash_name), info, length)


def hkdf_expand(hash_name: str, prk: bytes, info: bytes, length: int) -> bytes:
    """Expand (RFC 5869, section 2.3)."""
    block, output, counter = b"", b"", 0
    while len(output) < length:
        counter += 1
        block = hmac.digest(prk, block + info + bytes([counter]), hash_name)
        output += block
    return output[:length]


def kdf(salt: bytes, ikm: bytes, label: bytes, length: int) -> bytes:
    """PR-3; give `NO_SALT` where the specs write 0."""
    return hkdf("sha512", salt, ikm, PREFIX + label, length)


def prf(key: bytes, label: bytes, data: bytes) -> tuple[bytes, bytes]:
    """PR-4 without n, already split."""
    output = long_prf(key, label, data, 64)
    return output[:32], output[32:]


def long_prf(key: bytes, label: bytes, data: bytes, length: int) -> bytes:
    """PR-4 with n."""
    return hashlib.shake_256(PREFIX + label + b"\0" + key + data).digest(length)


def block_step(chain_key: bytes, label: bytes) -> tuple[bytes, bytes]:
    """RT-4 and KR-4: the chain key after one message, and that message's key.

    A chain key is CK' and the keys of its block that are left, at first none.
    """
    if len(chain_key) == 32:
        chain_key = long_prf(chain_key, label, b"", 256)
    return chain_key[:-32], chain_key[-32:]


def h(label: bytes, data: bytes) -> bytes:
    """PR-5."""
    return hashlib.sha512(PREFIX + label + b"\0" + data).digest()


def h32(label: bytes, data: bytes) -> bytes:
    """PR-5, the first half."""
    return h(label, data)[:32]


def gcm_seal(key: bytes, nonce: bytes, plaintext: bytes, ad: bytes) -> bytes:
    """PR-12."""
    return AESGCM(key).encrypt(nonce, plaintext, ad)


def gcm_open(key: bytes, nonce: bytes, sealed: bytes, ad: bytes) -> bytes:
    """PR-12, or a refusal."""
    try:
        return AESGCM(key).decrypt(nonce, sealed, ad)
    except InvalidTag:
        raise RefusedError(AUTHENTICATION) from None


def hchacha20(key: bytes, nonce16: bytes) -> bytes:
    """Derive the subkey of XChaCha20 (draft-irtf-cfrg-xchacha, section 2.2)."""
    state = list(struct.unpack("<16I", b"expand 32-byte k" + key + nonce16))
    columns_then_diagonals = (
        (0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
        (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14),
    )  # fmt: skip
    for _ in range(10):
        for a, b, c, d in columns_then_diagonals:
            for x, y, z, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
                state[x] = (state[x] + state[y]) % 2**32
                mixed = state[z] ^ state[x]
                state[z] = (mixed << turn | mixed >> 32 - turn) % 2**32
    return struct.pack("<8I", *state[:4], *state[12:])


def xchacha_seal(key: bytes, nonce: bytes, plaintext: bytes, ad: bytes) -> bytes:
    """PR-14: the 24-byte nonce is written first."""
    subkey = hchacha20(key, nonce[:16])
    return nonce + ChaCha20Poly1305(subkey).encrypt(bytes(4) + nonce[16:], plaintext, ad)


def xchacha_open(key: bytes, sealed: bytes, ad: bytes) -> bytes:
    """PR-14, or a refusal."""
    require(AUTHENTICATION, len(sealed) >= 40)
    subkey = hchacha20(key, sealed[:16])
    try:
        return ChaCha20Poly1305(subkey).decrypt(bytes(4) + sealed[16:24], sealed[24:], ad)
    except InvalidTag:
        raise RefusedError(AUTHENTICATION) from None

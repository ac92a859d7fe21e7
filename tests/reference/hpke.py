"""02, PR-13: HPKE base mode with MLKEM768-X25519, HKDF-SHA256 and AES-256-GCM, by hand.

Sources: RFC 9180 sections 4 and 5.1; draft-ietf-hpke-pq (KEM 0x647a); draft-connolly-cfrg-xwing-kem.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import NamedTuple

from kyber_py.ml_kem import ML_KEM_768

from tests.reference.curve25519 import check_x25519, ladder, x25519_public
from tests.reference.primitives import gcm_open, gcm_seal, hkdf_expand
from tests.reference.refusal import AUTHENTICATION, RefusedError, require

XWING_LABEL = bytes.fromhex("5c2e2f2f5e5c")
AES_256_GCM = 2
ENCAPSULATED = 1120


class Schedule(NamedTuple):
    """What the key schedule of a single-shot context yields."""

    key: bytes
    base_nonce: bytes
    exporter_secret: bytes


def public_key(private: bytes) -> bytes:
    """Give the 1,216-byte public key of `mlkem_seed[64] || x25519[32]`."""
    return bytes(ML_KEM_768.key_derive(private[:64])[0]) + x25519_public(private[64:])


def expand_seed(seed: bytes) -> bytes:
    """Turn the drafts' 32-byte private key into the 96-byte form of PR-13."""
    return hashlib.shake_256(seed).digest(96)


def check_public(public: bytes) -> None:
    """Refuse a public key of which one half is refused (PR-6, and the modulus check of FIPS 203)."""
    require(AUTHENTICATION, len(public) == 1216)
    check_x25519(public[1184:])
    try:
        ML_KEM_768._encaps_internal(public[:1184], bytes(32))
    except ValueError:
        raise RefusedError(AUTHENTICATION) from None


def _agree(private: bytes, public: bytes) -> bytes:
    shared = ladder(private, int.from_bytes(public, "little") % 2**255).to_bytes(32, "little")
    require(AUTHENTICATION, shared != bytes(32))
    return shared


def combine(pq: bytes, classical: bytes, ephemeral: bytes, static: bytes) -> bytes:
    """Mix both secrets (X-Wing)."""
    return hashlib.sha3_256(pq + classical + ephemeral + static + XWING_LABEL).digest()


def encapsulate(public: bytes, randomness: bytes) -> tuple[bytes, bytes]:
    """Encapsulate with 64 given bytes: (shared secret, enc)."""
    pq, ciphertext = ML_KEM_768._encaps_internal(public[:1184], randomness[:32])
    static, ephemeral = public[1184:], x25519_public(randomness[32:])
    shared = combine(bytes(pq), _agree(randomness[32:], static), ephemeral, static)
    return shared, bytes(ciphertext) + ephemeral


def decapsulate(private: bytes, enc: bytes) -> bytes:
    """Give the shared secret."""
    _, decapsulation = ML_KEM_768.key_derive(private[:64])
    pq = bytes(ML_KEM_768.decaps(decapsulation, enc[:1088]))
    return combine(pq, _agree(private[64:], enc[1088:]), enc[1088:], x25519_public(private[64:]))


def schedule(shared: bytes, info: bytes, aead_id: int) -> Schedule:
    """Derive the context of base mode (RFC 9180, section 5.1)."""
    suite = b"HPKE" + (0x647A).to_bytes(2, "big") + (1).to_bytes(2, "big") + aead_id.to_bytes(2, "big")

    def extract(salt: bytes, label: bytes, ikm: bytes) -> bytes:
        return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + ikm, "sha256")

    def expand(prk: bytes, label: bytes, context: bytes, length: int) -> bytes:
        return hkdf_expand(
            "sha256", prk, length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + context, length
        )

    context = b"\0" + extract(b"", b"psk_id_hash", b"") + extract(b"", b"info_hash", info)
    secret = extract(shared, b"secret", b"")
    return Schedule(
        expand(secret, b"key", context, 32),
        expand(secret, b"base_nonce", context, 12),
        expand(secret, b"exp", context, 32),
    )


def seal(public: bytes, info: bytes, plaintext: bytes, randomness: bytes) -> bytes:
    """Seal once: `enc || ciphertext`."""
    shared, enc = encapsulate(public, randomness)
    keys = schedule(shared, info, AES_256_GCM)
    return enc + gcm_seal(keys.key, keys.base_nonce, plaintext, b"")


def open_sealed(private: bytes, info: bytes, sealed: bytes) -> bytes:
    """Open, or refuse."""
    require(AUTHENTICATION, len(sealed) >= ENCAPSULATED + 16)
    keys = schedule(decapsulate(private, sealed[:ENCAPSULATED]), info, AES_256_GCM)
    return gcm_open(keys.key, keys.base_nonce, sealed[ENCAPSULATED:], b"")

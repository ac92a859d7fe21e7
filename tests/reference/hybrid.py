"""02, PR-7 to PR-9: hybrid signatures and ML-KEM-1024 on the plain libraries dilithium-py and kyber-py."""

from __future__ import annotations

from typing import NamedTuple

from dilithium_py.ml_dsa import ML_DSA_65
from kyber_py.ml_kem import ML_KEM_1024

from tests.reference.curve25519 import ed25519_public, ed25519_sign, ed25519_verify
from tests.reference.refusal import AUTHENTICATION, RefusedError, require

SIGNATURE = 3373
PUBLIC = 1984


class SigningKey(NamedTuple):
    """The two seeds of a hybrid key, and its public encoding."""

    seeds: bytes
    public: bytes


def signing_key(seeds: bytes) -> SigningKey:
    """Make the key of `ed25519_seed || mldsa_seed`."""
    return SigningKey(seeds, ed25519_public(seeds[:32]) + bytes(ML_DSA_65.key_derive(seeds[32:])[0]))


def signed_bytes(label: bytes, public: bytes, body: bytes) -> tuple[bytes, bytes]:
    """Give the message that both halves sign, and the context of ML-DSA."""
    return b"securemsg/1/sign/" + label + b"\0" + public + body, b"securemsg/1/sign/" + label


def sign(key: SigningKey, label: bytes, body: bytes) -> bytes:
    """PR-9, with the deterministic variant of ML-DSA so that the vectors are stable."""
    message, context = signed_bytes(label, key.public, body)
    _, private = ML_DSA_65.key_derive(key.seeds[32:])
    second = bytes(ML_DSA_65.sign(private, message, ctx=context, deterministic=True))
    return ed25519_sign(key.seeds[:32], message) + second


def verify(public: bytes, label: bytes, body: bytes, signature: bytes) -> None:
    """PR-9: both halves, or a refusal."""
    require(AUTHENTICATION, len(public) == PUBLIC, len(signature) == SIGNATURE)
    message, context = signed_bytes(label, public, body)
    ed25519_verify(public[:32], message, signature[:64])
    try:
        valid = ML_DSA_65.verify(public[32:], message, signature[64:], ctx=context)
    except ValueError:
        valid = False
    require(AUTHENTICATION, valid)


def kem_public(seed: bytes) -> bytes:
    """Give the ML-KEM-1024 public key of `d || z`."""
    return bytes(ML_KEM_1024.key_derive(seed)[0])


def encapsulate(public: bytes, message: bytes) -> tuple[bytes, bytes]:
    """Encapsulate with given randomness (FIPS 203, algorithm 17): (secret, ciphertext)."""
    secret, ciphertext = ML_KEM_1024._encaps_internal(public, message)
    return bytes(secret), bytes(ciphertext)


def decapsulate(seed: bytes, ciphertext: bytes) -> bytes:
    """Decapsulate; a corrupted ciphertext gives a wrong secret."""
    require(AUTHENTICATION, len(ciphertext) == 1568)
    return bytes(ML_KEM_1024.decaps(ML_KEM_1024.key_derive(seed)[1], ciphertext))


def check_kem_public(public: bytes) -> None:
    """Refuse a public key whose coefficients are not reduced (FIPS 203, section 7.2)."""
    try:
        ML_KEM_1024._encaps_internal(public, bytes(32))
    except ValueError:
        raise RefusedError(AUTHENTICATION) from None

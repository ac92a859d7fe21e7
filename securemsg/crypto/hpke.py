"""HPKE sealing to a hybrid public key: ML-KEM-768 and X25519 together."""

from dataclasses import dataclass, field
from typing import Self, final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from securemsg.crypto import x25519
from securemsg.crypto.entropy import Entropy
from securemsg.crypto.secret import Secret
from securemsg.errors import AuthenticationError

_MLKEM_SEED_WIDTH = 64
_MLKEM_PUBLIC_WIDTH = 1184

SEED_WIDTH = _MLKEM_SEED_WIDTH + x25519.WIDTH
"""Bytes of a private key (Spec: PR-13)."""

PUBLIC_WIDTH = _MLKEM_PUBLIC_WIDTH + x25519.WIDTH
"""Bytes of an encoded public key (Spec: PR-13)."""

OVERHEAD = 1136
"""Bytes by which what is sealed is longer than the plaintext: 1,120 of key, 16 of tag."""

_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


@final
@dataclass(frozen=True, slots=True)
class SealingPublicKey:
    """A parsed public key; make it with `parse` (Spec: PR-13)."""

    encoded: bytes = field(repr=False)
    _key: MLKEM768X25519PublicKey = field(repr=False, compare=False)

    @classmethod
    def parse(cls, value: bytes) -> Self:
        """Return `value` (1,216 bytes) as a key, both halves checked; raises `AuthenticationError`."""
        # Both halves check their widths, hence the whole.
        agreement = x25519.PublicKey.parse(value[_MLKEM_PUBLIC_WIDTH:])
        try:
            encapsulation = MLKEM768PublicKey.from_public_bytes(value[:_MLKEM_PUBLIC_WIDTH])
        except ValueError:
            raise AuthenticationError("refused") from None
        key = MLKEM768X25519PublicKey(encapsulation, X25519PublicKey.from_public_bytes(agreement))
        return cls(bytes(value), key)

    def seal(self, info: bytes, plaintext: bytes) -> bytes:
        """Return `enc[1120] || ciphertext`, to be opened with the same `info`.

        The library draws its own randomness from the operating system (Spec: PR-2, PR-13).
        """
        return _SUITE.encrypt(plaintext, self._key, info)


@final
class SealingKey(Secret):
    """A private key: `mlkem_seed[64] || x25519[32]` (Spec: PR-13)."""

    WIDTH = SEED_WIDTH
    __slots__ = ("_agreement", "_encapsulation")

    def __init__(self, value: bytes) -> None:
        """Hold both halves; raises `LocalError` for another width than 96."""
        super().__init__(value)
        self._encapsulation = MLKEM768PrivateKey.from_seed_bytes(value[:_MLKEM_SEED_WIDTH])
        self._agreement = X25519PrivateKey.from_private_bytes(value[_MLKEM_SEED_WIDTH:])

    @classmethod
    def generate(cls, entropy: Entropy) -> Self:
        """Return a fresh key."""
        return cls(entropy(SEED_WIDTH))

    def public(self) -> SealingPublicKey:
        """Return the public half."""
        first, second = self._encapsulation.public_key(), self._agreement.public_key()
        encoded = first.public_bytes_raw() + second.public_bytes_raw()
        return SealingPublicKey(encoded, MLKEM768X25519PublicKey(first, second))

    def open(self, info: bytes, sealed: bytes) -> bytes:
        """Return the plaintext of `sealed`; raises `AuthenticationError` (Spec: PR-13)."""
        key = MLKEM768X25519PrivateKey(self._encapsulation, self._agreement)
        try:
            return _SUITE.decrypt(sealed, key, info)
        except InvalidTag:
            raise AuthenticationError("refused") from None

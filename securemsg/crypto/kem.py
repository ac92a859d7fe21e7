"""ML-KEM-1024."""

from dataclasses import dataclass, field
from typing import Self, final

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM1024PrivateKey, MLKEM1024PublicKey

from securemsg.crypto.entropy import Entropy
from securemsg.crypto.secret import Secret
from securemsg.errors import AuthenticationError

SEED_WIDTH = 64
"""Bytes of a private key: its seed `d || z`."""

PUBLIC_WIDTH = 1568
"""Bytes of an encoded public key."""

CIPHERTEXT_WIDTH = 1568
"""Bytes of a ciphertext."""


@final
@dataclass(frozen=True, slots=True)
class EncapsulationKey:
    """A parsed public key; make it with `parse` (Spec: PR-7)."""

    encoded: bytes = field(repr=False)
    _key: MLKEM1024PublicKey = field(repr=False, compare=False)

    @classmethod
    def parse(cls, value: bytes) -> Self:
        """Return `value` (1,568 bytes) as a key, coefficients checked; raises `AuthenticationError`."""
        if len(value) != PUBLIC_WIDTH:
            raise AuthenticationError("refused")
        try:
            return cls(bytes(value), MLKEM1024PublicKey.from_public_bytes(value))
        except ValueError:
            raise AuthenticationError("refused") from None

    def encapsulate(self) -> tuple[bytes, bytes]:
        """Return a fresh secret (32 bytes) and its ciphertext (1,568 bytes).

        The library draws its own randomness from the operating system (Spec: PR-2).
        """
        return self._key.encapsulate()


@final
class DecapsulationKey(Secret):
    """A private key as its 64-byte seed (Spec: PR-7)."""

    WIDTH = SEED_WIDTH
    __slots__ = ("_key", "_public")

    def __init__(self, value: bytes) -> None:
        """Hold the seed; raises `LocalError` for another width than 64."""
        super().__init__(value)
        # Expanding a seed costs a tenth of a millisecond, and most stored keys are never used.
        self._key: MLKEM1024PrivateKey | None = None
        self._public: EncapsulationKey | None = None

    @classmethod
    def generate(cls, entropy: Entropy) -> Self:
        """Return a fresh key."""
        return cls(entropy(SEED_WIDTH))

    def public(self) -> EncapsulationKey:
        """Return the public half, computed once."""
        if self._public is None:
            public = self._expanded().public_key()
            self._public = EncapsulationKey(public.public_bytes_raw(), public)
        return self._public

    def decapsulate(self, ciphertext: bytes) -> bytes:
        """Return the 32-byte secret inside `ciphertext`.

        A corrupted ciphertext of the right width gives a wrong secret and no error;
        another width raises `AuthenticationError`.

        Spec: PR-7.
        """
        if len(ciphertext) != CIPHERTEXT_WIDTH:
            raise AuthenticationError("refused")
        return self._expanded().decapsulate(ciphertext)

    def _expanded(self) -> MLKEM1024PrivateKey:
        if self._key is None:
            self._key = MLKEM1024PrivateKey.from_seed_bytes(self._value)
        return self._key

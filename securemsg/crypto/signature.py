"""The hybrid signature: Ed25519 and ML-DSA-65 over the same bytes, both required."""

from dataclasses import dataclass, field
from typing import Self, final

from securemsg.crypto import ed25519, mldsa
from securemsg.crypto.entropy import Entropy
from securemsg.crypto.secret import Secret

SEED_WIDTH = ed25519.SEED_WIDTH + mldsa.SEED_WIDTH
"""Bytes of a private key: both seeds (Spec: PR-8)."""

PUBLIC_WIDTH = ed25519.PUBLIC_WIDTH + mldsa.PUBLIC_WIDTH
"""Bytes of an encoded public key: 1,984 (Spec: PR-8)."""

SIGNATURE_WIDTH = ed25519.SIGNATURE_WIDTH + mldsa.SIGNATURE_WIDTH
"""Bytes of a signature: 3,373 (Spec: PR-9)."""


@final
@dataclass(frozen=True, slots=True)
class HybridPublicKey:
    """A parsed public key; make it with `parse` (Spec: PR-8)."""

    encoded: bytes = field(repr=False)
    _ed25519: ed25519.PublicKey = field(repr=False, compare=False)
    _mldsa: mldsa.PublicKey = field(repr=False, compare=False)

    @classmethod
    def parse(cls, value: bytes) -> Self:
        """Return `value` (1,984 bytes) as a key; raises `AuthenticationError`."""
        # Both halves check their widths, hence the whole.
        first = ed25519.PublicKey.parse(value[: ed25519.PUBLIC_WIDTH])
        second = mldsa.PublicKey.parse(value[ed25519.PUBLIC_WIDTH :])
        return cls(bytes(value), first, second)

    def verify(self, label: bytes, body: bytes, signature: bytes) -> None:
        """Return if both halves of `signature` (3,373 bytes) hold over `label` and `body`.

        Raises `AuthenticationError`.

        Spec: PR-9.
        """
        message = ed25519.signed_bytes(label, self.encoded + body)
        self._ed25519.verify_exact(message, signature[: ed25519.SIGNATURE_WIDTH])
        self._mldsa.verify(ed25519.signing_context(label), message, signature[ed25519.SIGNATURE_WIDTH :])


@final
class HybridSigningKey(Secret):
    """A private key: `ed25519_seed[32] || mldsa_seed[32]` (Spec: PR-8)."""

    WIDTH = SEED_WIDTH
    __slots__ = ("_ed25519", "_mldsa", "_public")

    def __init__(self, value: bytes) -> None:
        """Hold both seeds; raises `LocalError` for another width than 64."""
        super().__init__(value)
        self._ed25519 = ed25519.SigningKey(value[: ed25519.SEED_WIDTH])
        self._mldsa = mldsa.SigningKey(value[ed25519.SEED_WIDTH :])
        first, second = self._ed25519.public(), self._mldsa.public()
        self._public = HybridPublicKey(first + second.encoded, first, second)

    @classmethod
    def generate(cls, entropy: Entropy) -> Self:
        """Return a fresh key."""
        return cls(entropy(SEED_WIDTH))

    def public(self) -> HybridPublicKey:
        """Return the public half."""
        return self._public

    def sign(self, label: bytes, body: bytes) -> bytes:
        """Return the 3,373-byte signature over `label`, the public key and `body` (Spec: PR-9)."""
        # "securemsg/1/sign/" || label || 0x00 || public_encoding || body
        message = ed25519.signed_bytes(label, self._public.encoded + body)
        first = self._ed25519.sign_exact(message)
        return first + self._mldsa.sign(ed25519.signing_context(label), message)

"""ML-DSA-65 alone: half of the hybrid signature, never used by itself."""

from dataclasses import dataclass, field
from typing import Self, final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey, MLDSA65PublicKey

from securemsg.crypto.secret import Secret
from securemsg.errors import AuthenticationError, LocalError

SEED_WIDTH = 32
"""Bytes of a private seed."""

PUBLIC_WIDTH = 1952
"""Bytes of an encoded public key."""

SIGNATURE_WIDTH = 3309
"""Bytes of a signature."""

MAX_CONTEXT = 255
"""Bytes of a context: one byte counts them in what is signed (FIPS 204, section 5.2)."""


@final
@dataclass(frozen=True, slots=True)
class PublicKey:
    """A parsed public key; make it with `parse`."""

    encoded: bytes = field(repr=False)
    _key: MLDSA65PublicKey = field(repr=False, compare=False)

    @classmethod
    def parse(cls, value: bytes) -> Self:
        """Return `value` (1,952 bytes) as a key; raises `AuthenticationError`."""
        if len(value) != PUBLIC_WIDTH:
            raise AuthenticationError("refused")
        return cls(bytes(value), MLDSA65PublicKey.from_public_bytes(value))

    def verify(self, context: bytes, message: bytes, signature: bytes) -> None:
        """Return if `signature` (3,309 bytes) is this key's over `message` in `context`.

        Raises `AuthenticationError`, and `LocalError` for a context over 255 bytes.

        Spec: PR-9.
        """
        _check_context(context)
        if len(signature) != SIGNATURE_WIDTH:
            raise AuthenticationError("refused")
        try:
            self._key.verify(signature, message, context)
        except InvalidSignature:
            raise AuthenticationError("refused") from None


@final
class SigningKey(Secret):
    """A private key as its 32-byte seed."""

    WIDTH = SEED_WIDTH
    __slots__ = ("_key",)

    def __init__(self, value: bytes) -> None:
        """Hold the seed; raises `LocalError` for another width than 32."""
        super().__init__(value)
        self._key = MLDSA65PrivateKey.from_seed_bytes(value)

    def public(self) -> PublicKey:
        """Return the public half."""
        public = self._key.public_key()
        return PublicKey(public.public_bytes_raw(), public)

    def sign(self, context: bytes, message: bytes) -> bytes:
        """Return the 3,309-byte signature over `message` in `context`.

        Raises `LocalError` for a context over 255 bytes. The library draws its own
        randomness from the operating system (Spec: PR-2, PR-9).
        """
        _check_context(context)
        return self._key.sign(message, context)


def _check_context(context: bytes) -> None:
    if len(context) > MAX_CONTEXT:
        raise LocalError(f"a context can have {MAX_CONTEXT} bytes at most")

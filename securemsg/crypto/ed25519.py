"""Ed25519 alone, with the strict verification that libsodium gives.

OpenSSL accepts small-order public keys, under which one fixed signature fits every
message; therefore nothing here goes through it.
"""

from typing import Self, final

from nacl.bindings import (
    crypto_core_ed25519_is_valid_point,
    crypto_sign,
    crypto_sign_open,
    crypto_sign_seed_keypair,
)
from nacl.exceptions import BadSignatureError

from securemsg.crypto.entropy import Entropy
from securemsg.crypto.secret import Secret
from securemsg.errors import AuthenticationError, LocalError

SEED_WIDTH = 32
"""Bytes of a private seed."""

PUBLIC_WIDTH = 32
"""Bytes of an encoded public key."""

SIGNATURE_WIDTH = 64
"""Bytes of a signature."""

_FIELD_PRIME = 2**255 - 19
_WITHOUT_SIGN = 2**255 - 1


@final
class PublicKey(bytes):
    """A public key that passed every check: canonical, on the curve, of prime order (Spec: PR-10)."""

    __slots__ = ()

    @classmethod
    def parse(cls, value: bytes) -> Self:
        """Return `value` (32 bytes) as a key; raises `AuthenticationError`."""
        if len(value) != PUBLIC_WIDTH or not crypto_core_ed25519_is_valid_point(bytes(value)):
            raise AuthenticationError("refused")
        return cls(value)

    def verify(self, label: bytes, body: bytes, signature: bytes) -> None:
        """Return if `signature` (64 bytes) is this key's over `label` and `body`.

        Raises `AuthenticationError`.

        Spec: PR-10, PR-11.
        """
        self.verify_exact(signed_bytes(label, body), signature)

    def verify_exact(self, message: bytes, signature: bytes) -> None:
        """Verify over exactly `message`, whose caller has separated it from other uses."""
        if len(signature) != SIGNATURE_WIDTH or not _canonical(signature[:PUBLIC_WIDTH]):
            raise AuthenticationError("refused")
        try:
            crypto_sign_open(signature + message, self)
        except BadSignatureError:
            raise AuthenticationError("refused") from None

    def __repr__(self) -> str:
        return "PublicKey(...)"

    def __str__(self) -> str:
        return repr(self)


@final
class SigningKey(Secret):
    """A private key as its 32-byte seed (Spec: PR-8, PR-11)."""

    WIDTH = SEED_WIDTH
    __slots__ = ("_pair",)

    def __init__(self, value: bytes) -> None:
        """Hold the seed; raises `LocalError` for another width than 32."""
        super().__init__(value)
        self._pair = crypto_sign_seed_keypair(value)

    @classmethod
    def generate(cls, entropy: Entropy) -> Self:
        """Return a fresh key."""
        return cls(entropy(SEED_WIDTH))

    def public(self) -> PublicKey:
        """Return the public half."""
        return PublicKey(self._pair[0])

    def sign(self, label: bytes, body: bytes) -> bytes:
        """Return the 64-byte signature over `label` and `body` (Spec: PR-11)."""
        return self.sign_exact(signed_bytes(label, body))

    def sign_exact(self, message: bytes) -> bytes:
        """Sign exactly `message`, whose caller has separated it from other uses."""
        return crypto_sign(message, self._pair[1])[:SIGNATURE_WIDTH]


def signing_context(label: bytes) -> bytes:
    """Return what separates signatures under `label` from all others (Spec: PR-9)."""
    return b"securemsg/1/sign/" + label


def signed_bytes(label: bytes, body: bytes) -> bytes:
    """Return the bytes that a signature covers; raises `LocalError` for a zero byte in `label`."""
    if b"\0" in label:
        raise LocalError("a label cannot contain a zero byte")
    # "securemsg/1/sign/" || label || 0x00 || body
    return signing_context(label) + b"\0" + body


def _canonical(point: bytes) -> bool:
    """Tell whether a point's y is reduced: libsodium checks this of keys but not of R."""
    return int.from_bytes(point, "little") & _WITHOUT_SIGN < _FIELD_PRIME

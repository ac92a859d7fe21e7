"""X25519 with strict public keys."""

from typing import Self, final

from nacl.bindings import crypto_scalarmult, crypto_scalarmult_base
from nacl.exceptions import RuntimeError as SodiumError

from securemsg.crypto.entropy import Entropy
from securemsg.crypto.secret import Secret
from securemsg.errors import AuthenticationError

WIDTH = 32
"""Bytes of private keys, public keys and agreed secrets."""

_PRIME = 2**255 - 19

LOW_ORDER = frozenset(
    u.to_bytes(WIDTH, "little")
    for u in (
        0,
        1,
        325606250916557431795983626356110631294008115727848805560023387167927233504,
        39382357235489614581723060781553021112529911719440698176882885853963445705823,
        _PRIME - 1,
    )
)
"""Every canonical u whose multiples by 8 vanish, on the curve or on its twist.

The published lists of 7 and 12 add only unreduced forms of these five (RFC 7748
section 6.1; https://cr.yp.to/ecdh.html#validate)."""


@final
class PublicKey(bytes):
    """A public key that passed every check: canonical and not of low order (Spec: PR-6)."""

    __slots__ = ()

    @classmethod
    def parse(cls, value: bytes) -> Self:
        """Return `value` (32 bytes) as a key; raises `AuthenticationError`."""
        if len(value) != WIDTH or value in LOW_ORDER or int.from_bytes(value, "little") >= _PRIME:
            raise AuthenticationError("refused")
        return cls(value)

    def __repr__(self) -> str:
        return "PublicKey(...)"

    def __str__(self) -> str:
        return repr(self)


@final
class PrivateKey(Secret):
    """A private key, 32 bytes as drawn (Spec: PR-6)."""

    WIDTH = WIDTH
    __slots__ = ()

    @classmethod
    def generate(cls, entropy: Entropy) -> Self:
        """Return a fresh key."""
        return cls(entropy(WIDTH))

    def public(self) -> PublicKey:
        """Return the public half; computed at each call, so keep it."""
        return PublicKey(crypto_scalarmult_base(self._value))

    def agree(self, public: PublicKey) -> bytes:
        """Return the 32-byte secret shared with the owner of `public`.

        Raises `AuthenticationError` for an all-zero result.

        Spec: PR-6.
        """
        try:
            return crypto_scalarmult(self._value, public)
        except SodiumError:
            raise AuthenticationError("refused") from None

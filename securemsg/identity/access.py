"""What lets its holder write to somebody: the secret in a link, and what follows from it."""

from typing import Self, final

from securemsg.crypto.entropy import Entropy
from securemsg.crypto.kdf import kdf
from securemsg.crypto.secret import Secret


@final
class SendToken(Secret):
    """32 bytes that let their holder submit to one mailbox until they are revoked (Spec: MB-3)."""

    WIDTH = 32
    __slots__ = ()

    @classmethod
    def generate(cls, entropy: Entropy) -> Self:
        """Return a fresh token."""
        return cls(entropy(cls.WIDTH))


@final
class ShelfKey(Secret):
    """32 bytes that open what one device has on its relay's shelf (Spec: HS-4)."""

    WIDTH = 32
    __slots__ = ()

    @classmethod
    def generate(cls, entropy: Entropy) -> Self:
        """Return a fresh key."""
        return cls(entropy(cls.WIDTH))


@final
class LinkSecret(Secret):
    """The 32 secret bytes of a contact link (Spec: ID-6)."""

    WIDTH = 32
    __slots__ = ()

    @classmethod
    def generate(cls, entropy: Entropy) -> Self:
        """Return a fresh secret."""
        return cls(entropy(cls.WIDTH))

    def token(self) -> SendToken:
        """Return the send token that follows (Spec: ID-7)."""
        # send token = KDF(0, secret, "link/token", 32)
        return SendToken(kdf(b"", self._value, b"link/token", SendToken.WIDTH))

    def shelf(self) -> ShelfKey:
        """Return the shelf key that follows (Spec: ID-7)."""
        # shelf key = KDF(0, secret, "link/shelf", 32)
        return ShelfKey(kdf(b"", self._value, b"link/shelf", ShelfKey.WIDTH))

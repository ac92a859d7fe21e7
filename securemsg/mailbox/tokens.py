"""Rights that are proved by knowing them: send tokens, the keys of a blob, invitations."""

import base64
import binascii
from typing import Final, Self

from securemsg.crypto.entropy import Entropy
from securemsg.crypto.kdf import sha256
from securemsg.errors import LocalError
from securemsg.ids import Identifier

TOKENS_PER_MAILBOX: Final = 256
"""Enough for the contacts of one device; the list is what a stolen disk would count (Spec: MB-3)."""


class TokenHash(Identifier):
    """SHA-256 of a send token, 32 bytes: what the relay keeps (Spec: MB-3)."""

    WIDTH = 32
    __slots__ = ()


class SendToken(Identifier):
    """32 random bytes that allow their holder to submit to one mailbox (Spec: MB-3)."""

    WIDTH = 32
    __slots__ = ()

    @property
    def hash(self) -> TokenHash:
        """What the owner hands to the relay."""
        return TokenHash(sha256(self))


class KeyHash(Identifier):
    """SHA-256 of a key of a blob, 32 bytes: what the relay keeps (Spec: MB-23)."""

    WIDTH = 32
    __slots__ = ()


class WriteKey(Identifier):
    """32 random bytes that allow their holder to fill and to delete one blob (Spec: MB-23)."""

    WIDTH = 32
    __slots__ = ()

    @property
    def hash(self) -> KeyHash:
        """What the creator hands to the relay."""
        return KeyHash(sha256(self))


class ReadKey(Identifier):
    """32 random bytes that allow their holder to read one blob (Spec: MB-23)."""

    WIDTH = 32
    __slots__ = ()

    @property
    def hash(self) -> KeyHash:
        """What the creator hands to the relay."""
        return KeyHash(sha256(self))


class Invitation(Identifier):
    """16 random bytes that allow a registration where it is by invitation (Spec: MB-4)."""

    WIDTH = 16
    __slots__ = ()

    @classmethod
    def make(cls, entropy: Entropy) -> Self:
        """Draw a new one."""
        return cls(entropy(cls.WIDTH))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `text` printed; raises `LocalError`."""
        try:
            value = base64.b64decode(text.strip().encode("ascii") + b"==", altchars=b"-_", validate=True)
        except (binascii.Error, UnicodeEncodeError):
            value = b""
        if len(value) != cls.WIDTH or base64.urlsafe_b64encode(value).decode() != f"{text.strip()}==":
            raise LocalError("An invitation has 22 characters; copy all that the relay's administrator sent.")
        return cls(value)

    @property
    def text(self) -> str:
        """22 characters, unpadded base64url; deliberately not `str()`, which logs would call."""
        return base64.urlsafe_b64encode(self).rstrip(b"=").decode()

    @property
    def hash(self) -> bytes:
        """SHA-256, 32 bytes: what the relay keeps (Spec: RL-2)."""
        return sha256(self)

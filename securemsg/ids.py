"""Identifiers: fixed-width opaque bytes, one type per role so that none takes another's place.

A constructor refuses every other width with `FrameError`, because identifiers
come from outside far more often than from us.
"""

from typing import ClassVar, Self

from securemsg.errors import FrameError


class Identifier(bytes):
    """Fixed-width opaque bytes; subclasses set `WIDTH` (bytes)."""

    WIDTH: ClassVar[int]

    __slots__ = ()

    def __new__(cls, value: bytes) -> Self:
        """Return `value` as this role; raises `FrameError` for another width."""
        if len(value) != cls.WIDTH:
            raise FrameError(f"{cls.__name__} must be {cls.WIDTH} bytes")
        return super().__new__(cls, value)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"

    def __str__(self) -> str:
        return repr(self)


class AccountId(Identifier):
    """32 bytes: the hash of an account's public keys; what people verify (Spec: ID-2)."""

    WIDTH = 32
    __slots__ = ()


class DeviceId(Identifier):
    """16 random bytes, unique within an account (Spec: ID-4)."""

    WIDTH = 16
    __slots__ = ()


class MailboxId(Identifier):
    """16 random bytes naming a queue on one relay (Spec: MB-3)."""

    WIDTH = 16
    __slots__ = ()


class MessageId(Identifier):
    """16 random bytes: of a content within a conversation (Spec: CT-2)."""

    WIDTH = 16
    __slots__ = ()


class SubmitId(Identifier):
    """16 random bytes: of one envelope within a mailbox; makes a submit repeatable (Spec: MB-7)."""

    WIDTH = 16
    __slots__ = ()


class SessionId(Identifier):
    """32 bytes: derived from the handshake transcript (Spec: HS-9)."""

    WIDTH = 32
    __slots__ = ()


class BlobId(Identifier):
    """16 random bytes naming a blob on one relay, chosen by its creator (Spec: MB-23)."""

    WIDTH = 16
    __slots__ = ()

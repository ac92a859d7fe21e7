"""What an opening envelope seals: the initiator's half of the handshake and her first message."""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final, Self, final

from securemsg.crypto import kem, x25519
from securemsg.errors import FrameError
from securemsg.instant import LAST_INSTANT, Instant
from securemsg.wire import codec
from securemsg.wire.fields import Fields
from securemsg.wire.messages.counting import LAST_NUMBER, counted
from securemsg.wire.padding import MAX_OPENING_CONTENT

LAST_LEAF_ID: Final = codec.MAX_INTEGER
"""The greatest id of a one-time leaf (Spec: HS-1)."""

_VERSION: Final = 1


class KemKind(IntEnum):
    """Which of the responder's KEM keys a handshake used (Spec: HS-8)."""

    ONE_TIME = 1
    LAST_RESORT = 2


@final
@dataclass(frozen=True, slots=True)
class KeyChoice:
    """Which of the responder's keys the initiator used (Spec: HS-11)."""

    generation: int
    signed_prekey_id: int
    kem_kind: KemKind
    kem_id: int

    def values(self) -> list[int]:
        """Return the elements of this choice in an encoding."""
        return [self.generation, self.signed_prekey_id, self.kem_kind, self.kem_id]

    @classmethod
    def take(cls, fields: Fields) -> Self:
        """Take the elements of a choice from `fields`; raises `FrameError`."""
        generation, signed_prekey_id = counted(fields), counted(fields)
        try:
            kind = KemKind(fields.uint(max(KemKind)))
        except ValueError:
            raise FrameError("an unknown version, type or suite") from None
        last = LAST_LEAF_ID if kind is KemKind.ONE_TIME else LAST_NUMBER
        return cls(generation, signed_prekey_id, kind, counted(fields, last))


@final
@dataclass(frozen=True, slots=True)
class OpeningContent:
    """The inner record of an opening; certificate, card and message are still encoded (Spec: HS-11)."""

    certificate: bytes = field(repr=False)
    choice: KeyChoice
    ephemeral: x25519.PublicKey
    ciphertext: bytes = field(repr=False)
    opened_at: Instant
    card: bytes = field(repr=False)
    message: bytes = field(repr=False)

    def encode(self) -> bytes:
        """Return the bytes to pad and seal."""
        return codec.encode(
            [
                _VERSION,
                self.certificate,
                *self.choice.values(),
                self.ephemeral,
                self.ciphertext,
                self.opened_at,
                self.card,
                self.message,
            ]
        )

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Return the record in `data`; raises `FrameError` or, for the key, `AuthenticationError`."""
        fields = Fields.parse(data, MAX_OPENING_CONTENT)
        fields.exactly(_VERSION)
        content = cls(
            certificate=fields.binary_up_to(MAX_OPENING_CONTENT),
            choice=KeyChoice.take(fields),
            ephemeral=x25519.PublicKey.parse(fields.binary(x25519.WIDTH)),
            ciphertext=fields.binary(kem.CIPHERTEXT_WIDTH),
            opened_at=Instant(fields.uint(LAST_INSTANT)),
            card=fields.binary_up_to(MAX_OPENING_CONTENT),
            message=fields.binary_up_to(MAX_OPENING_CONTENT),
        )
        fields.end()
        return content

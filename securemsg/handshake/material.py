"""What the initiator keeps to repeat her opening until she is answered."""

from dataclasses import dataclass, field
from typing import Final, Self, final

from securemsg.crypto import hpke, kem, x25519
from securemsg.instant import LAST_INSTANT, Instant
from securemsg.wire import codec
from securemsg.wire.fields import Fields
from securemsg.wire.messages.opening import KeyChoice

OPENING_INFO: Final = b"securemsg/1/opening"
"""Binds the sealing of openings to this use (Spec: HS-11)."""

_VERSION: Final = 1
_MAX_RECORD: Final = 4_096


@final
@dataclass(frozen=True, slots=True)
class OpeningMaterial:
    """The public part of a handshake, the same in every opening of its session (Spec: HS-11, SE-5)."""

    sealing_key: hpke.SealingPublicKey
    choice: KeyChoice
    ephemeral: x25519.PublicKey
    ciphertext: bytes = field(repr=False)
    opened_at: Instant

    def encode(self) -> bytes:
        """Return the record that a store keeps; it holds no secret."""
        choice = self.choice.values()
        return codec.encode(
            [_VERSION, self.sealing_key.encoded, *choice, self.ephemeral, self.ciphertext, self.opened_at]
        )

    @classmethod
    def decode(cls, record: bytes) -> Self:
        """Return what `encode` recorded; raises `FrameError` or `AuthenticationError`."""
        fields = Fields.parse(record, _MAX_RECORD)
        fields.exactly(_VERSION)
        material = cls(
            hpke.SealingPublicKey.parse(fields.binary(hpke.PUBLIC_WIDTH)),
            KeyChoice.take(fields),
            x25519.PublicKey.parse(fields.binary(x25519.WIDTH)),
            fields.binary(kem.CIPHERTEXT_WIDTH),
            Instant(fields.uint(LAST_INSTANT)),
        )
        fields.end()
        return material

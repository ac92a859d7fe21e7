"""What the initiator keeps to repeat her opening until she is answered."""

from dataclasses import dataclass, field
from typing import Final, Self, final

from securemsg.crypto import hpke, kem, x25519
from securemsg.identity.card import MAX_CARD
from securemsg.identity.certificate import MAX_CERTIFICATE
from securemsg.instant import LAST_INSTANT, Instant
from securemsg.wire import codec
from securemsg.wire.fields import Fields
from securemsg.wire.messages.opening import KeyChoice

OPENING_INFO: Final = b"securemsg/1/opening"
"""Binds the sealing of openings to this use (Spec: HS-11)."""

_VERSION: Final = 1
_MAX_RECORD: Final = MAX_CERTIFICATE + MAX_CARD + 4_096


@final
@dataclass(frozen=True, slots=True)
class OpeningMaterial:
    """What is the same in every opening of a session, all of it in the transcript (Spec: HS-8, HS-11, SE-5).

    `certificate` and `card` are encoded; an empty card is none.
    """

    sealing_key: hpke.SealingPublicKey
    choice: KeyChoice
    ephemeral: x25519.PublicKey
    ciphertext: bytes = field(repr=False)
    opened_at: Instant
    certificate: bytes = field(repr=False)
    card: bytes = field(repr=False)

    def encode(self) -> bytes:
        """Return the record that a store keeps; the send token in the card is its only secret."""
        choice, exchange = self.choice.values(), (self.ephemeral, self.ciphertext)
        ours = (self.opened_at, self.certificate, self.card)
        return codec.encode([_VERSION, self.sealing_key.encoded, *choice, *exchange, *ours])

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
            fields.binary_up_to(MAX_CERTIFICATE, 1),
            fields.binary_up_to(MAX_CARD),
        )
        fields.end()
        return material

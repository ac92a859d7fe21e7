"""One session with one peer device.

    begin -> Unanswered --open_message--> Confirmed <--accept_opening-- nothing

While it is `Unanswered` every message carries the opening again, so that any one of
them may be the first to arrive.
"""

from dataclasses import dataclass, field
from typing import Final, Self, TypeAlias, final

from securemsg.handshake.agreement import Agreement
from securemsg.handshake.material import OpeningMaterial
from securemsg.ids import SessionId
from securemsg.instant import Instant
from securemsg.ratchet.keys import Authenticator, EpochSeed, HeaderKey, RootKey
from securemsg.ratchet.start import Seed
from securemsg.ratchet.state import Active
from securemsg.wire.messages.opening import KemKind

FINGERPRINT_WIDTH: Final = 32
"""Bytes of the fingerprint of an opening (Spec: HS-13)."""


@final
@dataclass(frozen=True, slots=True)
class Origin:
    """What stays the same for the life of a session."""

    session_id: SessionId
    opened_at: Instant
    """By the initiator's clock; ranks the session (Spec: SE-2)."""

    kem_kind: KemKind
    fingerprint: bytes = field(repr=False)
    """Of the opening that was accepted, to know it again; empty where we are the initiator (Spec: HS-13)."""

    @classmethod
    def of(cls, agreement: Agreement, fingerprint: bytes) -> Self:
        """Return what a handshake settles for good."""
        return cls(agreement.session_id, agreement.opened_at, agreement.kem_kind, fingerprint)

    @property
    def rank(self) -> tuple[int, bytes]:
        """Sorts the highest session first, equally on both sides (Spec: SE-2)."""
        return -self.opened_at, self.session_id


@final
@dataclass(frozen=True, slots=True)
class Unanswered:
    """Ours, and we have opened nothing in it: every message goes out as an opening (Spec: SE-1, SE-5)."""

    origin: Origin
    ratchet: Active
    material: OpeningMaterial


@final
@dataclass(frozen=True, slots=True)
class Confirmed:
    """The peer holds it too (Spec: SE-1)."""

    origin: Origin
    ratchet: Active
    healed_at: Instant
    """When the EC ratchet last took a step (Spec: SE-12)."""


Session: TypeAlias = Unanswered | Confirmed


def has_reduced_secrecy(session: Session) -> bool:
    """Whether no one-time key protects it and no full DH step has replaced the handshake's keys yet.

    Spec: HS-6.
    """
    return session.origin.kem_kind is KemKind.LAST_RESORT and not session.ratchet.healed


def seed_of(agreement: Agreement) -> Seed:
    """Return what the ratchet starts from (Spec: HS-8, RT-2)."""
    return Seed(
        agreement.transcript,
        RootKey(agreement.root.expose()),
        EpochSeed(agreement.epoch_seed.expose()),
        Authenticator(agreement.authenticator.expose()),
        HeaderKey(agreement.initiator_header.expose()),
        HeaderKey(agreement.responder_header.expose()),
    )

"""What both ends compute from a handshake: the transcript, and the secrets bound to it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Self, final

from securemsg.crypto import kem, x25519
from securemsg.crypto.kdf import digest, kdf
from securemsg.crypto.secret import Secret
from securemsg.handshake.manifest import SUITE
from securemsg.identity.certificate import Certificate
from securemsg.ids import AccountId, DeviceId, SessionId
from securemsg.instant import Instant
from securemsg.wire.messages.opening import KemKind

_MASTER_WIDTH: Final = 64


@final
class InitialRoot(Secret):
    """SK_ec: from which the ratchet starts (Spec: HS-8)."""

    WIDTH = 32
    __slots__ = ()


@final
class InitialEpochSeed(Secret):
    """SK_pq: from which the KEM ratchet starts (Spec: HS-8)."""

    WIDTH = 32
    __slots__ = ()


@final
class InitialAuthenticator(Secret):
    """A_0: tags the first key of the KEM ratchet (Spec: HS-8)."""

    WIDTH = 32
    __slots__ = ()


@final
class InitialHeaderKey(Secret):
    """HK_a or NHK_b: the first header key of one direction (Spec: HS-8)."""

    WIDTH = 32
    __slots__ = ()


@final
@dataclass(frozen=True, slots=True)
class Agreement:
    """The outcome of a handshake, equal on both sides.

    `transcript` is t, 64 bytes: all of it goes into the associated data of every message
    of the session.

    Spec: HS-8, HS-9.
    """

    transcript: bytes = field(repr=False)
    root: InitialRoot
    epoch_seed: InitialEpochSeed
    authenticator: InitialAuthenticator
    initiator_header: InitialHeaderKey
    responder_header: InitialHeaderKey
    opened_at: Instant
    kem_kind: KemKind

    @property
    def session_id(self) -> SessionId:
        """The first 32 bytes of t (Spec: HS-9)."""
        return SessionId(self.transcript[: SessionId.WIDTH])

    @property
    def reduced(self) -> bool:
        """Whether forward secrecy is reduced until the first DH step, for want of a leaf (Spec: HS-6)."""
        return self.kem_kind is KemKind.LAST_RESORT


@final
@dataclass(frozen=True, slots=True)
class Party:
    """One end as the transcript names it, with the hash of what it signed or had signed (Spec: HS-8)."""

    account_id: AccountId
    device_id: DeviceId
    document: bytes = field(repr=False)

    @classmethod
    def initiator(cls, certificate: Certificate) -> Self:
        """Return the party whose document is its certificate."""
        # H("certificate", A's certificate)
        return cls(certificate.account_id, certificate.device_id, digest(b"certificate", certificate.encoded))

    @classmethod
    def responder(cls, certificate: Certificate, manifest_hash: bytes) -> Self:
        """Return the party whose document is its manifest, told by the 64-byte hash of its body."""
        return cls(certificate.account_id, certificate.device_id, manifest_hash)


@final
@dataclass(frozen=True, slots=True)
class Exchange:
    """The public keys of one handshake; `one_time` is there with a leaf only (Spec: HS-7)."""

    signed_prekey: x25519.PublicKey
    kem_kind: KemKind
    kem: kem.EncapsulationKey
    one_time: x25519.PublicKey | None
    ephemeral: x25519.PublicKey
    ciphertext: bytes = field(repr=False)


@final
@dataclass(frozen=True, slots=True)
class Transcript:
    """Everything public that both ends must agree on (Spec: HS-8)."""

    initiator: Party
    responder: Party
    exchange: Exchange
    opened_at: Instant
    card: bytes = field(repr=False)
    """The initiator's card as the opening carries it, empty where there is none."""

    def encode(self) -> bytes:
        """Return T, of fixed layout."""
        exchange = self.exchange
        # T = u16 suite || A_account || A_device || H("certificate", A's certificate)
        #     || B_account || B_device || H("manifest", B's manifest body) || SPK_B || u8 kem_kind
        #     || KEM || opk || EK_A || CT || u64 opened_ms || H("card", card)
        return b"".join(
            (
                SUITE.to_bytes(2, "big"),
                *(self.initiator.account_id, self.initiator.device_id, self.initiator.document),
                *(self.responder.account_id, self.responder.device_id, self.responder.document),
                exchange.signed_prekey,
                bytes((exchange.kem_kind,)),
                exchange.kem.encoded,
                # opk = u8 1 || leaf's X25519 key, or u8 0
                b"\0" if exchange.one_time is None else b"\1" + exchange.one_time,
                exchange.ephemeral,
                exchange.ciphertext,
                self.opened_at.to_bytes(8, "big"),
                digest(b"card", self.card),
            )
        )


def agree(transcript: Transcript, secrets: Sequence[bytes]) -> Agreement:
    """Return the outcome for `secrets`: DH1, DH2, DH3, with a leaf DH4, then SS (32 bytes each).

    Spec: HS-8.
    """
    # HS-8: t = H("transcript", T)
    hashed = digest(b"transcript", transcript.encode())
    # SK = KDF(0, DH1 || DH2 || DH3 || [DH4] || SS, "pqxdh" || t, 64)
    # t may hold zero bytes: the label of an HKDF ends where its info ends.
    master = kdf(b"", b"".join(secrets), b"pqxdh" + hashed, _MASTER_WIDTH)
    # SK_ec || SK_pq || A_0 || HK_a || NHK_b = KDF(0, SK, "split", 160)
    split = kdf(b"", master, b"split", 160)
    return Agreement(
        transcript=hashed,
        root=InitialRoot(split[:32]),
        epoch_seed=InitialEpochSeed(split[32:64]),
        authenticator=InitialAuthenticator(split[64:96]),
        initiator_header=InitialHeaderKey(split[96:128]),
        responder_header=InitialHeaderKey(split[128:]),
        opened_at=transcript.opened_at,
        kem_kind=transcript.exchange.kem_kind,
    )

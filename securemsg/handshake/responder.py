"""The responder's side: unseal an opening, then compute the same secrets.

Two steps, because between them the caller looks whether it knows the session already
(`fingerprint`), in which case the one-time keys are long gone and the message is one
of that session.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeAlias, final

from securemsg.crypto.kdf import digest32
from securemsg.crypto.kem import DecapsulationKey
from securemsg.crypto.x25519 import PrivateKey
from securemsg.errors import AuthenticationError
from securemsg.handshake.agreement import Agreement, Exchange, Party, Transcript, agree
from securemsg.handshake.errors import OwnDevice, UnknownPrekey, UnknownSealingKey
from securemsg.handshake.material import OPENING_INFO
from securemsg.handshake.prekeys import LastResortPrivate, LeafPrivate, SealingPrivate, SignedPrekeyPrivate
from securemsg.identity.card import Card
from securemsg.identity.certificate import Certificate, verify_certificate
from securemsg.identity.device import Device
from securemsg.wire.envelope import Opening
from securemsg.wire.messages.opening import KemKind, OpeningContent
from securemsg.wire.padding import unpad_opening

MAX_SEEN: Final = 10_000
"""Openings remembered of one last-resort key: 320 kB, and more than a week of strangers (Spec: HS-13)."""


class PrekeyPrivates(Protocol):
    """Where the private halves are; each lookup returns `None` for a key unknown or dead (Spec: HS-12)."""

    def manifest_hash(self, generation: int) -> bytes | None:
        """Return the 64-byte hash of the manifest body of `generation`."""
        ...

    def signed_prekey(self, prekey_id: int) -> SignedPrekeyPrivate | None:
        """Return the signed prekey of this id."""
        ...

    def leaf(self, leaf_id: int) -> LeafPrivate | None:
        """Return the one-time leaf of this id."""
        ...

    def last_resort(self, prekey_id: int) -> LastResortPrivate | None:
        """Return the last-resort key of this id."""
        ...

    def was_seen(self, prekey_id: int, fingerprint: bytes) -> bool:
        """Tell whether this last-resort key's set holds the 32-byte `fingerprint`."""
        ...

    def seen_count(self, prekey_id: int) -> int:
        """Return how many entries this last-resort key's set holds."""
        ...


@final
@dataclass(frozen=True, slots=True)
class OpenedOpening:
    """An opening unsealed: the certificate is valid, but nothing proves yet that its device sent this.

    The card is only claimed: it counts once a session that has it in its transcript opened the message.

    Spec: HS-12, HS-13.
    """

    certificate: Certificate
    claimed_card: Card | None
    inner: OpeningContent

    @property
    def message(self) -> bytes:
        """The encoded message envelope inside; its opening is what proves the sender."""
        return self.inner.message


@final
@dataclass(frozen=True, slots=True)
class OneTimeUsed:
    """When the message has authenticated, delete this leaf (Spec: HS-13)."""

    leaf_id: int


@final
@dataclass(frozen=True, slots=True)
class LastResortUsed:
    """When the message has authenticated, add `fingerprint` to the set of this key (Spec: HS-13)."""

    prekey_id: int
    fingerprint: bytes = field(repr=False)


Used: TypeAlias = OneTimeUsed | LastResortUsed


@final
@dataclass(frozen=True, slots=True)
class Response:
    """A session on the responder's side; nothing may be changed before its message opens.

    Spec: HS-12, HS-13.
    """

    agreement: Agreement
    ratchet_key: SignedPrekeyPrivate
    used: Used


def unseal_opening(opening: Opening, find: Callable[[bytes], SealingPrivate | None]) -> OpenedOpening:
    """Return what `opening` seals; `find` returns the sealing key of an 8-byte hint.

    Raises `AuthenticationError` also for a hint that `find` does not know (whose opening it
    is remains sealed), and `FrameError` for malformed content.

    Spec: HS-12.
    """
    sealing = find(opening.hint)
    if sealing is None:
        raise UnknownSealingKey("refused")
    inner = OpeningContent.decode(unpad_opening(sealing.key.open(OPENING_INFO, opening.sealed)))
    card = Card.decode(inner.card) if inner.card else None
    return OpenedOpening(verify_certificate(inner.certificate), card, inner)


def fingerprint(opened: OpenedOpening) -> bytes:
    """Return 32 bytes that are the same in every opening of one session.

    Kept beside each session that was accepted, they find it again when its opening is
    repeated. They prove nothing: the message still has to open in that session.

    Spec: HS-13.
    """
    # H32("seen", EK_A || CT)
    return digest32(b"seen", opened.inner.ephemeral + opened.inner.ciphertext)


def respond(device: Device, opened: OpenedOpening, privates: PrekeyPrivates) -> Response:
    """Compute the session that `opened` begins.

    Raises:
        UnknownPrekey: A key that it names is gone, or its set is full.
        OwnDevice: It claims to come from this very device.
        AuthenticationError: It was seen before, or its keys agree on nothing.

    Spec: HS-8, HS-12, HS-13.
    """
    if device.is_described_by(opened.certificate):
        raise OwnDevice("refused")
    inner, peer = opened.inner, opened.certificate
    manifest_hash = privates.manifest_hash(inner.choice.generation)
    prekey = privates.signed_prekey(inner.choice.signed_prekey_id)
    if manifest_hash is None or prekey is None:
        raise UnknownPrekey(peer)
    keys = _leaf_keys(opened, privates) or _last_resort_keys(opened, privates)
    secrets = [
        # DH1 = DH(IK_A, SPK_B)   DH2 = DH(EK_A, IK_B)   DH3 = DH(EK_A, SPK_B)
        prekey.key.agree(peer.identity_key),
        device.identity_key.agree(inner.ephemeral),
        prekey.key.agree(inner.ephemeral),
    ]
    if keys.one_time is not None:
        # DH4 = DH(EK_A, OPK_B), with a leaf only
        secrets.append(keys.one_time.agree(inner.ephemeral))
    secrets.append(keys.kem.decapsulate(inner.ciphertext))
    exchange = Exchange(
        prekey.key.public(),
        inner.choice.kem_kind,
        keys.kem.public(),
        None if keys.one_time is None else keys.one_time.public(),
        inner.ephemeral,
        inner.ciphertext,
    )
    parties = (Party.initiator(peer), Party.responder(device.certificate, manifest_hash))
    agreement = agree(Transcript(*parties, exchange, inner.opened_at, inner.card), secrets)
    return Response(agreement, prekey, keys.used)


@final
@dataclass(frozen=True, slots=True)
class _Keys:
    """The private keys of our side besides the identity key and the signed prekey."""

    kem: DecapsulationKey
    one_time: PrivateKey | None
    used: Used


def _leaf_keys(opened: OpenedOpening, privates: PrekeyPrivates) -> _Keys | None:
    """Return the keys of the leaf that the opening names, `None` if it names a last-resort key."""
    choice = opened.inner.choice
    if choice.kem_kind is not KemKind.ONE_TIME:
        return None
    leaf = privates.leaf(choice.kem_id)
    if leaf is None:
        raise UnknownPrekey(opened.certificate)
    return _Keys(leaf.kem, leaf.one_time, OneTimeUsed(leaf.leaf_id))


def _last_resort_keys(opened: OpenedOpening, privates: PrekeyPrivates) -> _Keys:
    prekey = privates.last_resort(opened.inner.choice.kem_id)
    if prekey is None:
        raise UnknownPrekey(opened.certificate)
    mark = fingerprint(opened)
    if privates.was_seen(prekey.prekey_id, mark):
        raise AuthenticationError("refused")
    # A full set never forgets: the key is as good as dead to newcomers.
    if privates.seen_count(prekey.prekey_id) >= MAX_SEEN:
        raise UnknownPrekey(opened.certificate)
    return _Keys(prekey.key, None, LastResortUsed(prekey.prekey_id, mark))

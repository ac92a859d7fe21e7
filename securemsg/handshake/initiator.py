"""The initiator's side: judge what a relay returned, open a session, seal its opening."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, final

from securemsg.crypto import x25519
from securemsg.crypto.entropy import Entropy
from securemsg.crypto.x25519 import PrivateKey
from securemsg.handshake.agreement import Agreement, Exchange, Party, Transcript, agree
from securemsg.handshake.errors import IdentityChanged, OwnDevice, StaleManifest
from securemsg.handshake.manifest import Manifest
from securemsg.handshake.material import OPENING_INFO, OpeningMaterial
from securemsg.handshake.prekeys import Leaf, sealing_hint
from securemsg.handshake.shelf import FetchedPrekeys, unseal_leaf, unseal_manifest
from securemsg.identity.access import ShelfKey
from securemsg.identity.card import Card
from securemsg.identity.device import Device
from securemsg.identity.trust import SeenList
from securemsg.ids import AccountId, DeviceId
from securemsg.instant import DAY, Instant
from securemsg.wire import envelope
from securemsg.wire.messages.opening import KemKind, KeyChoice, OpeningContent
from securemsg.wire.padding import pad_opening

CLOCK_TOLERANCE: Final = DAY
"""How far a publisher's clock may be ahead of ours (Spec: HS-5)."""


@final
@dataclass(frozen=True, slots=True)
class Expected:
    """What is known before a fetch: whose shelf it is, and what it may not fall behind.

    `list_version` is the highest seen of the account, `certificate_hash` that of the
    certificate which had it (empty: any), `generations` the highest seen of each of its
    devices; 0 or absence stand for none.

    Spec: HS-5, ID-5.
    """

    device: Device
    account_id: AccountId
    list_version: int = 0
    generations: Mapping[DeviceId, int] = field(default_factory=dict)
    certificate_hash: bytes = b""


@final
@dataclass(frozen=True, slots=True)
class PeerPrekeys:
    """Prekeys that passed every check; get them from `check_shelf` (Spec: HS-5)."""

    manifest: Manifest
    leaf: Leaf | None


@final
@dataclass(frozen=True, slots=True)
class Initiation:
    """A session on the initiator's side, and what its openings need (Spec: HS-7, HS-11)."""

    agreement: Agreement
    ratchet_key: x25519.PublicKey
    material: OpeningMaterial


def check_shelf(fetched: FetchedPrekeys, shelf: ShelfKey, expected: Expected, now: Instant) -> PeerPrekeys:
    """Return the prekeys that a relay returned, if they may be used.

    Raises:
        IdentityChanged: Another account signed them.
        DeviceListRollback: The certificate is older than one already seen, or another of its version.
        OwnDevice: They are our own.
        StaleManifest: They are too old, or from the future.
        AuthenticationError: Something else was refused.
        FrameError: What was sealed is malformed.

    Spec: HS-5.
    """
    manifest = unseal_manifest(shelf, fetched)
    certificate = manifest.certificate
    if expected.device.is_described_by(certificate):
        raise OwnDevice("refused")
    if certificate.account_id != expected.account_id:
        raise IdentityChanged(certificate.account_id)
    SeenList(expected.list_version, expected.certificate_hash).check(certificate)
    if manifest.generation < expected.generations.get(certificate.device_id, 0):
        raise StaleManifest("refused")
    if not manifest.created_at - CLOCK_TOLERANCE <= now < manifest.expires_at:
        raise StaleManifest("refused")
    return PeerPrekeys(manifest, None if fetched.leaf is None else unseal_leaf(shelf, manifest, fetched.leaf))


def initiate(
    device: Device, prekeys: PeerPrekeys, card: Card | None, opened_at: Instant, entropy: Entropy
) -> Initiation:
    """Open a session; `opened_at` is our time, raised above that of every session with the peer.

    `card` is how the peer reaches us: it travels in each opening of the session and is part of
    its secret, like our certificate of now.

    Raises `OwnDevice`, and `AuthenticationError` for keys that agree on nothing.

    Spec: HS-7, HS-8, HS-10.
    """
    manifest, leaf = prekeys.manifest, prekeys.leaf
    peer = manifest.certificate
    if device.is_described_by(peer):
        raise OwnDevice("refused")
    ephemeral = PrivateKey.generate(entropy)
    secrets = [
        # DH1 = DH(IK_A, SPK_B)   DH2 = DH(EK_A, IK_B)   DH3 = DH(EK_A, SPK_B)
        device.identity_key.agree(manifest.signed_prekey),
        ephemeral.agree(peer.identity_key),
        ephemeral.agree(manifest.signed_prekey),
    ]
    if leaf is None:
        kind, kem_id, kem, one_time = KemKind.LAST_RESORT, manifest.last_resort_id, manifest.last_resort, None
    else:
        kind, kem_id, kem, one_time = KemKind.ONE_TIME, leaf.leaf_id, leaf.kem, leaf.one_time
        # DH4 = DH(EK_A, OPK_B), with a leaf only
        secrets.append(ephemeral.agree(one_time))
    # SS and CT = Encaps(KEM)
    shared, ciphertext = kem.encapsulate()
    exchange = Exchange(manifest.signed_prekey, kind, kem, one_time, ephemeral.public(), ciphertext)
    parties = (Party.initiator(device.certificate), Party.responder(peer, manifest.body_hash))
    encoded_card = b"" if card is None else card.encode()
    agreement = agree(Transcript(*parties, exchange, opened_at, encoded_card), [*secrets, shared])
    choice = KeyChoice(manifest.generation, manifest.signed_prekey_id, kind, kem_id)
    repeated = (exchange.ephemeral, ciphertext, opened_at, device.certificate.encoded, encoded_card)
    material = OpeningMaterial(manifest.sealing_key, choice, *repeated)
    return Initiation(agreement, manifest.signed_prekey, material)


def seal_opening(material: OpeningMaterial, message: bytes) -> bytes:
    """Return the opening envelope around the encoded message envelope `message`.

    Raises `LocalError` for a message longer than any message envelope.

    Spec: HS-11.
    """
    inner = OpeningContent(
        certificate=material.certificate,
        choice=material.choice,
        ephemeral=material.ephemeral,
        ciphertext=material.ciphertext,
        opened_at=material.opened_at,
        card=material.card,
        message=message,
    )
    # sealed = HPKE(B's sealing_key, info = "securemsg/1/opening", pad_opening(encode(inner)))
    sealed = material.sealing_key.seal(OPENING_INFO, pad_opening(inner.encode()))
    return envelope.encode(envelope.Opening(sealing_hint(material.sealing_key), sealed))

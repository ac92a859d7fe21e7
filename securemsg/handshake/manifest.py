"""Manifests: one hybrid signature over everything that a device publishes."""

from dataclasses import dataclass, field
from typing import Final, final

from securemsg.crypto import hpke, kem, x25519
from securemsg.crypto.kdf import digest
from securemsg.crypto.signature import SIGNATURE_WIDTH
from securemsg.errors import AuthenticationError
from securemsg.handshake.merkle import MAX_LEAVES, NODE_WIDTH
from securemsg.identity.certificate import MAX_CERTIFICATE, Certificate, verify_certificate
from securemsg.identity.device import Device
from securemsg.instant import DAY, LAST_INSTANT, Instant, after
from securemsg.wire import codec
from securemsg.wire.fields import Fields
from securemsg.wire.messages.counting import counted

SUITE: Final = 1
"""The one suite of algorithms in this version (Spec: HS-3)."""

MANIFEST_LIFE: Final = 30 * DAY
"""How long a manifest may be used (Spec: HS-3)."""

MAX_MANIFEST: Final = 20_480
"""Bytes of an encoded manifest: certificate, keys and signature take 14 thousand (Spec: HS-3)."""

_VERSION: Final = 1
_LABEL: Final = b"manifest"


@dataclass(frozen=True, slots=True)
class Offer:
    """The keys that a device offers in one generation (Spec: HS-3)."""

    generation: int
    created_at: Instant
    signed_prekey_id: int
    signed_prekey: x25519.PublicKey
    last_resort_id: int
    last_resort: kem.EncapsulationKey
    sealing_key: hpke.SealingPublicKey
    leaf_count: int
    leaf_root: bytes


@final
@dataclass(frozen=True, slots=True)
class Manifest(Offer):
    """An offer whose signature holds; get it from `verify_manifest` (Spec: HS-3).

    Whose it is, and whether it may be used now, is for the caller to compare.
    """

    certificate: Certificate
    expires_at: Instant
    body_hash: bytes = field(repr=False)
    encoded: bytes = field(repr=False)


def sign_manifest(device: Device, offer: Offer) -> Manifest:
    """Return the manifest of `offer`, which expires 30 days after it was made (Spec: HS-3)."""
    body = codec.encode(
        [
            _VERSION,
            SUITE,
            device.certificate.encoded,
            offer.generation,
            offer.created_at,
            after(offer.created_at, MANIFEST_LIFE),
            offer.signed_prekey_id,
            offer.signed_prekey,
            offer.last_resort_id,
            offer.last_resort.encoded,
            offer.sealing_key.encoded,
            offer.leaf_count,
            offer.leaf_root,
        ]
    )
    # Verifying our own work finds a fault in the signer before anybody else does.
    return verify_manifest(codec.encode([body, device.signing.sign(_LABEL, body)]))


def verify_manifest(encoded: bytes) -> Manifest:
    """Return the manifest in `encoded`, both its certificate and itself verified.

    Raises `FrameError` for what is no manifest and `AuthenticationError` for keys or
    signatures that are refused, and for a life of more than 30 days.

    Spec: HS-3, HS-5.
    """
    outer = Fields.parse(encoded, MAX_MANIFEST)
    body, signature = outer.binary_up_to(MAX_MANIFEST), outer.binary(SIGNATURE_WIDTH)
    outer.end()
    fields = Fields.parse(body, MAX_MANIFEST)
    fields.exactly(_VERSION)
    fields.exactly(SUITE)
    certificate = verify_certificate(fields.binary_up_to(MAX_CERTIFICATE))
    # Before the keys are parsed, so that nothing but the certificate is read of a forgery.
    certificate.device_public.verify(_LABEL, body, signature)
    generation = counted(fields)
    created_at, expires_at = Instant(fields.uint(LAST_INSTANT)), Instant(fields.uint(LAST_INSTANT))
    if expires_at > after(created_at, MANIFEST_LIFE):
        raise AuthenticationError("refused")
    manifest = Manifest(
        generation=generation,
        created_at=created_at,
        signed_prekey_id=counted(fields),
        signed_prekey=x25519.PublicKey.parse(fields.binary(x25519.WIDTH)),
        last_resort_id=counted(fields),
        last_resort=kem.EncapsulationKey.parse(fields.binary(kem.PUBLIC_WIDTH)),
        sealing_key=hpke.SealingPublicKey.parse(fields.binary(hpke.PUBLIC_WIDTH)),
        leaf_count=fields.uint(MAX_LEAVES),
        leaf_root=fields.binary(NODE_WIDTH),
        certificate=certificate,
        expires_at=expires_at,
        # H("manifest", B's manifest body)
        body_hash=digest(_LABEL, body),
        encoded=encoded,
    )
    fields.end()
    return manifest

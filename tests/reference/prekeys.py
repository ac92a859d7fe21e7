"""04, HS-3 to HS-5: manifests and what lies on the shelf."""

from __future__ import annotations

from typing import NamedTuple

from tests.reference import merkle
from tests.reference.curve25519 import check_x25519
from tests.reference.hpke import check_public
from tests.reference.hybrid import SIGNATURE, SigningKey, check_kem_public, sign, verify
from tests.reference.identity import MAX_CERTIFICATE, U32, Certificate, accept_certificate
from tests.reference.primitives import NO_SALT, kdf, xchacha_open, xchacha_seal
from tests.reference.refusal import AUTHENTICATION, require
from tests.reference.values import MAX_INTEGER, array, binary, decode, encode, exactly, unsigned

MAX_MANIFEST = 20480
MAX_SHELVED_LEAF = 4096
DAY = 24 * 60 * 60 * 1000
LIFE = 30 * DAY


class Manifest(NamedTuple):
    """The body of a manifest after the version (HS-3)."""

    suite: int
    certificate: bytes
    generation: int
    created_ms: int
    expires_ms: int
    signed_prekey_id: int
    signed_prekey: bytes
    last_resort_id: int
    last_resort: bytes
    sealing_key: bytes
    leaf_count: int
    leaf_root: bytes

    def body(self) -> bytes:
        """Give the bytes that are signed."""
        return encode([1, *self])


def publish(device: SigningKey, manifest: Manifest) -> bytes:
    """Sign a manifest and encode it."""
    body = manifest.body()
    return encode([body, sign(device, b"manifest", body)])


def _read_body(body: bytes) -> Manifest:
    value = array(decode(body, MAX_MANIFEST), 13, 13)
    unsigned(value[0], 1, 1)
    return Manifest(
        unsigned(value[1], 1, 1),
        binary(value[2], 0, MAX_CERTIFICATE),
        unsigned(value[3], 1, U32),
        unsigned(value[4], 0, MAX_INTEGER),
        unsigned(value[5], 0, MAX_INTEGER),
        unsigned(value[6], 1, U32),
        exactly(value[7], 32),
        unsigned(value[8], 1, U32),
        exactly(value[9], 1568),
        exactly(value[10], 1216),
        unsigned(value[11], 0, 256),
        exactly(value[12], 32),
    )


def accept_manifest(raw: bytes, now: int) -> tuple[bytes, Certificate, Manifest]:
    """Verify a manifest: (account id, certificate, body). The caller knows what to expect of them."""
    body, signature = array(decode(raw, MAX_MANIFEST), 2, 2)
    signed = binary(body, 0, MAX_MANIFEST)
    proof = exactly(signature, SIGNATURE)
    manifest = _read_body(signed)
    account, certificate = accept_certificate(manifest.certificate)
    verify(certificate.device_public, b"manifest", signed, proof)
    check_x25519(manifest.signed_prekey)
    check_kem_public(manifest.last_resort)
    check_public(manifest.sealing_key)
    require(AUTHENTICATION, manifest.expires_ms <= manifest.created_ms + LIFE)
    require(AUTHENTICATION, manifest.created_ms - DAY <= now < manifest.expires_ms)
    return account, certificate, manifest


class Expected(NamedTuple):
    """What A knows before a fetch (HS-5)."""

    account: bytes
    own: tuple[bytes, bytes]  # A's account id and device
    generation_told: int
    list_version: int = 0
    generation_seen: int = 0


def check_fetched(raw: bytes, now: int, expected: Expected) -> Manifest:
    """Do the checks of HS-5 on an opened manifest."""
    account, certificate, manifest = accept_manifest(raw, now)
    require(
        AUTHENTICATION,
        manifest.generation == expected.generation_told,
        manifest.generation >= expected.generation_seen,
        account == expected.account,
        certificate.list_version >= expected.list_version,
        (account, certificate.device) != expected.own,
    )
    return manifest


def _manifest_key(shelf: bytes) -> bytes:
    return kdf(NO_SALT, shelf, b"shelf/manifest", 32)


def _leaf_key(shelf: bytes) -> bytes:
    return kdf(NO_SALT, shelf, b"shelf/leaf", 32)


def _place(generation: int, position: int | None = None) -> bytes:
    tail = b"" if position is None else position.to_bytes(4, "big")
    return b"securemsg/1/shelf" + generation.to_bytes(4, "big") + tail


def shelve_manifest(shelf: bytes, generation: int, manifest: bytes, nonce: bytes) -> bytes:
    """Seal a manifest for the relay (HS-4)."""
    return xchacha_seal(_manifest_key(shelf), nonce, manifest, _place(generation))


def unshelve_manifest(shelf: bytes, generation: int, sealed: bytes) -> bytes:
    """Open a manifest that a relay returned for this generation."""
    return xchacha_open(_manifest_key(shelf), sealed, _place(generation))


def shelve_leaf(
    shelf: bytes, place: tuple[int, int], leaf: merkle.Leaf, proof: tuple[list[bytes], bytes]
) -> bytes:
    """Seal a leaf with its path; `place` is (generation, position), `proof` is (path, nonce)."""
    siblings, nonce = proof
    return xchacha_seal(_leaf_key(shelf), nonce, encode([*leaf, [*siblings]]), _place(*place))


def unshelve_leaf(shelf: bytes, place: tuple[int, int], sealed: bytes, manifest: Manifest) -> merkle.Leaf:
    """Open a leaf and check it against the manifest; `place` is (generation, position)."""
    value = array(decode(xchacha_open(_leaf_key(shelf), sealed, _place(*place)), MAX_SHELVED_LEAF), 4, 4)
    leaf = merkle.Leaf(unsigned(value[0], 1, MAX_INTEGER), exactly(value[1], 32), exactly(value[2], 1568))
    siblings = [exactly(sibling, 32) for sibling in array(value[3], 0, 8)]
    check_x25519(leaf.x25519)
    check_kem_public(leaf.kem)
    reached = merkle.climb(leaf.node(), place[1], manifest.leaf_count, siblings)
    require(AUTHENTICATION, reached == manifest.leaf_root)
    return leaf

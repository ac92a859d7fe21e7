"""What a relay hands out of somebody's shelf, and openings by people unknown (specs/04).

What stands behind a signature or a seal is reached by signing and sealing the input: whoever holds
the keys may be hostile too.
"""

from functools import cache
from typing import Final

from securemsg.crypto.aead import xchacha_seal
from securemsg.errors import LocalError, RemoteError
from securemsg.handshake import shelf
from securemsg.handshake.manifest import Manifest, verify_manifest
from securemsg.handshake.material import OPENING_INFO
from securemsg.handshake.prekeys import sealing_hint
from securemsg.handshake.responder import fingerprint, respond, unseal_opening
from securemsg.identity.access import ShelfKey
from securemsg.identity.device import Device
from securemsg.wire import codec
from securemsg.wire.envelope import Opening
from securemsg.wire.padding import pad_opening
from tests.fuzz.seeds import bodies, octets
from tests.fuzz.target import Target, taken
from tests.support.entropy import SeededEntropy
from tests.vectors.people import Privates, person
from tests.vectors.reading import joined, select

PREKEYS: Final = "04-prekeys"


@cache
def _bob() -> tuple[Device, Privates]:
    return person("bob")


@cache
def _manifest_of_bob() -> Manifest:
    return verify_manifest(joined(_bob()[1].shown["manifest"]))


def _manifest(data: bytes) -> None:
    found = taken(verify_manifest, data)
    assert found is None or found.encoded == data


def _manifest_inside(data: bytes) -> None:
    """Take `data` as what the device signs."""
    device, _ = _bob()
    encoded = codec.encode([data, device.signing.sign(b"manifest", data)])
    found = taken(verify_manifest, encoded)
    if found is not None:
        times = (found.created_at, found.expires_at)
        prekey = (found.signed_prekey_id, found.signed_prekey)
        keys = (found.last_resort_id, found.last_resort.encoded, found.sealing_key.encoded)
        head = (1, 1, found.certificate.encoded, found.generation, *times)
        assert codec.encode((*head, *prekey, *keys, found.leaf_count, found.leaf_root)) == data


def _shelf_leaf(data: bytes) -> None:
    """Take the first byte as a position and the rest as the leaf that its owner sealed for it."""
    position, record = (data[0], data[1:]) if data else (0, b"")
    manifest, key = _manifest_of_bob(), ShelfKey(joined(_bob()[1].shown["shelf"]))
    place = shelf._place(manifest.generation, position)
    sealed = xchacha_seal(shelf._leaf_key(key), record, place, SeededEntropy())
    try:
        leaf = shelf.unseal_leaf(key, manifest, shelf.ShelvedLeaf(position, sealed))
    except RemoteError:
        return
    assert record.startswith(codec.encode([leaf.leaf_id, leaf.one_time, leaf.kem.encoded])[1:], 1)


def _opening(data: bytes) -> None:
    """Take `data` as what a stranger seals for Bob, who answers as far as it goes."""
    device, privates = _bob()
    try:
        block = pad_opening(data)
    except LocalError:
        return
    key = _manifest_of_bob().sealing_key
    sealed = Opening(sealing_hint(key), key.seal(OPENING_INFO, block))
    try:
        opened = unseal_opening(sealed, privates.sealing)
        assert opened.inner.encode() == data
        response = respond(device, opened, privates)
    except RemoteError:
        return
    assert len(fingerprint(opened)) == 32
    assert response.agreement.opened_at == opened.inner.opened_at


def _manifests() -> list[bytes]:
    return octets(PREKEYS, "manifest", "manifest")


def _leaves() -> list[bytes]:
    """Return the records inside the sealed leaves of the vectors, and some of their neighbours."""
    found = []
    for vector in select(PREKEYS, "shelf_leaf", valid=True):
        path = [joined(node) for node in vector["path"]]
        record = codec.encode([vector["leaf_id"], vector.octets("x25519"), vector.octets("kem"), path])
        found += [bytes((vector["position"],)) + record, b"\xff" + record]
    return found


def _sealed(data: bytes) -> None:
    """Take the first byte as a generation and the rest as it lies on the shelf."""
    generation, sealed = (data[0], data[1:]) if data else (0, b"")
    key = ShelfKey(joined(_bob()[1].shown["shelf"]))
    try:
        manifest = shelf.unseal_manifest(key, shelf.FetchedPrekeys(generation, sealed, None))
    except RemoteError:
        return
    assert manifest.generation == generation


TARGETS: Final = (
    Target("manifest", _manifest, _manifests, longest=21_000, tries=300),
    Target("manifest_inside", _manifest_inside, lambda: bodies(_manifests()), longest=21_000, tries=150),
    Target(
        "shelf_manifest",
        _sealed,
        lambda: [b"\3" + raw for raw in octets(PREKEYS, "shelf_manifest", "sealed")],
        longest=25_000,
        tries=300,
    ),
    Target("shelf_leaf", _shelf_leaf, _leaves, longest=2_400, tries=1_000),
    Target(
        "opening", _opening, lambda: octets("04-handshake", "opening", "inner"), longest=33_000, tries=300
    ),
)

"""What lies on the relay's shelf: sealed, so that the relay never learns whose it is."""

from dataclasses import dataclass, field
from typing import Final, final

from securemsg.crypto import kem, x25519
from securemsg.crypto.aead import KEY_WIDTH, XCHACHA_OVERHEAD, xchacha_open, xchacha_seal
from securemsg.crypto.entropy import Entropy
from securemsg.crypto.kdf import kdf
from securemsg.errors import AuthenticationError
from securemsg.handshake.manifest import Manifest, verify_manifest
from securemsg.handshake.merkle import MAX_LEAVES, MAX_PATH, NODE_WIDTH, path_to, root_from
from securemsg.handshake.prekeys import Leaf
from securemsg.identity.access import ShelfKey
from securemsg.wire import codec
from securemsg.wire.fields import Fields
from securemsg.wire.messages.counting import LAST_NUMBER, counted
from securemsg.wire.messages.opening import LAST_LEAF_ID

MAX_SEALED_LEAF: Final = 2_400
"""Bytes of a sealed leaf: a leaf with the longest path takes 1,928 (Spec: MB-9)."""

_DOMAIN: Final = b"securemsg/1/shelf"


@final
@dataclass(frozen=True, slots=True)
class ShelvedLeaf:
    """A sealed leaf and the position that the relay tells (Spec: HS-4)."""

    position: int
    sealed: bytes = field(repr=False)


@final
@dataclass(frozen=True, slots=True)
class FetchedPrekeys:
    """What a relay returned for a fetch, nothing of it checked (Spec: HS-5)."""

    generation: int
    sealed_manifest: bytes = field(repr=False)
    leaf: ShelvedLeaf | None


def seal_manifest(shelf: ShelfKey, manifest: Manifest, entropy: Entropy) -> bytes:
    """Return `manifest` sealed for the relay (Spec: HS-4)."""
    place = _place(manifest.generation)
    return xchacha_seal(_manifest_key(shelf), manifest.encoded, place, entropy)


def unseal_manifest(shelf: ShelfKey, fetched: FetchedPrekeys) -> Manifest:
    """Return the manifest of the generation that the relay told.

    Raises `FrameError` or `AuthenticationError`.

    Spec: HS-4, HS-5.
    """
    place = _place(fetched.generation)
    manifest = verify_manifest(xchacha_open(_manifest_key(shelf), fetched.sealed_manifest, place))
    if manifest.generation != fetched.generation:
        raise AuthenticationError("refused")
    return manifest


def seal_leaves(
    shelf: ShelfKey, generation: int, leaves: tuple[Leaf, ...], entropy: Entropy
) -> tuple[bytes, ...]:
    """Return `leaves` in their order, each sealed with its path for its position (Spec: HS-4)."""
    key = _leaf_key(shelf)
    nodes = [leaf.node for leaf in leaves]
    return tuple(
        xchacha_seal(key, _encode(leaf, path_to(nodes, position)), _place(generation, position), entropy)
        for position, leaf in enumerate(leaves)
    )


def unseal_leaf(shelf: ShelfKey, manifest: Manifest, shelved: ShelvedLeaf) -> Leaf:
    """Return the leaf, which `manifest` promises at its position.

    Raises `FrameError` or `AuthenticationError`.

    Spec: HS-4, HS-5.
    """
    record = xchacha_open(_leaf_key(shelf), shelved.sealed, _place(manifest.generation, shelved.position))
    fields = Fields.parse(record, MAX_SEALED_LEAF - XCHACHA_OVERHEAD)
    leaf = Leaf(
        counted(fields, LAST_LEAF_ID),
        x25519.PublicKey.parse(fields.binary(x25519.WIDTH)),
        kem.EncapsulationKey.parse(fields.binary(kem.PUBLIC_WIDTH)),
    )
    path = fields.binaries(MAX_PATH, NODE_WIDTH)
    fields.end()
    if root_from(leaf.node, shelved.position, manifest.leaf_count, path) != manifest.leaf_root:
        raise AuthenticationError("refused")
    return leaf


def _encode(leaf: Leaf, path: tuple[bytes, ...]) -> bytes:
    return codec.encode([leaf.leaf_id, leaf.one_time, leaf.kem.encoded, path])


def _place(generation: int, position: int | None = None) -> bytes:
    """Return what binds a sealed thing to its place; a relay may have told any numbers."""
    if not 1 <= generation <= LAST_NUMBER:
        raise AuthenticationError("refused")
    # "securemsg/1/shelf" || u32 generation [|| u32 position]
    place = _DOMAIN + generation.to_bytes(4, "big")
    if position is None:
        return place
    if not 0 <= position < MAX_LEAVES:
        raise AuthenticationError("refused")
    return place + position.to_bytes(4, "big")


def _manifest_key(shelf: ShelfKey) -> bytes:
    # shelf key s: KDF(0, s, "shelf/manifest", 32)
    return kdf(b"", shelf.expose(), b"shelf/manifest", KEY_WIDTH)


def _leaf_key(shelf: ShelfKey) -> bytes:
    # shelf key s: KDF(0, s, "shelf/leaf", 32)
    return kdf(b"", shelf.expose(), b"shelf/leaf", KEY_WIDTH)

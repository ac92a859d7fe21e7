"""What lies on the relay: sealed, and bound to its place."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securemsg.crypto.aead import xchacha_seal
from securemsg.crypto.kdf import kdf
from securemsg.crypto.x25519 import LOW_ORDER
from securemsg.errors import AuthenticationError, FrameError
from securemsg.handshake.merkle import path_to
from securemsg.handshake.shelf import (
    FetchedPrekeys,
    ShelvedLeaf,
    seal_leaves,
    seal_manifest,
    unseal_leaf,
    unseal_manifest,
)
from securemsg.identity.access import ShelfKey
from tests.handshake.parties import SHELF, fetched, publication
from tests.messages.spoiled import packed, spoiled
from tests.reference import prekeys as reference
from tests.reference.merkle import Leaf as ReferenceLeaf
from tests.support.entropy import SeededEntropy
from tests.support.mutations import one_byte_changes, truncations

MANIFEST = unseal_manifest(SHELF, fetched())
LEAF = publication().leaves[3].public()
SEALED_LEAF = publication().sealed_leaves[3]
PATH = list(path_to([leaf.public().node for leaf in publication().leaves], 3))
VALUES: list[object] = [LEAF.leaf_id, bytes(LEAF.one_time), LEAF.kem.encoded, PATH]


def resealed(record: bytes) -> ShelvedLeaf:
    """Return any leaf record as one who holds the shelf key can seal it."""
    key = kdf(b"", SHELF.expose(), b"shelf/leaf", 32)
    place = b"securemsg/1/shelf" + (1).to_bytes(4, "big") + (3).to_bytes(4, "big")
    return ShelvedLeaf(3, xchacha_seal(key, record, place, SeededEntropy()))


def test_the_second_implementation_opens_what_is_sealed_here() -> None:
    """HS-4."""
    entropy = SeededEntropy()
    sealed = seal_manifest(SHELF, MANIFEST, entropy)
    assert reference.unshelve_manifest(SHELF.expose(), 1, sealed) == MANIFEST.encoded
    _, _, manifest = reference.accept_manifest(MANIFEST.encoded, MANIFEST.created_at)
    leaf = reference.unshelve_leaf(SHELF.expose(), (1, 3), SEALED_LEAF, manifest)
    assert leaf == ReferenceLeaf(LEAF.leaf_id, LEAF.one_time, LEAF.kem.encoded)


def test_a_leaf_comes_back_as_it_was() -> None:
    assert unseal_leaf(SHELF, MANIFEST, ShelvedLeaf(3, SEALED_LEAF)) == LEAF
    assert unseal_leaf(SHELF, MANIFEST, resealed(packed(VALUES))) == LEAF


def test_nothing_opens_under_another_shelf_key() -> None:
    other = ShelfKey(bytes(32))
    with pytest.raises(AuthenticationError):
        unseal_manifest(other, fetched())
    with pytest.raises(AuthenticationError):
        unseal_leaf(other, MANIFEST, ShelvedLeaf(3, SEALED_LEAF))


@pytest.mark.parametrize("generation", [0, 2, 2**32 - 1, 2**32, 2**53 - 1, -1])
def test_a_manifest_opens_for_its_own_generation_only(generation: int) -> None:
    """HS-5: whatever number a relay tells."""
    with pytest.raises(AuthenticationError):
        unseal_manifest(SHELF, FetchedPrekeys(generation, publication().sealed_manifest, None))


def test_a_manifest_that_says_another_generation_than_its_seal_is_refused() -> None:
    """HS-5: as when an owner's key holder moves an old one forward."""
    moved = seal_manifest(SHELF, dataclasses.replace(MANIFEST, generation=2), SeededEntropy())
    with pytest.raises(AuthenticationError):
        unseal_manifest(SHELF, FetchedPrekeys(2, moved, None))


@pytest.mark.parametrize("position", [0, 2, 4, 63, 64, 255, 256, 2**32, -1])
def test_a_leaf_opens_at_its_own_position_only(position: int) -> None:
    """HS-5."""
    with pytest.raises(AuthenticationError):
        unseal_leaf(SHELF, MANIFEST, ShelvedLeaf(position, SEALED_LEAF))


def test_a_leaf_of_another_generation_does_not_open() -> None:
    later = dataclasses.replace(MANIFEST, generation=2)
    with pytest.raises(AuthenticationError):
        unseal_leaf(SHELF, later, ShelvedLeaf(3, SEALED_LEAF))


def test_manifest_and_leaf_do_not_take_each_others_place() -> None:
    """K29: sealed under separate keys."""
    with pytest.raises(AuthenticationError):
        unseal_manifest(SHELF, FetchedPrekeys(1, SEALED_LEAF, None))
    with pytest.raises(AuthenticationError):
        unseal_leaf(SHELF, MANIFEST, ShelvedLeaf(0, publication().sealed_manifest))


def test_a_leaf_that_the_manifest_does_not_promise_is_refused() -> None:
    """K11: swapped keys, another id, another path; sealed by one who holds the shelf key."""
    other = publication().leaves[4].public()
    changes: list[list[object]] = [
        [LEAF.leaf_id + 1, *VALUES[1:]],
        [LEAF.leaf_id, bytes(other.one_time), *VALUES[2:]],
        [LEAF.leaf_id, bytes(LEAF.one_time), other.kem.encoded, PATH],
        [*VALUES[:3], []],
        [*VALUES[:3], PATH[:-1]],
        [*VALUES[:3], [*PATH, bytes(32)]],
        [*VALUES[:3], PATH[::-1]],
    ]
    for change in changes:
        with pytest.raises(AuthenticationError):
            unseal_leaf(SHELF, MANIFEST, resealed(packed(change)))


def test_a_malformed_leaf_is_refused() -> None:
    """E02, E11, E12, E16, E18, K07."""
    record = packed(VALUES)
    swapped = packed([LEAF.leaf_id, LEAF.kem.encoded, bytes(LEAF.one_time), PATH])
    none = packed([0, *VALUES[1:]])
    deep = packed([*VALUES[:3], [bytes(32)] * 9])
    for damaged in [*spoiled(VALUES, fixed={1, 2}), swapped, none, deep, *list(truncations(record))[::20]]:
        with pytest.raises(FrameError):
            unseal_leaf(SHELF, MANIFEST, resealed(damaged))


@pytest.mark.parametrize("key", [*sorted(LOW_ORDER), b"\xff" * 32])
def test_a_leaf_whose_key_agrees_on_nothing_is_refused(key: bytes) -> None:
    """K01, K02."""
    with pytest.raises(AuthenticationError):
        unseal_leaf(SHELF, MANIFEST, resealed(packed([LEAF.leaf_id, key, *VALUES[2:]])))


def test_damage_to_what_is_sealed_is_refused() -> None:
    for changed in [*list(one_byte_changes(SEALED_LEAF))[::3], *truncations(SEALED_LEAF)]:
        with pytest.raises(AuthenticationError):
            unseal_leaf(SHELF, MANIFEST, ShelvedLeaf(3, changed))
    sealed = publication().sealed_manifest
    for changed in list(truncations(sealed))[::5]:
        with pytest.raises(AuthenticationError):
            unseal_manifest(SHELF, FetchedPrekeys(1, changed, None))


@given(st.binary(max_size=200))
def test_noise_is_refused(noise: bytes) -> None:
    with pytest.raises(AuthenticationError):
        unseal_manifest(SHELF, FetchedPrekeys(1, noise, None))
    with pytest.raises(AuthenticationError):
        unseal_leaf(SHELF, MANIFEST, ShelvedLeaf(0, noise))


def test_sealing_the_same_leaf_twice_gives_other_bytes() -> None:
    """N25: nothing on the relay tells that two shelves belong together."""
    entropy = SeededEntropy()
    first, second = (seal_leaves(SHELF, 1, (LEAF,), entropy) for _ in range(2))
    assert first != second

"""04-prekeys.json against securemsg.handshake: leaves, tree, manifests, shelf (HS-1..5)."""

from __future__ import annotations

from dataclasses import fields

import pytest

from securemsg.crypto import kem, x25519
from securemsg.errors import AuthenticationError
from securemsg.handshake import merkle
from securemsg.handshake.generation import Published, WeeklyKeys, is_due, pass_over
from securemsg.handshake.initiator import Expected, check_shelf
from securemsg.handshake.manifest import Manifest, Offer, sign_manifest, verify_manifest
from securemsg.handshake.prekeys import (
    LastResortPrivate,
    Leaf,
    SealingPrivate,
    SignedPrekeyPrivate,
    sealing_hint,
)
from securemsg.handshake.shelf import (
    FetchedPrekeys,
    ShelvedLeaf,
    seal_leaves,
    seal_manifest,
    unseal_leaf,
    unseal_manifest,
)
from securemsg.identity.access import ShelfKey
from securemsg.ids import AccountId
from securemsg.instant import Instant
from securemsg.wire.codec import decode
from tests.reference.prekeys import shelve_manifest
from tests.support.entropy import SeededEntropy
from tests.vectors.people import person
from tests.vectors.reading import Draws, Vector, joined, one, select, vectors

PREKEYS = "04-prekeys"


def leaf_of(vector: Vector) -> Leaf:
    one_time = x25519.PublicKey.parse(vector.octets("x25519"))
    return Leaf(vector["leaf_id"], one_time, kem.EncapsulationKey.parse(vector.octets("kem")))


@vectors(PREKEYS, "leaf")
def test_a_leaf_has_this_hash(vector: Vector) -> None:
    assert leaf_of(vector).node == vector.octets("node")


@vectors(PREKEYS, "tree")
def test_a_tree_has_this_root_and_these_paths(vector: Vector) -> None:
    nodes, root = [joined(node) for node in vector["nodes"]], vector.octets("root")
    assert merkle.root_of(nodes) == root
    for shown in vector["paths"]:
        position, path = shown["position"], [joined(node) for node in shown["path"]]
        assert list(merkle.path_to(nodes, position)) == path
        assert merkle.root_from(nodes[position], position, len(nodes), path) == root


@vectors(PREKEYS, "path")
def test_a_path_with_one_fault_does_not_lead_to_the_root(vector: Vector) -> None:
    path = [joined(node) for node in vector["path"]]
    try:
        reached = merkle.root_from(vector.octets("node"), vector["position"], vector["count"], path)
    except AuthenticationError:
        return
    assert reached != vector.octets("root")


def fetched(vector: Vector) -> Manifest:
    """Check a manifest as one that a relay returned to Alice (HS-5)."""
    alice, _ = person("alice")
    bob, privates = person("bob")
    shelf = joined(privates.shown["shelf"])
    sealed = shelve_manifest(shelf, 3, vector.octets("manifest"), bytes(24))
    found = FetchedPrekeys(3, sealed, None)
    return check_shelf(
        found, ShelfKey(shelf), Expected(alice, bob.account_id), Instant(vector["now"])
    ).manifest


@vectors(PREKEYS, "manifest", valid=True)
def test_a_manifest_is_accepted_at_that_moment(vector: Vector) -> None:
    manifest = fetched(vector)
    assert manifest.certificate.account_id == vector.octets("account_id")
    assert manifest.encoded == vector.octets("manifest")


@vectors(PREKEYS, "manifest", valid=False)
def test_a_manifest_with_one_fault_or_at_the_wrong_moment_is_refused(vector: Vector) -> None:
    with pytest.raises(vector.error):
        fetched(vector)


def judged(vector: Vector) -> None:
    """Check a manifest as a device with its own knowledge would: Alice, or Bob's own device."""
    known = vector["expected"]
    own = bytes.fromhex(known["own"][1])
    device = next(who for who, _ in (person("alice"), person("bob")) if who.device_id == own)
    shelf, told = bytes(32), known["generation_told"]
    sealed = shelve_manifest(shelf, told, vector.octets("manifest"), bytes(24))
    _, bob = person("bob")
    owner = verify_manifest(joined(bob.shown["manifest"])).certificate.device_id
    expected = Expected(
        device,
        AccountId(bytes.fromhex(known["account"])),
        known["list_version"],
        {owner: known["generation_seen"]},
    )
    check_shelf(FetchedPrekeys(told, sealed, None), ShelfKey(shelf), expected, Instant(vector["now"]))


@vectors(PREKEYS, "fetch", valid=True)
def test_a_manifest_that_is_expected_is_used(vector: Vector) -> None:
    judged(vector)


@vectors(PREKEYS, "fetch", valid=False)
def test_a_manifest_that_is_not_expected_is_refused(vector: Vector) -> None:
    with pytest.raises(vector.error):
        judged(vector)


def test_a_manifest_says_this_and_ours_has_the_same_body() -> None:
    vector = one(PREKEYS, "manifest/whole")
    manifest, shown = verify_manifest(vector.octets("manifest")), vector["fields"]
    numbers = (manifest.generation, manifest.signed_prekey_id, manifest.last_resort_id, manifest.leaf_count)
    names = ("generation", "signed_prekey_id", "last_resort_id", "leaf_count")
    assert numbers == tuple(shown[name] for name in names)
    assert (manifest.created_at, manifest.expires_at) == (shown["created_ms"], shown["expires_ms"])
    keys = (
        manifest.signed_prekey,
        manifest.last_resort.encoded,
        manifest.sealing_key.encoded,
        manifest.leaf_root,
    )
    names = ("signed_prekey", "last_resort", "sealing_key", "leaf_root")
    assert keys == tuple(joined(shown[name]) for name in names)
    assert manifest.body_hash == joined(shown["body_hash"])
    assert sealing_hint(manifest.sealing_key) == joined(shown["hint"])
    bob, _ = person("bob")
    offer = Offer(**{field.name: getattr(manifest, field.name) for field in fields(Offer)})
    ours = sign_manifest(bob, offer)
    assert decode(ours.encoded, len(ours.encoded))[0] == joined(shown["body"])


def open_manifest(vector: Vector) -> Manifest:
    found = FetchedPrekeys(vector["generation"], vector.octets("sealed"), None)
    return unseal_manifest(ShelfKey(vector.octets("shelf")), found)


@vectors(PREKEYS, "shelf_manifest", valid=True)
def test_a_manifest_lies_on_the_shelf_so(vector: Vector) -> None:
    manifest = open_manifest(vector)
    assert manifest.encoded == vector.octets("manifest")
    shelf = ShelfKey(vector.octets("shelf"))
    assert seal_manifest(shelf, manifest, Draws([vector.octets("nonce")])) == vector.octets("sealed")


@vectors(PREKEYS, "shelf_manifest", valid=False)
def test_a_manifest_that_was_not_put_there_is_refused(vector: Vector) -> None:
    with pytest.raises(vector.error):
        open_manifest(vector)


def open_leaf(vector: Vector) -> Leaf:
    under = vector if "manifest" in vector.fields else one(PREKEYS, "manifest/whole")
    manifest = verify_manifest(under.octets("manifest"))
    shelved = ShelvedLeaf(vector["position"], vector.octets("sealed"))
    return unseal_leaf(ShelfKey(vector.octets("shelf")), manifest, shelved)


@vectors(PREKEYS, "shelf_leaf", valid=True)
def test_a_leaf_on_the_shelf_hashes_up_to_the_manifest(vector: Vector) -> None:
    assert open_leaf(vector) == leaf_of(vector)


@vectors(PREKEYS, "shelf_leaf", valid=False)
def test_a_leaf_with_one_fault_is_refused(vector: Vector) -> None:
    with pytest.raises(vector.error):
        open_leaf(vector)


def test_our_leaves_are_sealed_so() -> None:
    """All five in their order; the vectors hold two of them."""
    _, bob = person("bob")
    leaves = [bob.leaf(leaf_id) for leaf_id in bob.shown["leaf_ids"]]
    valid = select(PREKEYS, "shelf_leaf", valid=True)
    shown = {vector["position"]: vector for vector in valid if "manifest" not in vector.fields}
    nonces = iter([shown[i].octets("nonce") if i in shown else bytes([i] * 24) for i in range(len(leaves))])
    public = tuple(leaf.public() for leaf in leaves if leaf is not None)
    sealed = seal_leaves(ShelfKey(joined(bob.shown["shelf"])), 3, public, lambda _count: next(nonces))
    assert {i: sealed[i] for i in shown} == {i: vector.octets("sealed") for i, vector in shown.items()}


@vectors(PREKEYS, "due")
def test_a_generation_is_due_or_not(vector: Vector) -> None:
    """HS-14."""
    created = Instant(vector["created_ms"])
    weekly = WeeklyKeys(
        SignedPrekeyPrivate.generate(1, created, SeededEntropy()),
        LastResortPrivate.generate(2, created, SeededEntropy()),
        SealingPrivate.generate(created, SeededEntropy()),
    )
    published = Published(1, 2, 64, weekly)
    assert is_due(published, vector["leaves_left"], Instant(vector["now"])) is vector["due"]


@vectors(PREKEYS, "pass_over")
def test_numbers_that_another_copy_may_have_given_are_passed_over(vector: Vector) -> None:
    """HS-16."""
    assert pass_over(Published(**vector["before"]), vector["told"]) == Published(**vector["after"])

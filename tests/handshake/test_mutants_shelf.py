"""The ends of what a shelf numbers, and the longest of what it holds."""

import dataclasses

import pytest

from securemsg.errors import AuthenticationError
from securemsg.handshake.initiator import Expected, check_shelf
from securemsg.handshake.manifest import MAX_MANIFEST
from securemsg.handshake.merkle import MAX_LEAVES, MAX_PATH, path_to, root_of
from securemsg.handshake.shelf import MAX_SEALED_LEAF, ShelvedLeaf, seal_leaves, unseal_leaf
from securemsg.wire.messages.opening import LAST_LEAF_ID
from tests.handshake.parties import ALICE, BOB, SHELF, fetched, prekeys, publication
from tests.identity.people import NOW
from tests.support.entropy import SeededEntropy

LAST_GENERATION = 2**32 - 1
LEAF = publication().leaves[0].public()


def test_the_last_leaf_of_the_last_generation_of_the_largest_tree_is_unsealed() -> None:
    """HS-3, HS-4: with the longest id and path, in no more bytes than a relay takes."""
    last = dataclasses.replace(LEAF, leaf_id=LAST_LEAF_ID)
    leaves = (LEAF,) * (MAX_LEAVES - 1) + (last,)
    sealed = seal_leaves(SHELF, LAST_GENERATION, leaves, SeededEntropy())
    nodes = [leaf.node for leaf in leaves]
    manifest = dataclasses.replace(
        prekeys().manifest, generation=LAST_GENERATION, leaf_count=MAX_LEAVES, leaf_root=root_of(nodes)
    )
    assert unseal_leaf(SHELF, manifest, ShelvedLeaf(MAX_LEAVES - 1, sealed[-1])) == last
    assert unseal_leaf(SHELF, manifest, ShelvedLeaf(0, sealed[0])) == LEAF
    assert len(path_to(nodes, MAX_LEAVES - 1)) == MAX_PATH
    assert max(map(len, sealed)) <= MAX_SEALED_LEAF


def test_there_is_no_place_behind_the_largest_tree() -> None:
    """HS-3: 256 leaves and no more."""
    with pytest.raises(AuthenticationError):
        seal_leaves(SHELF, 1, (LEAF,) * (MAX_LEAVES + 1), SeededEntropy())


@pytest.mark.parametrize("generation", [0, LAST_GENERATION + 1])
def test_there_is_no_place_in_a_generation_that_cannot_be(generation: int) -> None:
    """HS-3."""
    with pytest.raises(AuthenticationError):
        seal_leaves(SHELF, generation, (LEAF,), SeededEntropy())


def test_the_limits_are_those_of_the_specification() -> None:
    """HS-3, HS-4, MB-9."""
    assert (MAX_LEAVES, MAX_PATH, MAX_SEALED_LEAF, MAX_MANIFEST) == (256, 8, 2_400, 20_480)


def test_of_a_contact_never_fetched_before_any_list_and_any_certificate_will_do() -> None:
    """HS-5, ID-5: nothing has been seen, which is version 0, generation 0 and no hash."""
    assert Expected(ALICE, BOB.account_id) == Expected(ALICE, BOB.account_id, 0, {}, b"")
    other = Expected(ALICE, BOB.account_id, certificate_hash=bytes(64))
    assert check_shelf(fetched(), SHELF, other, NOW).manifest.certificate == BOB.certificate

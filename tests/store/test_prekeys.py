"""Private halves of prekeys: found while they live, published until the relay has them."""

import pytest

from securemsg.handshake.generation import LEAVES, PRIVATE_LIFE, WEEK, Publication, make_generation
from securemsg.handshake.responder import LastResortUsed, OneTimeUsed, PrekeyPrivates
from securemsg.instant import Instant
from securemsg.store.errors import VaultDamaged
from securemsg.store.prekeys import Prekeys
from securemsg.store.transaction import Transaction
from securemsg.store.vault import Vault
from tests.store.vaults import NOW, OWNER, entropy

MARK = bytes(32)


def publish(transaction: Transaction, now: Instant = NOW) -> Publication:
    made = make_generation(OWNER.device, OWNER.link.shelf, transaction.prekeys.published(), now, entropy)
    transaction.prekeys.store(made)
    return made


def confirm(transaction: Transaction, made: Publication, now: Instant = NOW) -> None:
    """Let the relay confirm everything."""
    transaction.unconfirmed.confirm_manifest(made.generation, now)
    while leaves := transaction.unconfirmed.leaves():
        transaction.unconfirmed.confirm_leaves(leaves)


def lives(prekeys: Prekeys, made: Publication) -> tuple[bool, bool]:
    """Tell whether the leaves and the weekly keys of a generation are there; never some of them."""
    weekly = made.weekly
    leaves = {prekeys.leaf(leaf.leaf_id) == leaf for leaf in made.leaves}
    leaves.add(prekeys.manifest_hash(made.generation) == made.manifest_body_hash)
    keys = {
        prekeys.signed_prekey(weekly.signed_prekey.prekey_id) == weekly.signed_prekey,
        prekeys.last_resort(weekly.last_resort.prekey_id) == weekly.last_resort,
        prekeys.sealing(weekly.sealing.hint) == weekly.sealing,
    }
    assert len(leaves) == len(keys) == 1
    return leaves.pop(), keys.pop()


def test_what_was_published_is_found_by_its_numbers(vault: Vault) -> None:
    """HS-12: the store is what a responder looks its keys up in."""
    with vault.transaction() as transaction:
        assert transaction.prekeys.published().generation == 0
        made = publish(transaction)
        privates: PrekeyPrivates = transaction.prekeys
        assert lives(transaction.prekeys, made) == (True, True)
        assert transaction.prekeys.published() == made.published
        assert privates.leaf(LEAVES + 1) is None
        assert privates.signed_prekey(99) is None
        assert privates.last_resort(99) is None
        assert privates.manifest_hash(99) is None
        assert transaction.prekeys.sealing(bytes(8)) is None


def test_numbers_go_on_after_a_restart(vault: Vault) -> None:
    """HS-1, HS-3: a number is never given out twice."""
    generations = []
    for _ in range(3):
        with vault.transaction() as transaction:
            generations.append(publish(transaction))
    assert [made.generation for made in generations] == [1, 2, 3]
    ids = [leaf.leaf_id for made in generations for leaf in made.leaves]
    assert ids == list(range(1, 3 * LEAVES + 1))
    assert {made.weekly.signed_prekey.prekey_id for made in generations} == {1}


def test_the_manifest_is_published_first_then_leaves_sixteen_at_a_time(vault: Vault) -> None:
    """CL-4, MB-9: each is told again until it is confirmed, and in whole frames."""
    with vault.transaction() as transaction:
        unconfirmed = transaction.unconfirmed
        assert (unconfirmed.manifest(), unconfirmed.leaves()) == (None, None)
        made = publish(transaction)
        manifest = unconfirmed.manifest()
        assert manifest is not None
        assert (manifest.generation, manifest.sealed) == (1, made.sealed_manifest)
        assert unconfirmed.leaves() is None
        unconfirmed.confirm_manifest(99, NOW)
        assert unconfirmed.manifest() == manifest
        unconfirmed.confirm_manifest(1, NOW)
        assert unconfirmed.manifest() is None
        told: list[bytes] = []
        while leaves := unconfirmed.leaves():
            assert unconfirmed.leaves() == leaves
            assert leaves.first_position == len(told)
            assert len(leaves.sealed) == 16
            told += leaves.sealed
            unconfirmed.confirm_leaves(leaves)
        assert tuple(told) == made.sealed_leaves


def test_a_late_word_about_an_older_generation_confirms_nothing(vault: Vault) -> None:
    with vault.transaction() as transaction:
        publish(transaction)
        transaction.unconfirmed.confirm_manifest(1, NOW)
        old = transaction.unconfirmed.leaves()
        assert old is not None
        second = publish(transaction)
        transaction.unconfirmed.confirm_leaves(old)
        transaction.unconfirmed.confirm_manifest(1, NOW)
        assert transaction.unconfirmed.manifest() is not None
        transaction.unconfirmed.confirm_manifest(2, NOW)
        leaves = transaction.unconfirmed.leaves()
        assert leaves is not None
        assert leaves.sealed == second.sealed_leaves[:16]


def test_private_halves_die_37_days_after_they_were_replaced(vault: Vault) -> None:
    """HS-14: what several generations share dies after the last of them."""
    with vault.transaction() as transaction:
        prekeys = transaction.prekeys
        first = publish(transaction)
        confirm(transaction, first)
        later = Instant(NOW + WEEK - 1)
        second = publish(transaction, later)
        prekeys.purge(Instant(later + 2 * PRIVATE_LIFE))
        assert lives(prekeys, first) == (True, True), "the relay still shows it"
        confirm(transaction, second, later)
        week = Instant(NOW + WEEK)
        third = publish(transaction, week)
        confirm(transaction, third, week)
        assert third.weekly != second.weekly == first.weekly
        prekeys.purge(Instant(later + PRIVATE_LIFE - 1))
        assert lives(prekeys, first) == (True, True)
        prekeys.purge(Instant(later + PRIVATE_LIFE))
        assert lives(prekeys, first) == (False, True)
        assert lives(prekeys, second) == (True, True)
        prekeys.purge(Instant(week + PRIVATE_LIFE))
        assert lives(prekeys, second) == (False, False)
        assert lives(prekeys, third) == (True, True)


def test_a_leaf_is_used_once(vault: Vault) -> None:
    """HS-13."""
    with vault.transaction() as transaction:
        made = publish(transaction)
        used = OneTimeUsed(made.leaves[3].leaf_id)
        transaction.prekeys.use(used)
        assert transaction.prekeys.leaf(used.leaf_id) is None
        assert transaction.prekeys.leaf(made.leaves[4].leaf_id) == made.leaves[4]


def test_openings_of_a_last_resort_key_are_remembered_until_it_dies(vault: Vault) -> None:
    """HS-13: never forgotten before, and gone with it."""
    with vault.transaction() as transaction:
        prekeys = transaction.prekeys
        made = publish(transaction)
        key = made.weekly.last_resort.prekey_id
        assert (prekeys.was_seen(key, MARK), prekeys.seen_count(key)) == (False, 0)
        prekeys.use(LastResortUsed(key, MARK))
        prekeys.use(LastResortUsed(key, MARK))
        prekeys.use(LastResortUsed(key, bytes(31) + b"\1"))
        assert (prekeys.was_seen(key, MARK), prekeys.seen_count(key)) == (True, 2)
        confirm(transaction, made)
        week = Instant(NOW + WEEK)
        confirm(transaction, publish(transaction, week), week)
        prekeys.purge(Instant(week + PRIVATE_LIFE - 1))
        assert prekeys.was_seen(key, MARK)
        prekeys.purge(Instant(week + PRIVATE_LIFE))
        assert prekeys.seen_count(key) == 0


def test_a_record_that_cannot_be_read_is_damage_and_nobody_elses_fault(vault: Vault) -> None:
    with vault.transaction() as transaction:
        made = publish(transaction)
        transaction._rows.run("update leaves set record = x'00'")
        with pytest.raises(VaultDamaged):
            transaction.prekeys.leaf(made.leaves[0].leaf_id)

"""Publishing generations of prekeys."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from securemsg.errors import LocalError
from securemsg.handshake import generation
from securemsg.handshake.generation import (
    LEAVES,
    PRIVATE_LIFE,
    REFILL_BELOW,
    WEEK,
    Publication,
    Published,
    is_due,
    make_generation,
)
from securemsg.handshake.initiator import Expected, check_shelf
from securemsg.handshake.shelf import MAX_SEALED_LEAF
from securemsg.instant import DAY, HOUR, Instant, after
from tests.handshake.parties import ALICE, BOB, SHELF, fetched, publication
from tests.identity.people import NOW
from tests.support.entropy import SeededEntropy

MAX_SHELVED_MANIFEST = 24_576
"""Bytes that a relay takes as a sealed manifest (MB-3)."""


def following(previous: Publication, hours: int) -> Publication:
    """Return the publication some hours after `previous`."""
    now = after(previous.leaves[0].created_at, hours * HOUR)
    return make_generation(BOB, SHELF, previous.published, now, SeededEntropy(previous.generation))


@settings(max_examples=6)
@given(st.lists(st.sampled_from([-1, 0, 1, 24, 7 * 24 - 1, 7 * 24, 9 * 24]), min_size=1, max_size=5))
def test_no_number_ever_means_two_keys(hours: list[int]) -> None:
    """K19: whatever the clock does between publications."""
    known: dict[tuple[str, int], object] = {}
    found = [publication()]
    for pause in hours:
        found.append(following(found[-1], pause))
    for each in found:
        weekly = each.weekly
        numbered = {
            ("generation", each.generation): each.manifest_body_hash,
            ("prekey", weekly.signed_prekey.prekey_id): weekly.signed_prekey.key.public(),
            ("prekey", weekly.last_resort.prekey_id): weekly.last_resort.key.public().encoded,
            **{("leaf", leaf.leaf_id): leaf.one_time.public() for leaf in each.leaves},
        }
        assert all(known.setdefault(number, key) == key for number, key in numbered.items())
    assert sorted(number for kind, number in known if kind == "leaf") == list(
        range(1, LEAVES * len(found) + 1)
    )
    assert [each.generation for each in found] == list(range(1, len(found) + 1))


def test_weekly_keys_are_offered_again_for_a_week_and_leaves_never() -> None:
    """HS-14."""
    first = publication()
    second = following(first, 7 * 24 - 1)
    assert second.weekly == first.weekly
    third = following(second, 1)
    assert third.weekly.signed_prekey.key != first.weekly.signed_prekey.key
    assert third.weekly.last_resort.key != first.weekly.last_resort.key
    assert third.weekly.sealing.key != first.weekly.sealing.key


def test_keys_from_the_future_are_not_offered_again() -> None:
    """R25: made while the clock was wrong, they would never age."""
    assert following(publication(), -1).weekly != publication().weekly


def test_a_generation_is_due_with_few_leaves_or_an_old_signed_prekey() -> None:
    """HS-14."""
    published = publication().published
    assert is_due(Published(), LEAVES, NOW)
    assert not is_due(published, REFILL_BELOW, NOW)
    assert is_due(published, REFILL_BELOW - 1, NOW)
    assert not is_due(published, LEAVES, after(NOW, WEEK - 1))
    assert is_due(published, LEAVES, after(NOW, WEEK))


def test_the_figures_are_those_of_the_specification() -> None:
    """HS-14."""
    assert (LEAVES, REFILL_BELOW, WEEK, PRIVATE_LIFE) == (64, 20, 7 * DAY, 37 * DAY)


def test_every_leaf_of_a_publication_can_be_fetched() -> None:
    """HS-4, MB-9: also by size."""
    each = publication()
    assert len(each.sealed_manifest) <= MAX_SHELVED_MANIFEST
    assert len(each.sealed_leaves) == LEAVES
    for position, private in enumerate(each.leaves):
        found = check_shelf(fetched(position), SHELF, Expected(ALICE, BOB.account_id), NOW)
        assert found.leaf == private.public()
        assert len(each.sealed_leaves[position]) <= MAX_SEALED_LEAF


@pytest.mark.parametrize(
    "published",
    [
        Published(generation=2**32 - 1),
        Published(prekey_id=2**32 - 2),
        Published(leaf_id=2**53 - 1 - LEAVES + 1),
    ],
)
def test_numbers_do_not_wrap_around(published: Published) -> None:
    """K19: a device that has used them up stops."""
    with pytest.raises(LocalError):
        make_generation(BOB, SHELF, published, NOW, SeededEntropy())


def test_a_publication_is_made_for_its_instant() -> None:
    manifest = check_shelf(fetched(), SHELF, Expected(ALICE, BOB.account_id), NOW).manifest
    assert (manifest.created_at, manifest.expires_at) == (NOW, Instant(NOW + 30 * DAY))
    assert manifest.leaf_count == generation.LEAVES

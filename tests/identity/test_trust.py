"""Trust in a contact's account: who may change it, and how."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securemsg.errors import AuthenticationError, LocalError
from securemsg.identity.trust import (
    Changed,
    DeviceListRollback,
    Pinned,
    Standing,
    Trust,
    accepted,
    check_list_version,
    claimed,
    first_seen,
    kept,
    verified,
)
from securemsg.ids import AccountId
from tests.identity.people import account, device

ALICE, BOB, MALLORY = (account(name).account_id for name in ("alice", "bob", "mallory"))

standings = st.sampled_from(
    [
        first_seen(ALICE),
        verified(first_seen(ALICE), ALICE),
        claimed(first_seen(ALICE), BOB),
        claimed(verified(first_seen(ALICE), ALICE), MALLORY),
    ]
)
account_ids = st.sampled_from([ALICE, BOB, MALLORY])


def test_a_new_contact_is_first_seen_and_pins_its_account() -> None:
    """ID-11."""
    assert first_seen(ALICE) == Pinned(ALICE, Trust.FIRST_SEEN)


def test_only_comparing_makes_a_contact_verified() -> None:
    """ID-11."""
    assert verified(first_seen(ALICE), ALICE) == Pinned(ALICE, Trust.VERIFIED)


@given(standings, account_ids)
def test_another_account_in_its_place_makes_a_contact_changed(standing: Standing, other: AccountId) -> None:
    """K20, ID-11: nothing but the person's decision ends that."""
    after = claimed(standing, other)
    if other == standing.account_id:
        assert after == standing
    else:
        assert isinstance(after, Changed)
        assert (after.trust, after.account_id, after.claimant) == (Trust.CHANGED, ALICE, other)


@given(st.lists(account_ids))
def test_no_sequence_of_claims_earns_trust(claims: list[AccountId]) -> None:
    """K20: never accepted by itself, not even when the old account is back."""
    standing: Standing = first_seen(ALICE)
    for claim in claims:
        standing = claimed(standing, claim)
    assert standing.account_id == ALICE
    assert isinstance(standing, Changed) == any(claim != ALICE for claim in claims)
    assert standing.trust is not Trust.VERIFIED


def test_the_person_may_take_the_new_account_or_keep_the_old_one() -> None:
    """ID-11: three decisions."""
    changed = claimed(verified(first_seen(ALICE), ALICE), BOB)
    assert isinstance(changed, Changed)
    assert verified(changed, BOB) == Pinned(BOB, Trust.VERIFIED)
    assert accepted(changed, BOB) == Pinned(BOB, Trust.FIRST_SEEN)
    assert kept(changed) == Pinned(ALICE, Trust.VERIFIED)
    assert verified(changed, ALICE) == Pinned(ALICE, Trust.VERIFIED)


def test_a_contact_that_was_not_verified_is_not_after_keeping_it() -> None:
    changed = claimed(first_seen(ALICE), BOB)
    assert isinstance(changed, Changed)
    assert kept(changed) == first_seen(ALICE)


def test_a_decision_about_an_account_that_is_no_longer_the_claimant_is_refused() -> None:
    """K20: the screen may be older than the claim."""
    changed = claimed(claimed(first_seen(ALICE), BOB), MALLORY)
    assert isinstance(changed, Changed)
    with pytest.raises(LocalError):
        verified(changed, BOB)
    with pytest.raises(LocalError):
        accepted(changed, BOB)
    with pytest.raises(LocalError):
        verified(first_seen(ALICE), BOB)


def test_trust_is_kept_in_stores_by_these_words() -> None:
    assert [str(trust) for trust in Trust] == ["first_seen", "verified", "changed"]


@given(st.integers(0, 10), st.integers(1, 10))
def test_a_list_version_never_goes_down(highest: int, version: int) -> None:
    """ID-5."""
    certificate = dataclasses.replace(device("alice").certificate, list_version=version)
    if version >= highest:
        assert check_list_version(certificate, highest) == version
    else:
        with pytest.raises(DeviceListRollback) as caught:
            check_list_version(certificate, highest)
        assert isinstance(caught.value, AuthenticationError)

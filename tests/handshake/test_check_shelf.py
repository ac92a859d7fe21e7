"""What an initiator accepts from a relay, and what it tells its caller otherwise."""

import dataclasses

import pytest

from securemsg.errors import AuthenticationError, RemoteError
from securemsg.handshake.errors import IdentityChanged, OwnDevice, StaleManifest
from securemsg.handshake.generation import Published, make_generation
from securemsg.handshake.initiator import Expected, check_shelf, initiate
from securemsg.handshake.manifest import MANIFEST_LIFE
from securemsg.handshake.shelf import FetchedPrekeys, ShelvedLeaf
from securemsg.identity.certificate import DeviceStatement
from securemsg.identity.device import Device
from securemsg.identity.trust import Changed, DeviceListRollback, SeenList, claimed, first_seen
from securemsg.instant import DAY, Instant
from tests.handshake.parties import ALICE, BOB, MALLORY, SHELF, fetched, prekeys, publication
from tests.identity.people import NOW, account
from tests.support.entropy import SeededEntropy

EXPECTED = Expected(ALICE, BOB.account_id)


def test_prekeys_of_the_expected_account_are_accepted() -> None:
    found = check_shelf(fetched(), SHELF, EXPECTED, NOW)
    assert found.manifest.certificate == BOB.certificate
    assert found.leaf == publication().leaves[0].public()


def test_without_a_leaf_the_last_resort_key_is_left_and_that_is_told() -> None:
    """K16, HS-6: never silent."""
    found = check_shelf(fetched(None), SHELF, EXPECTED, NOW)
    assert found.leaf is None
    assert initiate(ALICE, found, None, NOW, SeededEntropy()).agreement.reduced
    assert not initiate(ALICE, prekeys(0), None, NOW, SeededEntropy()).agreement.reduced


def test_another_account_on_the_contacts_shelf_makes_the_contact_changed() -> None:
    """K20, ID-11: the caller learns which account."""
    expected = Expected(ALICE, account("carol").account_id)
    with pytest.raises(IdentityChanged) as caught:
        check_shelf(fetched(), SHELF, expected, NOW)
    assert caught.value.account_id == BOB.account_id
    assert isinstance(claimed(first_seen(expected.account_id), caught.value.account_id), Changed)


@pytest.mark.parametrize("now", [NOW - DAY, NOW, NOW + MANIFEST_LIFE - 1])
def test_a_manifest_is_used_from_a_day_before_it_was_made_until_it_expires(now: int) -> None:
    """HS-5."""
    check_shelf(fetched(), SHELF, EXPECTED, Instant(now))


@pytest.mark.parametrize("now", [0, NOW - DAY - 1, NOW + MANIFEST_LIFE, NOW + 10 * 365 * DAY])
def test_a_manifest_too_old_or_from_the_future_is_stale(now: int) -> None:
    """K15, R25: a relay that serves an old manifest is asked again."""
    with pytest.raises(StaleManifest):
        check_shelf(fetched(), SHELF, EXPECTED, Instant(now))


def test_an_older_generation_than_one_already_seen_is_stale() -> None:
    """K15, HS-5: counted for each device."""
    for highest in (0, 1):
        expected = dataclasses.replace(EXPECTED, generations={BOB.device_id: highest})
        check_shelf(fetched(), SHELF, expected, NOW)
    with pytest.raises(StaleManifest):
        check_shelf(fetched(), SHELF, dataclasses.replace(EXPECTED, generations={BOB.device_id: 2}), NOW)
    check_shelf(fetched(), SHELF, dataclasses.replace(EXPECTED, generations={ALICE.device_id: 2}), NOW)


def test_an_older_device_list_than_one_already_seen_is_refused() -> None:
    """ID-5, HS-5."""
    check_shelf(fetched(), SHELF, dataclasses.replace(EXPECTED, list_version=1), NOW)
    with pytest.raises(DeviceListRollback):
        check_shelf(fetched(), SHELF, dataclasses.replace(EXPECTED, list_version=2), NOW)


def test_a_device_does_not_open_a_session_to_itself() -> None:
    """K22, HS-10: neither through its own shelf, nor with prekeys that it has already."""
    with pytest.raises(OwnDevice):
        check_shelf(fetched(), SHELF, Expected(BOB, BOB.account_id), NOW)
    with pytest.raises(OwnDevice):
        check_shelf(fetched(), SHELF, Expected(BOB, ALICE.account_id), NOW)
    with pytest.raises(OwnDevice):
        initiate(BOB, prekeys(), None, NOW, SeededEntropy())


def test_another_device_of_the_same_account_is_not_oneself() -> None:
    """K22."""
    phone = Device.generate(account("bob"), "phone", NOW, SeededEntropy(7))
    found = check_shelf(fetched(), SHELF, Expected(phone, BOB.account_id), NOW)
    assert initiate(phone, found, None, NOW, SeededEntropy()).agreement.opened_at == NOW


def test_a_leaf_of_another_owner_or_generation_is_refused() -> None:
    """HS-5: a relay cannot mix shelves, not even of one key."""
    later = make_generation(BOB, SHELF, publication().published, NOW, SeededEntropy(5))
    foreign = make_generation(ALICE, SHELF, Published(), NOW, SeededEntropy(6))
    for other in (later, foreign):
        mixed = FetchedPrekeys(1, publication().sealed_manifest, ShelvedLeaf(0, other.sealed_leaves[0]))
        with pytest.raises(AuthenticationError):
            check_shelf(mixed, SHELF, EXPECTED, NOW)


def test_a_leaf_of_another_position_is_refused() -> None:
    moved = FetchedPrekeys(1, publication().sealed_manifest, ShelvedLeaf(1, publication().sealed_leaves[0]))
    with pytest.raises(AuthenticationError):
        check_shelf(moved, SHELF, EXPECTED, NOW)


def test_a_refusal_names_nobody() -> None:
    """N22, PR-1: errors can be logged."""
    refused = [
        (fetched(), Expected(ALICE, account("carol").account_id), NOW),
        (fetched(), Expected(BOB, BOB.account_id), NOW),
        (fetched(), dataclasses.replace(EXPECTED, list_version=2), NOW),
        (fetched(), EXPECTED, Instant(0)),
        (FetchedPrekeys(2, publication().sealed_manifest, None), EXPECTED, NOW),
    ]
    for answer, expected, now in refused:
        with pytest.raises(RemoteError) as caught:
            check_shelf(answer, SHELF, expected, now)
        assert str(caught.value) == "refused"


def test_a_renewed_device_list_is_accepted() -> None:
    """ID-5: versions may go up."""
    certificate = BOB.certificate
    statement = DeviceStatement(
        certificate.device_id, certificate.device_public, certificate.identity_key, "renamed", NOW, 9
    )
    renewed = dataclasses.replace(BOB, certificate=account("bob").certify(statement))
    each = make_generation(renewed, SHELF, publication().published, NOW, SeededEntropy(8))
    expected = Expected(ALICE, BOB.account_id, list_version=3, generations={BOB.device_id: 1})
    assert check_shelf(fetched(0, each), SHELF, expected, NOW).manifest.certificate.list_version == 9


def test_another_certificate_of_the_version_seen_is_refused() -> None:
    """K14, ID-5: an account says one thing under one number; a later number may say another."""
    seen = SeenList.of(BOB.certificate)
    fits = dataclasses.replace(EXPECTED, list_version=1, certificate_hash=seen.certificate_hash)
    check_shelf(fetched(), SHELF, fits, NOW)
    other = SeenList.of(MALLORY.certificate).certificate_hash
    with pytest.raises(DeviceListRollback):
        check_shelf(fetched(), SHELF, dataclasses.replace(fits, certificate_hash=other), NOW)
    check_shelf(fetched(), SHELF, dataclasses.replace(fits, list_version=0, certificate_hash=other), NOW)

"""Accounts and devices, and the records that a store keeps of them."""

import pytest

from securemsg.errors import FrameError, LocalError, RemoteError
from securemsg.identity.account import Account
from securemsg.identity.device import Device
from securemsg.ids import AccountId
from securemsg.wire import codec
from tests.identity.people import NOW, account, device
from tests.messages.spoiled import packed, spoiled
from tests.reference import identity as reference
from tests.support.entropy import SeededEntropy
from tests.support.mutations import truncations

ALICE = account("alice")
LAPTOP = device("alice")


def test_an_account_id_is_the_hash_of_both_public_keys() -> None:
    """ID-2."""
    assert ALICE.account_id == AccountId(reference.account_id(ALICE.signing.public().encoded))


def test_a_device_has_keys_of_its_own_for_each_purpose() -> None:
    """ID-1, ID-3, K29: nothing signs or agrees for two purposes."""
    keys = {
        ALICE.signing.expose()[:32],
        ALICE.signing.expose()[32:],
        LAPTOP.signing.expose()[:32],
        LAPTOP.signing.expose()[32:],
        LAPTOP.identity_key.expose(),
    }
    assert len(keys) == 5


def test_the_certificate_of_a_new_device_says_what_it_is() -> None:
    """ID-4."""
    certificate = LAPTOP.certificate
    assert certificate.account_id == ALICE.account_id == LAPTOP.account_id
    assert certificate.account_public == ALICE.signing.public()
    assert certificate.device_public == LAPTOP.signing.public()
    assert certificate.identity_key == LAPTOP.identity_key.public()
    assert (certificate.name, certificate.created_at, certificate.list_version) == ("alice's laptop", NOW, 1)


def test_two_devices_of_one_account_are_told_apart() -> None:
    """HS-10."""
    phone = Device.generate(ALICE, "phone", NOW, SeededEntropy(99))
    assert phone.account_id == LAPTOP.account_id
    assert LAPTOP.is_described_by(LAPTOP.certificate)
    assert not LAPTOP.is_described_by(phone.certificate)
    assert not LAPTOP.is_described_by(device("bob").certificate)


@pytest.mark.parametrize("name", ["x" * 65, "é" * 33, "\udc80"])
def test_a_name_that_cannot_travel_is_refused_with_a_sentence(name: str) -> None:
    with pytest.raises(LocalError, match=r"^The name .*\.$"):
        Device.generate(ALICE, name, NOW, SeededEntropy(1))


def test_records_come_back_as_they_were() -> None:
    assert Account.decode(ALICE.encode()) == ALICE
    assert Device.decode(LAPTOP.encode()) == LAPTOP


def test_a_device_record_with_the_certificate_of_another_device_is_refused() -> None:
    stolen = codec.encode(
        [1, LAPTOP.signing.expose(), LAPTOP.identity_key.expose(), device("bob").certificate.encoded]
    )
    with pytest.raises(FrameError):
        Device.decode(stolen)


def test_a_damaged_record_is_refused() -> None:
    """E11, E12, E16-E18."""
    values = [1, LAPTOP.signing.expose(), LAPTOP.identity_key.expose(), LAPTOP.certificate.encoded]
    assert packed(values) == LAPTOP.encode()
    for damaged in [*spoiled(values, fixed={1, 2, 3}), packed([2, *values[1:]])]:
        with pytest.raises(RemoteError):
            Device.decode(damaged)
    account_values = [1, ALICE.signing.expose()]
    for damaged in [*spoiled(account_values, fixed={1}), packed([2, *account_values[1:]])]:
        with pytest.raises(FrameError):
            Account.decode(damaged)


def test_every_truncation_of_a_record_is_refused() -> None:
    """E01, E02."""
    for cut in truncations(ALICE.encode()):
        with pytest.raises(FrameError):
            Account.decode(cut)
    for cut in truncations(LAPTOP.encode()):
        with pytest.raises(FrameError):
            Device.decode(cut)


def test_private_keys_and_names_do_not_print() -> None:
    """N22."""
    shown = repr(ALICE) + repr(LAPTOP)
    assert "laptop" not in shown
    for secret in (ALICE.signing, LAPTOP.signing, LAPTOP.identity_key):
        assert repr(secret.expose())[2:12] not in shown

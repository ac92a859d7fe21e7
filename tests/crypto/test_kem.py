"""ML-KEM-1024 (vectors: test_wycheproof), and what a corrupted ciphertext does."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from securemsg.crypto.aead import ZERO_NONCE, Gcm
from securemsg.crypto.kem import (
    CIPHERTEXT_WIDTH,
    PUBLIC_WIDTH,
    SEED_WIDTH,
    DecapsulationKey,
    EncapsulationKey,
)
from securemsg.errors import AuthenticationError, LocalError
from tests.reference import hybrid as reference
from tests.support.entropy import SeededEntropy
from tests.support.vectors import load

Q = 3329
KEY = DecapsulationKey(bytes(range(64)))


def test_other_published_parameter_sets_are_refused() -> None:
    """K06: a key of ML-KEM-768."""
    groups = load("wycheproof/mlkem_768_test.json.gz")["testGroups"]
    with pytest.raises(AuthenticationError):
        EncapsulationKey.parse(bytes.fromhex(groups[0]["tests"][0]["ek"]))


def with_coefficient(place: int, value: int) -> bytes:
    """Our public key with another coefficient: 1,024 of 12 bits each, then the seed of the matrix."""
    encoded = KEY.public().encoded
    packed = int.from_bytes(encoded[:1536], "little") & ~(0xFFF << 12 * place) | value << 12 * place
    return packed.to_bytes(1536, "little") + encoded[1536:]


@pytest.mark.parametrize("value", [Q, Q + 1, 4095])
def test_a_coefficient_of_q_or_more_is_refused_in_every_place(value: int) -> None:
    """K08, PR-7: the modulus check of FIPS 203, section 7.2."""
    for place in range(1024):
        with pytest.raises(AuthenticationError):
            EncapsulationKey.parse(with_coefficient(place, value))


def test_every_coefficient_of_q_or_more_is_refused_and_none_below_it() -> None:
    """K08, PR-7: all values of 12 bits."""
    for value in range(4096):
        encoded = with_coefficient(700, value)
        if value < Q:
            assert EncapsulationKey.parse(encoded).encoded == encoded
        else:
            with pytest.raises(AuthenticationError):
                EncapsulationKey.parse(encoded)


def test_the_greatest_coefficient_is_taken_in_every_place() -> None:
    """K08: refusing too much would refuse peers."""
    for place in range(1024):
        assert EncapsulationKey.parse(with_coefficient(place, Q - 1)).encoded == with_coefficient(
            place, Q - 1
        )


@settings(max_examples=20)
@given(st.binary(min_size=64, max_size=64), st.binary(min_size=32, max_size=32))
def test_a_second_implementation_opens_what_we_encapsulate_and_we_what_it_does(
    seed: bytes, message: bytes
) -> None:
    """PR-7: what the published encapsulations cannot show, as no door takes their randomness."""
    key = DecapsulationKey(seed)
    secret, ciphertext = key.public().encapsulate()
    assert reference.decapsulate(seed, ciphertext) == secret
    secret, ciphertext = reference.encapsulate(key.public().encoded, message)
    assert key.decapsulate(ciphertext) == secret


@given(st.integers(0, 1000))
def test_both_sides_hold_one_secret(seed: int) -> None:
    """PR-7."""
    key = DecapsulationKey.generate(SeededEntropy(seed))
    secret, ciphertext = EncapsulationKey.parse(key.public().encoded).encapsulate()
    assert len(secret) == 32
    assert len(ciphertext) == CIPHERTEXT_WIDTH
    assert key.decapsulate(ciphertext) == secret


@given(st.integers(0, CIPHERTEXT_WIDTH * 8 - 1))
def test_a_corrupted_ciphertext_fails_only_where_its_secret_is_used(bit: int) -> None:
    """K10: implicit rejection gives the secret of FIPS 203, algorithm 18, and no error."""
    secret, ciphertext = KEY.public().encapsulate()
    corrupted = (int.from_bytes(ciphertext, "big") ^ 1 << bit).to_bytes(CIPHERTEXT_WIDTH, "big")
    wrong = KEY.decapsulate(corrupted)
    assert len(wrong) == 32
    assert wrong != secret
    assert wrong == hashlib.shake_256(KEY.expose()[32:] + corrupted).digest(32)
    with pytest.raises(AuthenticationError):
        Gcm(wrong).open(ZERO_NONCE, Gcm(secret).seal(ZERO_NONCE, b"text", b""), b"")


@pytest.mark.parametrize("width", [0, 32, 1088, CIPHERTEXT_WIDTH - 1, CIPHERTEXT_WIDTH + 1])
def test_another_width_of_ciphertext_is_refused(width: int) -> None:
    """K09."""
    with pytest.raises(AuthenticationError):
        KEY.decapsulate(bytes(width))


@pytest.mark.parametrize("width", [0, 32, 1184, PUBLIC_WIDTH - 1, PUBLIC_WIDTH + 1])
def test_another_width_of_key_is_refused(width: int) -> None:
    """K06."""
    with pytest.raises(AuthenticationError):
        EncapsulationKey.parse(bytes(width))


@pytest.mark.parametrize("width", [0, 32, SEED_WIDTH - 1, SEED_WIDTH + 1, 3168])
def test_another_width_of_seed_is_our_own_fault(width: int) -> None:
    """K06: with that of an expanded private key."""
    with pytest.raises(LocalError):
        DecapsulationKey(bytes(width))


def test_a_public_key_does_not_print_itself() -> None:
    assert f"{KEY.public()} {KEY.public()!r}" == "EncapsulationKey() EncapsulationKey()"

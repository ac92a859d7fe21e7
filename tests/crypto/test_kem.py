"""ML-KEM-1024 against the published vectors, and what a corrupted ciphertext does."""

import pytest
from hypothesis import given
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
from tests.support.entropy import SeededEntropy
from tests.support.vectors import Case, load, wycheproof

KEY = DecapsulationKey(bytes(range(64)))


def decapsulates(case: Case) -> bool:
    try:
        key = DecapsulationKey(case.octets("seed"))
        return key.decapsulate(case.octets("c")) == case.octets("K")
    except (AuthenticationError, LocalError):
        return False


def test_every_published_seed_gives_the_published_key() -> None:
    """PR-7."""
    cases = list(wycheproof("mlkem_1024_keygen_seed_test"))
    assert len(cases) == 100
    for case in cases:
        assert DecapsulationKey(case.octets("seed")).public().encoded == case.octets("ek"), case.number


def test_every_published_decapsulation_is_decided_as_published() -> None:
    """K09: the refused ones have a seed or a ciphertext of another width."""
    cases = list(wycheproof("mlkem_1024_test"))
    assert len(cases) == 193
    for case in cases:
        assert decapsulates(case) == case.valid, case.number


def test_every_published_public_key_is_decided_as_published() -> None:
    """K06, K08: the refused ones have another width or a coefficient of q or more."""
    cases = list(wycheproof("mlkem_1024_encaps_test"))
    assert len(cases) == 269
    for case in cases:
        if case.valid:
            assert EncapsulationKey.parse(case.octets("ek")).encoded == case.octets("ek")
        else:
            with pytest.raises(AuthenticationError):
                EncapsulationKey.parse(case.octets("ek"))


def test_other_published_parameter_sets_are_refused() -> None:
    """K06: a key of ML-KEM-768."""
    groups = load("wycheproof/mlkem_768_test.json.gz")["testGroups"]
    with pytest.raises(AuthenticationError):
        EncapsulationKey.parse(bytes.fromhex(groups[0]["tests"][0]["ek"]))


@pytest.mark.parametrize("place", [0, 1, 511, 1023])
@pytest.mark.parametrize("value", [3329, 3330, 4095])
def test_a_coefficient_of_q_or_more_is_refused(place: int, value: int) -> None:
    """K08: the modulus check of FIPS 203, section 7.2."""
    packed = int.from_bytes(KEY.public().encoded[:1536], "little")
    packed = packed & ~(0xFFF << 12 * place) | value << 12 * place
    with pytest.raises(AuthenticationError):
        EncapsulationKey.parse(packed.to_bytes(1536, "little") + KEY.public().encoded[1536:])


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
    """K10: implicit rejection gives a wrong secret, the same each time, and no error."""
    secret, ciphertext = KEY.public().encapsulate()
    corrupted = (int.from_bytes(ciphertext, "big") ^ 1 << bit).to_bytes(CIPHERTEXT_WIDTH, "big")
    wrong = KEY.decapsulate(corrupted)
    assert len(wrong) == 32
    assert wrong != secret
    assert wrong == KEY.decapsulate(corrupted)
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

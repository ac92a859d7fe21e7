"""Derivations against second implementations (vectors: test_wycheproof)."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securemsg.crypto.kdf import digest, digest32, kdf, prf, same, sha256
from securemsg.errors import LocalError
from tests.reference import primitives as reference

labels = st.binary(max_size=30).filter(lambda label: b"\0" not in label)
keys = st.binary(min_size=32, max_size=32)


@given(st.binary(max_size=100), st.binary(max_size=200), labels, st.integers(1, 200))
def test_kdf_is_hkdf_with_our_label(salt: bytes, ikm: bytes, label: bytes, length: int) -> None:
    """PR-3."""
    assert kdf(salt, ikm, label, length) == reference.kdf(salt, ikm, label, length)


def test_an_empty_salt_is_64_zero_bytes() -> None:
    """PR-3."""
    assert kdf(b"", b"ikm", b"label", 96) == kdf(bytes(64), b"ikm", b"label", 96)


@given(keys, labels, st.binary(max_size=64))
def test_prf_is_shake256_in_two_halves(key: bytes, label: bytes, data: bytes) -> None:
    """PR-4."""
    expected = hashlib.shake_256(b"securemsg/1/" + label + b"\0" + key + data).digest(64)
    assert prf(key, label, data) == (expected[:32], expected[32:])
    assert prf(key, label) == prf(key, label, b"")


@pytest.mark.parametrize("width", [0, 16, 31, 33, 64])
def test_prf_refuses_another_width_of_key(width: int) -> None:
    """K06, PR-4: with a free width, key and input could trade bytes."""
    with pytest.raises(LocalError):
        prf(bytes(width), b"chain")


def test_a_label_with_a_zero_byte_is_refused() -> None:
    """PR-4: two labels must never meet in one input."""
    with pytest.raises(LocalError):
        prf(bytes(32), b"a\0b")
    with pytest.raises(LocalError):
        digest(b"a\0b", b"")


@given(labels, st.binary(max_size=200))
def test_digests_are_labelled_sha512(label: bytes, data: bytes) -> None:
    """PR-5."""
    expected = hashlib.sha512(b"securemsg/1/" + label + b"\0" + data).digest()
    assert digest(label, data) == expected
    assert digest32(label, data) == expected[:32]


def test_sha256_has_its_published_value() -> None:
    """FIPS 180-4, appendix B.1."""
    assert sha256(b"abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_same_is_equality(first: bytes, second: bytes) -> None:
    assert same(first, second) == (first == second)
    assert same(first, bytes(first))


@pytest.mark.parametrize("length", [-1, 0, 16_321])
def test_a_derivation_of_a_length_that_cannot_be_is_our_own_fault(length: int) -> None:
    """PR-3, HO-4."""
    with pytest.raises(LocalError):
        kdf(b"", b"ikm", b"label", length)

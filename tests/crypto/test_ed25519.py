"""Ed25519 refuses whatever two verifiers could disagree about (small order: test_small_order)."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securemsg.crypto.ed25519 import PublicKey, SigningKey, _canonical
from securemsg.errors import AuthenticationError, LocalError
from tests.support.entropy import SeededEntropy

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493

KEY = SigningKey(bytes(range(32)))


def split(signature: bytes) -> tuple[bytes, int]:
    return signature[:32], int.from_bytes(signature[32:], "little")


def join(point: bytes, scalar: int) -> bytes:
    return point + scalar.to_bytes(32, "little")


@given(st.binary(max_size=40).filter(lambda label: b"\0" not in label), st.binary(max_size=100))
def test_what_a_key_signs_it_verifies(label: bytes, body: bytes) -> None:
    """PR-11."""
    key = SigningKey.generate(SeededEntropy(1))
    key.public().verify(label, body, key.sign(label, body))


def test_a_signature_covers_exactly_the_specified_bytes() -> None:
    """PR-11."""
    signature = KEY.sign(b"prove", b"body")
    KEY.public().verify_exact(b"securemsg/1/sign/prove\0body", signature)


def test_another_label_body_or_key_is_refused() -> None:
    """K12: a signature of one purpose is worthless for every other."""
    signature = KEY.sign(b"prove", b"body")
    other = SigningKey(bytes(32)).public()
    for key, label, body in (
        (KEY.public(), b"relay-hello", b"body"),
        (KEY.public(), b"prove", b"bodY"),
        (KEY.public(), b"prov", b"ebody"),
        (other, b"prove", b"body"),
    ):
        with pytest.raises(AuthenticationError):
            key.verify(label, body, signature)


@pytest.mark.parametrize("y", range(19))
@pytest.mark.parametrize("sign", [0, 1])
def test_a_key_that_is_not_reduced_is_refused(y: int, sign: int) -> None:
    """K04: y and y + p are the same point and must not both be keys."""
    with pytest.raises(AuthenticationError):
        PublicKey.parse(((P + y) | sign << 255).to_bytes(32, "little"))


@pytest.mark.parametrize("y", range(19))
def test_an_r_that_is_not_reduced_is_refused(y: int) -> None:
    """K04: before the library, which compares in its own way."""
    with pytest.raises(AuthenticationError):
        KEY.public().verify(b"prove", b"body", join((P + y).to_bytes(32, "little"), 5))


@pytest.mark.parametrize("multiple", range(1, 16))
def test_a_scalar_with_multiples_of_the_order_added_is_refused(multiple: int) -> None:
    """K05: S + L would be a second signature for the same bytes."""
    point, scalar = split(KEY.sign(b"prove", b"body"))
    if scalar + multiple * L >= 2**256:
        return
    with pytest.raises(AuthenticationError):
        KEY.public().verify(b"prove", b"body", join(point, scalar + multiple * L))


def test_every_changed_bit_of_a_signature_is_refused() -> None:
    """K05."""
    signature = int.from_bytes(KEY.sign(b"prove", b"body"), "big")
    for bit in range(512):
        with pytest.raises(AuthenticationError):
            KEY.public().verify(b"prove", b"body", (signature ^ 1 << bit).to_bytes(64, "big"))


@pytest.mark.parametrize("width", [0, 31, 33, 64, 1984])
def test_another_width_of_key_is_refused(width: int) -> None:
    """K06."""
    with pytest.raises(AuthenticationError):
        PublicKey.parse(KEY.public()[:1] * width)


@pytest.mark.parametrize("width", [0, 32, 63, 65, 128])
def test_another_width_of_signature_is_refused(width: int) -> None:
    """K06."""
    signature = (KEY.sign(b"prove", b"body") * 2)[:width]
    with pytest.raises(AuthenticationError):
        KEY.public().verify(b"prove", b"body", signature)


@pytest.mark.parametrize("moved", [1, 10])
def test_bytes_cannot_move_between_signature_and_message(moved: int) -> None:
    """K06: a library that joins both would find the same bytes."""
    start = b"start of something"[:moved]
    longer = KEY.sign_exact(start + b"message") + start
    with pytest.raises(AuthenticationError):
        KEY.public().verify_exact(b"message", longer)


def test_reduced_is_below_the_prime_whatever_the_sign() -> None:
    """K04: nobody can make a signature whose R only this check refuses, hence it is asked by itself."""
    for sign in (0, 1 << 255):
        assert all(_canonical((y | sign).to_bytes(32, "little")) for y in (0, 1, 2**254, P - 1))
        assert not any(_canonical((y | sign).to_bytes(32, "little")) for y in (P, P + 1, 2**255 - 1))


@given(st.binary(min_size=32, max_size=32))
def test_any_32_bytes_are_a_key_or_refused(value: bytes) -> None:
    with contextlib.suppress(AuthenticationError):
        assert PublicKey.parse(value) == value


def test_a_label_with_a_zero_byte_is_our_own_fault() -> None:
    with pytest.raises(LocalError):
        KEY.sign(b"a\0b", b"")


def test_a_public_key_does_not_print_itself() -> None:
    assert f"{KEY.public()} {KEY.public()!r}" == "PublicKey(...) PublicKey(...)"

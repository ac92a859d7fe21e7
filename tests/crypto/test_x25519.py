"""X25519 takes one encoding of each useful public key and nothing else (see test_small_order too)."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securemsg.crypto.x25519 import LOW_ORDER, PrivateKey, PublicKey
from securemsg.errors import AuthenticationError
from tests.support.entropy import SeededEntropy

P = 2**255 - 19
A, B = (int.from_bytes(point, "little") for point in sorted(LOW_ORDER)[-3:-1])
TOP_BIT = 2**255
PUBLISHED = [
    *(0, 1, A, B, P - 1, P, P + 1),
    *(A + P, B + P, 2 * P - 1, 2 * P, 2 * P + 1),
]
"""The published list of twelve (https://cr.yp.to/ecdh.html#validate)."""


def encode(u: int) -> bytes:
    return u.to_bytes(32, "little")


@pytest.mark.parametrize("u", PUBLISHED)
def test_points_of_low_order_are_refused_at_parse(u: int) -> None:
    """K01: on the curve and on its twist, reduced or not."""
    with pytest.raises(AuthenticationError):
        PublicKey.parse(encode(u))


@given(st.integers(TOP_BIT, 2 * TOP_BIT - 1))
def test_keys_with_the_top_bit_are_refused(u: int) -> None:
    """K02: X25519 would ignore the bit."""
    with pytest.raises(AuthenticationError):
        PublicKey.parse(encode(u))


@given(st.binary(min_size=32, max_size=32))
def test_any_32_bytes_agree_on_something_or_are_refused(value: bytes) -> None:
    with contextlib.suppress(AuthenticationError):
        assert len(PrivateKey.generate(SeededEntropy()).agree(PublicKey.parse(value))) == 32


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_both_sides_agree(first: int, second: int) -> None:
    """PR-6."""
    ours, theirs = PrivateKey.generate(SeededEntropy(first)), PrivateKey.generate(SeededEntropy(second))
    assert PublicKey.parse(ours.public()) == ours.public()
    assert ours.agree(theirs.public()) == theirs.agree(ours.public())


@given(st.integers(0, 1000))
def test_a_part_of_small_order_does_not_reach_the_secret(seed: int) -> None:
    """K03: clamping clears it, so that two keys give one secret; transcripts tell them apart."""
    public = PrivateKey.generate(SeededEntropy(seed)).public()
    # Adding the point of order 2 inverts u.
    twin = PublicKey.parse(encode(pow(int.from_bytes(public, "little"), -1, P)))
    private = PrivateKey.generate(SeededEntropy(seed + 1))
    assert twin != public
    assert private.agree(twin) == private.agree(public)


@pytest.mark.parametrize("width", [0, 31, 33, 64, 1184, 1568])
def test_another_width_of_key_is_refused(width: int) -> None:
    """K06."""
    with pytest.raises(AuthenticationError):
        PublicKey.parse(b"\x09" * width)


def test_a_public_key_does_not_print_itself() -> None:
    public = PrivateKey.generate(SeededEntropy()).public()
    assert f"{public} {public!r}" == "PublicKey(...) PublicKey(...)"

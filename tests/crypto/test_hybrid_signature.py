"""A hybrid signature holds only if both of its halves do, over one label and one key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securemsg.crypto import ed25519, mldsa
from securemsg.crypto.signature import PUBLIC_WIDTH, SIGNATURE_WIDTH, HybridPublicKey, HybridSigningKey
from securemsg.errors import AuthenticationError
from tests.support.entropy import SeededEntropy

KEY = HybridSigningKey(bytes(range(64)))
OTHER = HybridSigningKey(bytes(range(1, 65)))
SIGNATURE = KEY.sign(b"device", b"body")
HALF = ed25519.SIGNATURE_WIDTH


def refused(label: bytes, body: bytes, signature: bytes) -> bool:
    try:
        KEY.public().verify(label, body, signature)
    except AuthenticationError:
        return True
    return False


def test_widths_are_those_of_the_specification() -> None:
    """PR-8, PR-9."""
    assert (PUBLIC_WIDTH, SIGNATURE_WIDTH) == (1984, 3373)
    assert len(KEY.public().encoded) == PUBLIC_WIDTH
    assert len(SIGNATURE) == SIGNATURE_WIDTH


@given(st.binary(max_size=100))
def test_what_a_key_signs_its_parsed_public_half_verifies(body: bytes) -> None:
    key = HybridSigningKey.generate(SeededEntropy(len(body)))
    public = HybridPublicKey.parse(key.public().encoded)
    assert public == key.public()
    public.verify(b"device", body, key.sign(b"device", body))


def test_both_halves_sign_exactly_the_specified_bytes() -> None:
    """PR-9: label, whole public key and body, and the label once more as ML-DSA's context."""
    encoded = KEY.public().encoded
    message = b"securemsg/1/sign/device\0" + encoded + b"body"
    ed25519.PublicKey.parse(encoded[:32]).verify_exact(message, SIGNATURE[:HALF])
    mldsa.PublicKey.parse(encoded[32:]).verify(b"securemsg/1/sign/device", message, SIGNATURE[HALF:])


def test_another_label_or_body_is_refused() -> None:
    """K12."""
    assert not refused(b"device", b"body", SIGNATURE)
    assert refused(b"manifest", b"body", SIGNATURE)
    assert refused(b"device", b"bodY", SIGNATURE)
    assert refused(b"device", b"", SIGNATURE)


def test_one_half_alone_is_refused() -> None:
    """K13: missing, empty, doubled, exchanged, or zeros in the place of one."""
    first, second = SIGNATURE[:HALF], SIGNATURE[HALF:]
    for damaged in (
        b"",
        first,
        second,
        second + first,
        first + first,
        second + second,
        (first * 53)[:SIGNATURE_WIDTH],
        bytes(HALF) + second,
        first + bytes(len(second)),
        SIGNATURE + b"\0",
        SIGNATURE[:-1],
    ):
        assert refused(b"device", b"body", damaged)


def test_a_half_of_another_signature_is_refused() -> None:
    """K13: of another body, another label, another key."""
    for other in (
        KEY.sign(b"device", b"else"),
        KEY.sign(b"manifest", b"body"),
        OTHER.sign(b"device", b"body"),
    ):
        assert refused(b"device", b"body", SIGNATURE[:HALF] + other[HALF:])
        assert refused(b"device", b"body", other[:HALF] + SIGNATURE[HALF:])


def test_halves_of_two_signatures_of_the_same_bytes_may_be_combined() -> None:
    """Each half is over the same bytes, so that nothing new is signed thereby."""
    again = KEY.sign(b"device", b"body")
    assert not refused(b"device", b"body", again[:HALF] + SIGNATURE[HALF:])


def test_a_half_signed_under_a_mixed_public_key_is_refused() -> None:
    """PR-9: the whole public key is signed, so that halves cannot move to another pair."""
    mixed = HybridPublicKey.parse(KEY.public().encoded[:32] + OTHER.public().encoded[32:])
    signature = SIGNATURE[:HALF] + OTHER.sign(b"device", b"body")[HALF:]
    with pytest.raises(AuthenticationError):
        mixed.verify(b"device", b"body", signature)


@given(st.integers(0, SIGNATURE_WIDTH * 8 - 1))
def test_a_changed_bit_is_refused(bit: int) -> None:
    """K05, K13."""
    changed = (int.from_bytes(SIGNATURE, "big") ^ 1 << bit).to_bytes(SIGNATURE_WIDTH, "big")
    assert refused(b"device", b"body", changed)


@pytest.mark.parametrize("width", [0, 32, 1952, 1983, 1985, 2 * 1984])
def test_another_width_of_key_is_refused(width: int) -> None:
    """K06: with those of either half alone."""
    with pytest.raises(AuthenticationError):
        HybridPublicKey.parse((KEY.public().encoded * 2)[:width])


def test_a_hybrid_key_with_a_weak_first_half_is_refused() -> None:
    """K04."""
    for weak in (bytes(32), b"\1" + bytes(31), b"\xff" * 32):
        with pytest.raises(AuthenticationError):
            HybridPublicKey.parse(weak + KEY.public().encoded[32:])


def test_a_public_key_does_not_print_itself() -> None:
    assert f"{KEY.public()} {KEY.public()!r}" == "HybridPublicKey() HybridPublicKey()"

"""ML-DSA-65 against a second implementation (vectors: test_wycheproof)."""

import pytest
from dilithium_py.ml_dsa import ML_DSA_65
from hypothesis import given
from hypothesis import strategies as st

from securemsg.crypto.mldsa import PUBLIC_WIDTH, SIGNATURE_WIDTH, PublicKey, SigningKey
from securemsg.errors import AuthenticationError, LocalError

KEY = SigningKey(bytes(range(32)))


def test_a_seed_gives_the_same_key_as_a_second_implementation() -> None:
    """PR-8: the private key is the seed of FIPS 204."""
    assert KEY.public().encoded == ML_DSA_65.key_derive(bytes(range(32)))[0]


def test_a_second_implementation_accepts_our_signature() -> None:
    """PR-9: with the context inside."""
    signature = KEY.sign(b"context", b"message")
    assert ML_DSA_65.verify(KEY.public().encoded, b"message", signature, ctx=b"context")
    assert not ML_DSA_65.verify(KEY.public().encoded, b"message", signature, ctx=b"contexT")


@pytest.mark.parametrize(
    "context", [b"", b"c", b"contex", b"contexT", b"context\0", b"contextcontext", bytes(255)]
)
def test_a_signature_of_another_context_is_refused(context: bytes) -> None:
    """K12, PR-9: none, a part, a change, more."""
    KEY.public().verify(b"context", b"message", SIGNATURE)
    with pytest.raises(AuthenticationError):
        KEY.public().verify(context, b"message", SIGNATURE)


@pytest.mark.parametrize("moved", range(1, 8))
def test_bytes_cannot_move_between_context_and_message(moved: int) -> None:
    """K12: FIPS 204 counts the context, so that both joined say nothing."""
    with pytest.raises(AuthenticationError):
        KEY.public().verify(b"context"[:-moved], b"context"[-moved:] + b"message", SIGNATURE)
    with pytest.raises(AuthenticationError):
        KEY.public().verify(b"context" + b"message"[:moved], b"message"[moved:], SIGNATURE)


def test_the_longest_context_is_taken() -> None:
    context = bytes(range(255))
    KEY.public().verify(context, b"message", KEY.sign(context, b"message"))


@pytest.mark.parametrize("width", [256, 257, 511, 512, 65_536])
def test_a_context_that_one_byte_cannot_count_is_our_own_fault(width: int) -> None:
    """K06: on both sides; a length modulo 256 would be another context."""
    with pytest.raises(LocalError):
        KEY.sign(bytes(width), b"message")
    with pytest.raises(LocalError):
        KEY.public().verify(bytes(width), b"message", SIGNATURE)


@pytest.mark.parametrize("width", [0, 64, SIGNATURE_WIDTH - 1, SIGNATURE_WIDTH + 1, 2420, 4627])
def test_another_width_of_signature_is_refused(width: int) -> None:
    """K06: with those of the other parameter sets."""
    with pytest.raises(AuthenticationError):
        KEY.public().verify(b"context", b"message", (SIGNATURE * 2)[:width])


@given(st.integers(0, SIGNATURE_WIDTH * 8 - 1))
def test_a_changed_bit_of_a_signature_is_refused(bit: int) -> None:
    """K05."""
    signature = int.from_bytes(SIGNATURE, "big") ^ 1 << bit
    with pytest.raises(AuthenticationError):
        KEY.public().verify(b"context", b"message", signature.to_bytes(SIGNATURE_WIDTH, "big"))


@pytest.mark.parametrize("width", [0, 32, PUBLIC_WIDTH - 1, PUBLIC_WIDTH + 1, 1312, 2592])
def test_another_width_of_key_is_refused(width: int) -> None:
    """K06: with those of the other parameter sets."""
    with pytest.raises(AuthenticationError):
        PublicKey.parse(bytes(width))


SIGNATURE = KEY.sign(b"context", b"message")

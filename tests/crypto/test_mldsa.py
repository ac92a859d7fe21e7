"""ML-DSA-65 against the published vectors and a second implementation."""

import pytest
from dilithium_py.ml_dsa import ML_DSA_65
from hypothesis import given
from hypothesis import strategies as st

from securemsg.crypto.mldsa import PUBLIC_WIDTH, SIGNATURE_WIDTH, PublicKey, SigningKey
from securemsg.errors import AuthenticationError
from tests.support.vectors import Case, wycheproof

KEY = SigningKey(bytes(range(32)))


def accepts(case: Case) -> bool:
    try:
        key = PublicKey.parse(bytes.fromhex(case.group["publicKey"]))
        key.verify(bytes.fromhex(case.fields.get("ctx", "")), case.octets("msg"), case.octets("sig"))
    except AuthenticationError:
        return False
    return True


def test_every_published_case_is_decided_as_published() -> None:
    """K05, K06: contexts over 255 bytes are left out, because all ours are constants."""
    cases = [case for case in wycheproof("mldsa_65_verify_test") if "InvalidContext" not in case.flags]
    assert len(cases) == 205
    for case in cases:
        assert accepts(case) == case.valid, case.number


def test_a_seed_gives_the_same_key_as_a_second_implementation() -> None:
    """PR-8: the private key is the seed of FIPS 204."""
    assert KEY.public().encoded == ML_DSA_65.key_derive(bytes(range(32)))[0]


def test_a_second_implementation_accepts_our_signature() -> None:
    """PR-9: with the context inside."""
    signature = KEY.sign(b"context", b"message")
    assert ML_DSA_65.verify(KEY.public().encoded, b"message", signature, ctx=b"context")
    assert not ML_DSA_65.verify(KEY.public().encoded, b"message", signature, ctx=b"contexT")


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

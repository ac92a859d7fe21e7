"""Both ciphers: what they take, and that every other input is one refusal (vectors: test_wycheproof)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securemsg.crypto.aead import XCHACHA_OVERHEAD, ZERO_NONCE, Gcm, xchacha_open, xchacha_seal
from securemsg.errors import AuthenticationError, LocalError
from tests.support.entropy import SeededEntropy
from tests.support.mutations import one_byte_changes, truncations

KEY = bytes(range(32))


@given(st.binary(max_size=300), st.binary(max_size=50))
def test_what_is_sealed_opens(plaintext: bytes, associated: bytes) -> None:
    assert (
        Gcm(KEY).open(ZERO_NONCE, Gcm(KEY).seal(ZERO_NONCE, plaintext, associated), associated) == plaintext
    )
    sealed = xchacha_seal(KEY, plaintext, associated, SeededEntropy())
    assert len(sealed) == len(plaintext) + XCHACHA_OVERHEAD
    assert xchacha_open(KEY, sealed, associated) == plaintext


def test_every_changed_byte_and_every_beginning_is_refused() -> None:
    """K10's other half: a wrong tag is the one error there is."""
    short = Gcm(KEY).seal(ZERO_NONCE, b"text", b"associated")
    long = xchacha_seal(KEY, b"text", b"associated", SeededEntropy())
    for damaged in (*one_byte_changes(short), *truncations(short)):
        with pytest.raises(AuthenticationError):
            Gcm(KEY).open(ZERO_NONCE, damaged, b"associated")
    for damaged in (*one_byte_changes(long), *truncations(long)):
        with pytest.raises(AuthenticationError):
            xchacha_open(KEY, damaged, b"associated")


def test_another_key_nonce_or_associated_text_is_refused() -> None:
    sealed = Gcm(KEY).seal(ZERO_NONCE, b"text", b"associated")
    for key, nonce, associated in (
        (bytes(32), ZERO_NONCE, b"associated"),
        (KEY, b"\1" * 12, b"associated"),
        (KEY, ZERO_NONCE, b""),
        (KEY, b"", b"associated"),
        (KEY, bytes(13), b"associated"),
    ):
        with pytest.raises(AuthenticationError):
            Gcm(key).open(nonce, sealed, associated)


@pytest.mark.parametrize("width", [0, 16, 24, 31, 33, 64])
def test_another_width_of_key_is_our_own_fault(width: int) -> None:
    """K06."""
    with pytest.raises(LocalError):
        Gcm(bytes(width))
    with pytest.raises(LocalError):
        xchacha_seal(bytes(width), b"", b"", SeededEntropy())
    with pytest.raises(LocalError):
        xchacha_open(bytes(width), bytes(50), b"")


@pytest.mark.parametrize("width", [0, 1, 8, 11, 13, 16, 24])
def test_another_width_of_nonce_is_refused_on_both_sides(width: int) -> None:
    """K06, PR-12: our own fault when sealing, the sender's when opening."""
    with pytest.raises(LocalError):
        Gcm(KEY).seal(bytes(width), b"text", b"")
    with pytest.raises(AuthenticationError):
        Gcm(KEY).open(bytes(width), Gcm(KEY).seal(ZERO_NONCE, b"text", b""), b"")


def test_every_seal_at_rest_takes_a_fresh_nonce() -> None:
    """PR-14."""
    entropy = SeededEntropy()
    nonces = {xchacha_seal(KEY, b"text", b"", entropy)[:24] for _ in range(100)}
    assert len(nonces) == 100

"""Both ciphers against the published vectors, through our own doors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securemsg.crypto.aead import XCHACHA_OVERHEAD, ZERO_NONCE, Gcm, xchacha_open, xchacha_seal
from securemsg.errors import AuthenticationError, LocalError
from tests.support.entropy import SeededEntropy
from tests.support.mutations import one_byte_changes, truncations
from tests.support.vectors import Case, wycheproof

KEY = bytes(range(32))


def opens(case: Case) -> bool:
    gcm = Gcm(case.octets("key"))
    try:
        plaintext = gcm.open(case.octets("iv"), case.octets("ct") + case.octets("tag"), case.octets("aad"))
    except AuthenticationError:
        return False
    return plaintext == case.octets("msg")


def opens_long(case: Case) -> bool:
    sealed = case.octets("iv") + case.octets("ct") + case.octets("tag")
    try:
        return xchacha_open(case.octets("key"), sealed, case.octets("aad")) == case.octets("msg")
    except AuthenticationError:
        return False


def test_every_published_gcm_case_of_our_widths_is_decided_as_published() -> None:
    """PR-12: 256-bit keys and 96-bit nonces."""
    cases = [case for case in wycheproof("aes_gcm_test") if case.group["keySize"] == 256]
    ours = [case for case in cases if case.group["ivSize"] == 96]
    assert len(ours) == 66
    for case in ours:
        assert opens(case) == case.valid, case.number
        sealed = Gcm(case.octets("key")).seal(case.octets("iv"), case.octets("msg"), case.octets("aad"))
        assert (sealed == case.octets("ct") + case.octets("tag")) == case.valid, case.number


def test_published_gcm_cases_of_other_widths_are_refused() -> None:
    """K06: shorter keys are our own fault, other nonces are refused on both sides."""
    for case in wycheproof("aes_gcm_test"):
        if case.group["keySize"] != 256:
            with pytest.raises(LocalError):
                Gcm(case.octets("key"))
        elif case.group["ivSize"] != 96:
            assert not opens(case)
            with pytest.raises(LocalError):
                Gcm(case.octets("key")).seal(case.octets("iv"), case.octets("msg"), case.octets("aad"))


def test_every_published_xchacha_case_is_decided_as_published() -> None:
    """PR-14: no deviation."""
    cases = list(wycheproof("xchacha20_poly1305_test"))
    assert len(cases) == 315
    for case in cases:
        assert opens_long(case) == case.valid, case.number
        if case.valid:
            nonces = {24: case.octets("iv")}
            sealed = xchacha_seal(
                case.octets("key"), case.octets("msg"), case.octets("aad"), nonces.__getitem__
            )
            assert sealed == nonces[24] + case.octets("ct") + case.octets("tag"), case.number


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


def test_every_seal_at_rest_takes_a_fresh_nonce() -> None:
    """PR-14."""
    entropy = SeededEntropy()
    nonces = {xchacha_seal(KEY, b"text", b"", entropy)[:24] for _ in range(100)}
    assert len(nonces) == 100

"""Device certificates: what is accepted, and that nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securemsg.crypto.signature import HybridSigningKey
from securemsg.crypto.x25519 import LOW_ORDER
from securemsg.errors import AuthenticationError, FrameError, RemoteError
from securemsg.identity.certificate import MAX_CERTIFICATE, Certificate, verify_certificate
from securemsg.wire import codec
from tests.identity.people import account, device
from tests.messages.spoiled import packed, spoiled
from tests.support.mutations import truncations

ALICE = account("alice")
CERTIFICATE = device("alice").certificate
BODY, SIGNATURE = (
    item for item in codec.decode(CERTIFICATE.encoded, MAX_CERTIFICATE) if isinstance(item, bytes)
)
VALUES: list[object] = [
    1,
    CERTIFICATE.account_public.encoded,
    bytes(CERTIFICATE.device_id),
    CERTIFICATE.device_public.encoded,
    bytes(CERTIFICATE.identity_key),
    CERTIFICATE.name,
    CERTIFICATE.created_at,
    1,
]
ED25519 = 64
"""Bytes of the first half of a signature."""


def signed(body: bytes, key: HybridSigningKey = ALICE.signing, label: bytes = b"device") -> bytes:
    """Return a certificate whose signature holds over `body`, whatever that is."""
    return codec.encode([body, key.sign(label, body)])


def with_value(at: int, value: object) -> bytes:
    """Return the properly signed certificate with one element replaced."""
    return signed(packed([*VALUES[:at], value, *VALUES[at + 1 :]]))


def test_a_certificate_comes_back_as_it_was() -> None:
    assert verify_certificate(CERTIFICATE.encoded) == CERTIFICATE


def test_the_body_has_the_layout_of_the_specification() -> None:
    """ID-4."""
    assert packed(VALUES) == BODY
    assert isinstance(verify_certificate(signed(packed(VALUES))), Certificate)


@pytest.mark.parametrize(
    "forged",
    [
        SIGNATURE[:ED25519] + bytes(len(SIGNATURE) - ED25519),
        bytes(ED25519) + SIGNATURE[ED25519:],
        SIGNATURE[:ED25519] + ALICE.signing.sign(b"device", BODY + b"x")[ED25519:],
        ALICE.signing.sign(b"device", BODY + b"x")[:ED25519] + SIGNATURE[ED25519:],
        (SIGNATURE[:ED25519] * 53)[: len(SIGNATURE)],
        SIGNATURE[ED25519:] + SIGNATURE[:ED25519],
        account("bob").signing.sign(b"device", BODY),
        SIGNATURE[:ED25519] + account("bob").signing.sign(b"device", BODY)[ED25519:],
    ],
)
def test_both_halves_of_the_signature_are_required(forged: bytes) -> None:
    """K13: one half missing, of another message, repeated, exchanged, or of another key."""
    with pytest.raises(AuthenticationError):
        verify_certificate(codec.encode([BODY, forged]))


@pytest.mark.parametrize("half", [b"", SIGNATURE[:ED25519], SIGNATURE[ED25519:], SIGNATURE + b"\0"])
def test_a_signature_of_another_length_is_refused(half: bytes) -> None:
    """K13: one half alone."""
    with pytest.raises(FrameError):
        verify_certificate(codec.encode([BODY, half]))


@pytest.mark.parametrize("label", [b"manifest", b"prove", b"relay-hello", b""])
def test_a_signature_made_for_another_purpose_is_refused(label: bytes) -> None:
    """K12: every signature is bound to its label."""
    with pytest.raises(AuthenticationError):
        verify_certificate(signed(BODY, label=label))


def test_a_device_cannot_certify_devices() -> None:
    """ID-3."""
    with pytest.raises(AuthenticationError):
        verify_certificate(signed(BODY, key=device("alice").signing))


def test_a_certificate_for_the_keys_of_another_account_proves_only_its_own() -> None:
    """ID-4: who signs is who vouches; comparing the account is for the caller."""
    bob = account("bob")
    taken = verify_certificate(
        signed(packed([1, bob.signing.public().encoded, *VALUES[2:]]), key=bob.signing)
    )
    assert taken.account_id == bob.account_id
    assert taken.device_id == CERTIFICATE.device_id


def test_a_wrong_kind_range_or_arity_is_refused_although_signed() -> None:
    """E11, E12, E16, E18, K06, K07: of a length that is not its key's."""
    for body in spoiled(VALUES, fixed={1, 2, 3, 4}):
        with pytest.raises(FrameError):
            verify_certificate(signed(body))


@pytest.mark.parametrize(
    ("at", "value"), [(0, 0), (0, 2), (7, 0), (7, 2**32), (6, 2**53), (5, "x" * 65), (5, "é" * 33)]
)
def test_an_unknown_version_or_a_value_out_of_range_is_refused(at: int, value: object) -> None:
    """E16, E17."""
    with pytest.raises(FrameError):
        verify_certificate(with_value(at, value))


@pytest.mark.parametrize("key", [*sorted(LOW_ORDER), b"\xff" * 32])
def test_an_identity_key_that_agrees_on_nothing_is_refused(key: bytes) -> None:
    """K01, K02."""
    with pytest.raises(AuthenticationError):
        verify_certificate(with_value(4, key))


def test_device_keys_of_small_order_are_refused() -> None:
    """K04."""
    identity_point = b"\x01" + bytes(31)
    with pytest.raises(AuthenticationError):
        verify_certificate(with_value(3, identity_point + CERTIFICATE.device_public.encoded[32:]))


def test_a_certificate_is_a_body_and_a_signature_and_no_more() -> None:
    """E12, E18."""
    for damaged in spoiled([BODY, SIGNATURE], fixed={0, 1}):
        with pytest.raises(FrameError):
            verify_certificate(damaged)


def test_every_truncation_is_refused() -> None:
    """E01, E02."""
    for cut in truncations(CERTIFICATE.encoded):
        with pytest.raises(FrameError):
            verify_certificate(cut)


def test_a_changed_bit_anywhere_is_refused() -> None:
    encoded = CERTIFICATE.encoded
    for place in range(0, len(encoded), 3):
        changed = bytearray(encoded)
        changed[place] ^= 1 << place % 8
        with pytest.raises(RemoteError):
            verify_certificate(bytes(changed))


@given(st.binary(max_size=200))
def test_noise_is_refused(noise: bytes) -> None:
    with pytest.raises(FrameError):
        verify_certificate(noise)


def test_a_certificate_of_more_bytes_than_allowed_is_refused() -> None:
    """E19."""
    with pytest.raises(FrameError):
        verify_certificate(signed(packed([*VALUES[:5], "x" * 900, *VALUES[6:]])))

"""Manifests: one signature over all prekeys, and that nothing else is accepted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securemsg.crypto.signature import HybridSigningKey
from securemsg.crypto.x25519 import LOW_ORDER
from securemsg.errors import AuthenticationError, FrameError, RemoteError
from securemsg.handshake.manifest import MANIFEST_LIFE, MAX_MANIFEST, Manifest, verify_manifest
from securemsg.handshake.shelf import unseal_manifest
from securemsg.wire import codec
from tests.handshake.parties import ALICE, BOB, MALLORY, SHELF, fetched
from tests.identity.people import NOW
from tests.messages.spoiled import packed, spoiled
from tests.reference.primitives import h
from tests.support.mutations import truncations

MANIFEST: Manifest = unseal_manifest(SHELF, fetched())
BODY, SIGNATURE = (item for item in codec.decode(MANIFEST.encoded, MAX_MANIFEST) if isinstance(item, bytes))
VALUES: list[object] = [
    *(1, 1, BOB.certificate.encoded, MANIFEST.generation, MANIFEST.created_at, MANIFEST.expires_at),
    *(MANIFEST.signed_prekey_id, bytes(MANIFEST.signed_prekey)),
    *(MANIFEST.last_resort_id, MANIFEST.last_resort.encoded, MANIFEST.sealing_key.encoded),
    *(MANIFEST.leaf_count, MANIFEST.leaf_root),
]
SIGNED_PREKEY, LAST_RESORT, SEALING = 7, 9, 10
ED25519 = 64
"""Bytes of the first half of a signature."""


def signed(body: bytes, key: HybridSigningKey = BOB.signing, label: bytes = b"manifest") -> bytes:
    """Return a manifest whose signature holds over `body`, whatever that is."""
    return codec.encode([body, key.sign(label, body)])


def with_value(at: int, value: object) -> bytes:
    """Return the properly signed manifest with one element replaced."""
    return signed(packed([*VALUES[:at], value, *VALUES[at + 1 :]]))


def test_the_body_has_the_layout_of_the_specification() -> None:
    """HS-3."""
    assert packed(VALUES) == BODY
    assert verify_manifest(MANIFEST.encoded) == MANIFEST
    assert MANIFEST.body_hash == h(b"manifest", BODY)
    assert MANIFEST.expires_at == NOW + MANIFEST_LIFE


@pytest.mark.parametrize(
    "forged",
    [
        SIGNATURE[:ED25519] + bytes(len(SIGNATURE) - ED25519),
        bytes(ED25519) + SIGNATURE[ED25519:],
        SIGNATURE[:ED25519] + BOB.signing.sign(b"manifest", BODY + b"x")[ED25519:],
        BOB.signing.sign(b"manifest", BODY + b"x")[:ED25519] + SIGNATURE[ED25519:],
        (SIGNATURE[:ED25519] * 53)[: len(SIGNATURE)],
        SIGNATURE[ED25519:] + SIGNATURE[:ED25519],
        SIGNATURE[:ED25519] + ALICE.signing.sign(b"manifest", BODY)[ED25519:],
        ALICE.signing.sign(b"manifest", BODY),
    ],
)
def test_both_halves_of_the_signature_are_required(forged: bytes) -> None:
    """K13: one half missing, of another message, repeated, exchanged, or of another key."""
    with pytest.raises(AuthenticationError):
        verify_manifest(codec.encode([BODY, forged]))


@pytest.mark.parametrize(
    "half",
    [b"", SIGNATURE[:ED25519], SIGNATURE[ED25519:], SIGNATURE + b"\0"],
    ids=["none", "first", "second", "longer"],
)
def test_a_signature_of_another_length_is_refused(half: bytes) -> None:
    """K13: one half alone."""
    with pytest.raises(FrameError):
        verify_manifest(codec.encode([BODY, half]))


@pytest.mark.parametrize("label", [b"device", b"prove", b"relay-hello", b""])
def test_a_signature_made_for_another_purpose_is_refused(label: bytes) -> None:
    """K12, K29: what a device signs as anything else is no manifest."""
    with pytest.raises(AuthenticationError):
        verify_manifest(signed(BODY, label=label))


def test_a_key_that_the_account_did_not_certify_cannot_sign() -> None:
    """K14: under Bob's certificate, by another device or by the account key itself."""
    for key in (MALLORY.signing, ALICE.signing):
        with pytest.raises(AuthenticationError):
            verify_manifest(signed(BODY, key=key))


def test_a_certificate_that_does_not_verify_spoils_the_manifest() -> None:
    broken = bytearray(BOB.certificate.encoded)
    broken[-1] ^= 1
    with pytest.raises(AuthenticationError):
        verify_manifest(with_value(2, bytes(broken)))


@pytest.mark.parametrize(
    ("at", "value"),
    [
        *((0, 0), (0, 2)),
        *((3, 0), (3, 2**32), (6, 0), (6, 2**32), (8, 0), (8, 2**32)),
        *((4, 2**53), (5, 2**53), (11, 257)),
    ],
)
def test_an_unknown_version_or_a_number_out_of_range_is_refused(at: int, value: int) -> None:
    """E16, E17."""
    with pytest.raises(FrameError):
        verify_manifest(with_value(at, value))


@pytest.mark.parametrize("suite", [0, 2, 2**16])
def test_no_other_suite_is_accepted(suite: int) -> None:
    """K26: nothing falls back to another suite."""
    with pytest.raises(FrameError):
        verify_manifest(with_value(1, suite))


@pytest.mark.parametrize("at", [LAST_RESORT, SEALING])
def test_a_manifest_without_its_post_quantum_keys_is_refused(at: int) -> None:
    """K26: an empty KEM key, or none."""
    for damaged in (
        with_value(at, b""),
        with_value(at, []),
        signed(packed([*VALUES[:at], *VALUES[at + 1 :]])),
    ):
        with pytest.raises(FrameError):
            verify_manifest(damaged)


def test_a_key_of_one_kind_in_the_place_of_another_is_refused() -> None:
    """K07: the lengths differ."""
    places = (SIGNED_PREKEY, LAST_RESORT, SEALING)
    for place in places:
        for other in places:
            if other != place:
                with pytest.raises(FrameError):
                    verify_manifest(with_value(place, VALUES[other]))


@pytest.mark.parametrize("key", [*sorted(LOW_ORDER), b"\xff" * 32])
def test_keys_that_agree_on_nothing_are_refused_although_signed(key: bytes) -> None:
    """K01, K02."""
    with pytest.raises(AuthenticationError):
        verify_manifest(with_value(SIGNED_PREKEY, key))
    with pytest.raises(AuthenticationError):
        verify_manifest(with_value(SEALING, MANIFEST.sealing_key.encoded[:-32] + key))


@pytest.mark.parametrize("at", [LAST_RESORT, SEALING])
def test_kem_keys_with_coefficients_out_of_range_are_refused_although_signed(at: int) -> None:
    """K08."""
    value = VALUES[at]
    assert isinstance(value, bytes)
    with pytest.raises(AuthenticationError):
        verify_manifest(with_value(at, b"\xff" * 3 + value[3:]))


def test_a_life_of_more_than_thirty_days_is_refused() -> None:
    """K15: nobody keeps keys in use for ever."""
    assert verify_manifest(with_value(5, NOW + MANIFEST_LIFE)).expires_at == NOW + MANIFEST_LIFE
    with pytest.raises(AuthenticationError):
        verify_manifest(with_value(5, NOW + MANIFEST_LIFE + 1))


def test_a_wrong_kind_range_or_arity_is_refused_although_signed() -> None:
    """E11, E12, E16, E18, K06."""
    for body in spoiled(VALUES, fixed={2, 7, 9, 10, 12}):
        with pytest.raises(FrameError):
            verify_manifest(signed(body))


def test_a_manifest_is_a_body_and_a_signature_and_no_more() -> None:
    """E12, E18."""
    for damaged in spoiled([BODY, SIGNATURE], fixed={0, 1}):
        with pytest.raises(FrameError):
            verify_manifest(damaged)


def test_every_truncation_is_refused() -> None:
    """E01, E02."""
    for cut in truncations(MANIFEST.encoded):
        with pytest.raises(FrameError):
            verify_manifest(cut)


def test_a_changed_bit_anywhere_is_refused() -> None:
    encoded = MANIFEST.encoded
    for place in [*range(40), *range(40, len(encoded), 7)]:
        changed = bytearray(encoded)
        changed[place] ^= 1 << place % 8
        with pytest.raises(RemoteError):
            verify_manifest(bytes(changed))


@given(st.binary(max_size=200))
def test_noise_is_refused(noise: bytes) -> None:
    with pytest.raises(FrameError):
        verify_manifest(noise)

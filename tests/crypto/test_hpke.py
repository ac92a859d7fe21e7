"""HPKE against the published vectors of its KEM, with our own AEAD on top."""

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kyber_py.ml_kem import ML_KEM_768

from securemsg.crypto.aead import Gcm
from securemsg.crypto.hpke import OVERHEAD, PUBLIC_WIDTH, SealingKey, SealingPublicKey
from securemsg.errors import AuthenticationError
from tests.crypto.small_order import X25519_OF_LOW_ORDER
from tests.reference import hpke as reference
from tests.support.entropy import SeededEntropy
from tests.support.mutations import truncations
from tests.support.vectors import load

KEM_ID, KDF_ID = 0x647A, 0x0001
KEY = SealingKey(bytes(range(96)))
PQ_SECRET, PQ_CIPHERTEXT = (
    bytes(part) for part in ML_KEM_768._encaps_internal(KEY.public().encoded[:1184], bytes(32))
)
SEALED = KEY.public().seal(b"info", b"plaintext")


def vector() -> dict[str, Any]:
    """Return the published vector of our KEM and KDF; its AEAD is another."""
    vectors = load("mls/hpke-pq-vectors.json.gz")
    (found,) = [v for v in vectors if (v["mode"], v["kem_id"], v["kdf_id"]) == (0, KEM_ID, KDF_ID)]
    return dict(found)


def seal(shared: bytes, info: bytes, plaintext: bytes) -> bytes:
    """RFC 9180, section 5.1, base mode with AES-256-GCM, from its text."""
    keys = reference.schedule(shared, info, reference.AES_256_GCM)
    return Gcm(keys.key).seal(keys.base_nonce, plaintext, b"")


def published_key() -> SealingKey:
    """PR-13: the published private key is a seed that SHAKE256 expands to both halves."""
    return SealingKey(hashlib.shake_256(bytes.fromhex(vector()["skRm"])).digest(96))


def test_the_published_private_key_gives_the_published_public_key() -> None:
    """PR-13: the widths and the order of both halves."""
    assert published_key().public().encoded == bytes.fromhex(vector()["pkRm"])


def test_what_the_published_encapsulation_carries_is_opened() -> None:
    """PR-13: the published shared secret, with the key schedule written out for our AEAD."""
    enc, shared, info = (bytes.fromhex(vector()[name]) for name in ("enc", "shared_secret", "info"))
    assert published_key().open(info, enc + seal(shared, info, b"plaintext")) == b"plaintext"


@given(st.binary(max_size=2_000), st.binary(max_size=100), st.integers(0, 1000))
def test_what_is_sealed_to_a_key_it_opens(plaintext: bytes, info: bytes, seed: int) -> None:
    key = SealingKey.generate(SeededEntropy(seed))
    sealed = SealingPublicKey.parse(key.public().encoded).seal(info, plaintext)
    assert len(sealed) == len(plaintext) + OVERHEAD
    assert key.open(info, sealed) == plaintext


def test_the_overhead_is_that_of_the_specification() -> None:
    """PR-13."""
    assert (OVERHEAD, PUBLIC_WIDTH, SealingKey.WIDTH) == (1136, 1216, 96)


def test_sealing_twice_gives_two_texts() -> None:
    assert KEY.public().seal(b"info", b"plaintext") != SEALED


def test_another_info_or_key_is_refused() -> None:
    """K12: what is sealed for one purpose opens for no other."""
    with pytest.raises(AuthenticationError):
        KEY.open(b"infO", SEALED)
    with pytest.raises(AuthenticationError):
        SealingKey(bytes(96)).open(b"info", SEALED)


def test_every_beginning_is_refused() -> None:
    """K09."""
    for cut in truncations(SEALED):
        with pytest.raises(AuthenticationError):
            KEY.open(b"info", cut)


@given(st.integers(0, len(SEALED) * 8 - 1))
def test_a_changed_bit_is_refused(bit: int) -> None:
    """K10: also in the part where ML-KEM itself raises no error."""
    changed = (int.from_bytes(SEALED, "big") ^ 1 << bit).to_bytes(len(SEALED), "big")
    with pytest.raises(AuthenticationError):
        KEY.open(b"info", changed)


@pytest.mark.parametrize("width", [0, 32, 1184, PUBLIC_WIDTH - 1, PUBLIC_WIDTH + 1, 1568])
def test_another_width_of_key_is_refused(width: int) -> None:
    """K06: with those of either half alone."""
    with pytest.raises(AuthenticationError):
        SealingPublicKey.parse((KEY.public().encoded * 2)[:width])


@pytest.mark.parametrize("weak", [*X25519_OF_LOW_ORDER, b"\xff" * 32])
def test_a_weak_second_half_is_refused(weak: bytes) -> None:
    """K01, K02: also inside a hybrid key."""
    with pytest.raises(AuthenticationError):
        SealingPublicKey.parse(KEY.public().encoded[:1184] + weak)


@pytest.mark.parametrize("value", [3329, 4095])
def test_a_first_half_with_a_coefficient_of_q_or_more_is_refused_in_every_place(value: int) -> None:
    """K08: the modulus check of FIPS 203, section 7.2."""
    encoded = KEY.public().encoded
    for place in range(768):
        packed = int.from_bytes(encoded[:1152], "little") & ~(0xFFF << 12 * place) | value << 12 * place
        with pytest.raises(AuthenticationError):
            SealingPublicKey.parse(packed.to_bytes(1152, "little") + encoded[1152:])


def test_a_share_of_low_order_is_refused_in_every_encoding() -> None:
    """K01, PR-13: even sealed with the all-zero secret that it would give."""
    for weak in X25519_OF_LOW_ORDER:
        shared = reference.combine(PQ_SECRET, bytes(32), weak, KEY.public().encoded[1184:])
        with pytest.raises(AuthenticationError):
            KEY.open(b"info", PQ_CIPHERTEXT + weak + seal(shared, b"info", b"plaintext"))


def test_a_public_key_does_not_print_itself() -> None:
    assert f"{KEY.public()} {KEY.public()!r}" == "SealingPublicKey() SealingPublicKey()"

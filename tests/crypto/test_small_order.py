"""Points of small order and second encodings, all of them, in what would pass every other check."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from securemsg.crypto import x25519
from securemsg.crypto.ed25519 import PublicKey, SigningKey
from securemsg.crypto.hpke import SealingKey, SealingPublicKey
from securemsg.crypto.signature import HybridPublicKey, HybridSigningKey
from securemsg.errors import AuthenticationError
from tests.crypto.small_order import (
    ED25519_OF_SMALL_ORDER,
    LOW_ORDER_U,
    TORSION,
    X25519_OF_LOW_ORDER,
    encodings,
)
from tests.reference.curve25519 import (
    BASE,
    IDENTITY,
    L,
    P,
    Point,
    add,
    challenge,
    compress,
    ed25519_public,
    expand,
    ladder,
    multiply,
)

SEED = bytes(range(32))
KEY = SigningKey(SEED)
HYBRID = HybridSigningKey(bytes(range(64)))
SEALING = SealingKey(bytes(range(96)))
MESSAGE = b"any message"


def equation_holds(public: Point, commitment: Point, message: bytes, signature: bytes) -> bool:
    """Check 8 S B = 8 R + 8 k A, as verifiers that clear the cofactor do."""
    k = challenge(signature[:32], compress(public), message)
    left = multiply(int.from_bytes(signature[32:], "little"), BASE)
    right = add(commitment, multiply(k, public))
    return compress(multiply(8, left)) == compress(multiply(8, right))


def signed_with(nonce: int, torsion: Point, encoded: bytes | None = None) -> tuple[Point, bytes]:
    """Sign as the owner of `KEY` would with R = [nonce]B + torsion: S = nonce + k a."""
    scalar, _ = expand(SEED)
    commitment = add(multiply(nonce, BASE), torsion)
    r = encoded or compress(commitment)
    s = (nonce + challenge(r, KEY.public(), MESSAGE) * scalar) % L
    return commitment, r + s.to_bytes(32, "little")


def test_the_encodings_are_all_there_are() -> None:
    """K04: eight points, six of them canonical twice over, as published by others."""
    assert len({compress(point) for point in TORSION}) == 8
    assert all(compress(multiply(8, point)) == compress(IDENTITY) for point in TORSION)
    assert len(set(ED25519_OF_SMALL_ORDER)) == 14
    assert len(LOW_ORDER_U) == 5
    assert len(set(X25519_OF_LOW_ORDER)) == 14


@pytest.mark.parametrize("encoded", ED25519_OF_SMALL_ORDER, ids=bytes.hex)
def test_no_encoding_of_a_point_of_small_order_is_a_key(encoded: bytes) -> None:
    """K04, PR-10: canonical or not, alone or as half of a hybrid key."""
    with pytest.raises(AuthenticationError):
        PublicKey.parse(encoded)
    with pytest.raises(AuthenticationError):
        HybridPublicKey.parse(encoded + HYBRID.public().encoded[32:])


@pytest.mark.parametrize("message", [b"", MESSAGE, bytes(1_000)])
def test_one_signature_that_fits_every_message_elsewhere_fits_none_here(message: bytes) -> None:
    """K04, PR-10: under the identity as key, R = [S]B holds whatever is signed."""
    forged = compress(multiply(5, BASE)) + (5).to_bytes(32, "little")
    identity = compress(IDENTITY)
    Ed25519PublicKey.from_public_bytes(identity).verify(forged, message)
    with pytest.raises(AuthenticationError):
        PublicKey.parse(identity).verify_exact(message, forged)
    with pytest.raises(AuthenticationError):
        PublicKey(identity).verify_exact(message, forged)


@pytest.mark.parametrize("encoded", ED25519_OF_SMALL_ORDER, ids=bytes.hex)
def test_no_encoding_of_a_point_of_small_order_is_an_r(encoded: bytes) -> None:
    """K04, PR-10: in signatures whose equation the owner of the key made hold."""
    point = next(point for point in TORSION if encoded in encodings(point))
    commitment, signature = signed_with(0, point, encoded)
    scalar, _ = expand(SEED)
    assert equation_holds(multiply(scalar, BASE), commitment, MESSAGE, signature)
    with pytest.raises(AuthenticationError):
        KEY.public().verify_exact(MESSAGE, signature)


@pytest.mark.parametrize("torsion", TORSION, ids=range(8))
def test_the_cofactor_is_not_cleared(torsion: Point) -> None:
    """K03, PR-10: an R with a part of small order, on which verifiers differ, is refused."""
    commitment, signature = signed_with(12_345, torsion)
    scalar, _ = expand(SEED)
    assert ed25519_public(SEED) == KEY.public()
    assert equation_holds(multiply(scalar, BASE), commitment, MESSAGE, signature)
    if torsion == TORSION[0]:
        KEY.public().verify_exact(MESSAGE, signature)
    else:
        with pytest.raises(AuthenticationError):
            KEY.public().verify_exact(MESSAGE, signature)


@pytest.mark.parametrize("torsion", TORSION[1:], ids=range(1, 8))
def test_no_key_has_a_part_of_small_order(torsion: Point) -> None:
    """K03, PR-10: also where the cofactorless equation would hold."""
    scalar, _ = expand(SEED)
    public = compress(add(multiply(scalar, BASE), torsion))
    with pytest.raises(AuthenticationError):
        PublicKey.parse(public)
    with pytest.raises(AuthenticationError):
        HybridPublicKey.parse(public + HYBRID.public().encoded[32:])


def test_the_list_in_the_code_is_complete() -> None:
    """K01, PR-6: computed from the curve's equation."""
    assert {u.to_bytes(32, "little") for u in LOW_ORDER_U} == x25519.LOW_ORDER


@pytest.mark.parametrize("encoded", X25519_OF_LOW_ORDER, ids=bytes.hex)
def test_no_encoding_of_a_low_order_u_is_a_key(encoded: bytes) -> None:
    """K01, K02, PR-6, PR-13: reduced or not, with the top bit or without, alone or as half of a key."""
    u = int.from_bytes(encoded, "little") % 2**255
    assert ladder(SEED, u) == 0
    with pytest.raises(AuthenticationError):
        x25519.PublicKey.parse(encoded)
    with pytest.raises(AuthenticationError):
        SealingPublicKey.parse(SEALING.public().encoded[:1184] + encoded)


@pytest.mark.parametrize("encoded", X25519_OF_LOW_ORDER, ids=bytes.hex)
def test_the_agreement_refuses_them_too(encoded: bytes) -> None:
    """K01, PR-6: the second line of defence, for every encoding."""
    with pytest.raises(AuthenticationError):
        x25519.PrivateKey(SEED).agree(x25519.PublicKey(encoded))


@pytest.mark.parametrize("top", [0, 2**255])
def test_no_key_is_left_that_is_not_reduced(top: int) -> None:
    """K02, PR-6: all 19 values from p to 2^255 - 1, and each with the top bit, as a good key."""
    for u in range(P, 2**255):
        with pytest.raises(AuthenticationError):
            x25519.PublicKey.parse((u | top).to_bytes(32, "little"))
    good = int.from_bytes(x25519.PrivateKey(SEED).public(), "little")
    with pytest.raises(AuthenticationError):
        x25519.PublicKey.parse((good | 2**255).to_bytes(32, "little"))

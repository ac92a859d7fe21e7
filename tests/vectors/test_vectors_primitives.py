"""02-primitives.json against securemsg.crypto (PR-3..15)."""

from __future__ import annotations

import pytest

from securemsg.crypto import aead, argon2, ed25519, hpke, kdf, kem, x25519
from securemsg.crypto.signature import HybridPublicKey, HybridSigningKey
from tests.reference import hpke as reference_hpke
from tests.reference import hybrid as reference
from tests.vectors.reading import Draws, Vector, vectors

PRIMITIVES = "02-primitives"


@vectors(PRIMITIVES, "kdf")
def test_keys_are_derived_so(vector: Vector) -> None:
    salt, ikm, label = (vector.octets(name) for name in ("salt", "ikm", "label"))
    output = vector.octets("output")
    assert kdf.kdf(salt, ikm, label, len(output)) == output


@vectors(PRIMITIVES, "prf")
def test_a_chain_step_is_this_function(vector: Vector) -> None:
    halves = kdf.prf(vector.octets("key"), vector.octets("label"), vector.octets("input"))
    assert halves == (vector.octets("first"), vector.octets("second"))


@vectors(PRIMITIVES, "long_prf")
def test_the_same_function_gives_other_lengths(vector: Vector) -> None:
    key, label, data, output = (vector.octets(name) for name in ("key", "label", "input", "output"))
    assert kdf.prf_bytes(key, label, data, len(output)) == output


@vectors(PRIMITIVES, "hash")
def test_a_labelled_hash_is_this(vector: Vector) -> None:
    label, data = vector.octets("label"), vector.octets("input")
    assert kdf.digest(label, data) == vector.octets("h")
    assert kdf.digest32(label, data) == vector.octets("h32")


@vectors(PRIMITIVES, "x25519", valid=True)
def test_two_keys_agree_on_this(vector: Vector) -> None:
    private = x25519.PrivateKey(vector.octets("private"))
    assert private.public() == vector.octets("own_public")
    assert private.agree(x25519.PublicKey.parse(vector.octets("public"))) == vector.octets("shared")


@vectors(PRIMITIVES, "x25519", valid=False)
def test_a_forbidden_public_key_is_refused(vector: Vector) -> None:
    with pytest.raises(vector.error):
        x25519.PublicKey.parse(vector.octets("public"))


@vectors(PRIMITIVES, "mlkem1024")
def test_a_kem_key_decapsulates_to_this(vector: Vector) -> None:
    key = kem.DecapsulationKey(vector.octets("seed"))
    assert key.public().encoded == vector.octets("public")
    assert key.decapsulate(vector.octets("ciphertext")) == vector.octets("shared")


@vectors(PRIMITIVES, "mlkem1024", valid=True)
def test_the_reference_opens_what_we_encapsulate(vector: Vector) -> None:
    secret, ciphertext = kem.EncapsulationKey.parse(vector.octets("public")).encapsulate()
    assert reference.decapsulate(vector.octets("seed"), ciphertext) == secret


@vectors(PRIMITIVES, "mlkem1024_public")
def test_a_bad_kem_key_is_refused(vector: Vector) -> None:
    with pytest.raises(vector.error):
        kem.EncapsulationKey.parse(vector.octets("public"))


@vectors(PRIMITIVES, "hybrid", valid=True)
def test_a_hybrid_signature_verifies_and_is_made_so(vector: Vector) -> None:
    label, body = vector.octets("label"), vector.octets("body")
    HybridPublicKey.parse(vector.octets("public")).verify(label, body, vector.octets("signature"))
    key = HybridSigningKey(vector.octets("seeds"))
    assert key.public().encoded == vector.octets("public")
    ours = key.sign(label, body)
    assert ours[:64] == vector.octets("signature")[:64]
    reference.verify(vector.octets("public"), label, body, ours)


@vectors(PRIMITIVES, "hybrid", valid=False)
def test_a_hybrid_signature_with_one_fault_is_refused(vector: Vector) -> None:
    with pytest.raises(vector.error):
        verify_hybrid(vector)


def verify_hybrid(vector: Vector) -> None:
    key = HybridPublicKey.parse(vector.octets("public"))
    key.verify(vector.octets("label"), vector.octets("body"), vector.octets("signature"))


@vectors(PRIMITIVES, "ed25519", valid=True)
def test_ed25519_alone_signs_so(vector: Vector) -> None:
    label, body = vector.octets("label"), vector.octets("body")
    key = ed25519.SigningKey(vector.octets("seed"))
    assert key.public() == vector.octets("public")
    assert key.sign(label, body) == vector.octets("signature")
    assert ed25519.signed_bytes(label, body) == vector.octets("signed_message")
    verify_ed25519(vector)


@vectors(PRIMITIVES, "ed25519", valid=False)
def test_an_ed25519_key_or_signature_that_may_not_be_is_refused(vector: Vector) -> None:
    with pytest.raises(vector.error):
        verify_ed25519(vector)


def verify_ed25519(vector: Vector) -> None:
    key = ed25519.PublicKey.parse(vector.octets("public"))
    key.verify(vector.octets("label"), vector.octets("body"), vector.octets("signature"))


@vectors(PRIMITIVES, "hpke", valid=True)
def test_hpke_opens_to_this_and_the_reference_opens_ours(vector: Vector) -> None:
    key, info, plaintext = (vector.octets(name) for name in ("private", "info", "plaintext"))
    ours = hpke.SealingKey(key)
    assert ours.public().encoded == vector.octets("public")
    assert ours.open(info, vector.octets("sealed")) == plaintext
    again = ours.public().seal(info, plaintext)
    assert len(again) == len(plaintext) + hpke.OVERHEAD
    assert reference_hpke.open_sealed(key, info, again) == plaintext


@vectors(PRIMITIVES, "hpke", valid=False)
def test_hpke_refuses_one_fault(vector: Vector) -> None:
    key = hpke.SealingKey(vector.octets("private"))
    with pytest.raises(vector.error):
        key.open(vector.octets("info"), vector.octets("sealed"))


@vectors(PRIMITIVES, "gcm", valid=True)
def test_gcm_seals_and_opens_so(vector: Vector) -> None:
    nonce, ad, plaintext = (vector.octets(name) for name in ("nonce", "ad", "plaintext"))
    cipher = aead.Gcm(vector.octets("key"))
    assert cipher.seal(nonce, plaintext, ad) == vector.octets("sealed")
    assert cipher.open(nonce, vector.octets("sealed"), ad) == plaintext


@vectors(PRIMITIVES, "gcm", valid=False)
def test_gcm_refuses_one_fault(vector: Vector) -> None:
    cipher = aead.Gcm(vector.octets("key"))
    with pytest.raises(vector.error):
        cipher.open(vector.octets("nonce"), vector.octets("sealed"), vector.octets("ad"))


@vectors(PRIMITIVES, "xchacha", valid=True)
def test_xchacha_seals_and_opens_so(vector: Vector) -> None:
    key, ad, plaintext, sealed = (vector.octets(name) for name in ("key", "ad", "plaintext", "sealed"))
    assert aead.xchacha_seal(key, plaintext, ad, Draws([sealed[:24]])) == sealed
    assert aead.xchacha_open(key, sealed, ad) == plaintext


@vectors(PRIMITIVES, "xchacha", valid=False)
def test_xchacha_refuses_one_fault(vector: Vector) -> None:
    with pytest.raises(vector.error):
        aead.xchacha_open(vector.octets("key"), vector.octets("sealed"), vector.octets("ad"))


@vectors(PRIMITIVES, "argon2id_cost")
def test_a_cost_out_of_bounds_is_refused(vector: Vector) -> None:
    with pytest.raises(vector.error):
        derive(vector, vector["memory_kib"], vector["passes"])


def derive(vector: Vector, memory_kib: int, passes: int) -> bytes:
    return argon2.derive(vector["passphrase"], vector.octets("salt"), argon2.Cost(memory_kib, passes))


@vectors(PRIMITIVES, "argon2id", valid=False)
def test_a_passphrase_of_another_length_is_the_callers_fault(vector: Vector) -> None:
    with pytest.raises(vector.error):
        argon2.derive(vector["passphrase"], vector.octets("salt"), argon2.DEFAULT_COST)


@vectors(PRIMITIVES, "argon2id", valid=True)
def test_a_passphrase_gives_this_key(vector: Vector) -> None:
    key = argon2.derive(vector["passphrase"], vector.octets("salt"), argon2.DEFAULT_COST)
    assert key == vector.octets("key")

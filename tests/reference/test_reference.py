"""The reference implementation itself, against what others published."""

from __future__ import annotations

from tests.reference import curve25519, hpke, primitives
from tests.reference.refusal import RefusedError
from tests.support.vectors import load, wycheproof

MLKEM768_X25519 = 0x647A
HKDF_SHA256 = 1
CHACHA20_POLY1305 = 3


def test_the_hpke_draft_vector_is_reproduced_from_the_given_randomness() -> None:
    vectors = load("mls/hpke-pq-vectors.json.gz")
    found = [v for v in vectors if (v["kem_id"], v["kdf_id"]) == (MLKEM768_X25519, HKDF_SHA256)]
    assert len(found) == 1
    fields = {name: bytes.fromhex(text) for name, text in found[0].items() if isinstance(text, str)}
    private = hpke.expand_seed(fields["skRm"])
    assert hpke.public_key(private) == fields["pkRm"]
    assert hpke.encapsulate(fields["pkRm"], fields["ikmE"]) == (fields["shared_secret"], fields["enc"])
    assert hpke.decapsulate(private, fields["enc"]) == fields["shared_secret"]
    keys = hpke.schedule(fields["shared_secret"], fields["info"], CHACHA20_POLY1305)
    assert keys == (fields["key"], fields["base_nonce"], fields["exporter_secret"])


def test_the_ladder_agrees_with_wycheproof() -> None:
    for case in wycheproof("x25519_test"):
        u = int.from_bytes(case.octets("public"), "little") % 2**255
        shared = curve25519.ladder(case.octets("private"), u).to_bytes(32, "little")
        assert shared == case.octets("shared"), case.number


def test_ed25519_agrees_with_wycheproof() -> None:
    for case in wycheproof("ed25519_test"):
        public = bytes.fromhex(case.group["publicKey"]["pk"])
        try:
            curve25519.ed25519_verify(public, case.octets("msg"), case.octets("sig"))
            verified = True
        except RefusedError:
            verified = False
        assert verified is case.valid, case.number


def test_xchacha_agrees_with_wycheproof() -> None:
    for case in wycheproof("xchacha20_poly1305_test"):
        if len(case.octets("iv")) != 24:
            continue
        sealed = case.octets("iv") + case.octets("ct") + case.octets("tag")
        try:
            opened = primitives.xchacha_open(case.octets("key"), sealed, case.octets("aad")) == case.octets(
                "msg"
            )
        except RefusedError:
            opened = False
        assert opened is case.valid, case.number


def test_hkdf_agrees_with_wycheproof() -> None:
    for case in wycheproof("hkdf_sha512_test"):
        if case.valid:
            arguments = (case.octets("salt"), case.octets("ikm"), case.octets("info"))
            assert primitives.hkdf("sha512", *arguments, case.fields["size"]) == case.octets("okm")

"""Vectors of 02: derivation, key agreement, signatures, encryption, passphrases."""

from __future__ import annotations

import unicodedata

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from kyber_py.ml_kem import ML_KEM_768

from tests.reference import hpke
from tests.reference.case import Edit, Fields, bad, flipped, good, pick, refusal_of, written
from tests.reference.curve25519 import check_x25519, x25519, x25519_public
from tests.reference.hybrid import (
    check_kem_public,
    decapsulate,
    encapsulate,
    kem_public,
    sign,
    signed_bytes,
    signing_key,
    verify,
)
from tests.reference.primitives import NO_SALT, gcm_seal, h, h32, kdf, long_prf, prf, xchacha_seal
from tests.reference.refusal import AUTHENTICATION, FRAME
from tests.reference.slots import check_passphrase
from tests.reference.writers.ed25519_faults import ed25519_tests


def _derivations() -> list[Fields]:
    tests = []
    for name, salt, length in (
        ("no-salt", NO_SALT, 32),
        ("salt-32", pick("02/salt", 32), 96),
        ("long", NO_SALT, 200),
    ):
        ikm = pick("02/ikm", 64)
        output = kdf(salt, ikm, b"root", length)
        tests.append(good(f"kdf/{name}", "PR-3", op="kdf", salt=salt, ikm=ikm, label=b"root", output=output))
    for name, label, data in (("no-input", b"chain", b""), ("input", b"message", pick("02/prf", 16))):
        key = pick("02/prf/key", 32)
        left, right = prf(key, label, data)
        tests.append(
            good(f"prf/{name}", "PR-4", op="prf", key=key, label=label, input=data, first=left, second=right)
        )
    for length in (60, 96, 128, 137):
        fields = {"key": pick("02/prf/key", 32), "label": b"root", "input": pick("02/prf/long", 32)}
        output = long_prf(fields["key"], fields["label"], fields["input"], length)
        tests.append(good(f"prf/{length}", "PR-4 with n", op="long_prf", **fields, output=output))
    for name, data in (("empty", b""), ("long", pick("02/hash", 300))):
        full = h(b"account", data)
        tests.append(
            good(
                f"hash/{name}",
                "PR-5",
                op="hash",
                label=b"account",
                input=data,
                h=full,
                h32=h32(b"account", data),
            )
        )
    return tests


LOW_ORDER = {
    "zero": 0,
    "one": 1,
    "order-8-a": 325606250916557431795983626356110631294008115727848805560023387167927233504,
    "order-8-b": 39382357235489614581723060781553021112529911719440698176882885853963445705823,
    "minus-one": 2**255 - 20,
    "zero-again": 2**255 - 19,
    "one-again": 2**255 - 18,
}


def _agreements() -> list[Fields]:
    tests = []
    for number in range(3):
        private, other = pick(f"02/x25519/{number}", 32), pick(f"02/x25519/other/{number}", 32)
        public = x25519_public(other)
        shared = x25519(private, public)
        fields = {
            "private": private,
            "own_public": x25519_public(private),
            "public": public,
            "shared": shared,
        }
        tests.append(good(f"x25519/{number}", "PR-6", op="x25519", **fields))
    keys = {name: u.to_bytes(32, "little") for name, u in LOW_ORDER.items()}
    keys["not-canonical"] = (2**255 - 19 + 9).to_bytes(32, "little")
    keys["top-bit"] = x25519_public(pick("02/x25519/other/0", 32))[:31] + b"\xff"
    keys["short"] = bytes([9]) + bytes(30)
    keys["long"] = bytes([9]) + bytes(32)
    for name, public in keys.items():
        kind = refusal_of(lambda public=public: check_x25519(public))
        comment = "a public key that PR-6 refuses"
        private = pick("02/x25519/0", 32)
        tests.append(bad(f"x25519/{name}", kind, comment, op="x25519", private=private, public=public))
    return tests


def _kem() -> list[Fields]:
    seed = pick("02/mlkem", 64)
    public = kem_public(seed)
    shared, ciphertext = encapsulate(public, pick("02/mlkem/message", 32))
    broken = flipped(ciphertext, 700)
    wrong = decapsulate(seed, broken)
    fields = {"op": "mlkem1024", "seed": seed, "public": public}
    tests = [
        good("mlkem1024/whole", "PR-7", **fields, ciphertext=ciphertext, shared=shared),
        good("mlkem1024/implicit", "a corrupted ciphertext", **fields, ciphertext=broken, shared=wrong),
    ]
    for name, key in (
        ("unreduced", b"\xff\xff" + public[2:]),
        ("short", public[:-1]),
        ("long", public + b"a"),
    ):
        kind = refusal_of(lambda key=key: check_kem_public(key))
        tests.append(bad(f"mlkem1024/{name}", kind, "a bad public key", op="mlkem1024_public", public=key))
    return tests


def _signatures() -> list[Fields]:
    key, other = signing_key(pick("02/sign", 64)), signing_key(pick("02/sign/other", 64))
    body = pick("02/body", 100)
    signature = sign(key, b"device", body)
    message, context = signed_bytes(b"device", key.public, body)
    base = {"op": "hybrid", "label": b"device", "body": body, "public": key.public, "signature": signature}
    comment = "both halves verify; ML-DSA signed without hedging"
    tests = [
        good("hybrid/whole", comment, **base, seeds=key.seeds, signed_message=message, mldsa_context=context)
    ]
    crossed = key.public[:32] + other.public[32:]
    crossed_label = signature[:64] + sign(key, b"manifest", body)[64:]
    places = {"ed25519-r": 0, "ed25519-s": 40, "mldsa-first": 64, "mldsa-last": 3372}
    for name, at in places.items():
        broken = flipped(signature, at)
        kind = refusal_of(lambda broken=broken: verify(key.public, b"device", body, broken))
        shown = {**base, "signature": Edit("hybrid/whole", at)}
        tests.append(bad(f"hybrid/{name}", kind, "one bit of the signature", **shown))
    faults: tuple[tuple[str, str, Fields], ...] = (
        ("body", "another body", {"body": flipped(body, 0)}),
        ("label", "another label", {"label": b"manifest"}),
        ("short", "the last byte is missing", {"signature": signature[:-1]}),
        ("half", "only the Ed25519 half", {"signature": signature[:64]}),
        ("twice", "the Ed25519 half twice", {"signature": signature[:64] * 2}),
        ("crossed-label", "the ML-DSA half of another label", {"signature": crossed_label}),
        ("crossed-key", "the ML-DSA half of another key", {"public": crossed}),
    )
    for name, comment, change in faults:
        fields = {**base, **change}
        kind = refusal_of(lambda fields=fields: _verify(fields))
        tests.append(bad(f"hybrid/{name}", kind, comment, **fields))
    return tests


def _verify(fields: Fields) -> None:
    public, label, body, signature = (fields[name] for name in ("public", "label", "body", "signature"))
    if not all(isinstance(part, bytes) for part in (public, label, body, signature)):
        raise TypeError
    verify(public, label, body, signature)  # type: ignore[arg-type]  # checked on the line above


def _encryption() -> list[Fields]:
    private = pick("02/hpke", 96)
    public, info, plaintext = hpke.public_key(private), b"securemsg/1/opening", pick("02/hpke/plain", 40)
    randomness = pick("02/hpke/random", 64)
    sealed = hpke.seal(public, info, plaintext, randomness)
    shared = hpke.decapsulate(private, sealed[:1120])
    keys = hpke.schedule(shared, info, hpke.AES_256_GCM)
    base = {"op": "hpke", "private": private, "info": info}
    steps = {"shared": shared, "key": keys.key, "base_nonce": keys.base_nonce, "plaintext": plaintext}
    comment = "PR-13; enc is the first 1,120 bytes"
    whole = {**base, "sealed": sealed, "public": public, "randomness": randomness, **steps}
    tests = [good("hpke/whole", comment, **whole)]
    high = sealed[1088:1119] + bytes([sealed[1119] | 128])
    box = _boxed(private, sealed[:1088] + high, plaintext)
    comment = "a share that is not canonical: the top bit is ignored, and hashed"
    tests.append(
        good("hpke/high-share", comment, **base, sealed=box, public=public, plaintext=plaintext),
    )
    faults = {
        "mlkem": ("the ML-KEM ciphertext", flipped(sealed, 5)),
        "x25519": ("the X25519 share", flipped(sealed, 1100)),
        "body": ("the ciphertext", flipped(sealed, 1120)),
        "tag": ("the tag", flipped(sealed, -1)),
        "short": ("a byte less", sealed[:-1]),
        "no-tag": ("only the encapsulation", sealed[:1120]),
    }
    share = bytes(32)
    weak = hpke.combine(_mlkem_secret(private, sealed), bytes(32), share, public[1184:])
    keys = hpke.schedule(weak, info, hpke.AES_256_GCM)
    box = gcm_seal(keys.key, keys.base_nonce, plaintext, b"")
    faults["zero-share"] = ("an X25519 share of low order, else well sealed", sealed[:1088] + share + box)
    for name, (comment, raw) in faults.items():
        kind = refusal_of(lambda raw=raw: hpke.open_sealed(private, info, raw))
        tests.append(bad(f"hpke/{name}", kind, comment, **base, sealed=raw))
    kind = refusal_of(lambda: hpke.open_sealed(private, info + b"x", sealed))
    tests.append(bad("hpke/info", kind, "another info", **{**base, "info": info + b"x"}, sealed=sealed))
    return tests


def _boxed(private: bytes, enc: bytes, plaintext: bytes) -> bytes:
    """Seal for an encapsulation that is already made."""
    keys = hpke.schedule(hpke.decapsulate(private, enc), b"securemsg/1/opening", hpke.AES_256_GCM)
    return enc + gcm_seal(keys.key, keys.base_nonce, plaintext, b"")


def _mlkem_secret(private: bytes, sealed: bytes) -> bytes:
    return bytes(ML_KEM_768.decaps(ML_KEM_768.key_derive(private[:64])[1], sealed[:1088]))


def _boxes() -> list[Fields]:
    tests = []
    plaintext = pick("02/box/plain", 40)
    key, nonce, ad = pick("02/key", 32), pick("02/nonce", 24), b"securemsg/1/shelf"
    boxes: tuple[tuple[str, bytes, Fields], ...] = (
        ("gcm", gcm_seal(key, nonce[:12], plaintext, ad), {"nonce": nonce[:12]}),
        ("xchacha", xchacha_seal(key, nonce, plaintext, ad), {}),
    )
    for op, box, extra in boxes:
        fields = {"op": op, "key": key, "ad": ad, **extra}
        tests.append(good(f"{op}/whole", "PR-12, PR-14", **fields, sealed=box, plaintext=plaintext))
        wrong = bad(f"{op}/ad", AUTHENTICATION, "other data", **{**fields, "ad": ad + b"x"}, sealed=box)
        tests += [bad(f"{op}/tag", AUTHENTICATION, "the tag", **fields, sealed=flipped(box, -1)), wrong]
    return tests


def _passphrases() -> list[Fields]:
    tests = []
    typed = {"ascii": "correct horse battery staple", "not-nfc": "cafe\u0301 \u212b"}
    typed |= {"one-byte": "x", "1024-bytes": "\u00e9" * 512, "1024-composed": "e\u0301" * 512}
    for name, words in typed.items():
        salt = pick(f"02/argon2/{name}", 16)
        raw = unicodedata.normalize("NFC", words).encode()
        key = Argon2id(salt=salt, length=32, iterations=3, lanes=1, memory_cost=65536).derive(raw)
        tests.append(
            good(
                f"argon2id/{name}",
                "PR-15; the passphrase as typed",
                op="argon2id",
                passphrase=words,
                salt=salt,
                key=key,
            )
        )
    for name, words in (("no-byte", ""), ("1025-bytes", "p" * 1025), ("1025-wide", "\u00e9" * 512 + "p")):
        kind = refusal_of(lambda words=words: check_passphrase(words))
        fields = {"op": "argon2id", "passphrase": words, "salt": pick("02/argon2/bounds", 16)}
        tests.append(
            bad(f"argon2id/{name}", kind, "another length than 1 to 1,024 bytes after NFC", **fields)
        )
    fields = {"op": "argon2id_cost", "salt": pick("02/argon2/cost", 16), "passphrase": "x"}
    for memory_kib, passes in ((32 * 1024 - 1, 3), (1024 * 1024 + 1, 3), (64 * 1024, 1), (64 * 1024, 17)):
        name, cost = f"argon2id/cost-{memory_kib}-{passes}", {"memory_kib": memory_kib, "passes": passes}
        tests.append(bad(name, FRAME, "refused before anything is derived", **fields, **cost))
    return tests


def file() -> str:
    """Give the text of 02-primitives.json."""
    parts = (_derivations, _agreements, _kem, _signatures, ed25519_tests, _encryption, _boxes, _passphrases)
    tests = [test for part in parts for test in part()]
    return written("02", "PR-3 PR-4 PR-5 PR-6 PR-7 PR-8 PR-9 PR-10 PR-11 PR-12 PR-13 PR-14 PR-15", tests)

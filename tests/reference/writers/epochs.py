"""Vectors of 05, sections 5 and 6: the field, the code, and the keys of an epoch."""

from __future__ import annotations

from tests.reference import codewords, epochs
from tests.reference.case import Copy, Fields, bad, good, pick, refusal_of, written
from tests.reference.codewords import FILLER_INDEX, WORD, WORDS
from tests.reference.primitives import prf
from tests.reference.writers.ratchet import four_steps
from tests.reference.writers.shown import short

LISTED = (4, 5, 31, 32, 128, 254)
WHOLE = pick("05/object", codewords.OBJECT)
SYMBOLS = "symbols/random"


def _field() -> list[Fields]:
    pairs = [(0, 7), (1, 255), (2, 128), (16, 16), (3, 244), (29, 254), (255, 255), (133, 2)]
    products = [[a, b, codewords.multiply(a, b)] for a, b in pairs]
    inverses = [[a, codewords.inverse(a)] for a in (1, 2, 3, 29, 128, 254, 255)]
    comment = "GF(256) with 0x11d: [a, b, a times b] and [a, its inverse]"
    return [good("field/products", comment, op="field", products=products, inverses=inverses)]


def _symbols() -> list[Fields]:
    tests = []
    ramp = b"".join(bytes([x]) * WORD for x in (0, 1, 2, 3))
    for name, whole in (("random", WHOLE), ("ramp", ramp)):
        symbols = [codewords.symbol_of(whole, index) for index in range(FILLER_INDEX)]
        if b"".join(symbols[:WORDS]) != whole:
            raise AssertionError
        listed = [{"index": index, "symbol": symbols[index]} for index in LISTED]
        hashes = [short(symbol) for symbol in symbols]
        fields = {"object": whole, "listed": listed, "sha256": hashes}
        comment = "KR-6: some symbols, and SHA-256 of the symbol of each index from 0 to 254"
        tests.append(good(f"symbols/{name}", comment, op="symbols", **fields))
    return tests


def _joins() -> list[Fields]:
    tests = []
    for indices in ((3, 1, 0, 2), (0, 5, 9, 200), (251, 254, 252, 253), (31, 4, 1, 30)):
        words = [codewords.codeword(WHOLE, index) for index in indices]
        if codewords.join(tuple((word[0], word[1:]) for word in words)) != WHOLE:
            raise AssertionError
        name = "-".join(str(index) for index in indices)
        comment = f"the object of {SYMBOLS} from four of its codewords"
        tests.append(good(f"join/{name}", comment, op="join", codewords=words, object_sha256=short(WHOLE)))
    return tests


def _chains() -> list[Fields]:
    secret, chain = pick("05/sk_pq", 32), pick("05/epoch chain", 32)
    roots = epochs.first_roots(secret)
    first = {"sk_pq": secret, "p": roots.root, "c_ab": roots.ab, "c_ba": roots.ba}
    return [
        good("keys/first-epoch", "KR-1", op="first_epoch", **first),
        good("keys/epoch-step", "KR-4", op="epoch_step", steps=four_steps(chain, epochs.epoch_step)),
    ]


def _exchanges() -> list[Fields]:
    """Two epochs, the second with what the first left."""
    root, authenticator, sid = (pick(f"05/exchange/{name}", 32) for name in ("p", "a", "sid"))
    tests = []
    for epoch in (1, 2):
        seed, message = pick(f"05/exchange/{epoch}/seed", 64), pick(f"05/exchange/{epoch}/m", 32)
        whole = epochs.make_ek(authenticator, sid, epoch, seed)
        made, answer, shared = epochs.answer(root, authenticator, (sid, epoch), whole, message)
        if epochs.finish(root, authenticator, (sid, epoch), seed, answer) != made:
            raise AssertionError
        code = epochs.code(made.authenticator, sid, epoch)
        fields: Fields = {"sid": sid, "e": epoch, "p": root, "a": authenticator, "kem_seed": seed}
        fields |= {"ek_object": whole, "kem_message": message, "ct_object": answer, "shared": shared}
        fields |= {"h": made.h, "k": made.k, "next_a": made.authenticator, "f": made.confirmation}
        fields |= {"next_p": made.root, "c_ab": made.ab, "c_ba": made.ba}
        fields |= {"code": code, "digits": epochs.digits(code)}
        comment = "KR-2: objects with their tags, and everything on the way; KR-10: the code"
        tests.append(good(f"exchange/{epoch}", comment, op="exchange", **fields))
        if epoch == 1:
            tests += _bad_objects(whole, answer)
        root, authenticator = made.root, made.authenticator
    return tests


def _bad_objects(ek_object: bytes, ct_object: bytes) -> list[Fields]:
    """Objects of `exchange/1` with one fault; inside a session each is a counted failure (KR-9)."""
    root, authenticator, sid = (pick(f"05/exchange/{name}", 32) for name in ("p", "a", "sid"))
    names, seed = (sid, 1), pick("05/exchange/1/seed", 64)
    key = b"\xff" * 3 + ek_object[3:1568]  # two coefficients of 4,095
    forged = key + prf(authenticator, b"kem/ek", sid + epochs.u32(1) + key)[0]
    ek_faults = {
        "ek-key": ("one bit of ek", _turned(ek_object, 700)),
        "ek-tag": ("one bit of the tag", _turned(ek_object, 1599)),
        "ek-modulus": ("a good tag over a key with coefficients that are not reduced (PR-7)", forged),
    }
    ct_faults = {
        "ct-ciphertext": ("one bit of ct", _turned(ct_object, 9)),
        "ct-tag": ("one bit of the tag", _turned(ct_object, 1568)),
    }
    tests = []
    for name, (comment, whole) in ek_faults.items():
        kind = refusal_of(lambda whole=whole: epochs.answer(root, authenticator, names, whole, bytes(32)))
        tests.append(_bad_object(name, kind, comment, "ek_object", whole))
    for name, (comment, whole) in ct_faults.items():
        kind = refusal_of(lambda whole=whole: epochs.finish(root, authenticator, names, seed, whole))
        tests.append(_bad_object(name, kind, comment, "ct_object", whole))
    return tests


def _bad_object(name: str, kind: str, comment: str, field: str, whole: bytes) -> Fields:
    context = {other: Copy("exchange/1") for other in ("sid", "p", "a", "kem_seed")}
    return bad(f"exchange/{name}", kind, comment, op=f"bad_{field}", e=1, **context, **{field: whole})


def _turned(raw: bytes, at: int) -> bytes:
    return raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]


def _codes() -> list[Fields]:
    """Epoch codes in which a group of five digits begins with a zero."""
    sid, tests = pick("05/code/sid", 32), []
    for epoch in (0, 1, 2**32 - 1):
        candidates = (pick(f"05/code/{epoch}/{number}", 32) for number in range(100))
        codes = ((a, epochs.code(a, sid, epoch)) for a in candidates)
        authenticator, raw = next(found for found in codes if "0" in epochs.digits(found[1])[::5])
        fields = {"a": authenticator, "sid": sid, "e": epoch, "code": raw, "digits": epochs.digits(raw)}
        tests.append(good(f"code/{epoch}", "KR-10; a group begins with a zero", op="code", **fields))
    return tests


def file() -> str:
    """Give the text of 05-epochs.json."""
    tests = [*_field(), *_symbols(), *_joins(), *_chains(), *_exchanges(), *_codes()]
    return written("05", "KR-1 KR-2 KR-4 KR-6 KR-10 PR-7", tests)

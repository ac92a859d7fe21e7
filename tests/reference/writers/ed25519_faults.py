"""Ed25519 alone (PR-10, PR-11): signatures that satisfy the equation and must be refused all the same."""

from __future__ import annotations

from tests.reference import curve25519 as curve
from tests.reference.case import Fields, bad, flipped, good, pick, refusal_of

LABEL = b"prove"
BODY = b"body"
SIGNED = b"securemsg/1/sign/" + LABEL + b"\0" + BODY


def _hostile_keys() -> dict[str, tuple[str, bytes, bytes]]:
    """Give (comment, public key, signature) that hold by the bare equation, or would by a careless parser."""
    identity = curve.compress(curve.IDENTITY)
    base = curve.compress(curve.BASE)
    one = (1).to_bytes(32, "little")
    other_identity = (curve.P + 1).to_bytes(32, "little")
    order_two = (curve.P - 1).to_bytes(32, "little")
    return {
        "identity-key": ("the identity point as key: verifies every message", identity, base + one),
        "identity-key-again": ("the identity point, not canonical", other_identity, base + one),
        "identity-key-sign": ("the identity point with the sign bit", identity[:31] + b"\x80", base + one),
        "identity-both": ("the identity point as key and as R", identity, identity + bytes(32)),
        "order-two-key": ("a key of order two", order_two, base + one),
    }


ORDER_TWO = curve.decompress((curve.P - 1).to_bytes(32, "little"))


def mixed_key(seed: bytes) -> bytes:
    """Give the public key of a seed with a part of order two added."""
    return curve.compress(curve.add(curve.decompress(curve.ed25519_public(seed)), ORDER_TWO))


def sign_mixed(seed: bytes, message: bytes) -> bytes:
    """Sign so that the bare equation holds for the mixed key."""
    scalar, _ = curve.expand(seed)
    # An even challenge takes the part of order two away.
    for nonce in range(1, 64):
        r = curve.compress(curve.multiply(nonce, curve.BASE))
        k = curve.challenge(r, mixed_key(seed), message)
        if k % 2 == 0:
            break
    return r + ((nonce + k * scalar) % curve.L).to_bytes(32, "little")


def _mixed() -> dict[str, tuple[str, bytes, bytes]]:
    """Give (comment, public key, signature) with a part of order two where none may be."""
    seed = pick("02/ed25519", 32)
    scalar, _ = curve.expand(seed)
    order_two, public, mixed = ORDER_TWO, curve.ed25519_public(seed), mixed_key(seed)
    mixed_r = curve.compress(curve.add(curve.multiply(7, curve.BASE), order_two))
    other_s = ((7 + curve.challenge(mixed_r, public, SIGNED) * scalar) % curve.L).to_bytes(32, "little")
    return {
        "mixed-key": (
            "a key outside the prime-order subgroup; the equation holds",
            mixed,
            sign_mixed(seed, SIGNED),
        ),
        "mixed-r": ("the equation holds with the cofactor only", public, mixed_r + other_s),
    }


def ed25519_tests() -> list[Fields]:
    """Give the tests."""
    seed = pick("02/ed25519", 32)
    public = curve.ed25519_public(seed)
    signature = curve.ed25519_sign(seed, SIGNED)
    s = int.from_bytes(signature[32:], "little")
    identity = curve.compress(curve.IDENTITY)
    scalar, _ = curve.expand(seed)
    without_r = (curve.challenge(identity, public, SIGNED) * scalar % curve.L).to_bytes(32, "little")
    faults = {
        **_hostile_keys(),
        **_mixed(),
        "small-r": ("R is the identity point and the equation holds", public, identity + without_r),
        "s-plus-l": (
            "S + L: the same number, not reduced",
            public,
            signature[:32] + (s + curve.L).to_bytes(32, "little"),
        ),
        "r": ("another R", public, flipped(signature, 3)),
        "s": ("another S", public, flipped(signature, 33)),
        "key": ("a key that is no point", (2).to_bytes(32, "little"), signature),
        "short": ("63 bytes", public, signature[:-1]),
    }
    fields = {"op": "ed25519", "label": LABEL, "body": BODY}
    tests = [
        good(
            "ed25519/whole",
            "PR-11",
            **fields,
            seed=seed,
            public=public,
            signature=signature,
            signed_message=SIGNED,
        )
    ]
    for name, (comment, key, raw) in faults.items():
        kind = refusal_of(lambda key=key, raw=raw: curve.ed25519_verify(key, SIGNED, raw))
        tests.append(bad(f"ed25519/{name}", kind, comment, **fields, public=key, signature=raw))
    return tests

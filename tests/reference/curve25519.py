"""X25519 (RFC 7748) and Ed25519 (RFC 8032) from the text of the RFCs: plain integers, constant in nothing."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from tests.reference.refusal import AUTHENTICATION, require

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
SQRT_MINUS_1 = pow(2, (P - 1) // 4, P)

Point = tuple[int, int, int, int]
IDENTITY: Point = (0, 1, 1, 0)


def ladder(scalar: bytes, u: int) -> int:
    """Multiply by the Montgomery ladder of RFC 7748, section 5."""
    k = int.from_bytes(scalar, "little")
    k = (k & ~7 & (2**255 - 1)) | 2**254
    x2, z2, x3, z3, swapped = 1, 0, u, 1, 0
    for t in reversed(range(255)):
        bit = k >> t & 1
        if swapped != bit:
            x2, x3, z2, z3 = x3, x2, z3, z2
        swapped = bit
        a, b = (x2 + z2) % P, (x2 - z2) % P
        c, d = (x3 + z3) % P, (x3 - z3) % P
        da, cb = d * a % P, c * b % P
        x3, z3 = pow(da + cb, 2, P), u * pow(da - cb, 2, P) % P
        aa, bb = a * a % P, b * b % P
        e = aa - bb
        x2, z2 = aa * bb % P, e * (aa + 121665 * e) % P
    if swapped:
        x2, z2 = x3, z3
    return x2 * pow(z2, P - 2, P) % P


@lru_cache(maxsize=1024)
def x25519_public(private: bytes) -> bytes:
    """Give the public key of a private one."""
    return ladder(private, 9).to_bytes(32, "little")


def check_x25519(public: bytes) -> None:
    """Refuse a public key that PR-6 forbids: not canonical, or of low order."""
    u = int.from_bytes(public, "little")
    # Every clamped scalar is a multiple of eight: it takes the points of low order, and only those, to zero.
    require(AUTHENTICATION, len(public) == 32, u < P)
    require(AUTHENTICATION, ladder(bytes(32), u) != 0)


def x25519(private: bytes, public: bytes) -> bytes:
    """Agree; refuse what PR-6 forbids."""
    check_x25519(public)
    shared = ladder(private, int.from_bytes(public, "little")).to_bytes(32, "little")
    require(AUTHENTICATION, shared != bytes(32))
    return shared


def add(p: Point, q: Point) -> Point:
    """Add two points."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def multiply(scalar: int, point: Point) -> Point:
    """Multiply by doubling and adding."""
    total = IDENTITY
    while scalar:
        if scalar & 1:
            total = add(total, point)
        point = add(point, point)
        scalar >>= 1
    return total


def compress(point: Point) -> bytes:
    """Encode a point."""
    inverse = pow(point[2], -1, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def decompress(raw: bytes) -> Point:
    """Decode a point; refuse what is no point or not canonical."""
    number = int.from_bytes(raw, "little")
    y, sign = number & (2**255 - 1), number >> 255
    require(AUTHENTICATION, len(raw) == 32, y < P)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * SQRT_MINUS_1 % P
    require(AUTHENTICATION, x * x % P == square, not (x == 0 and sign == 1))
    x = x if x & 1 == sign else P - x
    return (x, y, 1, x * y % P)


def _of_small_order(point: Point) -> bool:
    return compress(multiply(8, point)) == compress(IDENTITY)


def check_ed25519(public: bytes) -> Point:
    """Refuse a public key that PR-10 forbids; give its point."""
    point = decompress(public)
    require(AUTHENTICATION, not _of_small_order(point), compress(multiply(L, point)) == compress(IDENTITY))
    return point


BASE = decompress((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def expand(seed: bytes) -> tuple[int, bytes]:
    """Give the secret scalar and the prefix (RFC 8032, section 5.1.5)."""
    digest = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(digest[:32], "little") & ~7 & (2**255 - 1) & ~(2**255) | 2**254
    return scalar, digest[32:]


def ed25519_public(seed: bytes) -> bytes:
    """Give the public key of a seed."""
    return compress(multiply(expand(seed)[0], BASE))


def challenge(r: bytes, public: bytes, message: bytes) -> int:
    """Give the number that binds R, key and message."""
    return int.from_bytes(hashlib.sha512(r + public + message).digest(), "little") % L


def ed25519_sign(seed: bytes, message: bytes) -> bytes:
    """Sign as RFC 8032, section 5.1.6."""
    scalar, prefix = expand(seed)
    nonce = int.from_bytes(hashlib.sha512(prefix + message).digest(), "little") % L
    r = compress(multiply(nonce, BASE))
    s = (nonce + challenge(r, ed25519_public(seed), message) * scalar) % L
    return r + s.to_bytes(32, "little")


def ed25519_verify(public: bytes, message: bytes, signature: bytes) -> None:
    """Verify without the cofactor; refuse what PR-10 forbids."""
    require(AUTHENTICATION, len(signature) == 64)
    key, commitment = check_ed25519(public), decompress(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    require(AUTHENTICATION, s < L, not _of_small_order(commitment))
    minus_key = (P - key[0], key[1], 1, P - key[3])
    binding = challenge(signature[:32], public, message)
    reached = add(multiply(s, BASE), multiply(binding, minus_key))
    require(AUTHENTICATION, compress(reached) == signature[:32])

"""Every encoding of every point of small order, computed from the curves' equations and nothing of ours."""

import itertools
from typing import Final

from tests.reference.curve25519 import IDENTITY, L, P, Point, compress, decompress, multiply
from tests.reference.refusal import RefusedError

COFACTOR: Final = 8
_TOP_BIT: Final = 2**255
_A: Final = 486662


def _generator_of_torsion() -> Point:
    """Clear the part of prime order from point after point until one of order eight is left."""
    for y in itertools.count(2):
        try:
            point = multiply(L, decompress(y.to_bytes(32, "little")))
        except RefusedError:
            continue
        if compress(multiply(COFACTOR // 2, point)) != compress(IDENTITY):
            return point
    raise AssertionError


TORSION: Final = tuple(multiply(times, _generator_of_torsion()) for times in range(COFACTOR))
"""The eight points of Ed25519 whose order divides eight, the identity first."""


def encodings(point: Point) -> list[bytes]:
    """Return the canonical encoding of a point, and those with y + p or with the sign of a zero x."""
    canonical = int.from_bytes(compress(point), "little")
    y = canonical % _TOP_BIT
    has_zero_x = y * y % P == 1
    signs = (0, _TOP_BIT) if has_zero_x else (canonical - y,)
    found = [form | sign for form in (y, y + P) if form < _TOP_BIT for sign in signs]
    return [form.to_bytes(32, "little") for form in found]


ED25519_OF_SMALL_ORDER: Final = tuple(form for point in TORSION for form in encodings(point))
"""8 canonical encodings and 6 others ("Taming the many EdDSAs", Chalkias et al. 2020, table 1)."""


def _square_root(value: int) -> list[int]:
    root = pow(value % P, (P + 3) // 8, P)
    candidates = (root, root * pow(2, (P - 1) // 4, P) % P)
    return [sign * each % P for each in candidates if each * each % P == value % P for sign in (1, -1)]


def _halves(u: int) -> set[int]:
    """Return every u' whose double is u = 1 or -1.

    u = (u'^2 - 1)^2 / (4 u' (u'^2 + A u' + 1)); with w = u' + 1/u' it is w^2 - 4 u w - 4 (1 + A u) = 0.
    """
    sums = {(2 * u + root) % P for root in _square_root(4 * u * u + 4 + 4 * _A * u)}
    return {(w + root) * pow(2, -1, P) % P for w in sums for root in _square_root(w * w - 4)}


LOW_ORDER_U: Final = frozenset({0, 1, P - 1} | _halves(1) | _halves(P - 1))
"""Every u of order 2, 4 or 8 on Curve25519 or its twist: 0, its halves 1 and -1, and theirs.

0 is alone of order 2, because A^2 - 4 is no square."""

X25519_OF_LOW_ORDER: Final = tuple(
    (form | top).to_bytes(32, "little")
    for u in sorted(LOW_ORDER_U)
    for form in (u, u + P)
    if form < _TOP_BIT
    for top in (0, _TOP_BIT)
)
"""All 32 bytes that X25519 takes for one of these, which ignores the top bit and reduces the rest."""

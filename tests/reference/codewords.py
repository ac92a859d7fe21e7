"""05, section 6: the code over GF(256), by Lagrange's formula as in a textbook."""

from __future__ import annotations

from functools import lru_cache

POLYNOMIAL = 0x11D
WORDS, WORD = 4, 400
OBJECT = WORDS * WORD
CODEWORD = 1 + WORD
DIFFERENT = 32
FILLER_INDEX = 255
FILLER = bytes([FILLER_INDEX]) + bytes(WORD)

Point = tuple[int, bytes]  # an index and its symbol


@lru_cache(maxsize=65536)
def multiply(a: int, b: int) -> int:
    """Multiply two field elements, bit by bit."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        a <<= 1
        if a & 0x100:
            a ^= POLYNOMIAL
        b >>= 1
    return product


def inverse(a: int) -> int:
    """Give the element whose product with `a` is one."""
    return next(b for b in range(1, 256) if multiply(a, b) == 1)


def basis(indices: list[int], at: int, x: int) -> int:
    """Give Lagrange's basis polynomial that is 1 at `at` and 0 at the other indices, in the place x."""
    numerator, denominator = 1, 1
    for other in indices:
        if other != at:
            numerator = multiply(numerator, x ^ other)
            denominator = multiply(denominator, at ^ other)
    return multiply(numerator, inverse(denominator))


def evaluate(points: tuple[Point, ...], x: int) -> bytes:
    """Give f(x) at every position, f being the polynomials through these four points."""
    indices = [index for index, _ in points]
    result = bytearray(WORD)
    for index, symbol in points:
        factor = basis(indices, index, x)
        for position in range(WORD):
            result[position] ^= multiply(factor, symbol[position])
    return bytes(result)


@lru_cache(maxsize=4096)
def symbol_of(whole: bytes, index: int) -> bytes:
    """Give the symbol of an index, 0 to 254 (KR-6)."""
    points = tuple((x, whole[WORD * x : WORD * (x + 1)]) for x in range(WORDS))
    return evaluate(points, index)


def codeword(whole: bytes, index: int) -> bytes:
    """Give `u8 index || symbol`."""
    return bytes([index]) + symbol_of(whole, index)


def join(points: tuple[Point, ...]) -> bytes:
    """Give the object of any four different symbols."""
    return b"".join(evaluate(points, x) for x in range(WORDS))

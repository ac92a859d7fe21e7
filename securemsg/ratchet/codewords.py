"""A key or ciphertext of 1,600 bytes as 255 symbols of 400, of which any four give it back.

A systematic Reed-Solomon code over GF(256): symbols 0 to 3 are the words themselves, and
symbol i is the value at i of the polynomials through them. It is table-driven and not
constant-time, which what it carries allows: public keys and ciphertexts only (Spec: KR-6).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final, TypeAlias

from securemsg.errors import LocalError
from securemsg.wire.padding import CODEWORD_WIDTH

WORDS: Final = 4
"""Words of an object, and symbols needed to have it back (Spec: KR-6)."""

WORD_WIDTH: Final = 400
"""Bytes of a word and of a symbol."""

OBJECT_WIDTH: Final = WORDS * WORD_WIDTH
"""Bytes of what the code carries: 1,568 of ML-KEM-1024 and a tag of 32."""

INDICES: Final = 255
"""How many symbols an object has."""

CYCLE: Final = 32
"""How many of them a sender makes before it begins again: more cost memory and gain nothing (Spec: KR-6)."""

FILLER_INDEX: Final = 255
"""Names a codeword that carries nothing."""

FILLER: Final = bytes((FILLER_INDEX,)) + bytes(WORD_WIDTH)
"""The codeword that an idle side sends."""

Symbols: TypeAlias = tuple[tuple[int, bytes], ...]
"""Symbols of one object with their indices, all different."""


def _logarithms() -> tuple[list[int], list[int]]:
    """Return powers of the generator 2 modulo 0x11d, and their logarithms (that of 0 is of no use)."""
    powers, logarithms, value = [0] * 510, [0] * 256, 1
    for exponent in range(255):
        powers[exponent] = powers[exponent + 255] = value
        logarithms[value] = exponent
        value = value << 1 ^ (0x11D if value & 0x80 else 0)
    return powers, logarithms


_POWERS, _LOGARITHMS = _logarithms()


def _times(first: int, second: int) -> int:
    return _POWERS[_LOGARITHMS[first] + _LOGARITHMS[second]] if first and second else 0


def _over(first: int, second: int) -> int:
    return _POWERS[_LOGARITHMS[first] - _LOGARITHMS[second] + 255] if first else 0


def _products() -> list[bytes]:
    """Return for each factor a table for `bytes.translate`: one call multiplies a whole symbol."""
    # Each is made by one call as well: every program waits for this at its start.
    powers, logarithms = bytes(_POWERS), bytes(_LOGARITHMS[1:])
    others = (logarithms.translate(powers[log : log + 256]) for log in _LOGARITHMS[1:])
    return [bytes(256), *(b"\0" + products for products in others)]


_PRODUCTS: Final = _products()


def _weights(known: Sequence[int], wanted: int) -> list[int]:
    """Return what to multiply the values at `known` with to have the value at `wanted` (Lagrange)."""
    weights = []
    for own in known:
        weight = 1
        for other in known:
            if other != own:
                weight = _times(weight, _over(wanted ^ other, own ^ other))
        weights.append(weight)
    return weights


@cache
def _encoding(index: int) -> list[int]:
    return _weights(range(WORDS), index)


def _combined(weights: Sequence[int], symbols: Iterable[bytes]) -> bytes:
    total = 0
    for weight, value in zip(weights, symbols, strict=True):
        if weight:
            total ^= int.from_bytes(value.translate(_PRODUCTS[weight]), "big")
    return total.to_bytes(WORD_WIDTH, "big")


@dataclass(frozen=True, slots=True)
class Coded:
    """An object to send, codeword by codeword."""

    value: bytes = field(repr=False)
    _cycle: list[bytes] = field(default_factory=lambda: [b""], init=False, repr=False, compare=False)
    """The codewords made so far, in one piece: one-sided traffic sends them again and again."""

    def __post_init__(self) -> None:
        if len(self.value) != OBJECT_WIDTH:
            raise LocalError(f"the code carries objects of {OBJECT_WIDTH} bytes")

    def codewords(self, start: int, count: int) -> bytes:
        """Return `count` codewords, after `start` sent before, in a cycle of `CYCLE` (Spec: KR-6)."""
        first = start % CYCLE * CODEWORD_WIDTH
        last = first + count * CODEWORD_WIDTH
        made = self._cycle[0]
        while len(made) < last:
            made = self._cycle[0] = made + codeword(self.value, len(made) // CODEWORD_WIDTH % CYCLE)
        return made[first:last]


def codeword(value: bytes, index: int) -> bytes:
    """Return `u8 index || symbol`, 401 bytes, of an object; the index is 0 to 254 (Spec: KR-6)."""
    words = [value[at : at + WORD_WIDTH] for at in range(0, OBJECT_WIDTH, WORD_WIDTH)]
    return bytes((index,)) + (words[index] if index < WORDS else _combined(_encoding(index), words))


def join(symbols: Symbols) -> bytes:
    """Return the object that four different symbols belong to (Spec: KR-6)."""
    found = dict(symbols)
    if len(found) != WORDS:
        raise LocalError(f"an object needs {WORDS} different symbols")
    known = list(found)
    return b"".join(
        found[index] if index in found else _combined(_weights(known, index), found.values())
        for index in range(WORDS)
    )

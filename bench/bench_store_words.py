"""Invented texts in which words are as frequent as in a language: the n-th as 1 / n."""

from collections.abc import Iterator
from itertools import accumulate
from typing import Final

from tests.store.chance import Chance

_LETTERS: Final = "etaoinshrdlucmfwypvbgkjqxz"
_KNOWN: Final = 50_000
_BLOCK: Final = 100_000
_FLATTENED: Final = 2.7
"""The first words are less frequent than 1 / n (Mandelbrot): the first is in a quarter of the texts."""


class Words:
    """A vocabulary, the most frequent word first, and texts of about nine words each."""

    def __init__(self, seed: int) -> None:
        """Repeat with the same seed."""
        self._random = Chance(seed)
        found: dict[str, None] = {}
        while len(found) < _KNOWN:
            length = 3 + min(int(self._random.expovariate(0.5)), 9) + (len(found) > _KNOWN // 10)
            found["".join(self._random.choices(_LETTERS, weights=range(26, 0, -1), k=length))] = None
        self.known: Final = list(found)
        self._shares = list(accumulate(1 / (rank + _FLATTENED) for rank in range(_KNOWN)))
        self._drawn = self._draw()

    def text(self, most: int = 30) -> str:
        """Return a text of a few words, seldom of `most`."""
        return self.of(min(most, 1 + int(self._random.expovariate(1 / 9))))

    def of(self, count: int) -> str:
        """Return a text of so many words."""
        return " ".join(next(self._drawn) for _ in range(count))

    def one_of(self, count: int) -> int:
        """Return a number below `count`."""
        return self._random.randrange(count)

    def _draw(self) -> Iterator[str]:
        while True:
            yield from self._random.choices(self.known, cum_weights=self._shares, k=_BLOCK)

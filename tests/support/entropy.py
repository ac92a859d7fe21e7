"""Randomness that repeats from run to run."""

import hashlib


class SeededEntropy:
    """An `Entropy` whose reads all follow from a seed; two of one seed agree read by read."""

    def __init__(self, seed: int = 0) -> None:
        """Start the sequence of `seed`."""
        self._seed = seed.to_bytes(8, "big")
        self._reads = 0

    def __call__(self, count: int, /) -> bytes:
        """Return the next `count` bytes."""
        self._reads += 1
        return hashlib.shake_256(self._seed + self._reads.to_bytes(8, "big")).digest(count)

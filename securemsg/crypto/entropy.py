"""Where randomness comes from: one parameter, checked at every read."""

import os
from collections.abc import Callable
from typing import Protocol

from securemsg.errors import LocalError

_CHECKED = 16
"""Bytes that every read draws at least: a sound generator repeats them, or gives
zeros, once in 2**128 reads, so that either proves a failure."""


_MOST = 2**20
"""Bytes of a read: far more than any use."""

_ZEROS = hash(bytes(_CHECKED))

_forks = 0
"""How often this process was forked off: it costs less to ask than the system's number of it."""


def _count_fork() -> None:
    global _forks  # noqa: PLW0603  # one for the process, as what it counts
    _forks += 1


os.register_at_fork(after_in_child=_count_fork)


class Entropy(Protocol):
    """A source of unpredictable bytes (Spec: PR-2)."""

    def __call__(self, count: int, /) -> bytes:
        """Return `count` fresh bytes; raises `LocalError` when the source cannot be trusted."""
        ...


class SystemEntropy:
    """The operating system's generator, refused as soon as it looks broken.

    Every refusal (a read that fails, is short, is all zero or repeats the previous
    one, or happens in a forked child) is a `LocalError`.

    Spec: PR-2.
    """

    __slots__ = ("_forks", "_last", "_source")

    def __init__(self, source: Callable[[int], bytes] = os.urandom) -> None:  # noqa: TID251  # the one place
        """Read from `source`, by default the operating system's generator."""
        self._source = source
        self._forks = _forks
        self._last: int | None = None

    def __call__(self, count: int, /) -> bytes:
        """Return `count` fresh bytes."""
        if self._forks != _forks:
            raise LocalError("the random generator was made in another process")
        if not 0 <= count <= _MOST:
            raise LocalError("so many random bytes are not drawn at once")
        drawn = count if count > _CHECKED else _CHECKED  # noqa: FURB136  # `max` takes as long as the rest
        try:
            value = self._source(drawn)
        except (OSError, NotImplementedError) as error:
            raise LocalError("the random generator failed") from error
        if len(value) != drawn:
            raise LocalError("the random generator gave a short read")
        # Not the bytes, which may have become a key that is to be forgotten, but 64 bits of a keyed
        # hash of them: it repeats by chance once in 2**64 reads, and costs a tenth of a digest.
        seen = hash(value[:_CHECKED])
        if seen == self._last or seen == _ZEROS:  # noqa: PLR1714  # a tuple of them costs more
            raise LocalError("the random generator gave zeros or repeated itself")
        self._last = seen
        return value if drawn == count else value[:count]

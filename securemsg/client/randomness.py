"""A random generator that fails is this computer's fault, not that of the message at hand (Spec: CL-14)."""

from typing import Final, Self, final

from securemsg.crypto.entropy import Entropy
from securemsg.errors import LocalError

_FAILED: Final = (
    "The random generator of this computer does not work: nothing was sent or acknowledged."
    " Start the computer anew; if that does not help, do not use it."
)


class RandomnessFailed(LocalError):  # noqa: N818  # named after what is wrong
    """There is no randomness to go on with; everything that waits still does."""


@final
class Randomness:
    """Draws from a source, and names its failures."""

    __slots__ = ("_source",)

    def __init__(self, source: Entropy) -> None:
        self._source = source

    @classmethod
    def of(cls, source: Entropy) -> Self:
        """Return `source`, if it does that already."""
        return source if isinstance(source, cls) else cls(source)

    def __call__(self, count: int, /) -> bytes:
        """Return `count` fresh bytes; raises `RandomnessFailed`."""
        try:
            return self._source(count)
        except LocalError as error:
            raise RandomnessFailed(_FAILED) from error

"""What is left of a picture, and what was taken out."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import repeat
from typing import Final, final

from securemsg.errors import LocalError

MOST_PARTS: Final = 65_536
"""Segments or chunks of a picture: programs write some thousands at most, and millions of empty ones would
take half a minute in which nothing can be cancelled (Spec: FI-14)."""


@final
@dataclass(frozen=True, slots=True)
class Stripped:
    """The picture without what it told besides itself; `removed` names that in words."""

    content: bytes = field(repr=False)
    removed: tuple[str, ...]


@final
class MalformedPicture(LocalError):  # noqa: N818  # named after what it is
    """It begins like a picture and is not made like one: nothing is promised about it."""

    def __init__(self) -> None:
        super().__init__("a picture is malformed")


def parts() -> Iterator[None]:
    """Yield once for each part that a picture may have; raises `MalformedPicture` for one more."""
    yield from repeat(None, MOST_PARTS)
    raise MalformedPicture


@final
class Removed:
    """Collects words, each once, in the order of finding."""

    __slots__ = ("_words",)

    def __init__(self) -> None:
        self._words: dict[str, None] = {}

    def add(self, *words: str) -> None:
        """Note that this was removed."""
        self._words.update(dict.fromkeys(words))

    def words(self) -> tuple[str, ...]:
        """Return all that was removed."""
        return tuple(self._words)

"""What is left of a picture, and what was taken out."""

from dataclasses import dataclass, field
from typing import final

from securemsg.errors import LocalError


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

"""What a fuzz target is: a parser, what must hold of it, and bytes to begin with."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from securemsg.errors import LocalError, RemoteError

CORPUS: Final = Path(__file__).with_name("corpus")
"""One folder for each target: entries that no vector gives, among them everything that once failed."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Target:
    """One parser; `check` raises nothing, whatever its argument is.

    `seeds` makes the entries that follow from vectors and samples, so that they need not be stored.
    `longest` bounds the inputs (bytes), `tries` the random mutations of an ordinary test run.
    """

    name: str
    check: Callable[[bytes], None]
    seeds: Callable[[], Iterable[bytes]]
    longest: int = 4_096
    tries: int = 4_000

    def stored(self) -> list[bytes]:
        """Return the entries of its folder."""
        return [path.read_bytes() for path in sorted((CORPUS / self.name).glob("*"))]

    def corpus(self) -> list[bytes]:
        """Return all entries, each once, the shortest first."""
        return sorted({*self.seeds(), *self.stored()}, key=lambda entry: (len(entry), entry))


def taken(parse: Callable[[bytes], _T], data: bytes) -> _T | None:
    """Return what `parse` makes of bytes from outside, `None` where it refuses them as it may."""
    try:
        return parse(data)
    except RemoteError:
        return None


def typed(parse: Callable[[str], _T], text: str) -> _T | None:
    """Return what `parse` makes of what a person typed, `None` where it says what is wrong with it."""
    try:
        return parse(text)
    except LocalError:
        return None


def as_text(data: bytes) -> str:
    """Return any text, half characters included; every text is reached."""
    return data.decode("utf-8", "surrogateescape")

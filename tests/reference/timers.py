"""11, CL-24 and CL-26: how long a message lives, and on which timer two sides agree."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple

AHEAD = 65_536


class Timer(NamedTuple):
    """What is known: ordered by version, then by who set it: 0 nobody, 1 the lower account, 2 the greater."""

    version: int
    rank: int
    lifetime: int


@dataclass(frozen=True)
class Side:
    """One of two people; `said` is all that it told the other, `open_words` how much has no receipt."""

    rank: int
    known: Timer = field(default_factory=lambda: Timer(0, 0, 0))
    said: tuple[tuple[int, int], ...] = ()
    open_words: int = 0

    def speak(self, lifetime: int) -> Side:
        """Set the timer anew, under the next version."""
        known = Timer(self.known.version + 1, self.rank, lifetime)
        return replace(
            self, known=known, said=(*self.said, (lifetime, known.version)), open_words=self.open_words + 1
        )

    def choose(self, lifetime: int) -> Side:
        """Set it as a person does: the same again is nothing."""
        return self if lifetime == self.known.lifetime else self.speak(lifetime)

    def hear(self, lifetime: int, version: int) -> Side:
        """Take a word of the other side."""
        if version > self.known.version + AHEAD:
            return self
        theirs = Timer(version, 3 - self.rank, lifetime)
        if theirs[:2] >= self.known[:2]:
            return replace(self, known=theirs)
        behind = version < self.known.version and lifetime != self.known.lifetime
        return self.speak(self.known.lifetime) if behind and not self.open_words else self

    def receipted(self) -> Side:
        """Learn that the other side has all that was said."""
        return replace(self, open_words=0)

    @property
    def by(self) -> str:
        """Who set what is known."""
        return {0: "nobody", self.rank: "us", 3 - self.rank: "them"}[self.known.rank]


def lives(said: int, timer: int) -> int:
    """Seconds that a message lives which says `said` in a conversation with this timer."""
    return said if said > 0 else timer

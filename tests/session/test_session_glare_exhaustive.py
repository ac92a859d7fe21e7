"""Every order in which two people can open, speak and hear, up to a bound: they end in one session.

What a side knows follows from what it did itself, in its order. So every pair of such
histories is tried, not every interleaving of them. An envelope that is not delivered is one
that is lost or late; each that is delivered is delivered twice.
"""

import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, replace
from typing import Final, Self

import pytest

from securemsg.errors import RemoteError
from securemsg.instant import Instant
from securemsg.session.book import Book, wear_out
from securemsg.session.states import Confirmed
from tests.ratchet.parties import Rows
from tests.session.people import Person, Privates, pair

MESSAGES: Final = int(os.environ.get("GLARE_MESSAGES", "2"))
"""Messages that each side may say: 2 make 4,448 worlds, 3 make 523,819, which take an hour each time."""

OPENINGS: Final = int(os.environ.get("GLARE_OPENINGS", "2"))
"""Sessions that each side may open on its own account, where one clock is ahead."""

ROUND_TRIPS: Final = 2
"""After so many everybody is in the same session (K21)."""

Pair = tuple[Person, Person]
History = tuple[str, ...]


@dataclass(frozen=True)
class Letter:
    """An envelope that one side said, by its number."""

    sender: int
    number: int
    envelope: bytes

    @property
    def content(self) -> bytes:
        """What is in it."""
        return b"%d of %d" % (self.number, self.sender)


@dataclass(frozen=True)
class World:
    """Two people, what each did, and every envelope that was ever on its way."""

    people: Pair
    openings: int
    """Sessions that each side may open on its own account."""

    histories: tuple[History, History] = ((), ())
    letters: tuple[Letter, ...] = ()

    def following(self) -> Iterator[Self]:
        """Yield every world that is one event away."""
        for side in (0, 1):
            events = Counter(event[0] for event in self.histories[side])
            if events["s"] < MESSAGES:
                yield self._say(side)
            if events["s"] and events["r"] < self.openings - 1:
                yield self._renew(side)
            for letter in self.letters:
                if letter.sender != side and f"h{letter.number}" not in self.histories[side]:
                    yield self._hear(side, letter)

    def _say(self, side: int) -> Self:
        people = forked(self.people)
        number = sum(letter.sender == side for letter in self.letters)
        letter = Letter(side, number, b"")
        said = replace(letter, envelope=people[side].say(people[1 - side], letter.content))
        return replace(self, people=people, histories=self._did(side, "s"), letters=(*self.letters, said))

    def _renew(self, side: int) -> Self:
        people = forked(self.people)
        peer = people[1 - side]
        people[side].keep(peer.device.device_id, wear_out(people[side].book(peer)))
        return replace(self, people=people, histories=self._did(side, "r"))

    def _hear(self, side: int, letter: Letter) -> Self:
        people = forked(self.people)
        assert people[side].hear(letter.envelope) == letter.content
        before = people[side].book(people[1 - side])
        with pytest.raises(RemoteError):
            people[side].hear(letter.envelope)
        assert people[side].book(people[1 - side]) is before
        return replace(self, people=people, histories=self._did(side, f"h{letter.number}"))

    def _did(self, side: int, event: str) -> tuple[History, History]:
        first, second = self.histories
        return ((*first, event), second) if side == 0 else (first, (*second, event))


def forked(people: Pair) -> Pair:
    """Return both as they are; what happens to one does not happen to the other."""
    first, second = (_fork(person) for person in people)
    return first, second


def _fork(person: Person) -> Person:
    privates = Privates(person.privates.publication, seen=set(person.privates.seen))
    privates.leaves = dict(person.privates.leaves)
    books = defaultdict(Book, person.books)
    rows = defaultdict(Rows, {session: copy(rows) for session, rows in person.rows.items()})
    return replace(person, privates=privates, books=books, rows=rows)


def every_world(start: World) -> Iterator[World]:
    """Yield each world that can be reached, once."""
    known = {start.histories}
    waiting = [start]
    while waiting:
        world = waiting.pop()
        yield world
        for following in world.following():
            if following.histories not in known:
                known.add(following.histories)
                waiting.append(following)


def current(person: Person, peer: Person) -> bytes:
    """Return the id of the session in which somebody seals, which the peer is known to hold."""
    session = person.book(peer).current
    assert isinstance(session, Confirmed)
    return session.origin.session_id


def assert_converges(world: World, first: int) -> None:
    """Let both speak in turn: then they are in one session, and what was late still opens."""
    people = forked(world.people)
    one, other = people[first], people[1 - first]
    for number in range(ROUND_TRIPS):
        assert other.hear(one.say(other, b"there %d" % number)) == b"there %d" % number
        assert one.hear(other.say(one, b"back %d" % number)) == b"back %d" % number
    assert current(one, other) == current(other, one)
    agreed = current(one, other)
    for letter in world.letters:
        if f"h{letter.number}" not in world.histories[1 - letter.sender]:
            assert people[1 - letter.sender].hear(letter.envelope) == letter.content
    assert current(one, other) == current(other, one) == agreed


@pytest.mark.parametrize(("skew", "openings"), [(0, min(OPENINGS, 1)), (1, OPENINGS)])
def test_in_every_order_of_events_both_end_in_the_same_session(skew: int, openings: int) -> None:
    """K21, SE-2..4: whatever is lost, late, repeated or out of order.

    The two sides may do the same, so that one clock being ahead stands for the other.
    """
    alice, bob = pair()
    alice.now = Instant(alice.now + skew)
    tried = 0
    for world in every_world(World((alice, bob), openings)):
        if world.letters:
            assert_converges(world, tried % 2)
            tried += 1
    assert tried > 100

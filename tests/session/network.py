"""A network between two people that loses, repeats, reorders, damages and misdirects."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import pytest
from hypothesis import strategies as st

from securemsg.errors import RemoteError
from securemsg.instant import Instant
from securemsg.ratchet.role import Role
from securemsg.ratchet.skipped import Place, Which
from securemsg.ratchet.state import MAX_PAST_CHAINS
from securemsg.session.book import wear_out
from tests.ratchet.parties import SIZES
from tests.session.people import Person

Event: TypeAlias = Callable[["Network", int, int], None]
"""A method of `Network`; the numbers say who, which letter or where. Without a letter it does nothing."""

Schedule: TypeAlias = list[tuple[Event, int, int]]

ROOMS = (SIZES[4], SIZES[2], SIZES[1], SIZES[0])

MAX_SESSIONS = 5
"""Sessions that a schedule begins on one side: few enough that none is pushed out of a book."""


def schedules(*events: Event, most: int) -> st.SearchStrategy[Schedule]:
    """Draw what happens, in which order."""
    number = st.integers(0, 2**16)
    return st.lists(st.tuples(st.sampled_from(events), number, number), min_size=most // 3, max_size=most)


@dataclass(frozen=True)
class Letter:
    """An envelope on its way, and what its sender knows of it."""

    receiver: int
    envelope: bytes
    content: bytes
    session_id: bytes
    place: Place


class Network:
    """Two people, what is between them, and a third to whom nothing is sent."""

    def __init__(self, people: tuple[Person, Person], stranger: Person) -> None:
        """Begin with nothing on the way."""
        self.people = people
        self.stranger = stranger
        self.on_the_way: list[Letter] = []
        self.opened: list[Letter] = []
        self.said = 0

    def run(self, schedule: Schedule) -> None:
        """Let everything happen."""
        for event, first, second in schedule:
            event(self, first, second)

    def say(self, side: int, room: int) -> None:
        """Let one of the two say something new, with more or less room for codewords."""
        sender, receiver = self.people[side % 2], self.people[1 - side % 2]
        self.said += 1
        content = (b"%d" % self.said).ljust(ROOMS[room % len(ROOMS)], b".")
        data = sender.say(receiver, content)
        session = sender.book(receiver).entries[0].session
        ratchet = session.ratchet
        turns = -1 if ratchet.receiving is None else ratchet.receiving.index
        # The responder's chains answer the initiator's, one for one.
        chain = turns + 1 if ratchet.binding.role is Role.INITIATOR else turns
        place = Place(Which.EC, chain, ratchet.sending.number - 1)
        self.on_the_way.append(Letter(1 - side % 2, data, content, session.origin.session_id, place))

    def deliver(self, which: int, _: int) -> None:
        """Let something arrive; it opens exactly as it was said, unless its chain is too old."""
        if not self.on_the_way:
            return
        letter = self.on_the_way.pop(which % len(self.on_the_way))
        if self._too_old(letter):
            refuses(self.people[letter.receiver], letter.envelope)
            return
        assert self.people[letter.receiver].hear(letter.envelope) == letter.content
        self.opened.append(letter)

    def drop(self, which: int, _: int) -> None:
        """Lose something."""
        if self.on_the_way:
            self.on_the_way.pop(which % len(self.on_the_way))

    def duplicate(self, which: int, _: int) -> None:
        """Let something arrive again."""
        if self.opened:
            letter = self.opened[which % len(self.opened)]
            refuses(self.people[letter.receiver], letter.envelope)

    def flip(self, which: int, at: int) -> None:
        """Let something arrive with one bit changed."""
        if self.on_the_way:
            letter = self.on_the_way[which % len(self.on_the_way)]
            refuses(self.people[letter.receiver], flipped(letter.envelope, at))

    def reflect(self, which: int, _: int) -> None:
        """Let something come back to its sender."""
        if self.on_the_way:
            letter = self.on_the_way[which % len(self.on_the_way)]
            refuses(self.people[1 - letter.receiver], letter.envelope)

    def cross(self, which: int, _: int) -> None:
        """Let something arrive at somebody else."""
        if self.on_the_way:
            refuses(self.stranger, self.on_the_way[which % len(self.on_the_way)].envelope)

    def restart(self, side: int, _: int) -> None:
        """Let one of the two come back from the records."""
        self.people[side % 2].restart()

    def wait(self, side: int, milliseconds: int) -> None:
        """Let one clock run."""
        person = self.people[side % 2]
        person.now = Instant(person.now + milliseconds)

    def renew(self, side: int, _: int) -> None:
        """Let one of the two want a new session."""
        person, peer = self.people[side % 2], self.people[1 - side % 2]
        if len(person.book(peer).entries) < MAX_SESSIONS:
            person.keep(peer.device.device_id, wear_out(person.book(peer)))

    def _too_old(self, letter: Letter) -> bool:
        """Whether the receiver has given up the letter's chain."""
        receiver, sender = self.people[letter.receiver], self.people[1 - letter.receiver]
        for held in receiver.book(sender).entries:
            receiving = held.session.ratchet.receiving
            if held.session_id == letter.session_id and receiving is not None:
                return letter.place.chain < receiving.index - MAX_PAST_CHAINS
        return False


def refuses(someone: Person, data: bytes) -> None:
    """Check that an envelope is refused and every byte stays."""
    before = someone.stored()
    with pytest.raises(RemoteError):
        someone.hear(data)
    assert someone.stored() == before


def refuses_with(someone: Person, data: bytes, error: type[RemoteError]) -> pytest.ExceptionInfo[RemoteError]:
    """Check that an envelope is refused with exactly this error and changes nothing."""
    before = someone.stored()
    with pytest.raises(error) as caught:
        someone.hear(data)
    assert caught.type is error
    assert someone.stored() == before
    return caught


def flipped(data: bytes, at: int) -> bytes:
    """Return `data` with one bit changed."""
    changed = bytearray(data)
    changed[at % len(data)] ^= 1 << at % 8
    return bytes(changed)

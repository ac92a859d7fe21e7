"""Whatever the network does between three people, each text arrives once and nothing stays stuck."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from securemsg.client.views import MessageState
from securemsg.instant import HOUR
from tests.client.post import Person, PostOffice, settle

NAMES = ("ann", "ben", "cem")
Event: TypeAlias = Callable[["Storm", int, int], None]


class Storm:
    """Three people who have each other's links, and what happens between them."""

    def __init__(self, folder: Path) -> None:
        self.office = PostOffice(folder)
        self.people = self.office.friends(*NAMES)
        self.said: dict[tuple[str, str], list[str]] = {}
        self.in_order = True

    def two(self, first: int, second: int) -> tuple[Person, Person]:
        """Return two different people."""
        one = first % len(NAMES)
        return self.people[one], self.people[(one + 1 + second % (len(NAMES) - 1)) % len(NAMES)]

    def write(self, first: int, second: int) -> None:
        """Let one write to another."""
        writer, reader = self.two(first, second)
        texts = self.said.setdefault((writer.name, reader.name), [])
        texts.append(f"{writer.name} to {reader.name} {len(texts)}")
        writer.write(reader.name, texts[-1])

    def send(self, first: int, second: int) -> None:
        """Let somebody take a few steps of sending."""
        self.people[first % 3].send(1 + second % 3)

    def send_unheard(self, first: int, _second: int) -> None:
        """Let an answer of the relay be lost: the same bytes go again later."""
        person = self.people[first % 3]
        person.mute = True
        person.send(2)
        person.mute = False

    def collect(self, first: int, second: int) -> None:
        """Let somebody take the first deliveries."""
        person = self.people[first % 3]
        person.collect(person.box.queue[: 1 + second % 4])

    def collect_unheard(self, first: int, second: int) -> None:
        """Let an acknowledgement be lost: the relay delivers again later."""
        person = self.people[first % 3]
        queue = list(person.box.queue)
        person.collect(queue[: 1 + second % 4])
        person.box.queue = queue

    def reorder(self, first: int, second: int) -> None:
        """Let the relay turn two neighbours around."""
        queue = self.people[first % 3].box.queue
        if len(queue) > 1:
            place = second % (len(queue) - 1)
            queue[place : place + 2] = reversed(queue[place : place + 2])
            self.in_order = False

    def restart(self, first: int, _second: int) -> None:
        """Let somebody's program end and begin again."""
        self.people[first % 3].reopen()

    def empty_shelf(self, first: int, _second: int) -> None:
        """Let a shelf run out of leaves."""
        self.people[first % 3].box.leaves.clear()

    def upkeep(self, first: int, _second: int) -> None:
        """Let somebody look after the shelf, an hour later."""
        self.office.pass_time(HOUR)
        self.people[first % 3].upkeep()

    def calm(self) -> None:
        """Let everything that waits arrive."""
        self.office.pass_time(HOUR)
        settle(*self.people)

    def check(self) -> None:
        """Compare what was read with what was written."""
        for (writer, reader), texts in self.said.items():
            sender = self.people[NAMES.index(writer)]
            read = self.people[NAMES.index(reader)].read(writer)
            assert sorted(read) == sorted(texts)
            assert read == texts or not self.in_order
            assert set(sender.states(reader)) == {MessageState.DELIVERED}
        for person in self.people:
            assert person.profile.waiting() == 0
            assert person.notes() == {}


EVENTS: tuple[Event, ...] = (
    Storm.write,
    Storm.write,
    Storm.send,
    Storm.send,
    Storm.collect,
    Storm.collect,
    Storm.send_unheard,
    Storm.collect_unheard,
    Storm.reorder,
    Storm.restart,
    Storm.empty_shelf,
    Storm.upkeep,
)
number = st.integers(0, 99)


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(EVENTS), number, number), min_size=10, max_size=60))
def test_each_text_arrives_once_in_order_and_nothing_stays_stuck(
    schedule: list[tuple[Event, int, int]],
) -> None:
    """K21, R03, R05, CL-5: loss with repetition, duplicates, reordering, restarts, all directions at once."""
    with tempfile.TemporaryDirectory() as folder:
        storm = Storm(Path(folder))
        try:
            for event, first, second in schedule:
                event(storm, first, second)
            storm.calm()
            storm.check()
        finally:
            storm.office.close()

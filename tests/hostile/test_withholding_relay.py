"""A relay that drops, reorders, repeats and delays what it accepted: nothing wrong is shown."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from securemsg.client.views import MessageState
from securemsg.ids import SubmitId
from securemsg.instant import DAY, HOUR
from securemsg.mailbox.answers import Deliver
from tests.client.post import Person, PostOffice, settle

ACCEPTED, DELIVERED = MessageState.ACCEPTED, MessageState.DELIVERED


@pytest.fixture
def office(tmp_path: Path) -> Iterator[PostOffice]:
    office = PostOffice(tmp_path)
    yield office
    office.close()


def talking(office: PostOffice) -> tuple[Person, Person]:
    """Return two friends with a session that both hold."""
    ann, ben = office.friends("ann", "ben")
    ann.write("ben", "hello")
    settle(ann, ben)
    ben.write("ann", "hello")
    settle(ann, ben)
    return ann, ben


def sent(person: Person, alias: str, count: int) -> list[str]:
    texts = [f"{person.name} {number}" for number in range(count)]
    for text in texts:
        person.write(alias, text)
    person.send()
    return texts


def renamed(delivery: Deliver, sequence: int) -> Deliver:
    """Return the same envelope under a number and a submit id that are new."""
    name = SubmitId(sequence.to_bytes(8, "big") + delivery.submit_id[:8])
    return replace(delivery, sequence=sequence, submit_id=name)


def test_what_is_dropped_has_no_receipt_and_the_rest_goes_on(office: PostOffice) -> None:
    """N12: the sender sees for each message whether it arrived, and only that it did."""
    ann, ben = talking(office)
    texts = sent(ann, "ben", 9)
    ben.box.queue = ben.box.queue[::2]
    settle(ann, ben)
    assert ben.read("ann")[1:] == texts[::2]
    assert ann.states("ben")[1:] == [DELIVERED, ACCEPTED] * 4 + [DELIVERED]
    ann.write("ben", "after the loss")
    settle(ann, ben)
    assert (ben.read("ann")[-1], ann.states("ben")[-1]) == ("after the loss", DELIVERED)


def test_what_is_turned_around_and_repeated_is_shown_once(office: PostOffice) -> None:
    """N12, S01, S02: under the old numbers, and under new ones with new names."""
    ann, ben = talking(office)
    texts = sent(ann, "ben", 9)
    last = ben.box.sequence
    copies = [renamed(one, last + 1 + place) for place, one in enumerate(ben.box.queue)]
    ben.box.queue = [*ben.box.queue[::-1], *copies, *ben.box.queue]
    settle(ann, ben)
    assert sorted(ben.read("ann")[1:]) == texts
    assert set(ann.states("ben")) == {DELIVERED}


@pytest.mark.parametrize("days", [7, 29, 30])
def test_a_month_of_silence_loses_nothing(office: PostOffice, days: int) -> None:
    """N12: a session keeps, and so does an opening with the keys that it names."""
    ann, ben = talking(office)
    cem = office.person("cem")
    cem.add(ben)
    texts = sent(ann, "ben", 3)
    cem.write("ben", "first words")
    cem.send()
    office.pass_time(days * DAY)
    ben.collect()
    ben.upkeep()
    office.pass_time(HOUR)
    ann.upkeep()
    settle(ann, ben, cem)
    assert ben.read("ann")[1:] == texts
    assert ben.read("cem") == ["first words"]
    ben.write("ann", "back again")
    ben.write("cem", "welcome")
    cem.upkeep()
    settle(ann, ben, cem)
    assert ann.read("ben")[-1] == "back again"
    assert cem.read("ben") == ["welcome"]
    assert ben.notes() == {}


@pytest.mark.parametrize(("days", "opens"), [(3, True), (30, False)])
def test_one_message_that_is_held_back_opens_for_some_turns_and_then_has_no_receipt(
    office: PostOffice, days: int, *, opens: bool
) -> None:
    """N12, S05, S09: keys of what was skipped die with their chain; the refusal changes nothing else."""
    ann, ben = talking(office)
    sent(ann, "ben", 3)
    held = ben.box.queue.pop(1)
    settle(ann, ben)
    for _ in range(days):
        office.pass_time(DAY)
        ann.write("ben", "day by day")
        settle(ann, ben)
        ben.profile.decide(lambda step: step.vault.skipped.purge(step.now))
    before = len(ben.read("ann"))
    ben.collect([held])
    settle(ann, ben)
    assert (len(ben.read("ann")) == before + 1) is opens
    assert (ann.states("ben")[2] is DELIVERED) is opens
    ann.write("ben", "goes on")
    settle(ann, ben)
    assert ben.read("ann")[-1] == "goes on"


class Withholding:
    """Two people, and a relay that does what it likes with what lies in their mailboxes."""

    def __init__(self, folder: Path) -> None:
        self.office = PostOffice(folder)
        self.people = talking(self.office)
        self.kept: list[Deliver] = []
        self.said: list[str] = []

    def write(self, first: int, _: int) -> None:
        """Let somebody say something."""
        person, other = self.two(first)
        self.said.append(f"{person.name} says {len(self.said)}")
        person.write(other.name, self.said[-1])
        person.send()

    def collect(self, first: int, second: int) -> None:
        """Let somebody take some of what is there."""
        person, _ = self.two(first)
        person.collect(person.box.queue[: 1 + second % 5])
        person.send()

    def drop(self, first: int, second: int) -> None:
        """Lose something, perhaps for good."""
        queue = self.two(first)[0].box.queue
        if queue:
            self.kept.append(queue.pop(second % len(queue)))

    def bring_back(self, _: int, second: int) -> None:
        """Deliver again something that was dropped, perhaps under another name."""
        if self.kept:
            held = self.kept[second % len(self.kept)]
            box = self.office.boxes[held.mailbox]
            box.sequence += 1
            box.queue.append(renamed(held, box.sequence) if second % 2 else held)

    def mix(self, first: int, _: int) -> None:
        """Turn everything around."""
        self.two(first)[0].box.queue.reverse()

    def repeat(self, first: int, _: int) -> None:
        """Deliver everything twice."""
        box = self.two(first)[0].box
        self.kept += box.queue
        box.queue = box.queue * 2

    def wait(self, _: int, second: int) -> None:
        """Let days go by in which nothing moves."""
        self.office.pass_time((second % 31) * DAY)
        for person in self.people:
            person.upkeep()

    def two(self, first: int) -> tuple[Person, Person]:
        """Return somebody and the other."""
        return self.people[first % 2], self.people[1 - first % 2]

    def check(self) -> None:
        """Compare what is shown with what was said, and receipts with what is shown."""
        for person, other in (self.people, self.people[::-1]):
            read = other.read(person.name)
            assert len(set(read)) == len(read)
            assert set(read) <= {text for text in self.said if text.startswith(person.name)} | {"hello"}
            for view in person.messages(other.name):
                if view.state is DELIVERED:
                    assert view.text in read


Event: TypeAlias = Callable[[Withholding, int, int], None]
EVENTS: tuple[Event, ...] = (
    *(Withholding.write, Withholding.write, Withholding.collect, Withholding.collect),
    *(Withholding.drop, Withholding.bring_back, Withholding.mix, Withholding.repeat, Withholding.wait),
)
number = st.integers(0, 99)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(EVENTS), number, number), min_size=15, max_size=60))
def test_a_receipt_proves_that_it_was_read_and_people_talk_on_once_the_relay_is_honest(
    schedule: list[tuple[Event, int, int]],
) -> None:
    """N12: whatever is dropped, delayed for months, mixed and repeated, under old names and new."""
    with tempfile.TemporaryDirectory() as folder:
        relay = Withholding(Path(folder))
        try:
            for event, first, second in schedule:
                event(relay, first, second)
                relay.check()
            for person in relay.people:
                person.upkeep()
            relay.office.pass_time(HOUR)
            settle(*relay.people)
            for first in (0, 1, 0, 1):
                relay.write(first, 0)
                settle(*relay.people)
            relay.check()
            for person, other in (relay.people, relay.people[::-1]):
                assert other.read(person.name)[-1] in relay.said[-4:]
        finally:
            relay.office.close()

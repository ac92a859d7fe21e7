"""Prekeys over months: owners who are away, keys that die, numbers that never come again (HS-13..16)."""

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from securemsg.client import upkeep
from securemsg.client.alarms import FAR_SHELF
from securemsg.client.step import Step
from securemsg.client.upkeep import MOST_AHEAD, REFILLS_A_DAY, publish_refused, publish_request, renew_prekeys
from securemsg.handshake.generation import LEAVES
from securemsg.instant import DAY, HOUR, SECOND
from securemsg.mailbox.answers import LowShelf
from securemsg.mailbox.requests import PublishManifest
from tests.client.copies import alarms, connect, copy_home, put_back
from tests.client.post import Person, PostOffice, settle

MANIFEST_DAYS = 30
PRIVATE_DAYS = 37


def counted(person: Person, table: str) -> int:
    """Return how many rows a table of somebody's vault has."""
    return person.profile.decide(
        lambda step: step.vault.prekeys._rows.number(f"select count(*) from {table}")  # noqa: S608  # ours
    )


@pytest.mark.parametrize("days", [8, 29, 36, 40])
@pytest.mark.parametrize("drained", [False, True])
def test_who_is_away_for_weeks_finds_everything_that_could_be_sent(
    office: PostOffice, days: int, *, drained: bool
) -> None:
    """HS-13, HS-14: openings of the first and of the last day that keys allow; later ones wait."""
    ann, ben, cem, dot = (office.person(name) for name in ("ann", "ben", "cem", "dot"))
    for person in (ben, cem, dot):
        person.add(ann)
        ann.add(person)
    if drained:
        ann.box.leaves.clear()
    ben.write("ann", "on the first day")
    ben.send()
    last = min(days, MANIFEST_DAYS) * DAY - HOUR
    office.pass_time(last)
    cem.write("ann", "on the last day")
    cem.send()
    office.pass_time(days * DAY - last)
    dot.write("ann", "on the day itself")
    dot.send()
    assert len(ann.box.queue) == (3 if days < MANIFEST_DAYS else 2)
    connect(ann)
    office.pass_time(HOUR)
    settle(ann, ben, cem, dot)
    said = [ann.read(name) for name in ("ben", "cem", "dot")]
    assert said == [["on the first day"], ["on the last day"], ["on the day itself"]]
    assert {state.value for person in (ben, cem, dot) for state in person.states("ann")} == {"delivered"}
    assert alarms(ann) == []


@pytest.mark.parametrize(("days", "lives"), [(PRIVATE_DAYS - 1, True), (PRIVATE_DAYS, False)])
def test_keys_die_37_days_after_they_were_replaced(office: PostOffice, days: int, *, lives: bool) -> None:
    """HS-14: an opening that is later than any relay keeps it finds none."""
    ann, ben = office.friends("ann", "ben")
    ben.write("ann", "very late")
    ben.send()
    late, ann.box.queue = ann.box.queue, []
    office.pass_time(7 * DAY)
    ann.upkeep()
    assert ann.box.generation == 2
    office.pass_time(days * DAY)
    ann.profile.decide(upkeep.purge)
    assert counted(ann, "weekly_keys") == (2 if lives else 1)
    assert counted(ann, "leaves") == (2 if lives else 1) * LEAVES
    ann.collect(late)
    assert (ann.read("ben") == ["very late"]) is lives
    assert ann.notes() == ({} if lives else {"UnknownSealingKey": 1})


def ids_of(person: Person) -> dict[tuple[str, int], bytes]:
    """Return every numbered key that somebody's vault holds now, by kind and number."""

    def read(step: Step) -> dict[tuple[str, int], bytes]:
        rows = step.vault.prekeys._rows
        leaves = rows.all("select 'leaf', id, record from leaves")
        signed = rows.all("select 'prekey', signed_prekey_id, signed_prekey from weekly_keys")
        last = rows.all("select 'prekey', last_resort_id, last_resort from weekly_keys")
        return {(kind, number): key for kind, number, key in [*leaves, *signed, *last]}

    return person.profile.decide(read)


class Months:
    """Somebody whose shelf is used, over months, whose home is copied and put back now and then."""

    def __init__(self, folder: Path) -> None:
        self.office = PostOffice(folder)
        self.ann = self.office.person("ann")
        copy_home(self.ann)
        self.keys = ids_of(self.ann)
        self.generations = [1]

    def wait(self, number: int) -> None:
        """Let days go by."""
        self.office.pass_time((number % 12) * DAY + HOUR)

    def connect(self, _: int) -> None:
        """Come online, and look after everything."""
        connect(self.ann)
        self.ann.profile.decide(upkeep.purge)
        self.look()

    def drain(self, number: int) -> None:
        """Let others take leaves."""
        for position in sorted(self.ann.box.leaves)[: number % (LEAVES + 1)]:
            del self.ann.box.leaves[position]

    def restart(self, _: int) -> None:
        """Close and open."""
        self.ann.reopen()

    def copy(self, _: int) -> None:
        """Make a backup."""
        copy_home(self.ann)

    def put_back(self, _: int) -> None:
        """Take it."""
        put_back(self.ann)

    def look(self) -> None:
        """See that no number means another key than before, and that the shelf is never one that was."""
        now = ids_of(self.ann)
        assert {number: self.keys[number] for number in now if number in self.keys} == {
            number: key for number, key in now.items() if number in self.keys
        }
        self.keys |= now
        assert self.ann.box.generation >= self.generations[-1]
        self.generations.append(self.ann.box.generation)


Event: TypeAlias = Callable[[Months, int], None]
EVENTS: tuple[Event, ...] = (
    *(Months.wait, Months.connect, Months.connect, Months.drain, Months.restart),
    *(Months.copy, Months.put_back),
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(EVENTS), st.integers(0, 99)), min_size=10, max_size=40))
def test_over_months_no_number_ever_means_two_keys(schedule: list[tuple[Event, int]]) -> None:
    """K19, R01, HS-16: through restarts, refills, weeks away, and homes that are put back."""
    with tempfile.TemporaryDirectory() as folder:
        months = Months(Path(folder))
        try:
            for event, number in schedule:
                event(months, number)
            months.connect(0)
            assert months.ann.profile.decide(upkeep.is_published)
        finally:
            months.office.close()


def minutes(office: PostOffice, ann: Person, word: Callable[[Person], LowShelf]) -> list[int]:
    """Let a relay say something every minute of a day and take what it gets; return the generations."""
    made = []
    for _ in range(24 * 60):
        office.pass_time(60 * SECOND)
        ann.profile.decide(partial(renew_prekeys, shelf=word(ann)))
        while (request := ann.profile.decide(publish_request)) is not None:
            ann.office.publish(request)
            ann._confirm(request)
        made.append(ann.profile.decide(lambda step: step.vault.prekeys.published()).generation)
    return made


def empty(ann: Person) -> LowShelf:
    return LowShelf(ann.mailbox, ann.box.generation, 0)


def ahead(ann: Person) -> LowShelf:
    return LowShelf(ann.mailbox, ann.box.generation + MOST_AHEAD, 0)


@pytest.mark.parametrize(("word", "step"), [(empty, 1), (ahead, MOST_AHEAD + 1)])
def test_a_relay_that_lies_about_the_shelf_gets_forty_generations_a_day(
    office: PostOffice, word: Callable[[Person], LowShelf], step: int
) -> None:
    """HS-15, HS-16: two at once, then two in fifteen minutes; numbers last for decades."""
    ann = office.person("ann")
    made = minutes(office, ann, word)
    assert len(set(made)) <= REFILLS_A_DAY
    assert made[-1] == 1 + REFILLS_A_DAY * step
    assert counted(ann, "leaves") == (1 + REFILLS_A_DAY) * LEAVES
    published = ann.profile.decide(lambda step: step.vault.prekeys.published())
    assert (2**32 - published.prekey_id) // published.prekey_id > 30 * 365


def test_a_relay_that_confirms_nothing_gets_no_more_generations_than_one_that_does(
    office: PostOffice,
) -> None:
    """HS-15: what is made in place of another counts for it."""
    ann = office.person("ann")
    for minute in range(12 * 60):
        office.pass_time(60 * SECOND)
        told = LowShelf(ann.mailbox, 2 + minute, 0)
        ann.profile.decide(partial(renew_prekeys, shelf=told))
    assert counted(ann, "manifests") <= 2 + REFILLS_A_DAY


def test_a_relay_that_conflicts_with_everything_gets_no_more_either(office: PostOffice) -> None:
    """HS-15, HS-16: each conflict costs a generation, and there are forty a day."""
    ann = office.person("ann")
    told = LowShelf(ann.mailbox, 1, 0)
    for _ in range(12 * 60):
        office.pass_time(60 * SECOND)
        ann.profile.decide(partial(renew_prekeys, shelf=told))
        request = ann.profile.decide(publish_request)
        if isinstance(request, PublishManifest):
            told = ann.profile.decide(partial(publish_refused, request=request))
    assert counted(ann, "manifests") <= 2 + REFILLS_A_DAY
    assert counted(ann, "leaves") <= 2 * LEAVES


def test_two_copies_that_publish_the_same_number_end_with_one_that_works(office: PostOffice) -> None:
    """HS-16: what was opened to the other copy's keys is known not to be ours, and comes again."""
    ann, ben = office.friends("ann", "ben")
    ben.write("ann", "known")
    ann.write("ben", "known")
    settle(ann, ben)
    ben.profile.decide(lambda step: step.vault.sessions.forget(step.vault.contacts.all()[0].id))
    copy_home(ann)
    ann.profile.decide(partial(renew_prekeys, shelf=empty(ann)))
    while (request := ann.profile.decide(publish_request)) is not None:
        office.publish(request)
        ann._confirm(request)
    office.pass_time(HOUR)
    ben.write("ann", "to the other copy")
    ben.send()
    put_back(ann)
    ann.profile.decide(partial(renew_prekeys, shelf=LowShelf(ann.mailbox, 1, 0)))
    refused = ann.profile.decide(publish_request)
    assert isinstance(refused, PublishManifest)
    assert refused.generation == ann.box.generation == 2
    told = ann.profile.decide(partial(publish_refused, request=refused))
    assert ann.profile.decide(partial(renew_prekeys, shelf=told))
    connect(ann)
    assert ann.box.generation == 3
    settle(ann, ben)
    assert ann.read("ben")[-1] == "to the other copy"


def test_a_generation_beyond_belief_is_told_to_the_person(office: PostOffice) -> None:
    """HS-16, CL-17: and not followed."""
    ann = office.person("ann")
    told = LowShelf(ann.mailbox, 2 + MOST_AHEAD, LEAVES)
    ann.profile.decide(partial(renew_prekeys, shelf=told))
    assert ann.profile.decide(publish_request) is None
    assert alarms(ann) == [FAR_SHELF]

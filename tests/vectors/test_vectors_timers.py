"""The timers of 11-client.json against the library (CL-24, CL-26)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from securemsg.client.lifetimes import lifetime_for, set_timer, take_timer
from securemsg.ids import MessageId
from securemsg.store.choices import Timer
from securemsg.store.ids import ContactId
from securemsg.store.messages import Direction
from securemsg.wire.messages import content as contents
from tests.client.post import Person, PostOffice
from tests.vectors.reading import Vector, vectors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from securemsg.client.step import Step

CLIENT = "11-client"
CONTACT = ContactId(1)
AUTHORS = {None: "nobody", Direction.OUT: "us", Direction.IN: "them"}


PEOPLE: dict[str, Person] = {}
"""Two people with one contact each, by the order of their accounts, while the tests run."""


@pytest.fixture(scope="module", autouse=True)
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    office = PostOffice(tmp_path_factory.mktemp("office"))
    pair = sorted(office.friends("ann", "ben"), key=lambda person: person.profile.owner.account.account_id)
    PEOPLE.update(zip(("lower", "greater"), pair, strict=True))
    yield
    office.close()


@vectors(CLIENT, "timer")
def test_both_sides_end_with_the_same_timer(vector: Vector) -> None:
    ours = PEOPLE[vector["we_are"]].profile
    ours.decide(_begin_anew)
    for told in vector["steps"]:
        ours.decide(partial(_tell, told=told))
    known = ours.decide(lambda step: step.vault.choices.of(CONTACT).timer)
    assert {
        "lifetime": known.lifetime,
        "version": known.version,
        "by": AUTHORS[known.by],
    } == vector["ends"]
    assert ours.decide(_said) == vector["said"]


@vectors(CLIENT, "lifetime")
def test_a_message_lives_as_it_says_or_as_the_timer_says(vector: Vector) -> None:
    def lives(step: Step) -> int:
        step.vault.choices.set_timer(CONTACT, Timer(vector["timer"], 1, Direction.IN))
        return lifetime_for(step, CONTACT, vector["said"])

    assert PEOPLE["lower"].profile.decide(lives) == vector["lives"]


def _begin_anew(step: Step) -> None:
    step.vault.choices.set_timer(CONTACT, Timer(0, 0, None))
    step.vault._rows.run("delete from outbox")
    step.vault._rows.run("delete from messages")


def _tell(step: Step, told: tuple[str, int, int]) -> None:
    kind, lifetime, version = told
    if kind == "set":
        set_timer(step, CONTACT, lifetime)
    elif kind == "hear":
        fresh = MessageId(step.entropy(MessageId.WIDTH))
        take_timer(step, CONTACT, contents.Timer(fresh, step.now, lifetime, version))
    else:
        # What was receipted waits no more; what it was is kept for the end of the test.
        step.vault._rows.run("update outbox set content_id = x''")


def _said(step: Step) -> list[list[int]]:
    rows = step.vault._rows.all("select content from outbox order by id")
    said = [contents.decode(content) for (content,) in rows]
    return [[each.lifetime, each.version] for each in said if isinstance(each, contents.Timer)]

"""The timer of a conversation: whatever crosses on the way, both sides end with the same one."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from securemsg.client.lifetimes import MOST_AHEAD, take_timer
from securemsg.client.views import MessageKind
from securemsg.errors import LocalError
from securemsg.ids import MessageId
from securemsg.store.choices import Timer
from securemsg.store.ids import ContactId
from securemsg.store.messages import Direction
from securemsg.wire.messages import content as contents
from securemsg.wire.messages.counting import LAST_NUMBER
from tests.client.post import Person, PostOffice, settle

MOVES = st.lists(
    st.tuples(st.sampled_from(["set", "send", "collect"]), st.booleans(), st.sampled_from([0, 5, 60, 3_600])),
    max_size=14,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=MOVES)
def test_two_people_who_set_it_at_will_end_with_the_same(
    office: PostOffice, moves: list[tuple[str, bool, int]]
) -> None:
    """CL-26: in whatever order the words arrive."""
    ann, ben = talking(office)
    for kind, by_ann, seconds in moves:
        person, other = (ann, ben) if by_ann else (ben, ann)
        if kind == "set":
            person.profile.set_timer(person.of(other.name), seconds)
        elif kind == "send":
            person.send()
        else:
            person.collect()
    settle(ann, ben)
    assert ann.view("ben").lifetime == ben.view("ann").lifetime


def talking(office: PostOffice) -> tuple[Person, Person]:
    """Return the two people of this office, who talk."""
    if not office.people:
        ann, ben = office.friends("ann", "ben")
        ann.write("ben", "before")
        settle(ann, ben)
    return office.people[0], office.people[1]


def said(person: Person, alias: str, lifetime: int, version: int) -> None:
    """Let a contact of `person` say a timer, with nothing between them."""
    number = len(person.messages(alias)) + 1
    timer = contents.Timer(MessageId(number.to_bytes(16, "big")), person.clock(), lifetime, version)
    contact = ContactId(person.of(alias))
    person.profile.decide(lambda step: take_timer(step, contact, timer))


def known(person: Person, alias: str) -> Timer:
    """Return the timer that a person has of a conversation."""
    contact = ContactId(person.of(alias))
    return person.profile.decide(lambda step: step.vault.choices.of(contact).timer)


def test_of_two_words_of_one_version_the_greater_account_decides(office: PostOffice) -> None:
    """CL-26: on both sides, without a further word."""
    ann, ben = talking(office)
    ann.profile.set_timer(ann.of("ben"), 60)
    ben.profile.set_timer(ben.of("ann"), 5)
    settle(ann, ben)
    accounts = {60: ann.profile.owner.account.account_id, 5: ben.profile.owner.account.account_id}
    assert (
        ann.view("ben").lifetime == ben.view("ann").lifetime == max(accounts, key=lambda each: accounts[each])
    )
    assert known(ann, "ben").version == known(ben, "ann").version == 1


def test_a_line_stands_where_the_timer_changed_and_nowhere_else(office: PostOffice) -> None:
    """CL-26: a repeat, an older word and a word for the same time are no news."""
    ann, ben = talking(office)
    ben.profile.set_timer(ben.of("ann"), 60)
    settle(ann, ben)
    said(ann, "ben", 60, 2)
    said(ann, "ben", 60, 1)
    lines = [view for view in ann.messages("ben") if view.kind is MessageKind.TIMER]
    assert [(view.lifetime, view.direction.value) for view in lines] == [(60, "in")]
    ben.profile.set_timer(ben.of("ann"), 60)
    assert not ben.send()


def test_a_peer_that_forgot_is_told_again(office: PostOffice) -> None:
    """CL-26: an older copy of a vault says a version that was used; the newer word wins, on both sides."""
    ann, ben = talking(office)
    for seconds in (60, 5, 3_600):
        ann.profile.set_timer(ann.of("ben"), seconds)
    settle(ann, ben)
    contact = ContactId(ben.of("ann"))
    ben.profile.decide(lambda step: step.vault.choices.set_timer(contact, Timer(0, 0, None)))
    ben.profile.set_timer(ben.of("ann"), 5)
    settle(ann, ben)
    assert ann.view("ben").lifetime == ben.view("ann").lifetime == 3_600
    assert known(ann, "ben").version == known(ben, "ann").version == 4


def test_a_peer_cannot_use_the_versions_up(office: PostOffice) -> None:
    """CL-26: a word too far ahead is noted and does nothing."""
    ann, ben = talking(office)
    said(ann, "ben", 60, MOST_AHEAD + 1)
    assert (known(ann, "ben"), ann.notes()) == (Timer(0, 0, None), {"timer ahead": 1})
    said(ann, "ben", 60, MOST_AHEAD)
    assert known(ann, "ben") == Timer(60, MOST_AHEAD, Direction.IN)
    contact = ContactId(ann.of("ben"))
    last = Timer(60, LAST_NUMBER, Direction.IN)
    ann.profile.decide(lambda step: step.vault.choices.set_timer(contact, last))
    with pytest.raises(LocalError, match="too often"):
        ann.profile.set_timer(contact, 5)
    said(ann, "ben", 5, 1)
    assert (known(ann, "ben"), ann.send()) == (last, 0)
    assert ben.collect() == 0


def test_a_stranger_who_sets_a_timer_is_not_answered(office: PostOffice) -> None:
    """CL-26, CL-30: also where their word is old."""
    ann, ben = office.person("ann"), office.person("ben")
    ben.add(ann)
    ben.write("ann", "hello")
    ben.profile.set_timer(ben.of("ann"), 60)
    ben.send()
    ann.collect()
    assert ann.view("ben").lifetime == 60
    said(ann, "ben", 5, 0)
    assert (ann.send(), ann.profile.waiting()) == (0, 0)

"""A home that is put back from a copy: noticed, mended, and told (Spec: CL-15, CL-16)."""

from collections.abc import Callable
from functools import partial

import pytest

from securemsg.client.alarms import BEHIND, RELAY_BEHIND, UNKNOWN_RECEIPT
from securemsg.client.copies import take_position
from securemsg.ids import SubmitId
from securemsg.instant import DAY, HOUR, SECOND
from securemsg.mailbox.answers import Deliver, Subscribed
from tests.client.copies import alarms, connect, copy_home, put_back, subscribed
from tests.client.post import Person, PostOffice, settle
from tests.client.test_sessions_between_clients import sessions_with

Later = Callable[[PostOffice, Person, Person], None]


def talk(ann: Person, ben: Person, turns: int = 2) -> None:
    """Let both say something in turn."""
    for turn in range(turns):
        ann.write("ben", f"ann {len(ann.messages('ben'))} {turn}")
        settle(ann, ben)
        ben.write("ann", f"ben {len(ben.messages('ann'))} {turn}")
        settle(ann, ben)


def nothing_but_a_receipt(_office: PostOffice, ann: Person, ben: Person) -> None:
    ann.write("ben", "one more")
    settle(ann, ben)


def many_turns(_office: PostOffice, ann: Person, ben: Person) -> None:
    talk(ann, ben, 4)


def a_session_that_the_copy_does_not_know(office: PostOffice, ann: Person, ben: Person) -> None:
    office.pass_time(HOUR)
    ben.profile.decide(lambda step: step.vault.sessions.forget(step.vault.contacts.all()[0].id))
    ben.write("ann", "begun anew")
    settle(ann, ben)
    talk(ann, ben, 2)


def a_session_from_a_clock_that_is_ahead(office: PostOffice, ann: Person, ben: Person) -> None:
    ben.skew = 5 * HOUR
    a_session_that_the_copy_does_not_know(office, ann, ben)


def new_prekeys(office: PostOffice, ann: Person, ben: Person) -> None:
    office.pass_time(8 * DAY)
    ann.upkeep()
    talk(ann, ben, 1)


LATER = [
    nothing_but_a_receipt,
    many_turns,
    a_session_that_the_copy_does_not_know,
    a_session_from_a_clock_that_is_ahead,
    new_prekeys,
]


def aged(office: PostOffice, later: Later) -> tuple[Person, Person]:
    """Return two friends of whom the first has been put back to before `later` happened."""
    ann, ben = office.friends("ann", "ben")
    talk(ann, ben)
    copy_home(ann)
    later(office, ann, ben)
    put_back(ann)
    office.pass_time(HOUR)
    return ann, ben


def test_what_the_newer_copy_had_a_receipt_for_is_receipted_again(office: PostOffice) -> None:
    """CL-16: also what the relay accepted before it was last heard; else it were accepted for ever."""
    ann, ben = office.friends("ann", "ben")
    talk(ann, ben)
    ann.write("ben", "receipted to the newer copy")
    ann.send()
    office.pass_time(HOUR)
    connect(ann)
    # The relay is heard once more before the copy is made.
    ben.write("ann", "meanwhile")
    ben.send()
    ann.collect()
    copy_home(ann)
    settle(ann, ben)
    assert ann.states("ben")[-1].value == "delivered"
    put_back(ann)
    assert ann.states("ben")[-1].value == "accepted"
    connect(ann)
    assert BEHIND in alarms(ann)
    settle(ann, ben)
    assert ann.states("ben")[-1].value == "delivered"
    assert ben.read("ann").count("receipted to the newer copy") == 1


def said(person: Person, alias: str, texts: list[str]) -> list[str]:
    for text in texts:
        person.write(alias, text)
    return texts


@pytest.mark.parametrize("later", LATER)
@pytest.mark.parametrize("first", ["ann", "ben", "both"])
def test_a_home_from_a_backup_talks_on_both_ways_and_shows_nothing_twice(
    office: PostOffice, later: Later, first: str
) -> None:
    """R01: whoever speaks first, whatever the newer copy has said and heard."""
    ann, ben = aged(office, later)
    heard = ben.read("ann")
    theirs = said(ben, "ann", ["b1", "b2"]) if first != "ann" else []
    ben.send()
    ours = said(ann, "ben", ["a1", "a2"]) if first != "ben" else []
    connect(ann)
    assert alarms(ann) == [BEHIND]
    settle(ann, ben)
    theirs += said(ben, "ann", ["b3"])
    ours += said(ann, "ben", ["a3"])
    settle(ann, ben)
    assert ben.read("ann") == heard + ours
    assert sorted(ann.read("ben")[-len(theirs) :]) == theirs
    assert len(set(ann.read("ben"))) == len(ann.read("ben"))
    assert sessions_with(ann, "ben")[0] == sessions_with(ben, "ann")[0]
    assert {state.value for state in ann.states("ben")[-len(ours) :]} == {"delivered"}
    assert set(ben.states("ann")) == {ben.states("ann")[0]}
    assert alarms(ben) == []


def test_the_person_is_told_once_and_the_peer_not_at_all(office: PostOffice) -> None:
    """R01, CL-17: until the alarm is dismissed; another connection raises none."""
    ann, ben = aged(office, new_prekeys)
    connect(ann)
    assert [view.sentence[:30] for view in ann.profile.alarms()] == ["This copy of your home is olde"]
    assert "alarm" in [check.check for check in ann.profile.checks() if not check.ok]
    ann.profile.dismiss_alarm(BEHIND, None)
    for _ in range(30):
        office.pass_time(HOUR)
        connect(ann)
        talk(ann, ben, 1)
    assert (alarms(ann), alarms(ben)) == ([], [])
    assert ann.profile.decide(lambda step: len(step.vault.position._rows.all("select * from renewals"))) == 1


def test_a_token_that_the_newer_copy_gave_is_not_given_again(office: PostOffice) -> None:
    """R01, ID-8: each contact has one of its own."""
    ann, ben = office.friends("ann", "ben")
    copy_home(ann)
    talk(ann, ben, 1)
    given = ben.profile.decide(lambda step: step.vault.addresses.get(step.vault.contacts.all()[0].id))
    put_back(ann)
    connect(ann)
    cem = office.person("cem")
    ann.add(cem)
    cem.add(ann)
    ann.write("cem", "hello")
    settle(ann, cem)
    other = cem.profile.decide(lambda step: step.vault.addresses.get(step.vault.contacts.all()[0].id))
    assert given is not None
    assert other is not None
    assert given.token.expose() != other.token.expose()


def test_what_was_said_before_the_copy_was_noticed_is_said_again(office: PostOffice) -> None:
    """R01, CL-16: the peer has used up the numbers under which it came."""
    ann, ben = aged(office, many_turns)
    heard = ben.read("ann")
    ann.write("ben", "with a number that was used")
    ann.send()
    ben.collect()
    assert ben.read("ann") == heard
    connect(ann)
    settle(ann, ben)
    assert ben.read("ann") == [*heard, "with a number that was used"]
    assert ann.states("ben")[-1].value == "delivered"


def test_receipts_show_a_copy_to_which_the_relay_has_nothing_to_say(office: PostOffice) -> None:
    """R01, CL-15: the newer copy had spoken only, and acknowledged nothing."""
    ann, ben = office.friends("ann", "ben")
    talk(ann, ben)
    copy_home(ann)
    said(ann, "ben", ["by the newer copy"])
    ann.send()
    put_back(ann)
    connect(ann)
    assert alarms(ann) == []
    said(ann, "ben", ["by the older copy"])
    settle(ann, ben)
    assert ben.read("ann")[-2:] == ["by the newer copy", "by the older copy"]
    assert alarms(ann) == [UNKNOWN_RECEIPT]
    assert "ben confirmed a message" in ann.profile.alarms()[0].sentence
    talk(ann, ben)
    assert ann.states("ben")[-1].value == "delivered"


def test_an_envelope_that_comes_again_and_again_is_asked_for_within_limits(office: PostOffice) -> None:
    """CL-23: in one new session, by as many reports as the ids need; the friend has no such message."""
    ann, ben = aged(office, a_session_that_the_copy_does_not_know)
    connect(ann)
    ben.write("ann", "in the session of the newer copy")
    settle(ann, ben)
    assert ann.read("ben")[-1] == "in the session of the newer copy"
    submitted = len(office.submitted)
    noise = [one for one in ben.office.submitted if one.mailbox == ann.mailbox][-1]
    before = sessions_with(ann, "ben")[0]
    for hundred in range(0, 300, 100):
        ann.collect([again(ann, noise.envelope, number) for number in range(hundred, hundred + 100)])
        settle(ann, ben)
    reports = 3 + 3
    assert len(office.submitted) == submitted + reports
    assert sessions_with(ann, "ben")[0] != before


def again(person: Person, envelope: bytes, number: int) -> Deliver:
    return Deliver(person.mailbox, person.box.sequence, SubmitId(number.to_bytes(16, "big")), envelope)


def test_a_relay_that_lies_about_our_position_forces_five_renewals_a_day(office: PostOffice) -> None:
    """R01, CL-15: once in ten minutes; people talk on all the same."""
    ann, ben = office.friends("ann", "ben")
    talk(ann, ben)
    renewed = []
    before = sessions_with(ann, "ben")[0]
    for minute in range(0, 24 * 60, 5):
        ann.profile.decide(partial(take_position, told=Subscribed(10**6 + minute, 10**6 + minute)))
        ann.write("ben", f"minute {minute}")
        settle(ann, ben)
        if sessions_with(ann, "ben")[0] != before:
            before = sessions_with(ann, "ben")[0]
            renewed.append(minute)
        office.pass_time(300 * SECOND)
    assert renewed == [0, 10, 20, 30, 40]
    assert len(ben.read("ann")) == 2 + 24 * 12


def test_a_relay_from_a_backup_is_named_and_counted_from_anew(office: PostOffice) -> None:
    """R01, RL-11: what it delivers again is known, numbers given anew mean what they mean now."""
    ann, ben = office.friends("ann", "ben")
    talk(ann, ben, 1)
    queue, sequence = [], ann.box.sequence
    ben.write("ann", "twice at the relay")
    ben.send()
    queue = list(ann.box.queue)
    connect(ann)
    talk(ann, ben, 3)
    heard = ann.read("ben")
    ann.box.queue, ann.box.sequence = queue, sequence + 1
    connect(ann)
    assert alarms(ann) == [RELAY_BEHIND]
    assert ann.read("ben") == heard
    talk(ann, ben, 1)
    assert len(ann.read("ben")) == len(heard) + 1
    copy_home(ann)
    talk(ann, ben, 1)
    put_back(ann)
    connect(ann)
    assert BEHIND in alarms(ann)


def test_an_acknowledgement_that_was_lost_is_no_newer_copy(office: PostOffice) -> None:
    """CL-3, CL-15: ours is ahead of what the relay knows."""
    ann, ben = office.friends("ann", "ben")
    talk(ann, ben)
    ben.write("ann", "acknowledged in vain")
    ben.send()
    told = subscribed(ann)
    queue = list(ann.box.queue)
    ann.collect()
    ann.box.queue = queue
    connect(ann, told)
    connect(ann)
    assert alarms(ann) == []
    assert ann.read("ben")[-1] == "acknowledged in vain"


def test_an_opening_to_prekeys_of_the_newer_copy_comes_again(office: PostOffice) -> None:
    """R01, CL-16: also of a friend with whom this copy has never talked."""
    ann, ben = office.friends("ann", "ben")
    copy_home(ann)
    office.pass_time(8 * DAY)
    ann.upkeep()
    ben.write("ann", "to keys of the newer copy")
    ben.send()
    put_back(ann)
    connect(ann)
    settle(ann, ben)
    assert ann.read("ben") == ["to keys of the newer copy"]

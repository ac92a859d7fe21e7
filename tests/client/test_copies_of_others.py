"""A friend whose home went back, seen from this side: nobody noticed, people talk on (Spec: CL-23)."""

import pytest

from securemsg.client.step import Step
from securemsg.client.ticking import LONGEST_SECONDS, tick
from securemsg.instant import DAY, HOUR
from securemsg.mailbox.answers import Deliver, Subscribed
from securemsg.store.ids import ContactId
from securemsg.store.upkeep import REPORT_PAUSE
from tests.client.copies import alarms, connect, copy_home, put_back
from tests.client.post import Person, PostOffice, settle
from tests.client.test_older_copies import talk
from tests.client.test_sessions_between_clients import sessions_with


def say(speaker: Person, listener: Person, text: str) -> None:
    """Bring a text over; the listener answers nothing yet."""
    speaker.write(listener.name, text)
    speaker.send()
    listener.collect()


def test_what_was_spoiled_on_the_way_comes_again(office: PostOffice) -> None:
    """SE-8, SE-10, CL-23: noted, and asked for in a new session, because its header tells whose it is."""
    ann, ben = office.friends("ann", "ben")
    talk(ann, ben)
    ben.write("ann", "spoiled on the way")
    ben.send()
    (spoiled,) = ann.box.queue
    envelope = spoiled.envelope[:-1] + bytes([spoiled.envelope[-1] ^ 1])
    ann.box.queue = []
    ann.collect([Deliver(spoiled.mailbox, spoiled.sequence, spoiled.submit_id, envelope)])
    settle(ann, ben)
    assert ann.notes() == {"AuthenticationError": 1}
    assert ann.read("ben")[-1] == "spoiled on the way"
    assert ben.states("ann")[-1].value == "delivered"


def test_spoiled_envelopes_make_five_new_sessions_a_day(office: PostOffice) -> None:
    """SE-8, CL-23: a relay that spoils all that it carries costs no more than forged openings do."""
    ann, ben = office.friends("ann", "ben")
    talk(ann, ben)
    seen = {sessions_with(ann, "ben")[0]}
    for hour in range(20):
        ben.write("ann", f"hour {hour}")
        ben.send()
        queue, ann.box.queue = ann.box.queue, []
        spoiled = [each.envelope[:-1] + bytes([each.envelope[-1] ^ 1]) for each in queue]
        pairs = zip(queue, spoiled, strict=True)
        ann.collect([Deliver(old.mailbox, old.sequence, old.submit_id, new) for old, new in pairs])
        settle(ann, ben)
        seen.add(sessions_with(ann, "ben")[0])
        office.pass_time(HOUR)
    assert len(seen) == 1 + 5
    assert ann.read("ben")[-20:] == [f"hour {hour}" for hour in range(20)]


def parted(office: PostOffice) -> tuple[Person, Person]:
    """Let ann and her older copy answer the same text by different ratchet keys; the copy goes on."""
    ann, ben = office.friends("ann", "ben")
    talk(ann, ben)
    ben.write("ann", "heard by both copies")
    ben.send()
    heard = list(ann.box.queue)
    copy_home(ann)
    ann.collect()
    ann.send()
    ben.collect()
    put_back(ann)
    office.pass_time(HOUR)
    ann.box.queue = heard
    connect(ann)
    return ann, ben


def test_two_who_parted_inside_a_session_find_together(office: PostOffice) -> None:
    """CL-23: the copy took the same text as the newer one and answered it by another ratchet key."""
    ann, ben = parted(office)
    assert alarms(ann) == []
    ann.write("ben", "by the older copy")
    ann.send()
    ben.collect()
    assert set(ben.notes()) == {"Replayed", "AuthenticationError"}
    settle(ann, ben)
    talk(ann, ben)
    assert ben.read("ann").count("by the older copy") == 1
    assert ann.states("ben")[-1].value == "delivered"
    assert ben.states("ann")[-1].value == "delivered"
    assert sessions_with(ann, "ben")[0] == sessions_with(ben, "ann")[0]


def test_a_copy_that_was_never_answered_is_asked_for_what_it_says(office: PostOffice) -> None:
    """CL-23: its messages are openings of a session that ben holds already."""
    ann, ben = office.friends("ann", "ben")
    say(ann, ben, "opens a session")
    copy_home(ann)
    say(ann, ben, "by the newer copy")
    put_back(ann)
    connect(ann)
    say(ann, ben, "by the older copy")
    assert ben.notes() == {"Replayed": 1}
    settle(ann, ben)
    assert ben.read("ann")[-1] == "by the older copy"
    assert {state.value for state in ann.states("ben")} == {"delivered"}


def test_what_the_copy_did_not_recognise_comes_again_with_the_report(office: PostOffice) -> None:
    """CL-23: the relay hides that ann is a copy; nobody could name what ben said meanwhile."""
    ann, ben = office.friends("ann", "ben")
    talk(ann, ben)
    copy_home(ann)
    handled = ann.box.sequence
    talk(ann, ben, 3)
    put_back(ann)
    connect(ann, Subscribed(handled, handled))
    ben.write("ann", "meanwhile")
    ben.send()
    ann.collect()
    assert ann.notes() == {"Unrecognised": 1}
    ann.write("ben", "by the older copy")
    ann.send()
    ben.collect()
    assert ben.notes() == {"Replayed": 1}
    settle(ann, ben)
    assert ann.read("ben")[-1] == "meanwhile"
    assert ben.read("ann")[-1] == "by the older copy"


@pytest.mark.parametrize("skew", [0, 5 * HOUR])
def test_what_was_sealed_in_a_session_that_the_peer_lost_is_sealed_in_the_next(
    office: PostOffice, skew: int
) -> None:
    """CL-23: ann does not know that she is a copy, nor does ben; her next words bring his back.

    Also where the session that she lost ranks above the next, because her clock was ahead.
    """
    ann, ben = office.friends("ann", "ben")
    copy_home(ann)
    ann.skew = skew
    say(ann, ben, "by the newer copy")
    put_back(ann)
    ann.skew = 0
    office.pass_time(HOUR)
    ben.write("ann", "for the newer copy")
    ben.send()
    connect(ann)
    assert alarms(ann) == []
    assert ann.read("ben") == []
    ann.write("ben", "by the older copy")
    settle(ann, ben)
    assert ann.read("ben") == ["for the newer copy"]
    assert {state.value for state in ben.states("ann") + ann.states("ben")} == {"delivered"}
    assert sessions_with(ann, "ben")[0] == sessions_with(ben, "ann")[0]
    assert ben.notes() == {}


def report(person: Person, alias: str) -> None:
    """Use up what somebody may answer to a peer now."""
    contact = ContactId(person.of(alias))

    def count(step: Step) -> bool:
        (peer,) = step.vault.sessions.peers_of(contact)
        return step.vault.reports.allow(peer.contact, peer.device, step.now)

    assert person.profile.decide(count)


def lost_while_limits_forbid(office: PostOffice) -> tuple[Person, Person]:
    """Let ben learn that ann lost a session just after another was opened for a report."""
    ann, ben = office.friends("ann", "ben")
    copy_home(ann)
    ann.skew = 5 * HOUR
    say(ann, ben, "by the newer copy")
    put_back(ann)
    ann.skew = 0
    office.pass_time(HOUR)
    ben.write("ann", "for the newer copy")
    ben.send()
    connect(ann)

    report(ben, "ann")
    ann.write("ben", "by the older copy")
    settle(ann, ben)
    assert ann.read("ben") == []
    return ann, ben


def test_what_limits_forbid_is_done_as_soon_as_they_allow_it(office: PostOffice) -> None:
    """CL-23, SE-8: also where ann says no more that would show it again."""
    ann, ben = lost_while_limits_forbid(office)
    assert ben.profile.decide(tick) == LONGEST_SECONDS
    office.pass_time(REPORT_PAUSE)
    assert ben.profile.decide(tick) is None
    settle(ann, ben)
    assert ann.read("ben") == ["for the newer copy"]
    assert {state.value for state in ben.states("ann") + ann.states("ben")} == {"delivered"}
    assert sessions_with(ann, "ben")[0] == sessions_with(ben, "ann")[0]


def test_two_who_parted_and_ask_each_other_in_vain_find_together(office: PostOffice) -> None:
    """SE-8, CL-23: neither understands what the other asks for, until a new session is allowed."""
    ann, ben = parted(office)
    for person, other in ((ann, "ben"), (ben, "ann")):
        report(person, other)
    ann.write("ben", "by the older copy")
    ben.write("ann", "to the newer copy")
    # It does not go on for ever.
    settle(ann, ben)
    assert (ann.read("ben")[-1], ben.read("ann")[-1]) != ("to the newer copy", "by the older copy")
    office.pass_time(REPORT_PAUSE)
    for person in (ann, ben):
        person.profile.decide(tick)
    settle(ann, ben)
    assert (ann.read("ben")[-1], ben.read("ann")[-1]) == ("to the newer copy", "by the older copy")
    assert sessions_with(ann, "ben")[0] == sessions_with(ben, "ann")[0]


def test_a_session_that_was_replaced_meanwhile_is_given_up_no_more(office: PostOffice) -> None:
    """CL-23: one leaf less is used."""
    ann, ben = lost_while_limits_forbid(office)
    office.pass_time(8 * DAY)
    ben.write("ann", "in a new session")
    settle(ann, ben)
    (current, *_) = sessions_with(ben, "ann")
    assert ben.profile.decide(tick) is None
    talk(ann, ben)
    assert sessions_with(ben, "ann")[0] == current == sessions_with(ann, "ben")[0]


def test_a_renewal_after_a_week_repeats_nothing_that_was_receipted(office: PostOffice) -> None:
    """SE-12, CL-23: of what was not receipted only texts come again, and are shown once."""
    ann, ben = office.friends("ann", "ben")
    talk(ann, ben)
    ben.write("ann", "no receipt yet")
    ben.send()
    ann.collect()
    ann.box.queue = []
    office.pass_time(8 * DAY)
    submitted = len(office.submitted)
    ann.write("ben", "in a new session")
    ann.send()
    ben.collect()
    ben.send()
    assert len(office.submitted) - submitted <= 4
    settle(ann, ben)
    assert ann.read("ben").count("no receipt yet") == 1

"""What could not be opened while no new session is allowed: nothing of it is lost (Spec: SE-8)."""

from securemsg.client import people
from securemsg.client.ticking import tick
from securemsg.instant import HOUR
from securemsg.store.ids import ContactId
from securemsg.store.upkeep import REPORT_PAUSE
from tests.client.copies import copy_home, put_back
from tests.client.post import Person, PostOffice, settle
from tests.client.test_copies_of_others import lost_while_limits_forbid, report, say
from tests.client.test_older_copies import talk
from tests.client.test_sessions_between_clients import lose_leaf


def tick_all(*persons: Person) -> None:
    """Do what is due, and carry what comes of it."""
    for person in persons:
        person.profile.decide(tick)
    settle(*persons)


def test_a_session_in_which_more_failed_than_was_asked_for_is_given_up(office: PostOffice) -> None:
    """SE-8: though it works again: an older copy seals the same places once more, then one that is new."""
    ann, ben = office.friends("ann", "ben")
    talk(ann, ben)
    copy_home(ann)
    for text in ("first", "second", "third"):
        say(ann, ben, text)
    ben.send()
    ann.box.queue = []
    put_back(ann)
    report(ben, "ann")
    for text in ("at the first place", "at the second place", "at the third place", "at a new place"):
        say(ann, ben, text)
    assert ben.read("ann")[-1] == "at a new place"
    settle(ann, ben)
    office.pass_time(REPORT_PAUSE)
    tick_all(ann, ben)
    said = ("at the first place", "at the second place", "at the third place")
    assert [text for text in said if text not in ben.read("ann")] == []


def test_openings_to_a_dead_prekey_are_all_asked_for_where_theirs_ranks_higher(office: PostOffice) -> None:
    """SE-8, SE-9: ann's clock is ahead, so that what ben opens takes the place of nothing."""
    ann, ben = office.friends("ann", "ben")
    ann.skew = HOUR
    for number, text in enumerate(("one", "two", "three", "four")):
        ann.write("ben", text)
        ann.send()
        if not number:
            lose_leaf(ben)
        ben.collect()
        ben.send()
    assert ben.notes() == {"UnknownPrekey": 4}
    settle(ann, ben)
    tick_all(ann, ben)
    assert sorted(ben.read("ann")) == ["four", "one", "three", "two"]


def test_nothing_is_sealed_for_who_was_blocked_meanwhile(office: PostOffice) -> None:
    """CL-31, CL-23: the session that they lost stays as it is."""
    _, ben = lost_while_limits_forbid(office)
    contact = ContactId(ben.of("ann"))
    ben.profile.decide(lambda step: people.block(step, contact))
    office.pass_time(REPORT_PAUSE)
    submitted = len(office.submitted)
    ben.profile.decide(tick)
    ben.send()
    assert len(office.submitted) == submitted

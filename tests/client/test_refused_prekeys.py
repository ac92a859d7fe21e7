"""Prekeys and certificates that a relay must not pass off: refused, asked for again, and told."""

from collections.abc import Callable

import pytest

from securemsg.client.reasons import HELD
from securemsg.client.sending import seal_anyway, seal_waiting
from securemsg.client.step import Step
from securemsg.client.views import MessageState, Trust
from securemsg.instant import DAY, HOUR
from securemsg.mailbox.answers import ErrorCode, Failed, Prekeys
from securemsg.session.book import needs_new_session, wear_out
from securemsg.store.ids import ContactId
from tests.client.copies import alarms
from tests.client.post import Person, PostOffice, settle
from tests.client.second_devices import next_device
from tests.client.test_sessions_between_clients import sessions_with

QUEUED = MessageState.QUEUED


def shelf_of(person: Person) -> Prekeys:
    return Prekeys(person.box.generation, person.box.manifest, None)


def friends_who_talked(office: PostOffice) -> tuple[Person, Person]:
    ann, ben = office.friends("ann", "ben")
    ann.write("ben", "before")
    settle(ann, ben)
    ben.write("ann", "before")
    settle(ann, ben)
    office.pass_time(HOUR)
    return ann, ben


def wear(person: Person, alias: str) -> None:
    """Let the next message need a new session."""
    contact = ContactId(person.of(alias))

    def worn(step: Step) -> None:
        for peer in step.vault.sessions.peers_of(contact):
            before = step.vault.sessions.load(peer.book)
            step.vault.sessions.save(peer.book, before, wear_out(before), step.now)

    person.profile.decide(worn)


def test_an_older_manifest_is_refused_asked_for_again_and_told_after_two_refusals(office: PostOffice) -> None:
    """K15: nothing is begun with it; a better answer ends the alarm."""
    ann, ben = friends_who_talked(office)
    older = shelf_of(ben)
    ben.box.leaves.clear()
    ben.upkeep()
    wear(ann, "ben")
    ann.write("ben", "sees the newer one")
    settle(ann, ben)
    office.on_fetch = lambda _: older
    wear(ann, "ben")
    ann.write("ben", "not with old keys")
    told = []
    for _ in range(3):
        told.append(alarms(ann))
        ann.send()
        office.pass_time(HOUR)
    assert told == [[], [], ["stale"]]
    assert "ben keeps returning keys that are too old" in ann.profile.alarms()[0].sentence
    assert ann.profile.alarms()[0].sentence in [check.advice for check in ann.profile.checks()]
    assert ann.messages("ben")[-1].state is QUEUED
    assert "too old" in ann.messages("ben")[-1].reason
    office.on_fetch = lambda prekeys: prekeys
    settle(ann, ben)
    assert (ben.read("ann")[-1], alarms(ann)) == ("not with old keys", [])


def test_an_expired_manifest_is_refused_and_told(office: PostOffice) -> None:
    """K15: its owner was away for a month, or the relay hides newer ones."""
    ann, ben = office.friends("ann", "ben")
    office.pass_time(30 * DAY)
    ann.write("ben", "are you there?")
    for _ in range(2):
        ann.send()
        office.pass_time(HOUR)
    assert alarms(ann) == ["stale"]
    ben.upkeep()
    settle(ann, ben)
    assert (ben.read("ann"), alarms(ann)) == (["are you there?"], [])


def test_a_dismissed_alarm_stays_away_while_the_same_goes_on(office: PostOffice) -> None:
    """CL-17: and one of a contact names that contact only."""
    ann, ben, cem = office.friends("ann", "ben", "cem")
    office.pass_time(30 * DAY)
    cem.upkeep()
    ann.write("ben", "lost")
    ann.write("cem", "found")
    for _ in range(2):
        ann.send()
        office.pass_time(HOUR)
    (alarm,) = ann.profile.alarms()
    assert alarm.contact == ann.of("ben")
    ann.profile.dismiss_alarm(alarm.kind, alarm.contact)
    ann.send()
    assert ann.profile.alarms() == []
    assert ben.read("ann") == []


def test_keys_of_another_account_freeze_the_contact_and_say_so(office: PostOffice) -> None:
    """K14: the reason is named at what waits."""
    ann, ben = office.friends("ann", "ben")
    mallory = office.person("mallory", secret=ben.profile.owner.link.secret)
    office.on_fetch = lambda _: shelf_of(mallory)
    ann.write("ben", "for whom?")
    ann.send()
    assert ann.view("ben").trust is Trust.CHANGED
    (held,) = ann.profile.outbox()
    assert held.reason == HELD


def test_keys_of_another_device_of_the_same_version_are_refused_and_named(office: PostOffice) -> None:
    """K14, ID-5: the account says two things under one number."""
    ann, ben = friends_who_talked(office)
    wear(ann, "ben")
    office.boxes[ben.mailbox].leaves.clear()
    twin = office.person("twin", account=ben.profile.owner.account, secret=ben.profile.owner.link.secret)
    office.on_fetch = lambda _: shelf_of(twin)
    ann.write("ben", "to one of you")
    for _ in range(2):
        ann.send()
        office.pass_time(HOUR)
    assert alarms(ann) == ["old_list"]
    assert "contradicts" in ann.messages("ben")[-1].reason
    assert twin.box.queue == ben.box.queue == []


@pytest.mark.parametrize("version", [1, 2])
def test_openings_of_a_version_not_newer_than_seen_are_refused(office: PostOffice, version: int) -> None:
    """ID-5, S13: a lower version, and the same one with another certificate."""
    ann, ben = friends_who_talked(office)
    newer = next_device(office, ben, 2)
    newer.add(ann)
    newer.write("ann", "from my new device")
    settle(ann, newer)
    assert ann.read("ben") == ["before", "from my new device"]
    other = next_device(office, ben, version)
    other.add(ann)
    other.write("ann", "from yet another")
    other.send()
    ann.collect()
    assert ann.read("ben")[-1] == "from my new device"
    assert ann.notes() == {"DeviceListRollback": 1}


def test_a_device_that_was_replaced_is_not_sealed_to_again_nor_heard(office: PostOffice) -> None:
    """S13, CL-18: what it did not receipt goes to the new one."""
    ann, ben = friends_who_talked(office)
    ann.write("ben", "to the old device, in vain")
    ann.send()
    newer = next_device(office, ben, 2)
    newer.add(ann)
    newer.write("ann", "from my new device")
    settle(ann, newer)
    submitted = len(office.submitted)
    assert newer.read("ann") == ["to the old device, in vain"]
    ann.write("ben", "where are you?")
    settle(ann, newer)
    assert newer.read("ann")[-1] == "where are you?"
    assert {submit.mailbox for submit in office.submitted[submitted:]} == {newer.mailbox, ann.mailbox}
    ben.write("ann", "from the thief of the old one")
    ben.send()
    ann.collect()
    wear(ben, "ann")
    ben.write("ann", "in a new session")
    ben.send()
    ann.collect()
    assert ann.read("ben") == ["before", "from my new device"]
    assert ann.notes() == {"Unrecognised": 1, "DeviceListRollback": 1}


REFUSALS: dict[str, Callable[[Person], None]] = {
    "none published": lambda ben: setattr(ben.box, "manifest", b""),
    "expired": lambda ben: ben.office.pass_time(40 * DAY),
    "forged": lambda ben: setattr(ben.box, "manifest", bytes(len(ben.box.manifest))),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_without_prekeys_a_session_that_serves_goes_on_in_order(
    office: PostOffice, refusal: Callable[[Person], None]
) -> None:
    """CL-19, S10: after a long silence a new session may be wanted; people talk on without."""
    ann, ben = friends_who_talked(office)
    ben.box.leaves.clear()
    refusal(ben)
    office.pass_time(DAY)
    texts = [f"silence {number}" for number in range(20)]
    for text in texts:
        ann.write("ben", text)
        ann.send()
        office.pass_time(DAY // 2)
    ben.collect()
    assert ben.read("ann")[1:] == texts
    assert ann.profile.waiting() == 0


@pytest.mark.parametrize("days", [0, 6, 8, 25])
def test_after_a_long_silence_a_new_session_begins_exactly_where_one_is_wanted(
    office: PostOffice, days: int
) -> None:
    """CL-19, S10: in order, and both go on in the same."""
    ann, ben = friends_who_talked(office)
    ann.write("ben", "the last word")
    settle(ann, ben)
    office.pass_time(days * DAY)
    ben.upkeep()
    before = sessions_with(ann, "ben")[0]
    wanted = False
    for text in ("one", "two"):
        wanted |= ann.profile.decide(_wants_new_session)
        ann.write("ben", text)
        ann.send()
    settle(ann, ben)
    assert (sessions_with(ann, "ben")[0] != before) is wanted
    assert ben.read("ann")[-2:] == ["one", "two"]
    assert sessions_with(ann, "ben")[0] == sessions_with(ben, "ann")[0]


def _wants_new_session(step: Step) -> bool:
    (peer,) = step.vault.sessions.peers()
    return needs_new_session(step.vault.sessions.load(peer.book), step.now)


def test_a_worn_session_does_not_go_on_without_prekeys(office: PostOffice) -> None:
    """CL-19: the peer may have used up its numbers: what is written waits, and says why."""
    ann, ben = friends_who_talked(office)
    wear(ann, "ben")
    manifest, ben.box.manifest = ben.box.manifest, b""
    ann.write("ben", "first")
    ann.write("ben", "second")
    contact = ContactId(ann.of("ben"))
    assert not ann.profile.decide(lambda step: seal_waiting(step, contact))
    assert not ann.profile.decide(lambda step: seal_anyway(step, contact))
    ann.send()
    assert ann.profile.waiting() == 2
    assert "not published keys" in ann.messages("ben")[-2].reason
    ben.box.manifest = manifest
    office.pass_time(HOUR)
    before = sessions_with(ann, "ben")[0]
    settle(ann, ben)
    assert ben.read("ann")[1:] == ["first", "second"]
    assert sessions_with(ann, "ben")[0] != before


def test_a_full_mailbox_is_no_reason_for_an_alarm(office: PostOffice) -> None:
    """CL-17: only what was returned as prekeys counts."""
    ann, ben = friends_who_talked(office)
    ben.box.failure = Failed(ErrorCode.FULL, 1)
    ann.write("ben", "waits")
    for _ in range(4):
        ann.send()
        office.pass_time(HOUR)
    assert alarms(ann) == []

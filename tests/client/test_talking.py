"""Two people write to each other: states, receipts, what is unknown, what comes twice."""

from dataclasses import replace

import pytest

from securemsg.client.receiving import receive
from securemsg.client.step import Step
from securemsg.client.views import MessageState
from securemsg.ids import MessageId, SubmitId
from securemsg.instant import DAY
from securemsg.mailbox.answers import Deliver
from securemsg.store.ids import ContactId
from securemsg.wire.codec import encode
from tests.client.post import Person, PostOffice, settle

QUEUED, ACCEPTED, DELIVERED = MessageState.QUEUED, MessageState.ACCEPTED, MessageState.DELIVERED


def queue_raw(person: Person, alias: str, content: bytes) -> None:
    """Queue content as only another version of the program would write it."""
    contact = ContactId(person.of(alias))
    person.profile.decide(lambda step: step.vault.outbox.add(contact, content, step.now))


def test_what_two_people_write_arrives_in_order_both_ways(office: PostOffice) -> None:
    ann, ben = office.friends("ann", "ben")
    for number in range(3):
        ann.write("ben", f"ann {number}")
        settle(ann, ben)
        ben.write("ann", f"ben {number}")
        settle(ann, ben)
    assert ben.read("ann") == ["ann 0", "ann 1", "ann 2"]
    assert ann.read("ben") == ["ben 0", "ben 1", "ben 2"]


def test_a_message_is_queued_then_accepted_then_delivered(office: PostOffice) -> None:
    """CL-6: each state is what the relay or the peer said."""
    ann, ben = office.friends("ann", "ben")
    assert ann.write("ben", "hello").state is QUEUED
    ann.send()
    assert ann.states("ben") == [ACCEPTED]
    ben.collect()
    assert ann.states("ben") == [ACCEPTED]
    settle(ann, ben)
    assert ann.states("ben") == [DELIVERED]
    assert ann.profile.waiting() == 0


def test_what_arrives_together_is_receipted_together_and_receipts_are_not_receipted(
    office: PostOffice,
) -> None:
    """CT-4: five texts, one receipt, and then silence."""
    ann, ben = office.friends("ann", "ben")
    for number in range(5):
        ann.write("ben", str(number))
    ann.send()
    ben.collect()
    before = len(office.submitted)
    settle(ann, ben)
    assert len(office.submitted) == before + 1
    assert ann.states("ben") == [DELIVERED] * 5
    assert ann.read("ben") == []


def test_sixty_texts_that_come_together_need_two_receipts(office: PostOffice) -> None:
    """CT-4: a receipt names 48 at most."""
    ann, ben = office.friends("ann", "ben")
    for number in range(60):
        ann.write("ben", str(number))
    ann.send()
    ben.collect()
    before = len(office.submitted)
    settle(ann, ben)
    assert len(office.submitted) == before + 2
    assert ann.states("ben") == [DELIVERED] * 60
    assert ben.read("ann") == [str(number) for number in range(60)]


def test_content_of_a_newer_version_is_kept_with_its_bytes_and_shown_as_such(office: PostOffice) -> None:
    """CT-3: it is not readable, not receipted, and stops nothing."""
    ann, ben = office.friends("ann", "ben")
    raw = encode([77, MessageId(b"m" * 16), office.now, "a field of the future", [1, 2]])
    queue_raw(ann, "ben", raw)
    ann.write("ben", "after it")
    settle(ann, ben)
    future, text = ben.messages("ann")
    assert (future.readable, future.text, future.state) == (False, "", MessageState.RECEIVED)
    assert (text.readable, text.text) == (True, "after it")
    contact = ContactId(ben.of("ann"))
    page = ben.profile.decide(lambda step: step.vault.messages.page(contact, None, 9))
    assert page[0].raw == raw


def test_a_malformed_content_of_a_stranger_leaves_a_note_and_uses_up_the_prekey(office: PostOffice) -> None:
    """CL-3, SE-10, HS-13: the message was authentic; its session is not worth a contact."""
    ann, ben = office.person("ann"), office.person("ben")
    ann.add(ben)
    queue_raw(ann, "ben", encode([1, b"too short", office.now, "text"]))
    ann.write("ben", "well formed")
    ann.send()
    bad, good = ben.box.queue
    ben.collect([bad])
    assert ben.profile.conversations() == []
    assert ben.notes() == {"FrameError": 1}
    ben.collect([good])
    assert ben.notes() == {"FrameError": 1, "UnknownPrekey": 1}
    assert ben.profile.conversations() == []


def test_a_malformed_content_of_a_contact_uses_up_its_key_and_nothing_else(office: PostOffice) -> None:
    """CL-3, RT-14: the step of the ratchet stays, so that a repeat is refused as one."""
    ann, ben = office.friends("ann", "ben")
    queue_raw(ann, "ben", encode([1, b"too short", office.now, "text"]))
    ann.write("ben", "well formed")
    ann.send()
    bad, good = ben.box.queue
    ben.collect([bad])
    ben.collect([replace(bad, submit_id=SubmitId(bytes(16)))])
    assert ben.notes() == {"FrameError": 1, "Replayed": 1}
    ben.collect([good])
    assert ben.read("ann") == ["well formed"]


def test_a_text_that_comes_again_under_another_submit_id_is_dropped_and_receipted_again(
    office: PostOffice,
) -> None:
    """CT-2: the peer may not have our first receipt."""
    ann, ben = office.friends("ann", "ben")
    ann.write("ben", "once")
    entry = ann.due()[0]
    queue_raw(ann, "ben", entry.content)
    ann.send()
    first, second = ben.box.queue
    ben.collect([first])
    ben.send()
    receipts = len(ann.box.queue)
    ben.collect([second])
    ben.send()
    assert ben.read("ann") == ["once"]
    assert len(ann.box.queue) == receipts + 1


def test_a_receipt_for_what_we_never_wrote_changes_nothing(office: PostOffice) -> None:
    """CL-6: a receipt is the word of a peer about that peer's messages only."""
    ann, _, eve = office.friends("ann", "ben", "eve")
    ann.write("ben", "for ben")
    ann.send()
    said = ann.messages("ben")[0].id
    queue_raw(eve, "ann", encode([2, MessageId(b"r" * 16), office.now, 1, [bytes.fromhex(said), b"x" * 16]]))
    eve.send()
    ann.collect()
    assert ann.states("ben") == [ACCEPTED]
    assert ann.notes() == {}


def test_an_envelope_of_nobody_leaves_a_note_and_those_behind_it_are_read(office: PostOffice) -> None:
    """SE-7, SE-10: garbage is acknowledged and counted."""
    ann, ben = office.friends("ann", "ben")
    ann.write("ben", "behind")
    ann.send()
    garbage = [
        Deliver(ben.mailbox, place, SubmitId(bytes([place]) * 16), envelope)
        for place, envelope in enumerate((b"", b"\xff", office.submitted[0].envelope[:-1], bytes(1_100)), 100)
    ]
    ben.collect([*garbage, *ben.box.queue])
    assert ben.read("ann") == ["behind"]
    assert sum(ben.notes().values()) == len(garbage)


def test_a_step_that_fails_changes_nothing_and_tells_of_nothing(office: PostOffice) -> None:
    """CL-1: what is not committed has not happened."""
    ann, ben = office.friends("ann", "ben")
    ann.write("ben", "not yet")
    ann.send()
    ben.profile.take_changes()

    def fail(step: Step) -> None:
        receive(step, ben.box.queue)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ben.profile.decide(fail)
    changes = ben.profile.take_changes()
    assert (changes.contacts, changes.list, changes.outbox) == (set(), False, False)
    assert ben.read("ann") == []
    settle(ann, ben)
    assert ben.read("ann") == ["not yet"]


def test_what_is_over_its_time_is_purged_and_the_conversation_goes_on(office: PostOffice) -> None:
    """CL-8: after two months everything said before is still there, and more can be said."""
    ann, ben = office.friends("ann", "ben")
    ann.write("ben", "old")
    settle(ann, ben)
    office.pass_time(60 * DAY)
    for person in (ann, ben):
        person.profile.decide(lambda step: step.vault.prekeys.purge(step.now))
        person.upkeep()
    ben.write("ann", "new")
    settle(ann, ben)
    assert (ben.read("ann"), ann.read("ben")) == (["old"], ["new"])

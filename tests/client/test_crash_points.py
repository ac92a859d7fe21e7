"""What survives where the program stops between two of its steps."""

import pytest

from securemsg.client import outgoing
from securemsg.client.receiving import receive
from securemsg.client.saying import queue_text
from securemsg.client.step import Step
from securemsg.client.views import MessageState
from securemsg.errors import LocalError
from securemsg.store.ids import ContactId
from securemsg.wire.messages.content import MAX_TEXT
from tests.client.post import Person, PostOffice, settle


class Crash(Exception):  # noqa: N818  # it stands for the end of the program
    """The program ends here."""


def talked(office: PostOffice) -> tuple[Person, Person]:
    """Return two people with a confirmed session."""
    ann, ben = office.friends("ann", "ben")
    ann.write("ben", "first")
    settle(ann, ben)
    return ann, ben


def record_of(person: Person, alias: str) -> list[bytes]:
    """Return the sessions with a contact as the vault has them."""
    contact = ContactId(person.of(alias))

    def read(step: Step) -> list[bytes]:
        peers = step.vault.sessions.peers_of(contact)
        return [
            row[0]
            for peer in peers
            for row in step.vault.sessions._rows.all(
                "select record from sessions where book = ? order by session", (peer.book,)
            )
        ]

    return person.profile.decide(read)


def test_text_ratchet_step_and_outbox_entry_are_one_transaction(office: PostOffice) -> None:
    """R02: a crash before the commit leaves none of the three, after it all three."""
    ann, ben = talked(office)
    before = record_of(ann, "ben")
    contact = ContactId(ann.of("ben"))

    def crash(step: Step) -> None:
        queue_text(step, contact, "lost with the crash")
        raise Crash

    with pytest.raises(Crash):
        ann.profile.decide(crash)
    ann.reopen()
    assert record_of(ann, "ben") == before
    assert ann.due() == []
    assert [view.text for view in ann.messages("ben")] == ["first"]
    ann.write("ben", "kept")
    ann.reopen()
    assert record_of(ann, "ben") != before
    assert len(ann.due()) == 1
    settle(ann, ben)
    assert ben.read("ann") == ["first", "kept"]


def test_a_repeat_after_a_crash_sends_the_same_bytes_under_the_same_id(office: PostOffice) -> None:
    """R02, R03: the relay's answer was lost with the crash; its repeat is stored once (CL-2)."""
    ann, ben = talked(office)
    ann.write("ben", "again and again")
    ann.mute = True
    ann.send()
    ann.reopen()
    ann.send()
    ann.mute = False
    ann.reopen()
    ann.send()
    one, two, three = office.submitted[-3:]
    assert (one.submit_id, one.envelope) == (two.submit_id, two.envelope) == (three.submit_id, three.envelope)
    assert len(ben.box.queue) == 1
    settle(ann, ben)
    assert ben.read("ann") == ["first", "again and again"]
    assert ann.states("ben") == [MessageState.DELIVERED] * 2


def test_an_opening_is_repeated_with_the_same_bytes_too(office: PostOffice) -> None:
    """R02: also while the session is not answered."""
    ann, ben = office.friends("ann", "ben")
    ann.write("ben", "hello")
    ann.mute = True
    ann.send(2)
    ann.reopen()
    ann.mute = False
    ann.send()
    first, again = office.submitted
    assert (first.submit_id, first.envelope) == (again.submit_id, again.envelope)
    settle(ann, ben)
    assert ben.read("ann") == ["hello"]


def test_a_crash_while_opening_leaves_the_state_that_opens_it_again(office: PostOffice) -> None:
    """R04: what was not committed is delivered again and opens from the old state."""
    ann, ben = talked(office)
    ann.write("ben", "read twice, stored once")
    ann.send()
    before = record_of(ben, "ann")

    def crash(step: Step) -> None:
        receive(step, ben.box.queue)
        raise Crash

    with pytest.raises(Crash):
        ben.profile.decide(crash)
    ben.reopen()
    assert record_of(ben, "ann") == before
    settle(ann, ben)
    assert ben.read("ann") == ["first", "read twice, stored once"]
    assert ben.notes() == {}


def test_a_redelivery_after_a_lost_acknowledgement_is_known_again(office: PostOffice) -> None:
    """R05: it is neither shown twice, nor receipted twice, nor noted as refused (CL-3)."""
    ann, ben = talked(office)
    ann.write("ben", "once")
    ann.send()
    delivered = list(ben.box.queue)
    ben.collect()
    ben.reopen()
    state, receipts = record_of(ben, "ann"), len(ben.due())
    ben.collect(delivered)
    ben.collect(delivered * 3)
    assert ben.read("ann") == ["first", "once"]
    assert record_of(ben, "ann") == state
    assert (len(ben.due()), ben.notes()) == (receipts, {})
    settle(ann, ben)
    assert ann.states("ben") == [MessageState.DELIVERED] * 2


def test_an_acceptance_that_is_told_twice_is_harmless(office: PostOffice) -> None:
    """R03: the answer to a repeat says nothing new."""
    ann, ben = talked(office)
    ann.write("ben", "hello")
    ann.send()
    submit_id = office.submitted[-1].submit_id
    settle(ann, ben)
    ann.profile.decide(lambda step: outgoing.accepted(step, submit_id))
    assert ann.states("ben") == [MessageState.DELIVERED] * 2


@pytest.mark.parametrize("text", ["", "x" * (MAX_TEXT + 1), "half a character \ud800"])
def test_a_text_that_cannot_be_sent_is_refused_before_anything_is_stored(
    office: PostOffice, text: str
) -> None:
    """CL-2: a refusal leaves no message, no entry, no step of the ratchet."""
    ann, _ = talked(office)
    before = record_of(ann, "ben")
    with pytest.raises(LocalError):
        ann.write("ben", text)
    assert (record_of(ann, "ben"), ann.due(), len(ann.messages("ben"))) == (before, [], 1)

"""Sessions through the whole client: without leaves, with leaves served twice or lost, both at once."""

import pytest

from securemsg.client.sending import queue_report
from securemsg.client.step import Step
from securemsg.client.views import MessageState
from securemsg.ids import SubmitId
from securemsg.instant import DAY, HOUR, SECOND
from securemsg.mailbox.answers import Deliver, Prekeys, SealedLeaf
from securemsg.store.ids import ContactId
from tests.client.post import Person, PostOffice, settle

DELIVERED = MessageState.DELIVERED


def lose_leaves(person: Person) -> None:
    """Let the private halves of all one-time leaves be gone."""
    person.profile.decide(lambda step: step.vault.prekeys._rows.run("delete from leaves", ()))


def lose_leaf(person: Person) -> None:
    """Let the private half of the leaf that is handed out next be gone."""
    delete = "delete from leaves where id = (select min(id) from leaves)"
    person.profile.decide(lambda step: step.vault.prekeys._rows.run(delete, ()))


def sessions_with(person: Person, alias: str) -> list[bytes]:
    """Return the ids of the sessions held with a contact, the current one first."""
    contact = ContactId(person.of(alias))

    def read(step: Step) -> list[bytes]:
        peers = step.vault.sessions.peers_of(contact)
        return [held.session_id for peer in peers for held in step.vault.sessions.load(peer.book).entries]

    return person.profile.decide(read)


def test_an_empty_shelf_gives_reduced_secrecy_until_both_have_spoken(office: PostOffice) -> None:
    """K16: without a one-time prekey the conversation says so, until a DH step replaces its keys."""
    ann, ben = office.friends("ann", "ben")
    ben.box.leaves.clear()
    ann.write("ben", "hello")
    ann.send()
    ben.collect()
    assert ann.view("ben").reduced
    assert ben.view("ann").reduced
    settle(ann, ben)
    ben.write("ann", "hello back")
    settle(ann, ben)
    ann.write("ben", "healed")
    settle(ann, ben)
    assert not ann.view("ben").reduced
    assert not ben.view("ann").reduced
    assert ben.read("ann") == ["hello", "healed"]


def test_a_leaf_gives_full_secrecy_from_the_start(office: PostOffice) -> None:
    """K16: and is gone after its use."""
    ann, ben = office.friends("ann", "ben")
    leaves = ben.profile.decide(lambda step: step.vault.prekeys._rows.number("select count(*) from leaves"))
    ann.write("ben", "hello")
    ann.send()
    ben.collect()
    assert not ann.view("ben").reduced
    assert not ben.view("ann").reduced
    left = ben.profile.decide(lambda step: step.vault.prekeys._rows.number("select count(*) from leaves"))
    assert left == leaves - 1


def test_a_leaf_served_twice_serves_one_and_the_other_heals_by_itself(office: PostOffice) -> None:
    """K17: the second opening is refused, then a report brings its text back (SE-8, SE-9)."""
    ben, ann, eve = office.friends("ben", "ann", "eve")
    # Both are known to Ben, so that he may ask.
    for person in (ann, eve):
        person.write("ben", "known")
        settle(person, ben)
        person.profile.decide(lambda step: step.vault.sessions.forget(ContactId(1)))
    office.pass_time(SECOND)
    served: list[SealedLeaf | None] = []

    def same_leaf(prekeys: Prekeys) -> Prekeys:
        served.append(prekeys.leaf)
        return Prekeys(prekeys.generation, prekeys.manifest, served[0])

    office.on_fetch = same_leaf
    ann.write("ben", "from ann")
    eve.write("ben", "from eve")
    ann.send()
    eve.send()
    office.on_fetch = lambda prekeys: prekeys
    ben.collect()
    assert (ben.read("ann"), ben.read("eve")) == (["known", "from ann"], ["known"])
    assert ben.notes() == {"UnknownPrekey": 1}
    settle(ann, eve, ben)
    assert (ben.read("ann"), ben.read("eve")) == (["known", "from ann"], ["known", "from eve"])
    assert ann.states("ben") == eve.states("ben") == [DELIVERED] * 2


@pytest.mark.parametrize("skew", [-HOUR, 0, HOUR])
def test_a_leaf_key_that_the_responder_lost_makes_a_new_handshake_and_loses_nothing(
    office: PostOffice, skew: int
) -> None:
    """K18: also what its sender went on to say in the dead session comes back, whosever clock is behind."""
    ann, ben = office.friends("ann", "ben")
    ben.skew = skew
    lose_leaf(ben)
    ann.write("ben", "one")
    ann.write("ben", "two")
    ann.send()
    ben.collect()
    assert ben.read("ann") == []
    ann.write("ben", "three")
    ann.send()
    ben.collect()
    ann.write("ben", "four")
    ann.send()
    settle(ann, ben)
    assert sorted(ben.read("ann")) == ["four", "one", "three", "two"]
    assert ann.states("ben") == [DELIVERED] * 4
    ben.write("ann", "and back")
    settle(ann, ben)
    assert ann.read("ben") == ["and back"]
    assert sessions_with(ann, "ben")[0] == sessions_with(ben, "ann")[0]


def test_a_report_for_what_was_receipted_meanwhile_sends_nothing_again(office: PostOffice) -> None:
    """SE-9: only what is unreceipted is sealed again."""
    ann, ben = office.friends("ann", "ben")
    ann.write("ben", "arrived")
    settle(ann, ben)
    submit_id = office.submitted[0].submit_id
    before = len(ben.box.seen)
    contact = ContactId(ben.of("ann"))
    ben.profile.decide(lambda step: queue_report(step, contact, [submit_id]))
    settle(ann, ben)
    assert len(ben.box.seen) == before
    assert ben.read("ann") == ["arrived"]


def test_new_sessions_for_reports_are_rare(office: PostOffice) -> None:
    """SE-8: one in ten minutes and five a day, however many dead openings arrive."""
    ann, ben = office.friends("ann", "ben")
    ann.write("ben", "hello")
    settle(ann, ben)
    opened = []
    for _ in range(8):
        ann.profile.decide(lambda step: step.vault.sessions.forget(ContactId(1)))
        lose_leaves(ben)
        ann.write("ben", "again")
        ann.send()
        known = set(sessions_with(ben, "ann"))
        ben.collect()
        ben.send()
        opened.append(len(set(sessions_with(ben, "ann")) - known))
        # Ben's answer does not arrive: Ann goes on as before.
        ann.box.queue.clear()
        office.pass_time(601 * SECOND)
    assert opened == [1, 1, 1, 1, 1, 0, 0, 0]


def test_a_dead_opening_of_a_stranger_is_not_answered(office: PostOffice) -> None:
    """SE-8: no automatic answer to strangers."""
    ann, ben = office.person("ann"), office.person("ben")
    ann.add(ben)
    lose_leaves(ben)
    ann.write("ben", "who is there?")
    ann.send()
    ben.collect()
    assert (ben.profile.conversations(), ben.profile.waiting()) == ([], 0)
    assert ben.notes() == {"UnknownPrekey": 1}


def test_both_write_first_at_once_and_end_in_the_same_session(office: PostOffice) -> None:
    """K21: glare: every text arrives once, and both go on in one session (SE-3)."""
    ann, ben = office.friends("ann", "ben")
    for number in range(3):
        ann.write("ben", f"ann {number}")
        ben.write("ann", f"ben {number}")
    ann.send()
    ben.send()
    settle(ann, ben)
    ann.write("ben", "after")
    settle(ann, ben)
    assert ben.read("ann") == ["ann 0", "ann 1", "ann 2", "after"]
    assert ann.read("ben") == ["ben 0", "ben 1", "ben 2"]
    assert sessions_with(ann, "ben")[0] == sessions_with(ben, "ann")[0]
    assert ann.notes() == ben.notes() == {}


def test_an_envelope_of_one_conversation_opens_in_no_other(office: PostOffice) -> None:
    """K25, K23: given to a third, or back to its sender, it is refused without a change."""
    ann, ben, eve = office.friends("ann", "ben", "eve")
    for person, other in ((ann, "ben"), (eve, "ben"), (ann, "eve")):
        person.write(other, "hello")
        settle(ann, ben, eve)
    ben.write("ann", "answer")
    settle(ann, ben, eve)
    ann.write("ben", "for ben only")
    ann.send()
    envelope = office.submitted[-1].envelope
    for place, person in enumerate((eve, ann)):
        before = [sessions_with(person, view.alias) for view in person.profile.conversations()]
        person.collect([Deliver(person.mailbox, 99, SubmitId(bytes([place]) * 16), envelope)])
        assert person.notes() == {"Unrecognised": 1}
        assert [sessions_with(person, view.alias) for view in person.profile.conversations()] == before
    settle(ann, ben, eve)
    assert ben.read("ann")[-1] == "for ben only"


def test_an_opening_from_a_far_future_is_refused(office: PostOffice) -> None:
    """SE-6: it could never be replaced."""
    ann, ben = office.person("ann"), office.person("ben")
    ann.add(ben)
    office.pass_time(2 * DAY)
    ann.write("ben", "from the day after tomorrow")
    ann.send()
    office.pass_time(-2 * DAY)
    ben.collect()
    assert ben.profile.conversations() == []
    assert ben.notes() == {"AuthenticationError": 1}


def test_one_bad_delivery_in_a_batch_does_not_undo_the_others(office: PostOffice) -> None:
    """CL-3: its own changes are none."""
    ann, ben = office.friends("ann", "ben")
    for number in range(3):
        ann.write("ben", str(number))
    ann.send()
    first, second, third = ben.box.queue
    spoiled = Deliver(second.mailbox, second.sequence, second.submit_id, second.envelope[:-1] + b"!")
    ben.collect([first, spoiled, third])
    assert ben.read("ann") == ["0", "2"]
    assert sum(ben.notes().values()) == 1

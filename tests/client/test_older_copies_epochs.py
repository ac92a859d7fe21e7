"""A home from a backup, whose peer writes in epochs or sessions that only the newer copy had (CL-16)."""

import pytest

from securemsg.client.copies import take_position
from securemsg.client.parting import give_up
from securemsg.client.step import Step
from securemsg.instant import HOUR
from securemsg.mailbox.answers import Deliver, Subscribed
from securemsg.ratchet.kem_states import SendEk, WaitEk
from securemsg.ratchet.state import Active
from securemsg.store.ids import ContactId
from securemsg.wire.envelope import Opening, decode
from tests.client.copies import connect, copy_home, put_back, subscribed
from tests.client.post import Person, PostOffice, settle
from tests.client.test_older_copies import again, talk
from tests.client.test_sessions_between_clients import sessions_with

MOST_TURNS = 10


def ratchet(person: Person, alias: str) -> Active:
    """Return the ratchet of the session in use."""
    contact = ContactId(person.of(alias))

    def read(step: Step) -> Active:
        (peer,) = step.vault.sessions.peers_of(contact)
        current = step.vault.sessions.load(peer.book).current
        assert current is not None
        return current.ratchet

    return person.profile.decide(read)


def say(speaker: Person, listener: Person, text: str) -> None:
    """Bring a text over, and what else waits; the listener answers nothing yet."""
    speaker.write(listener.name, text)
    speaker.send()
    listener.collect()


def talk_until_ben_offers_a_key(ann: Person, ben: Person) -> None:
    """Let ben be the next to speak, with a key of which ann has nothing yet."""
    for turn in range(MOST_TURNS):
        say(ann, ben, f"ann {turn}")
        waiting = ratchet(ann, "ben").machine
        if isinstance(ratchet(ben, "ann").machine, SendEk) and waiting == WaitEk(waiting.epochs, ()):
            return
        say(ben, ann, f"ben {turn}")
    raise AssertionError("ben never offers a key")


def go_back_across_an_epoch(ann: Person, ben: Person) -> Deliver:
    """Put ann back to before she had a new epoch, in which ben writes to her.

    Returns what completed the key for it.
    """
    talk_until_ben_offers_a_key(ann, ben)
    ben.write("ann", "a text, which carries half of a key")
    ben.send()
    receipt, text = ann.box.queue
    ann.collect([receipt])
    copy_home(ann)
    ann.collect([text])
    say(ann, ben, "answered")
    say(ann, ben, "answered once more")
    ben.write("ann", "in the new epoch")
    ben.send()
    put_back(ann)
    return text


@pytest.mark.parametrize("refused", ["TooManySkipped", "AuthenticationError"])
def test_what_came_in_an_epoch_of_the_newer_copy_comes_again(office: PostOffice, refused: str) -> None:
    """R01, CL-16: its header is recognised, its key is not to be had; nobody but its sender is asked.

    The copy has no such epoch, or another: if the relay delivers again what completed the
    peer's key, the copy answers that key anew.
    """
    ann, ben, cem = office.friends("ann", "ben", "cem")
    text = go_back_across_an_epoch(ann, ben)
    ann.box.queue[:0] = [text] if refused == "AuthenticationError" else []
    office.pass_time(HOUR)
    submitted = len(office.submitted)
    connect(ann, Subscribed(ann.box.sequence - 1, ann.box.sequence))
    assert set(ann.notes()) == {refused}
    assert {one.mailbox for one in office.submitted[submitted:]} == {ben.mailbox}
    settle(ann, ben, cem)
    assert ann.read("ben")[-1] == "in the new epoch"
    assert ben.states("ann")[-1].value == "delivered"
    assert sessions_with(ann, "ben")[0] == sessions_with(ben, "ann")[0]
    talk(ann, ben)
    assert set(ann.notes()) == {refused}


def test_an_old_opening_that_comes_again_is_no_proof_of_a_session(office: PostOffice) -> None:
    """R01, CL-16: a later one followed it, and the friend may give that up only every ten minutes."""
    ann, ben = office.friends("ann", "ben")
    talk(ann, ben)
    copy_home(ann)
    begun = len(office.submitted)
    for _ in range(2):
        office.pass_time(HOUR)
        ben.profile.decide(give_up_sessions)
        ben.write("ann", "begun anew")
        settle(ann, ben)
    later = [one.envelope for one in office.submitted[begun:] if one.mailbox == ann.mailbox]
    opening = next(one for one in later if isinstance(decode(one), Opening))
    put_back(ann)
    answer = subscribed(ann)
    ann.profile.decide(lambda step: take_position(step, answer))
    ann.collect([again(ann, opening, 1)])
    assert sessions_with(ann, "ben")[0] in sessions_with(ben, "ann")[1:]
    ben.profile.decide(use_up_new_sessions)
    ben.write("ann", "in the session of the newer copy")
    settle(ann, ben)
    assert ann.read("ben")[-1] == "in the session of the newer copy"
    assert sessions_with(ann, "ben")[0] == sessions_with(ben, "ann")[0]


def give_up_sessions(step: Step) -> None:
    for peer in step.vault.sessions.peers():
        give_up(step, peer, step.vault.sessions.load(peer.book))


def use_up_new_sessions(step: Step) -> None:
    for peer in step.vault.sessions.peers():
        assert step.vault.reports.allow(peer.contact, peer.device, step.now)


def test_what_an_older_copy_of_a_strangers_home_said_comes_again_once_they_are_accepted(
    office: PostOffice,
) -> None:
    """R01, CL-23: until then nothing is sent to them, so that nobody learns whether we are there."""
    ann, ben = office.person("ann"), office.person("ben")
    ben.add(ann)
    ben.write("ann", "first")
    settle(ann, ben)
    copy_home(ben)
    ben.profile.edit(ben.messages("ann")[0].row, "first, as edited by the newer copy")
    settle(ann, ben)
    put_back(ben)
    ben.write("ann", "under a number that was used")
    submitted = len(office.submitted)
    settle(ann, ben)
    assert len(office.submitted) == submitted + 1
    heard = ann.read("ben")
    assert heard == ["first, as edited by the newer copy"]
    ann.write("ben", "who are you?")
    settle(ann, ben)
    assert ann.read("ben") == [*heard, "under a number that was used"]
    assert sessions_with(ann, "ben")[0] == sessions_with(ben, "ann")[0]
    assert ben.states("ann")[-1].value == "delivered"

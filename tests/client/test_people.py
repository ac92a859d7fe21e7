"""Whom the person wants to hear: requests, blocking, forgetting."""

import pytest

from securemsg.client.copies import renew_sessions, suspects
from securemsg.client.sending import open_session
from securemsg.client.step import Step
from securemsg.client.upkeep import token_hash
from securemsg.client.views import MessageState
from securemsg.errors import LocalError
from securemsg.instant import DAY
from securemsg.mailbox.answers import Prekeys
from securemsg.mailbox.requests import FetchPrekeys
from securemsg.mailbox.tokens import SendToken
from securemsg.store.ids import ContactId
from tests.client.post import Person, PostOffice, settle
from tests.client.test_lifetimes import copied
from tests.store.vaults import canary


@pytest.fixture
def pair(office: PostOffice) -> tuple[Person, Person]:
    """Two people who have talked; Ann opened the session, so that Ben has a token of his own."""
    ann, ben = office.friends("ann", "ben")
    ann.write("ben", "hello")
    settle(ann, ben)
    ben.write("ann", "hello yourself")
    settle(ann, ben)
    return ann, ben


@pytest.fixture
def asked(office: PostOffice) -> tuple[Person, Person]:
    """Somebody, and a stranger who wrote to them."""
    ann, ben = office.person("ann"), office.person("ben")
    ben.add(ann)
    ben.write("ann", "you do not know me")
    ben.send()
    ann.collect()
    return ann, ben


def test_a_stranger_is_told_nothing_until_accepted(asked: tuple[Person, Person]) -> None:
    """CL-30: whatever the person reads or writes about it meanwhile."""
    ann, ben = asked
    ann.profile.change_setting("read_receipts", "on")
    ann.profile.change_setting("typing", "on")
    assert ann.view("ben").request
    ann.profile.mark_read(ann.of("ben"))
    ann.profile.typing(ann.of("ben"))
    ann.profile.save_draft(ann.of("ben"), "who are you?")
    ann.office.pass_time(DAY)
    assert (ann.send(), ann.profile.waiting(), ben.states("ann")) == (0, 0, [MessageState.ACCEPTED])
    assert not ann.profile.accept_request(ann.of("ben")).request
    settle(ann, ben)
    assert ben.states("ann") == [MessageState.DELIVERED]


@pytest.mark.parametrize("kindly", ["verify", "add"])
def test_a_stranger_who_is_blocked_is_told_nothing_by_kindness(
    asked: tuple[Person, Person], kindly: str
) -> None:
    """CL-30, CL-31: to verify a request, or to add its link, accepts it, but not while it is blocked."""
    ann, ben = asked
    ann.profile.block(ann.of("ben"))
    if kindly == "verify":
        ann.profile.verification(ann.of("ben"))
        ann.profile.mark_verified(ann.of("ben"))
    else:
        ann.profile.add_contact(ben.profile.own().link)
    assert (ann.send(), ann.profile.waiting(), ben.states("ann")) == (0, 0, [MessageState.ACCEPTED])
    ann.profile.unblock(ann.of("ben"))
    settle(ann, ben)
    assert (ann.view("ben").request, ann.view("ben").blocked) == (False, False)


def test_what_waits_is_not_given_to_an_heir_who_is_blocked(office: PostOffice) -> None:
    """ID-11, CL-31: it is to be heard again first."""
    ann, _ = office.friends("ann", "ben")
    mallory = office.person("mallory")
    ann.add(mallory, "ben")
    ann.add(mallory, "mallory")
    ann.write("ben", "written while changed")
    ann.profile.block(ann.of("mallory"))
    ann.profile.verification(ann.of("ben"))
    with pytest.raises(LocalError, match="unblock"):
        ann.profile.accept_changed(ann.of("ben"))
    assert ann.send() == 0
    ann.profile.unblock(ann.of("mallory"))
    ann.profile.accept_changed(ann.of("ben"))
    settle(ann, mallory)
    assert mallory.read("ann") == ["written while changed"]


def test_a_declined_stranger_is_forgotten_and_told_nothing(asked: tuple[Person, Person]) -> None:
    """CL-30, CL-37: what comes in the old session finds none any more."""
    ann, ben = asked
    ann.profile.delete_contact(ann.of("ben"))
    ben.write("ann", "are you there?")
    ben.send()
    ann.collect()
    assert (ann.profile.conversations(), ann.send(), ann.profile.waiting()) == ([], 0, 0)


def test_prekeys_that_come_when_their_owner_is_no_contact_any_more_are_passed_over(
    office: PostOffice,
) -> None:
    """CL-14, CL-37: a relay answers when it likes, and the person may have deleted whom they are of."""
    ann, ben = office.person("ann"), office.person("ben")
    contact = ContactId(ann.add(ben).contact)
    ann.write("ben", "hello")
    address = ann.profile.decide(lambda step: step.vault.addresses.get(contact))
    assert address is not None
    prekeys = office.fetch(FetchPrekeys(address.mailbox, SendToken(address.token.expose())))
    assert isinstance(prekeys, Prekeys)
    ann.profile.delete_contact(contact)
    ann.profile.decide(lambda step: open_session(step, contact, prekeys))
    assert (ann.send(), ann.profile.waiting()) == (0, 0)


def test_a_blocked_stranger_is_no_request(asked: tuple[Person, Person]) -> None:
    """CL-30, CL-31: and cannot be accepted by the way."""
    ann, _ = asked
    view = ann.profile.block(ann.of("ben"))
    assert (view.blocked, view.request) == (True, False)
    with pytest.raises(LocalError, match="unblock"):
        ann.profile.accept_request(ann.of("ben"))
    assert ann.send() == 0
    assert ann.profile.unblock(ann.of("ben")).request
    assert ann.send() == 0


def test_nothing_of_a_blocked_contact_is_kept_or_answered(pair: tuple[Person, Person]) -> None:
    """CL-31: while the relay still takes their token, and with the token of the link after that."""
    ann, ben = pair
    ann.profile.block(ann.of("ben"))
    for text in ("one", "two"):
        ben.write("ann", text)
    ben.profile.set_timer(ben.of("ann"), 60)
    ben.profile.set_name("benjamin")
    ben.send()
    assert ann.collect() == 4
    assert ann.box.queue == []
    assert (ann.read("ben"), ann.view("ben").name, ann.view("ben").lifetime) == (["hello yourself"], "", 0)
    assert (ann.send(), ann.profile.waiting(), ann.notes()) == (0, 0, {})
    ann.upkeep()
    ben.add(ann)
    ben.write("ann", "through the link")
    ben.send()
    ann.collect()
    assert (ann.read("ben"), ann.send()) == (["hello yourself"], 0)


def test_a_blocked_contact_loses_its_token_and_gets_another_when_unblocked(
    pair: tuple[Person, Person],
) -> None:
    """CL-31, MB-3: the relay refuses the old one as one of nobody; the new one comes in a new session."""
    ann, ben = pair
    address = ben.profile.decide(lambda step: step.vault.addresses.get(ContactId(1)))
    assert address is not None
    assert token_hash(address.token) in ann.box.tokens
    ann.profile.block(ann.of("ben"))
    assert ann.profile.take_changes().tokens
    ann.upkeep()
    assert token_hash(address.token) not in ann.box.tokens
    ben.write("ann", "refused")
    ben.send()
    assert ben.states("ann")[-1] is MessageState.FAILED
    ann.profile.unblock(ann.of("ben"))
    settle(ann, ben)
    assert ben.read("ann") == ["hello"]
    ben.profile.retry(ben.messages("ann")[-1].row)
    settle(ann, ben)
    assert ann.read("ben") == ["hello yourself", "refused"]
    again = ben.profile.decide(lambda step: step.vault.addresses.get(ContactId(1)))
    assert again is not None
    assert again.token.expose() != address.token.expose()


def test_a_blocked_contact_is_not_asked_for_what_nobody_opens(pair: tuple[Person, Person]) -> None:
    """CL-31, CL-16: not even by a vault that is an older copy."""
    ann, _ = pair

    def asked(step: Step) -> int:
        step.vault.position.mark_behind()
        renew_sessions(step)
        return len(suspects(step))

    assert ann.profile.decide(asked) == 1
    ann.profile.block(ann.of("ben"))
    assert ann.profile.decide(lambda step: len(suspects(step))) == 0


def test_what_waited_for_somebody_who_is_blocked_does_not_leave(pair: tuple[Person, Person]) -> None:
    """CL-31: sealed or not; it says so, and can be sent once they are unblocked."""
    ann, ben = pair
    ann.write("ben", "sealed")
    ann.profile.block(ann.of("ben"))
    assert (ann.send(), ann.profile.waiting()) == (0, 0)
    assert [(view.state, view.reason) for view in ann.messages("ben")][-1] == (
        MessageState.FAILED,
        "You blocked this contact: it was not sent.",
    )
    for call in (
        lambda: ann.write("ben", "more"),
        lambda: ann.profile.set_timer(ann.of("ben"), 60),
        lambda: ann.profile.react(ann.messages("ben")[1].row, "\u2764"),
        lambda: ann.profile.retry(ann.messages("ben")[-1].row),
    ):
        with pytest.raises(LocalError, match="unblock"):
            call()
    assert ann.view("ben").lifetime == 0
    ann.profile.unblock(ann.of("ben"))
    ann.profile.retry(ann.messages("ben")[-1].row)
    settle(ann, ben)
    assert ben.read("ann") == ["hello", "sealed"]


def test_a_forgotten_contact_leaves_nothing(pair: tuple[Person, Person]) -> None:
    """CL-37, ST-15, R21: neither words nor names nor sessions, and its token is taken back."""
    ann, ben = pair
    words = [canary() for _ in range(24)]
    for word in words[:20]:
        ben.write("ann", word)
    settle(ann, ben)
    ann.profile.rename(ann.of("ben"), words[20])
    ann.profile.save_draft(ann.of(words[20]), words[21])
    ben.profile.set_name(words[22])
    settle(ann, ben)
    ann.write(words[20], words[23])
    account = bytes.fromhex(ben.profile.own().account)
    before = copied(ann)
    assert all(word.encode() in before for word in words)
    assert account in before
    ann.profile.delete_contact(ann.of(words[20]))
    assert (ann.home / "vault.db-wal").stat().st_size == 0
    left = copied(ann)
    assert [word for word in words if word.encode() in left] == []
    assert account not in left
    assert rows_left(ann) == 0
    ann.upkeep()
    ben.write("ann", "refused")
    ben.send()
    assert ben.states("ann")[-1] is MessageState.FAILED


def rows_left(person: Person) -> int:
    """Return how many rows there are that belong to a contact."""
    with person.profile.step() as step:
        return step.vault._rows.number(
            "select (select count(*) from contacts) + (select count(*) from addresses)"
            " + (select count(*) from books) + (select count(*) from sessions)"
            " + (select count(*) from skipped) + (select count(*) from outbox)"
            " + (select count(*) from messages) + (select count(*) from spent)"
            " + (select count(*) from lists) + (select count(*) from drafts)"
        )


def test_a_deleted_conversation_leaves_the_contact(pair: tuple[Person, Person]) -> None:
    """CL-37: the words go here, the session and the timer stay."""
    ann, ben = pair
    ann.profile.set_timer(ann.of("ben"), 3_600)
    ann.profile.save_draft(ann.of("ben"), "a draft")
    ann.profile.delete_conversation(ann.of("ben"))
    assert (ann.messages("ben"), ann.profile.draft(ann.of("ben")).text) == ([], "")
    assert ann.profile.search("hello") == []
    assert ann.view("ben").lifetime == 3_600
    settle(ann, ben)
    ben.write("ann", "still here")
    settle(ann, ben)
    assert ann.read("ben") == ["still here"]
    assert ben.read("ann") == ["hello"]


def test_somebody_who_is_not_there_cannot_be_decided_about(pair: tuple[Person, Person]) -> None:
    """CL-30..37."""
    ann, _ = pair
    profile = ann.profile
    for call in (
        profile.accept_request,
        profile.block,
        profile.unblock,
        profile.archive,
        profile.unarchive,
        profile.mark_unread,
        profile.mark_read,
        profile.delete_contact,
        profile.delete_conversation,
        lambda contact: profile.set_timer(contact, 5),
        lambda contact: profile.mute(contact, None),
        lambda contact: profile.rename(contact, "x"),
        lambda contact: profile.save_draft(contact, "x"),
    ):
        with pytest.raises(LocalError, match="no such contact"):
            call(99)

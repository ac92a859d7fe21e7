"""Contacts, and what happens when somebody else claims to be one (Spec: ID-11)."""

import pytest

from securemsg.client.reasons import HELD
from securemsg.client.step import Step
from securemsg.client.views import MessageKind, MessageState, Trust
from securemsg.errors import LocalError
from securemsg.ids import MessageId
from securemsg.mailbox.answers import Prekeys
from securemsg.store.addresses import ContactAddress
from securemsg.store.contacts import NewContact
from securemsg.wire.messages.content import Text, encode
from tests.client.post import Person, PostOffice, settle

QUEUED, DELIVERED = MessageState.QUEUED, MessageState.DELIVERED


def befriended(office: PostOffice) -> tuple[Person, Person]:
    """Return two people who have talked."""
    ann, ben = office.friends("ann", "ben")
    ann.write("ben", "before")
    settle(ann, ben)
    return ann, ben


def shelf_of(person: Person) -> Prekeys:
    """Return what the shelf of a person shows, without a leaf."""
    return Prekeys(person.box.generation, person.box.manifest, None)


def test_a_link_of_another_account_under_the_same_name_freezes_the_contact(office: PostOffice) -> None:
    """K20: nothing is sealed to either account until the person decides; what waits says why."""
    ann, ben = befriended(office)
    mallory = office.person("mallory")
    ann.add(mallory, "ben")
    assert ann.view("ben").trust is Trust.CHANGED
    held = ann.write("ben", "for whom?")
    assert (held.state, held.reason) == (QUEUED, HELD)
    before = len(office.submitted)
    settle(ann, ben, mallory)
    assert len(office.submitted) == before
    assert ann.messages("ben")[-1].reason == HELD
    assert ann.profile.waiting() == 1


def test_what_was_sealed_before_the_change_is_held_as_well(office: PostOffice) -> None:
    """K20: also what only needed transmission."""
    ann, ben = befriended(office)
    ann.write("ben", "sealed already")
    ann.add(office.person("mallory"), "ben")
    assert ann.send() == 0
    assert ben.box.queue == []


def test_while_changed_the_old_account_is_still_read_and_not_answered(office: PostOffice) -> None:
    """K20, ID-11: its messages open and are shown; even their receipts wait."""
    ann, ben = befriended(office)
    ann.add(office.person("mallory"), "ben")
    ben.write("ann", "it is me")
    settle(ann, ben)
    assert ann.read("ben") == ["it is me"]
    assert ben.states("ann") == [MessageState.ACCEPTED]
    ann.profile.keep_previous(ann.of("ben"))
    settle(ann, ben)
    assert ben.states("ann") == [DELIVERED]


@pytest.mark.parametrize(("decision", "trust"), [("mark", Trust.VERIFIED), ("accept", Trust.FIRST_SEEN)])
def test_taking_the_new_account_sends_what_was_held_to_it_alone(
    office: PostOffice, decision: str, trust: Trust
) -> None:
    """K20, ID-11: verified where the numbers were compared, else as first seen."""
    ann, ben = befriended(office)
    ann.write("ben", "sealed for the old one")
    mallory = office.person("mallory")
    ann.add(mallory, "ben")
    ann.write("ben", "written while changed")
    compared = ann.profile.verification(ann.of("ben"))
    assert compared.safety_number == mallory_number(ann, mallory)
    decide = ann.profile.mark_verified if decision == "mark" else ann.profile.accept_changed
    decide(ann.of("ben"))
    settle(ann, ben, mallory)
    assert ann.view("ben").trust is trust
    assert ann.view("ben").account == mallory.profile.own().account
    assert mallory.read("ann") == ["sealed for the old one", "written while changed"]
    assert ben.read("ann") == ["before"]
    assert ann.states("ben") == [DELIVERED] * 2
    kinds = [(message.kind, message.text) for message in ann.messages("ben 2")]
    assert kinds == [(MessageKind.TEXT, "before"), (MessageKind.IDENTITY, "")]
    assert ann.messages("ben")[-1].kind is MessageKind.IDENTITY
    assert ann.view("ben 2").account == ben.profile.own().account


def mallory_number(ann: Person, mallory: Person) -> str:
    """Return the safety number of the two as the other side shows it."""
    return mallory.profile.verification(mallory.add(ann).contact).safety_number


@pytest.mark.parametrize("before", [Trust.FIRST_SEEN, Trust.VERIFIED])
def test_keeping_the_old_account_sends_what_was_held_to_it_alone(office: PostOffice, before: Trust) -> None:
    """K20, ID-11: trust is what it was."""
    ann, ben = befriended(office)
    if before is Trust.VERIFIED:
        ann.profile.mark_verified(ann.of("ben"))
    mallory = office.person("mallory")
    ann.add(mallory, "ben")
    ann.write("ben", "for ben")
    ann.profile.keep_previous(ann.of("ben"))
    settle(ann, ben, mallory)
    assert ann.view("ben").trust is before
    assert ben.read("ann") == ["before", "for ben"]
    assert mallory.profile.conversations() == []


def test_a_shelf_that_shows_another_account_freezes_the_contact(office: PostOffice) -> None:
    """K20, HS-5: nothing is sealed to what lies there."""
    ann, ben = office.friends("ann", "ben")
    # Whoever has Ben's link can publish under the key of his shelf, if the relay helps.
    mallory = office.person("mallory", secret=ben.profile.owner.link.secret)
    office.on_fetch = lambda _prekeys: shelf_of(mallory)
    ann.write("ben", "for ben")
    settle(ann, ben)
    assert ann.view("ben").trust is Trust.CHANGED
    assert ann.notes() == {"identity changed": 1}
    assert (ann.states("ben"), ann.messages("ben")[0].reason) == ([QUEUED], HELD)
    assert office.submitted == []
    office.on_fetch = lambda prekeys: prekeys
    ann.profile.keep_previous(ann.of("ben"))
    settle(ann, ben)
    assert ben.read("ann") == ["for ben"]


def test_deciding_for_an_account_that_is_another_contact_gives_that_one_the_name(office: PostOffice) -> None:
    """ID-11: two contacts are never one account, and none gets what the other said."""
    ann, ben = befriended(office)
    mallory = office.person("mallory")
    ann.add(mallory, "ben")
    ann.add(mallory, "mallory")
    ann.write("mallory", "to mallory")
    ann.profile.verification(ann.of("ben"))
    heir = ann.profile.accept_changed(ann.of("ben"))
    assert (heir.alias, heir.account) == ("ben", mallory.profile.own().account)
    texts = [message.text for message in ann.messages("ben") if message.kind is MessageKind.TEXT]
    assert texts == ["to mallory"]
    assert ann.view("ben 2").account == ben.profile.own().account


def test_a_number_that_is_no_longer_the_one_compared_verifies_nothing(office: PostOffice) -> None:
    """ID-11: the contact changed while the person compared."""
    ann, _ = befriended(office)
    ann.profile.verification(ann.of("ben"))
    ann.add(office.person("mallory"), "ben")
    with pytest.raises(LocalError, match="look again"):
        ann.profile.mark_verified(ann.of("ben"))
    with pytest.raises(LocalError, match="look again"):
        ann.profile.accept_changed(ann.of("ben"))
    assert ann.view("ben").trust is Trust.CHANGED


def test_a_stranger_who_bears_the_name_gives_way_to_whom_the_person_adds(office: PostOffice) -> None:
    """ID-11, CL-10: what the stranger said stays the stranger's."""
    ann = office.person("ann")
    mallory = office.person("ben")
    mallory.add(ann)
    mallory.write("ann", "it is me, ben")
    settle(ann, mallory)
    assert ann.read("ben") == ["it is me, ben"]
    ben = office.person("the real ben")
    ann.add(ben, "ben")
    assert ann.view("ben").account == ben.profile.own().account
    assert ann.read("ben") == []
    assert ann.read("ben 2") == ["it is me, ben"]


def test_nothing_is_sent_to_a_stranger_before_the_person_answers(office: PostOffice) -> None:
    """CL-10: no receipt tells that the owner is there; all are sent when she writes."""
    ann, mallory = office.person("ann"), office.person("mallory")
    mallory.add(ann)
    mallory.write("ann", "anybody there?")
    mallory.write("ann", "hello?")
    settle(ann, mallory)
    assert mallory.states("ann") == [MessageState.ACCEPTED] * 2
    assert ann.profile.waiting() == 0
    ann.write("mallory", "who is it?")
    settle(ann, mallory)
    assert mallory.states("ann") == [DELIVERED] * 2


def test_our_own_link_is_refused(office: PostOffice) -> None:
    """K22: with a sentence, and without a contact."""
    ann = office.person("ann")
    with pytest.raises(LocalError, match="your own"):
        ann.add(ann, "me")
    assert ann.profile.conversations() == []


def test_an_opening_from_our_own_account_is_refused(office: PostOffice) -> None:
    """K22: whoever holds a copy of our keys does not become our contact."""
    ann = office.person("ann")
    twin = office.person("twin", account=ann.profile.owner.account)
    link = ann.profile.owner.link

    def add_oneself(step: Step) -> None:
        new = NewContact("ann", "", link.account_id, step.now)
        contact = step.vault.contacts.add(new).id
        step.vault.addresses.set(contact, ContactAddress.of(link))
        # Past everything that keeps a note to oneself here.
        said = Text(MessageId(bytes(16)), step.now, "from yourself")
        step.vault.outbox.add(contact, encode(said), step.now)

    twin.profile.decide(add_oneself)
    assert twin.send() > 1
    ann.collect()
    assert ann.profile.conversations() == []
    assert ann.notes() == {"OwnDevice": 1}


def test_whoever_has_our_link_becomes_a_contact_with_a_free_name(office: PostOffice) -> None:
    """CL-10: named as the card says, with a number where that is taken; we can answer at once."""
    ann = office.person("ann")
    people = [office.person("ben") for _ in range(3)]
    for person in people:
        person.add(ann)
        person.write("ann", "hello")
    settle(ann, *people)
    assert {view.alias for view in ann.profile.conversations()} == {"ben", "ben 2", "ben 3"}
    assert all(view.trust is Trust.FIRST_SEEN for view in ann.profile.conversations())
    for view in ann.profile.conversations():
        ann.write(view.alias, f"hello {view.alias}")
    settle(ann, *people)
    assert {person.read("ann")[0] for person in people} == {"hello ben", "hello ben 2", "hello ben 3"}


HOSTILE = ["", " ", "\x1b[2J", "\u202egnp", "a\nb", "\x00", "x" * 64, "\u200b", "\u00e9" * 32, "ANN", "0000"]


@pytest.mark.parametrize("name", HOSTILE, ids=[repr(name)[:20] for name in HOSTILE])
def test_whatever_a_stranger_calls_itself_it_becomes_a_contact(office: PostOffice, name: str) -> None:
    """CL-10, T05: a hostile or an empty name loses no message and takes nobody's place."""
    ben, ann = office.friends("ben", "ann")
    stranger = office.person("stranger")
    object.__setattr__(stranger.profile.owner, "name", name)
    stranger.add(ben)
    stranger.write("ben", "hello")
    settle(stranger, ben)
    (view,) = [view for view in ben.profile.conversations() if view.alias != "ann"]
    assert ben.read(view.alias) == ["hello"]
    assert view.account == stranger.profile.own().account
    assert ben.view("ann").account == ann.profile.own().account


def test_a_later_name_does_not_change_what_we_call_somebody(office: PostOffice) -> None:
    """ID-12: a name is never an identifier."""
    ann, ben = office.person("ann"), office.person("ben")
    ben.add(ann)
    ann.add(ben, "my friend")
    ben.write("ann", "hello")
    settle(ann, ben)
    assert (ann.view("my friend").alias, ann.view("my friend").name) == ("my friend", "ben")


def test_each_contact_is_given_a_token_of_its_own(office: PostOffice) -> None:
    """CL-11: so that one can be cut off without the others, and all without the link."""
    ann, *others = office.friends("ann", "ben", "cem", "dot")
    given = []
    for person in others:
        ann.write(person.name, "hello")
        settle(ann, person)
        given.append(card_token(person))
    assert len({*given, ann.profile.owner.link.token.expose()}) == 4


def card_token(person: Person) -> bytes:
    """Return the token by which a person writes to Ann."""
    address = person.profile.decide(lambda step: step.vault.addresses.get(step.vault.contacts.find("ann").id))
    assert address is not None
    return address.token.expose()


def test_without_a_spare_token_that_of_the_link_is_given(office: PostOffice) -> None:
    """CL-11: nobody is left without an address."""
    ann, ben = office.friends("ann", "ben")
    ann.profile.decide(lambda step: step.vault.tokens._rows.run("delete from tokens", ()))
    ann.write("ben", "hello")
    settle(ann, ben)
    assert card_token(ben) == ann.profile.owner.link.token.expose()
    ben.write("ann", "answer")
    settle(ann, ben)
    assert ann.read("ben") == ["answer"]


def test_adding_somebody_again_takes_the_newer_address_and_name(office: PostOffice) -> None:
    """ID-6: the same account stays the same contact."""
    ann, ben = befriended(office)
    ann.add(ben, "benjamin")
    assert [view.alias for view in ann.profile.conversations()] == ["benjamin"]
    ann.write("benjamin", "still you")
    settle(ann, ben)
    assert ben.read("ann") == ["before", "still you"]

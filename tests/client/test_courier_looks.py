"""What the courier sees when it looks at the outbox: no relay and no contact hides another."""

from functools import partial

from securemsg.client import outgoing
from securemsg.client.courier import CONTACTS_AT_ONCE, _due, _look
from securemsg.client.problems import Refused, Unreachable
from securemsg.identity.access import LinkSecret
from securemsg.identity.link import ContactLink
from securemsg.ids import AccountId, MailboxId
from securemsg.instant import SECOND
from securemsg.mailbox.answers import ErrorCode, Failed
from tests.client.post import Person, PostOffice
from tests.support.entropy import SeededEntropy

entropy = SeededEntropy(7)


def befriend(person: Person, host: str, alias: str) -> None:
    """Add somebody whose mailbox is at `host`, and queue a text."""
    place = (host, 7443, bytes(32), MailboxId(entropy(16)))
    link = ContactLink(AccountId(entropy(32)), *place, LinkSecret.generate(entropy))
    person.profile.add_contact(link.text, alias)
    person.write(alias, "hello")


def hosts(person: Person) -> list[str]:
    """Return where something is due."""
    return sorted(address.host for address in person.profile.decide(_due))


def test_a_relay_that_is_down_does_not_hide_another(office: PostOffice) -> None:
    """CL-5: however many contacts it has for whom something waits."""
    ann = office.person("ann")
    for number in range(CONTACTS_AT_ONCE + 6):
        befriend(ann, "down.example", f"contact {number}")
    down = Unreachable("down")
    for entry in ann.due():
        ann.profile.decide(partial(outgoing.explain, waiting=entry, problem=down))
    befriend(ann, "up.example", "another")
    assert hosts(ann) == ["down.example", "up.example"]


def test_what_is_due_does_not_hide_when_more_is(office: PostOffice) -> None:
    """CL-6: a contact put off is tried again in time while others wait for a relay that is down."""
    ann = office.person("ann")
    befriend(ann, "full.example", "full")
    refusal = Refused(Failed(ErrorCode.FULL, 30))
    (entry,) = ann.due()
    ann.profile.decide(lambda step: outgoing.put_off(step, entry, refusal))
    befriend(ann, "down.example", "down")
    due, pause = ann.profile.decide(_look)
    assert [address.host for address in due] == ["down.example"]
    assert pause == 30
    office.pass_time(30 * SECOND)
    assert hosts(ann) == ["down.example", "full.example"]
    assert ann.profile.decide(_look)[1] is None


def test_a_clock_that_is_set_back_does_not_hold_up_what_waits_for_a_relay(office: PostOffice) -> None:
    """CL-6: only what a relay put off waits by the clock."""
    ann = office.person("ann")
    befriend(ann, "down.example", "down")
    (entry,) = ann.due()
    ann.profile.decide(lambda step: outgoing.explain(step, entry, Unreachable("down")))
    office.pass_time(-3_600 * SECOND)
    assert hosts(ann) == ["down.example"]


def test_with_nothing_to_send_nobody_is_dialled(office: PostOffice) -> None:
    ann, _ = office.friends("ann", "ben")
    assert ann.profile.decide(_look) == ({}, None)

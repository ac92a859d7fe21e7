"""Somebody with a link, whom the person has not accepted, takes little room in the vault (Spec: CL-10)."""

from securemsg.client.receiving import STRANGERS_ROWS
from securemsg.client.step import Step
from tests.client.post import Person, PostOffice, settle

SAID = 3 * STRANGERS_ROWS


def rows_of(person: Person) -> int:
    """Return how many skipped keys the vault of a person holds."""

    def count(step: Step) -> int:
        books = [step.vault.sessions.load(peer.book) for peer in step.vault.sessions.peers()]
        return sum(step.vault.skipped.count(held.session_id) for book in books for held in book.entries)

    return person.profile.decide(count)


def pen_pal(office: PostOffice) -> tuple[Person, Person]:
    """Return Ann, and Cem who has her link and wrote much that waits for her."""
    ann, cem = office.person("ann"), office.person("cem")
    cem.add(ann)
    for number in range(SAID):
        cem.write("ann", str(number))
    cem.send()
    return ann, cem


def test_a_strangers_message_from_far_ahead_leaves_a_hundred_rows(office: PostOffice) -> None:
    """CL-10, RT-13: of each ratchet; what was said just before can still come."""
    ann, _ = pen_pal(office)
    sent, ann.box.queue = ann.box.queue, []
    ann.collect([sent[-1]])
    assert rows_of(ann) == 2 * STRANGERS_ROWS
    ann.collect(sent[:-1])
    assert sorted(map(int, ann.read("cem"))) == [*range(SAID - 1 - STRANGERS_ROWS, SAID)]
    assert ann.notes() == {"Replayed": SAID - 1 - STRANGERS_ROWS}
    assert rows_of(ann) == 0


def test_who_was_accepted_may_be_late(office: PostOffice) -> None:
    """RT-13: then all of it can still come."""
    ann, cem = pen_pal(office)
    sent, ann.box.queue = ann.box.queue, []
    ann.add(cem)
    ann.collect([sent[-1]])
    assert rows_of(ann) == 2 * (SAID - 1)
    ann.box.queue = sent[:-1]
    settle(ann, cem)
    assert sorted(map(int, ann.read("cem"))) == [*range(SAID)]

"""What is left in the file of words that were taken back: nothing (catalogue row R21)."""

from pathlib import Path

from securemsg.client.presence import queue_read_receipts
from securemsg.client.upkeep import purge
from securemsg.ids import MessageId
from securemsg.store.messages import SPENT_FOR
from tests.client.ear import Ear
from tests.client.post import Person, PostOffice, settle
from tests.client.seen import last
from tests.store.vaults import canary, raw_connection
from tests.support.entropy import SeededEntropy


def pages(person: Person) -> bytes:
    """Return every page of somebody's vault in the clear, free pages included."""
    person.profile.close()
    connection = raw_connection(person.home)
    try:
        found = connection.serialize("main")
    finally:
        connection.close()
    assert found.startswith(b"SQLite format 3\0")
    person.reopen()
    return found


def wal_size(person: Person) -> int:
    """Return how much of earlier pages the WAL holds: nothing, after an erasure."""
    return Path(person.home / "vault.db-wal").stat().st_size


def test_words_that_were_taken_back_are_in_no_page_of_either_side(office: PostOffice) -> None:
    """R21, CT-11: the first words, those of the edit, and what answered is found no more."""
    ann, ben = office.friends("ann", "ben")
    first, second, kept = canary(), canary(), canary()
    said = ann.write("ben", f"{first} said")
    ann.write("ben", f"{kept} stays")
    settle(ann, ben)
    ann.profile.edit(said.row, f"{second} said")
    settle(ann, ben)
    assert all(word.encode() in pages(person) for word in (first, second, kept) for person in (ann, ben))
    ann.profile.delete_for_all([said.row])
    assert wal_size(ann) == 0
    ann.send()
    ben.collect()
    assert wal_size(ben) == 0
    settle(ann, ben)
    for person, alias in ((ann, "ben"), (ben, "ann")):
        left = pages(person)
        assert [word for word in (first, second) if word.encode() in left] == []
        assert kept.encode() in left
        assert person.profile.search(second) == []
        assert last(person, alias).text == f"{kept} stays"


def test_words_that_never_left_are_in_no_page_once_they_were_changed(office: PostOffice) -> None:
    """R21, CT-9: of the text, of the index and of the outbox."""
    ann, _ = office.friends("ann", "ben")
    typed = canary()
    said = ann.write("ben", f"{typed} typed")
    ann.profile.edit(said.row, "something else")
    assert wal_size(ann) == 0
    assert typed.encode() not in pages(ann)


def test_words_that_come_after_their_deletion_touch_no_page(office: PostOffice) -> None:
    """R21, CT-17: nor do edits that waited for them."""
    ann, ben = office.friends("ann", "ben")
    ear = Ear(ann, ben.profile.owner.account.account_id, SeededEntropy(3))
    early, late = canary(), canary()
    said = ear.text(f"{late} said")
    ear.hear(ear.edit(said.message_id, f"{early} said", 5), ear.delete(said.message_id), said)
    left = pages(ann)
    assert early.encode() not in left
    assert late.encode() not in left
    assert ear.seen(MessageId(said.message_id)).deleted


def test_words_that_wait_for_what_was_deleted_are_in_no_page(office: PostOffice) -> None:
    """R21, CT-11, CT-17: the message itself may never come."""
    ann, ben = office.friends("ann", "ben")
    ear = Ear(ann, ben.profile.owner.account.account_id, SeededEntropy(4))
    early = canary()
    target = ear.fresh()
    ear.hear(ear.edit(target, f"{early} said", 5))
    assert early.encode() in pages(ann)
    ear.hear(ear.delete(target), ear.edit(target, f"{early} again", 6))
    assert wal_size(ann) == 0
    assert early.encode() not in pages(ann)


def test_what_was_erased_after_a_long_time_does_not_come_back(office: PostOffice) -> None:
    """CT-2, CL-27: nor is a receipt about it one of something that was never said."""
    ann, ben = office.friends("ann", "ben")
    ear = Ear(ann, ben.profile.owner.account.account_id, SeededEntropy(5))
    ben.profile.change_setting("read_receipts", "on")
    theirs, mine = ear.text("theirs"), ann.write("ben", "mine")
    ear.hear(theirs)
    settle(ann, ben)
    office.pass_time(2 * SPENT_FOR)
    ann.profile.delete_for_me([mine.row, ear.seen(theirs.message_id).row])
    ann.profile.decide(purge)
    ben.profile.mark_read(ben.of("ann"))
    office.pass_time(30_000)
    ben.profile.decide(queue_read_receipts)
    settle(ann, ben)
    ear.hear(theirs)
    assert (ann.messages("ben"), ann.profile.alarms()) == ([], [])

"""What is checked before the first byte of a file is asked for (FI-10)."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from securemsg.client import Profile
from securemsg.client.transfer import wishes
from securemsg.client.transfer.ferry import SEEN, look
from securemsg.client.transfer.offers import offered
from securemsg.client.views import FileState
from securemsg.crypto.stream import StreamKey
from securemsg.errors import LocalError
from securemsg.ids import AccountId, MessageId
from securemsg.instant import Instant
from securemsg.store.contacts import NewContact
from securemsg.store.files import FileState as Kept
from securemsg.store.ids import ContactId, MessageRow
from securemsg.store.messages import NewMessage
from securemsg.wire.messages.content import BlobPlace, ReadCapability, StoredFile
from tests.client.live import friends
from tests.client.transfer.carrying import file_of

ADDRESS = "127.0.0.1:9#" + "A" * 43


@pytest.fixture
def ben(tmp_path: Path) -> Iterator[Profile]:
    with friends(tmp_path, ADDRESS, "ann", "ben") as (_, ben):
        yield ben


def file(ben: Profile, size: int = 1_000) -> StoredFile:
    link = ben.owner.link
    place = BlobPlace(link.host, link.port, link.pin, bytes(16), ReadCapability(bytes(32)))
    return StoredFile(place, StreamKey(bytes(32)), bytes(32), size, "a.txt", "")


def offer(ben: Profile, offering: StoredFile) -> int:
    """Store a message with a file as if Ann had sent it."""
    contact = ContactId(ben.find_contact("ann").contact)
    with ben.step() as step:
        new = NewMessage(MessageId(bytes(16)), Instant(1), 9, "", b"")
        row = step.vault.messages.add_incoming(contact, new, step.now)
        assert row is not None
        offered(step, row, offering)
    return row


def test_a_file_at_another_relay_is_never_dialled(ben: Profile) -> None:
    """FI-10: else a file would tell its sender where its reader is."""
    offering = file(ben)
    row = offer(ben, replace(offering, place=replace(offering.place, pin=bytes(range(32)))))
    with pytest.raises(LocalError, match="another relay"):
        ben.fetch_file(row)
    assert file_of(ben, row).state is FileState.OFFERED


def test_a_file_beyond_the_limit_is_not_fetched(ben: Profile) -> None:
    """T16: a size cap before the download."""
    row = offer(ben, file(ben, 2**30 + 1))
    with pytest.raises(LocalError, match="larger than what you allow"):
        ben.fetch_file(row)


def test_a_file_for_which_the_disk_has_no_room_is_not_fetched(ben: Profile) -> None:
    """T16, R10: said before the first byte."""
    row = offer(ben, file(ben, 50_000))
    with ben.step() as step, pytest.raises(LocalError, match="no room"):
        wishes.fetch(step, MessageRow(row), room=49_999)


def test_an_offer_goes_with_its_message(ben: Profile) -> None:
    """FI-15: with the row goes the key."""
    row = offer(ben, file(ben))
    with ben.step() as step:
        step.vault.messages.erase([MessageRow(row)], step.now)
    with ben.step() as step:
        assert step.vault.files.find(MessageRow(row)) is None


@pytest.mark.parametrize("call", ["pause_file", "resume_file"])
def test_what_does_not_move_cannot_rest(ben: Profile, call: str) -> None:
    row = offer(ben, file(ben))
    with pytest.raises(LocalError):
        getattr(ben, call)(row)


def test_a_file_is_named_by_the_beginning_of_its_id(ben: Profile) -> None:
    row = offer(ben, file(ben))
    assert ben.find_file("0000").row == row
    for wrong in ("00", "zzzz", "ffff", "%%%%"):
        with pytest.raises(LocalError):
            ben.find_file(wrong)


@pytest.mark.parametrize("what", ["missing", "folder", "pipe", "nul"])
def test_only_a_regular_file_can_be_sent(ben: Profile, tmp_path: Path, what: str) -> None:
    """T15: also on the way out nothing hangs on a pipe."""
    path = tmp_path / "thing"
    if what == "folder":
        path.mkdir()
    if what == "pipe":
        os.mkfifo(path)
    named = "a\0b" if what == "nul" else str(path)
    with pytest.raises(LocalError, match="cannot be read"):
        ben.queue_file(ben.find_contact("ann").contact, named)


def test_a_document_is_said_to_keep_its_metadata(ben: Profile) -> None:
    """FI-14: pictures that are cleaned, and texts, need no such word."""
    said = [
        bool(ben.file_note(name))
        for name in ("a.pdf", "b.docx", "c.heic", "d.mp4", "e.jpg", "f.png", "g.txt")
    ]
    assert said == [True, True, True, True, False, False, False]


def test_a_file_that_waits_goes_to_who_bears_the_name_now(ben: Profile, tmp_path: Path) -> None:
    """ID-11: like the texts that wait; what has left stays where it went."""
    (tmp_path / "a.txt").write_bytes(b"words")
    ann, heir = ben.find_contact("ann").contact, ben.note_to_self().contact
    waiting = ben.queue_file(ann, str(tmp_path / "a.txt")).row
    received = offer(ben, file(ben))
    with ben.step() as step:
        step.vault.files.move_waiting(ContactId(ann), ContactId(heir))
    assert [ben.message(row).contact for row in (waiting, received)] == [heir, ann]


def test_what_is_carried_goes_on_however_much_waits_before_it(ben: Profile, tmp_path: Path) -> None:
    """FI-9: it is stopped where the person does not want it any more, and only there."""
    (tmp_path / "a.txt").write_bytes(b"words")
    ann = ben.find_contact("ann").contact
    rows = [MessageRow(ben.queue_file(ann, str(tmp_path / "a.txt")).row) for _ in range(SEEN + 1)]
    first, last = rows[0], rows[-1]
    assert ben.decide(lambda step: look(step, (first, last))).unwanted == set()
    ben.cancel_file(last)
    assert ben.decide(lambda step: look(step, (first, last))).unwanted == {last}


def test_a_path_that_is_no_text_is_refused_with_a_sentence(ben: Profile, tmp_path: Path) -> None:
    """T15: somebody else's archive may have unpacked it."""
    path = os.fsdecode(os.fsencode(tmp_path) + b"/\xff.txt")
    Path(path).write_bytes(b"words")
    with pytest.raises(LocalError, match="half a character"):
        ben.queue_file(ben.find_contact("ann").contact, path)


def test_what_has_come_whole_cannot_be_given_up(ben: Profile) -> None:
    """FI-10: the relay is told to forget it, so that it could not be fetched again."""
    row = offer(ben, file(ben))
    with ben.step() as step:
        step.vault.files.move(MessageRow(row), Kept.SAVED)
    with pytest.raises(LocalError, match="not on its way"):
        ben.cancel_file(row)
    assert file_of(ben, row).state is FileState.SAVED


def test_who_is_told_nothing_does_not_see_that_a_file_was_fetched(ben: Profile) -> None:
    """CL-30, CL-31: a sender can look whether a blob is still there."""
    row = offer(ben, file(ben))
    ann = ben.find_contact("ann").contact

    def released() -> list[int]:
        with ben.step() as step:
            return [record.message for record in step.vault.files.unreleased(9)]

    assert released() == []
    with ben.step() as step:
        step.vault.files.move(MessageRow(row), Kept.SAVED)
    assert released() == [row]
    ben.block(ann)
    assert released() == []
    ben.unblock(ann)
    assert released() == [row]
    with ben.step() as step:
        stranger = step.vault.contacts.add(NewContact("eve", "eve", AccountId(bytes(32)), step.now))
        step.vault.messages._rows.run("update messages set contact = ?", (stranger.id,))
    assert released() == []


def test_what_is_given_up_takes_no_room(ben: Profile) -> None:
    """FI-15: an offer has nothing in the home, a transfer that rests has."""
    row = offer(ben, file(ben))
    with ben.step() as step:
        assert step.vault.files.spools() == set()
    ben.fetch_file(row)
    ben.pause_file(row)
    with ben.step() as step:
        assert len(step.vault.files.spools()) == 1
    ben.cancel_file(row)
    with ben.step() as step:
        assert step.vault.files.spools() == set()

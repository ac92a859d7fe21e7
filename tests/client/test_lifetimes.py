"""Messages with an end: when they begin to count, when they go, and that nothing of them stays."""

import shutil
from pathlib import Path

import pytest

from securemsg.client.countdown import erase_expired
from securemsg.client.ticking import LONGEST_SECONDS, tick
from securemsg.client.views import MessageKind
from securemsg.errors import LocalError
from securemsg.ids import MessageId
from securemsg.instant import DAY, HOUR, SECOND
from securemsg.store.choices import Timer
from securemsg.store.ids import ContactId
from securemsg.wire.messages.content import Text, encode
from tests.client.post import Person, PostOffice, settle
from tests.store.test_files import content
from tests.store.vaults import canary


@pytest.fixture
def pair(office: PostOffice) -> tuple[Person, Person]:
    """Two people who have talked, with a timer of an hour."""
    ann, ben = office.friends("ann", "ben")
    ann.write("ben", "before")
    settle(ann, ben)
    ann.profile.set_timer(ann.of("ben"), 3_600)
    settle(ann, ben)
    return ann, ben


def texts(person: Person, alias: str) -> list[str]:
    """Return what is there of a conversation, without lines."""
    return [view.text for view in person.messages(alias) if view.kind is MessageKind.TEXT]


def sweep(*people: Person) -> None:
    """Erase what is over, as the engine does when it wakes."""
    for person in people:
        while person.profile.decide(erase_expired):
            pass


def test_ours_counts_from_the_relay_and_theirs_from_being_read(
    office: PostOffice, pair: tuple[Person, Person]
) -> None:
    """CL-24, CL-25, CL-27: an hour from then it is gone here; on the other side an hour after that."""
    ann, ben = pair
    ann.write("ben", "short")
    assert [view.expires_at for view in ann.messages("ben")] == [None] * 3
    ann.send()
    assert ann.messages("ben")[-1].expires_at == office.now + HOUR
    office.pass_time(HOUR - 1)
    sweep(ann)
    assert texts(ann, "ben") == ["before", "short"]
    office.pass_time(1)
    sweep(ann)
    assert texts(ann, "ben") == ["before"]
    ben.collect()
    office.pass_time(9 * HOUR)
    sweep(ben)
    assert texts(ben, "ann") == ["before", "short"]
    ben.profile.mark_read(ben.of("ann"))
    office.pass_time(HOUR)
    sweep(ben)
    assert texts(ben, "ann") == ["before"]


def test_an_edit_of_what_is_over_waits_no_longer(office: PostOffice, pair: tuple[Person, Person]) -> None:
    """CL-27: it goes with the message, and the number of what waits is told anew."""
    ann, ben = pair
    row = ann.write("ben", "short").row
    settle(ann, ben)
    ann.profile.edit(row, "shorter")
    assert ann.profile.take_changes().waiting == 1
    office.pass_time(HOUR)
    sweep(ann)
    changes = ann.profile.take_changes()
    assert (changes.outbox, changes.waiting, ann.profile.waiting()) == (True, 0, 0)


def test_what_the_receive_command_printed_was_read(office: PostOffice, pair: tuple[Person, Person]) -> None:
    """CL-25."""
    ann, ben = pair
    ann.write("ben", "short")
    settle(ann, ben)
    ben.profile.mark_printed([view.row for view in ben.profile.unprinted(9)])
    office.pass_time(HOUR)
    sweep(ben)
    assert texts(ben, "ann") == ["before"]


def test_a_lost_answer_of_the_relay_does_not_make_a_message_stay(
    office: PostOffice, pair: tuple[Person, Person]
) -> None:
    """CL-25: a receipt says as much."""
    ann, ben = pair
    ann.mute = True
    ann.write("ben", "short")
    ann.send()
    ben.collect()
    ben.send()
    ann.collect()
    office.pass_time(HOUR)
    sweep(ann)
    assert texts(ann, "ben") == ["before"]


def test_a_client_that_knows_no_timers_breaks_none(pair: tuple[Person, Person]) -> None:
    """CL-24: its texts say 0 and get the conversation's time; the timer stays as it was set."""
    ann, ben = pair
    contact = ContactId(ben.of("ann"))
    ben.profile.decide(lambda step: step.vault.choices.set_timer(contact, Timer(0, 0, None)))
    ben.write("ann", "from an old client")
    settle(ann, ben)
    assert ann.messages("ben")[-1].lifetime == 3_600
    assert (ann.view("ben").lifetime, ben.view("ann").lifetime) == (3_600, 0)


def test_what_waits_unsealed_keeps_the_time_it_was_written_with(office: PostOffice) -> None:
    """CL-24, CL-26: a timer that is set behind it is behind it on the other side, too."""
    ann, ben = office.friends("ann", "ben")
    ann.write("ben", "stays")
    ann.profile.set_timer(ann.of("ben"), 5)
    ann.write("ben", "goes")
    settle(ann, ben)
    lifetimes = [(view.text, view.lifetime) for view in ben.messages("ann") if view.text]
    assert lifetimes == [("stays", 0), ("goes", 5)]
    assert [view.lifetime for view in ann.messages("ben")] == [0, 5, 5]
    assert ann.messages("ben")[1].kind is MessageKind.TIMER


def test_lines_stay_and_are_never_unread(office: PostOffice, pair: tuple[Person, Person]) -> None:
    """ST-14."""
    ann, ben = pair
    ben.profile.mark_read(ben.of("ann"))
    ann.profile.set_timer(ann.of("ben"), 5)
    settle(ann, ben)
    assert (ben.view("ann").unread, ben.view("ann").last_kind) == (0, MessageKind.TIMER)
    assert ben.profile.unprinted(9)[-1].text == "before"
    ben.profile.mark_read(ben.of("ann"))
    office.pass_time(DAY)
    sweep(ann, ben)
    assert [view.lifetime for view in ben.messages("ann")] == [0, 3_600, 5]


def test_nothing_of_a_message_is_left_in_the_files(office: PostOffice, pair: tuple[Person, Person]) -> None:
    """R21, CL-27, ST-6, ST-17: text, history, index, what waits, drafts; 24 words, none is found."""
    ann, ben = pair
    words = [canary() for _ in range(24)]
    for word in words[:8]:
        ann.write("ben", f"{word} said")
    settle(ann, ben)
    for number, word in enumerate(words[8:16]):
        row = ann.messages("ben")[-8 + number].row
        ann.profile.edit(row, f"{word} corrected")
    ann.mute = True
    ann.send()
    last = ann.messages("ben")[-1]
    ann.profile.save_draft(ann.of("ben"), words[16], editing=last.row)
    ben.collect()
    ben.profile.mark_read(ben.of("ann"))
    ben.profile.react(ben.messages("ann")[-1].row, "\u2764")
    for word in words[17:]:
        ben.write("ann", f"{word} answered")
    ben.send()
    for person in (ann, ben):
        assert any(word.encode() in copied(person) for word in words)
    office.pass_time(HOUR)
    sweep(ann, ben)
    assert ann.profile.draft(ann.of("ben")).text == ""
    for person in (ann, ben):
        assert (person.home / "vault.db-wal").stat().st_size == 0
        left = copied(person)
        assert [word for word in words if word.encode() in left] == []
    assert texts(ann, "ben") == ["before"]
    assert texts(ben, "ann") == ["before"]


def copied(person: Person) -> bytes:
    """Return every page of the vault in the clear, with what the WAL holds, while it is open."""
    copy = person.home.with_name(f"{person.home.name}-copy")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(person.home, copy)
    return content(copy)


def test_a_repeat_does_not_bring_back_what_is_over(office: PostOffice, pair: tuple[Person, Person]) -> None:
    """CL-27: a peer that lost the receipt says it again; it is receipted again and not shown."""
    ann, ben = pair
    ann.write("ben", "short")
    ann.send()
    view = ann.messages("ben")[-1]
    ben.collect()
    ben.profile.mark_read(ben.of("ann"))
    office.pass_time(HOUR)
    sweep(ben)
    contact = ContactId(ann.of("ben"))
    said = encode(Text(MessageId(bytes.fromhex(view.id)), view.sent_at, view.text, view.lifetime))
    ann.profile.decide(lambda step: step.vault.outbox.add(contact, said, step.now))
    settle(ann, ben)
    assert texts(ben, "ann") == ["before"]
    assert ben.profile.search("short") == []


def test_a_restored_vault_forgets_at_its_opening(
    office: PostOffice, pair: tuple[Person, Person], tmp_path: Path
) -> None:
    """CL-27, CL-28: a backup of the days in which the message was there shows it to nobody."""
    ann, ben = pair
    ann.write("ben", "short")
    settle(ann, ben)
    ann.profile.close()
    backup = shutil.copytree(ann.home, tmp_path / "backup")
    ann.reopen()
    office.pass_time(HOUR)
    sweep(ann)
    ann.profile.close()
    shutil.rmtree(ann.home)
    shutil.copytree(backup, ann.home)
    ann.reopen()
    assert texts(ann, "ben") == ["before"]
    assert b"short" not in copied(ann)
    settle(ann, ben)


@pytest.mark.parametrize("seconds", [-1, 1, 4, 366 * 86_400 + 1, 2**63])
def test_times_that_make_no_sense_are_refused(pair: tuple[Person, Person], seconds: int) -> None:
    """CL-26."""
    ann, _ = pair
    with pytest.raises(LocalError, match="5 seconds to 366 days"):
        ann.profile.set_timer(ann.of("ben"), seconds)
    assert ann.view("ben").lifetime == 3_600


def test_the_next_look_is_when_something_is_over_or_a_minute_later(
    office: PostOffice, pair: tuple[Person, Person]
) -> None:
    """CL-29: and never, where nothing counts."""
    ann, ben = pair
    assert ann.profile.decide(tick) is None
    ann.profile.set_timer(ann.of("ben"), 30)
    ann.write("ben", "short")
    settle(ann, ben)
    assert ann.profile.take_changes().timed
    assert ann.profile.decide(tick) == 30.0
    ann.profile.set_timer(ann.of("ben"), 3_600)
    ann.write("ben", "later")
    settle(ann, ben)
    office.pass_time(30 * SECOND)
    assert ann.profile.decide(tick) == 0.0
    assert ann.profile.decide(tick) == LONGEST_SECONDS
    assert texts(ann, "ben") == ["before", "later"]

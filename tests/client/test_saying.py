"""What a person says, changes and takes back, between two people with a relay between them."""

from pathlib import Path

import pytest

from securemsg.client.saying import EDITED_WITHIN
from securemsg.client.views import MessageState
from securemsg.errors import LocalError
from securemsg.mailbox.answers import ErrorCode, Failed
from securemsg.store.ids import ContactId
from tests.client.post import PostOffice, settle
from tests.client.seen import HEART, THUMB, last, outgoing, shown


def test_an_answer_names_what_it_answers(office: PostOffice) -> None:
    """CT-8."""
    ann, ben = office.friends("ann", "ben")
    ann.write("ben", "at eight?")
    settle(ann, ben)
    ben.profile.queue_text(ben.of("ann"), "yes", reply_to=last(ben, "ann").row)
    settle(ann, ben)
    quoted = last(ann, "ben").quoted
    assert quoted is not None
    assert (quoted.mine, quoted.text) == (True, "at eight?")


@pytest.mark.parametrize("what", ["text", "file"])
def test_what_cannot_be_answered_is_refused(office: PostOffice, tmp_path: Path, what: str) -> None:
    """CT-8: messages of other conversations, places of what is gone, lines; by words and by files."""
    ann, _, _ = office.friends("ann", "ben", "cleo")
    (tmp_path / "file").write_bytes(b"content")

    def answer(row: int) -> None:
        if what == "text":
            ann.profile.queue_text(ann.of("ben"), "text", reply_to=row)
        else:
            ann.profile.queue_file(ann.of("ben"), str(tmp_path / "file"), reply_to=row)

    with pytest.raises(LocalError, match="another conversation"):
        answer(ann.write("cleo", "elsewhere").row)
    gone = ann.write("ben", "gone")
    ann.send()
    ann.profile.delete_for_all([gone.row])
    ann.profile.set_timer(ann.of("ben"), 60)
    for row in (gone.row, last(ann, "ben").row):
        with pytest.raises(LocalError, match="cannot be answered"):
            answer(row)
    ann.profile.delete_for_me([gone.row])
    with pytest.raises(LocalError, match="no such message"):
        answer(gone.row)


def test_an_edit_reaches_the_other_side_and_both_keep_the_history(office: PostOffice) -> None:
    """CT-9: two edits in one millisecond are still two."""
    ann, ben = office.friends("ann", "ben")
    said = ann.write("ben", "one")
    settle(ann, ben)
    for text in ("two", "two", "three"):
        ann.profile.edit(said.row, text)
        settle(ann, ben)
    assert shown(ann, "ben") == shown(ben, "ann")
    for person, alias in ((ann, "ben"), (ben, "ann")):
        assert last(person, alias).text == "three"
        history = person.profile.history(last(person, alias).row)
        assert [each.text for each in history] == ["one", "two"]
        assert history[0].at == said.sent_at
    assert outgoing(ann) == 0


def test_an_edit_after_a_day_or_of_others_is_refused(office: PostOffice) -> None:
    """CT-9."""
    ann, ben = office.friends("ann", "ben")
    said = ann.write("ben", "one")
    settle(ann, ben)
    with pytest.raises(LocalError, match="of your own"):
        ben.profile.edit(last(ben, "ann").row, "two")
    with pytest.raises(LocalError, match="of your own"):
        ben.profile.delete_for_all([last(ben, "ann").row])
    office.pass_time(EDITED_WITHIN)
    ann.profile.edit(said.row, "just in time")
    office.pass_time(1)
    with pytest.raises(LocalError, match="24 hours"):
        ann.profile.edit(said.row, "too late")
    settle(ann, ben)
    assert ben.read("ann") == ["just in time"]


def test_what_never_left_is_changed_where_it_waits(office: PostOffice) -> None:
    """CT-9: the other side gets one text, and sees no edit."""
    ann, ben = office.friends("ann", "ben")
    said = ann.write("ben", "oen")
    ann.profile.edit(said.row, "one")
    assert outgoing(ann) == 1
    settle(ann, ben)
    assert (last(ben, "ann").text, last(ben, "ann").edited_at) == ("one", None)
    assert last(ann, "ben").edited_at is None
    ann.profile.edit(said.row, "two")
    settle(ann, ben)
    assert shown(ann, "ben") == shown(ben, "ann")


def test_what_never_left_is_deleted_without_a_trace(office: PostOffice) -> None:
    """CT-11."""
    ann, ben = office.friends("ann", "ben")
    said = ann.write("ben", "unsaid")
    ann.profile.react(said.row, THUMB)
    ann.profile.delete_for_all([said.row])
    assert (ann.messages("ben"), outgoing(ann)) == ([], 0)
    settle(ann, ben)
    assert ben.messages("ann") == []


def test_a_deletion_takes_the_words_away_on_both_sides(office: PostOffice) -> None:
    """CT-11: also where the words, an edit and a reaction are on their way."""
    ann, ben = office.friends("ann", "ben")
    ann.write("ben", "hello")
    settle(ann, ben)
    said = [ann.write("ben", f"wrong {number}") for number in range(3)]
    ann.send(1)
    ann.profile.edit(said[0].row, "still wrong")
    ann.profile.delete_for_all([each.row for each in said])
    settle(ann, ben)
    assert shown(ann, "ben") == shown(ben, "ann")
    assert [each.text for each in ben.messages("ann") if not each.deleted] == ["hello"]
    assert ann.profile.waiting() == 0
    with pytest.raises(LocalError, match="deleted"):
        ann.profile.edit(next(each.row for each in ann.messages("ben") if each.deleted), "again")
    with pytest.raises(LocalError, match="deleted"):
        ben.profile.react(next(each.row for each in ben.messages("ann") if each.deleted), THUMB)


def test_a_reaction_is_one_sign_and_the_last_one_counts(office: PostOffice) -> None:
    """CT-10: what waits and never left is replaced, not followed."""
    ann, ben = office.friends("ann", "ben")
    ann.write("ben", "agreed?")
    settle(ann, ben)
    row = last(ben, "ann").row
    for refused in ("yes", "a b", " ", "\n", "\x1b", HEART + HEART, "\u200d", "\u0301"):
        with pytest.raises(LocalError, match="one sign"):
            ben.profile.react(row, refused)
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    for sign in (family, "\U0001f1eb\U0001f1f7", "1\ufe0f\u20e3", "e\u0301", THUMB + "\U0001f3fd", HEART):
        ben.profile.react(row, sign)
        settle(ann, ben)
        assert [(each.emoji, each.theirs) for each in last(ann, "ben").reactions] == [(sign, True)]
    ben.profile.react(row, "")
    settle(ann, ben)
    assert last(ann, "ben").reactions == ()
    assert outgoing(ben) == 0


def test_what_is_replaced_where_it_waits_is_receipted_without_an_alarm(office: PostOffice) -> None:
    """CL-15, CT-9, CT-10: the other side names what it got, and that is known here."""
    ann, ben = office.friends("ann", "ben")
    said = ann.write("ben", "hello")
    settle(ann, ben)
    contact = ContactId(ann.of("ben"))
    # Nothing can be sealed without an address.
    address = ann.profile.decide(lambda step: step.vault.addresses.get(contact))
    assert address is not None
    ann.profile.decide(lambda step: step.vault.addresses._rows.run("delete from addresses"))
    for sign, text in ((THUMB, "helo"), (HEART, "hello there")):
        ann.profile.react(said.row, sign)
        ann.profile.edit(said.row, text)
    assert outgoing(ann) == 2
    ann.profile.decide(lambda step: step.vault.addresses.set(contact, address))
    settle(ann, ben)
    assert ann.profile.alarms() == []
    assert shown(ann, "ben") == shown(ben, "ann")
    assert (last(ben, "ann").text, outgoing(ann)) == ("hello there", 0)


def test_what_failed_is_deleted_for_all_without_a_place(office: PostOffice) -> None:
    """CT-11: the other side is told all the same, for it may have come."""
    ann, ben = office.friends("ann", "ben")
    ann.write("ben", "hello")
    settle(ann, ben)
    ben.box.failure = Failed(ErrorCode.REFUSED)
    said = ann.write("ben", "refused")
    ann.send()
    ben.box.failure = None
    ann.profile.delete_for_all([said.row])
    assert [each.text for each in ann.messages("ben")] == ["hello"]
    settle(ann, ben)
    assert (ann.profile.outbox(), outgoing(ann), ben.read("ann")) == ([], 0, ["hello"])


def test_pages_go_both_ways(office: PostOffice) -> None:
    ann, _ = office.friends("ann", "ben")
    rows = [ann.write("ben", str(number)).row for number in range(7)]
    contact = ann.of("ben")
    after = ann.profile.messages(contact, after=rows[1], limit=3)
    before = ann.profile.messages(contact, before=rows[5], limit=3)
    assert [each.row for each in after] == rows[2:5] == [each.row for each in before]
    assert ann.profile.messages(contact, after=rows[-1]) == []


def test_erasing_for_oneself_tells_nobody(office: PostOffice) -> None:
    """CT-11, CL-15: a receipt that comes after it raises no alarm."""
    ann, ben = office.friends("ann", "ben")
    said = ann.write("ben", "hello")
    ann.send()
    ben.collect()
    ben.send()
    ann.profile.delete_for_me([said.row])
    settle(ann, ben)
    assert ann.messages("ben") == []
    assert ben.read("ann") == ["hello"]
    assert ann.profile.alarms() == []


def test_receipts_of_what_is_no_message_raise_no_alarm_when_repeated(office: PostOffice) -> None:
    """CL-15, CT-4: a reaction that was sealed twice is receipted twice."""
    ann, ben = office.friends("ann", "ben")
    said = ann.write("ben", "hello")
    settle(ann, ben)
    ann.profile.react(said.row, THUMB)
    ann.send()
    ben.collect()
    contact = ContactId(ann.of("ben"))
    assert ann.profile.decide(lambda step: step.vault.outbox.unseal_unreceipted(contact))
    settle(ann, ben)
    assert ann.profile.alarms() == []
    assert len(last(ben, "ann").reactions) == 1


def test_a_failed_message_is_tried_again_whole(office: PostOffice) -> None:
    """CT-7, CT-8, CT-9: with what it answers and what it says by now."""
    ann, ben = office.friends("ann", "ben")
    first = ann.write("ben", "first")
    settle(ann, ben)
    ben.box.failure = Failed(ErrorCode.TOO_LARGE)
    answer = ann.profile.queue_text(ann.of("ben"), "answer", reply_to=first.row)
    ann.send()
    assert ann.states("ben")[-1] is MessageState.FAILED
    assert [each.row for each in ann.profile.outbox()] == [answer.row]
    ann.profile.edit(answer.row, "better answer")
    assert ann.profile.waiting() == 0
    ben.box.failure = None
    ann.profile.retry(answer.row)
    settle(ann, ben)
    assert shown(ann, "ben") == shown(ben, "ann")
    found = last(ben, "ann")
    assert (found.text, found.quoted is not None) == ("better answer", True)
    with pytest.raises(LocalError, match="failed"):
        ann.profile.retry(answer.row)

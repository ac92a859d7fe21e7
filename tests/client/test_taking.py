"""What others say, change and take back: in any order, twice, and where they must not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from securemsg.client.taking import OUT_OF_PLACE, Said
from securemsg.client.views import ChangeKind, MessageKind
from securemsg.crypto.stream import StreamKey
from securemsg.ids import AccountId, MessageId
from securemsg.instant import DAY, Instant
from securemsg.store.early import KEPT_FOR, MAX_EARLY
from securemsg.store.edits import MAX_VERSIONS
from securemsg.wire.messages.content import (
    MAX_CAPTION,
    BlobPlace,
    File,
    Name,
    Quoted,
    Reaction,
    ReadCapability,
    StoredFile,
    Text,
    Unknown,
    encode,
)
from tests.client.ear import Ear
from tests.client.post import MORNING, PostOffice
from tests.support.entropy import SeededEntropy

THUMB, HEART = "\U0001f44d", "\u2764"
PLACE = BlobPlace("relay.example", 7443, bytes(32), bytes(16), ReadCapability(bytes(32)))
FILE = StoredFile(PLACE, StreamKey(bytes(32)), bytes(32), 5, "plan.pdf", "application/pdf")


@pytest.fixture(scope="module")
def ear(tmp_path_factory: pytest.TempPathFactory) -> Ear:
    office = PostOffice(tmp_path_factory.mktemp("office"))
    ann, ben = office.friends("ann", "ben")
    return Ear(ann, ben.profile.owner.account.account_id, SeededEntropy(7))


def test_an_edit_changes_the_words_and_keeps_what_was_said_before(ear: Ear) -> None:
    """CT-9: search finds the newest words only."""
    said = ear.text("bring the zebra")
    ear.hear(said, ear.edit(said.message_id, "bring the giraffe", 5))
    found = ear.seen(said.message_id)
    assert (found.text, found.edited_at) == ("bring the giraffe", ear.at(5))
    assert ear.history(said.message_id) == ["bring the zebra"]
    assert ear.ann.profile.search("zebra") == []
    assert [each.row for each in ear.ann.profile.search("giraffe")] == [found.row]


@pytest.mark.parametrize(("seconds", "taken"), [(DAY // 1000, True), (DAY // 1000 + 1, False), (0, False)])
def test_an_edit_counts_for_a_day_by_its_senders_clock(ear: Ear, seconds: int, taken: bool) -> None:  # noqa: FBT001  # a parameter of the table
    """CT-9."""
    said = ear.text("first")
    ear.hear(said, ear.edit(said.message_id, "second", seconds))
    assert (ear.seen(said.message_id).text == "second") is taken


def test_nobody_edits_or_deletes_what_another_wrote(ear: Ear) -> None:
    """CT-9, CT-11: it is noted, and nothing is kept of it."""
    mine = ear.ann.write("ben", "my own words")
    before = ear.kept_early()
    target = MessageId(bytes.fromhex(mine.id))
    ear.hear(ear.edit(target, "forged", 5), ear.delete(target))
    assert ear.seen(target).text == "my own words"
    assert not ear.seen(target).deleted
    assert ear.ann.notes()[OUT_OF_PLACE] >= 2
    assert ear.kept_early() == before


def test_what_was_deleted_leaves_its_place_and_nothing_else(ear: Ear) -> None:
    """CT-11: no words, no history, no signs; a late edit or reaction brings nothing back."""
    said = ear.text("ocelot")
    edit = ear.edit(said.message_id, "ocelots", 5)
    ear.hear(said, edit, ear.reaction(said.message_id, THUMB, 6), ear.delete(said.message_id))
    ear.hear(ear.edit(said.message_id, "ocelot again", 7), ear.reaction(said.message_id, HEART, 8))
    ear.hear(said, edit)
    found = ear.seen(said.message_id)
    assert (found.deleted, found.text, found.reactions, found.edited_at) == (True, "", (), None)
    assert ear.history(said.message_id) == []
    assert ear.ann.profile.search("ocelot") == []


def test_a_deletion_of_forty_eight_takes_them_all(ear: Ear) -> None:
    texts = [ear.text(f"number {number}") for number in range(48)]
    ear.hear(*texts[:40], ear.delete(*[each.message_id for each in texts]), *texts[40:])
    assert all(ear.seen(each.message_id).deleted for each in texts)


def test_of_each_person_the_newest_sign_is_shown_and_can_be_taken_back(ear: Ear) -> None:
    """CT-10: a sign that comes late does not return after it was taken back."""
    said = ear.text("agreed?")
    target = said.message_id
    ear.hear(said, ear.reaction(target, HEART, 2), ear.reaction(target, THUMB, 1))
    row = ear.seen(target).row
    ear.ann.profile.react(row, HEART)
    (shown,) = ear.seen(target).reactions
    assert (shown.emoji, shown.mine, shown.theirs) == (HEART, True, True)
    ear.hear(ear.reaction(target, "", 5), ear.reaction(target, THUMB, 4))
    (shown,) = ear.seen(target).reactions
    assert (shown.mine, shown.theirs) == (True, False)


def test_a_reaction_in_the_name_of_a_third_account_is_refused(ear: Ear) -> None:
    """CT-10."""
    said = ear.text("hello")
    stranger = Reaction(ear.fresh(), ear.at(1), AccountId(bytes(32)), said.message_id, THUMB)
    before = ear.ann.notes().get(OUT_OF_PLACE, 0)
    ear.hear(said, stranger)
    assert ear.seen(said.message_id).reactions == ()
    assert ear.ann.notes()[OUT_OF_PLACE] == before + 1


def test_a_reaction_of_control_characters_is_kept_as_it_came(ear: Ear) -> None:
    """CT-10, T05: what shows it filters it."""
    said = ear.text("hello")
    ear.hear(said, ear.reaction(said.message_id, "\x1b[2J", 1))
    assert ear.seen(said.message_id).reactions[0].emoji == "\x1b[2J"


def test_one_id_for_a_text_and_a_reaction_harms_neither(ear: Ear) -> None:
    """CT-2: only messages are told apart by their ids."""
    said = ear.text("hello")
    same = Reaction(said.message_id, ear.at(1), ear.ben, said.message_id, THUMB)
    ear.hear(same, said, same)
    assert ear.seen(said.message_id).text == "hello"
    assert ear.seen(said.message_id).reactions[0].emoji == THUMB


def test_what_a_reply_refers_to_is_shown_as_it_is_now(ear: Ear) -> None:
    """CT-8: words that were taken back do not live on in a quotation, and nobody else is quoted."""
    said = ear.text("the first words")
    reply = Text(ear.fresh(), ear.at(3), "why?", 0, Quoted(ear.ben, said.message_id))
    foreign = Text(ear.fresh(), ear.at(4), "who?", 0, Quoted(AccountId(bytes(32)), said.message_id))
    ear.hear(reply, foreign)
    quoted = ear.seen(reply.message_id).quoted
    assert quoted is not None
    assert (quoted.row, quoted.text) == (None, "")
    assert ear.seen(foreign.message_id).quoted is None
    ear.hear(said, ear.edit(said.message_id, "other words", 5))
    quoted = ear.seen(reply.message_id).quoted
    assert quoted is not None
    assert (quoted.row, quoted.mine, quoted.text) == (ear.seen(said.message_id).row, False, "other words")
    ear.hear(ear.delete(said.message_id))
    quoted = ear.seen(reply.message_id).quoted
    assert quoted is not None
    assert (quoted.row, quoted.text) == (None, "")


def test_a_file_comes_as_an_offer_with_its_words(ear: Ear) -> None:
    """CT-15: its caption can be edited within its limit, and it goes with a deletion."""
    said = File(ear.fresh(), ear.at(0), FILE, "the plan")
    ear.hear(said, ear.edit(said.message_id, "the plan, again", 5))
    ear.hear(ear.edit(said.message_id, "c" * (MAX_CAPTION + 1), 6))
    found = ear.seen(said.message_id)
    assert (found.kind, found.text) == (MessageKind.FILE, "the plan, again")
    assert found.file is not None
    assert found.file.name == "plan.pdf"
    ear.hear(ear.delete(said.message_id))
    assert ear.seen(said.message_id).file is None


def test_unknown_content_is_kept_and_can_be_taken_back(ear: Ear) -> None:
    """CT-3."""
    message_id = ear.fresh()
    raw = bytes.fromhex("9477c410") + message_id + bytes.fromhex("05a16b")
    ear.hear(Unknown(0x77, message_id, ear.at(0), raw))
    assert ear.seen(message_id).kind is MessageKind.UNKNOWN
    assert not ear.seen(message_id).readable
    ear.hear(ear.edit(message_id, "words", 5))
    assert ear.seen(message_id).text == ""
    ear.hear(ear.delete(message_id))
    assert ear.seen(message_id).deleted


def test_a_new_name_is_a_line_that_search_does_not_find(ear: Ear) -> None:
    """CT-16: what we call them stays."""
    name = Name(ear.fresh(), ear.at(0), "Benjamin Quagga")
    ear.hear(name, name)
    assert ear.ann.view("ben").name == "Benjamin Quagga"
    assert (ear.seen(name.message_id).kind, ear.seen(name.message_id).text) == (MessageKind.NAME, name.name)
    assert ear.ann.profile.search("Quagga") == []


def test_what_was_erased_here_does_not_come_back(ear: Ear) -> None:
    """CT-11: the peer may seal it again, and may edit it."""
    said = ear.text("gone for me")
    ear.hear(said)
    ear.ann.profile.delete_for_me([ear.seen(said.message_id).row])
    before = ear.kept_early()
    ear.hear(said, ear.edit(said.message_id, "gone", 5), ear.reaction(said.message_id, THUMB, 6))
    assert all(each.id != said.message_id.hex() for each in ear.ann.messages("ben"))
    assert ear.kept_early() == before


def test_a_flood_about_messages_that_never_come_is_bounded(ear: Ear) -> None:
    """CT-17: the newest 200 are kept, for 30 days; the same one twice is one."""
    flood = [ear.reaction(ear.fresh(), THUMB, number) for number in range(MAX_EARLY + 20)]
    ear.hear(*flood, *flood[-5:])
    assert ear.kept_early() == MAX_EARLY
    first, last = (Text(each.target, ear.at(0), "late") for each in (flood[0], flood[-1]))
    ear.hear(first, last)
    assert ear.seen(first.message_id).reactions == ()
    assert ear.seen(last.message_id).reactions != ()
    purge = Instant(MORNING + KEPT_FOR + 1)
    ear.ann.profile.decide(lambda step: step.vault.early.purge(purge))
    assert ear.kept_early() == 0


def test_of_many_edits_the_first_words_and_the_newest_fifty_versions_are_kept(ear: Ear) -> None:
    """CT-9: in whatever order they come."""
    said = ear.text("v0")
    edits = [ear.edit(said.message_id, f"v{number}", number) for number in range(1, MAX_VERSIONS + 12)]
    ear.hear(said, *edits[::2], *reversed(edits[1::2]))
    kept = ear.history(said.message_id)
    assert kept == ["v0", *[f"v{number}" for number in range(11, MAX_VERSIONS + 11)]]


def test_programs_are_told_each_change_of_a_printed_message_once(ear: Ear) -> None:
    """An edit before the message was printed is part of it; later ones are told with the message as it is."""
    profile = ear.ann.profile
    profile.mark_printed([each.row for each in profile.unprinted(1_000)])
    profile.mark_news_printed([each.number for each in profile.news(1_000)])
    said = ear.text("one")
    ear.hear(said, ear.edit(said.message_id, "two", 2))
    assert profile.news(9) == []
    assert [each.text for each in profile.unprinted(9)] == ["two"]
    profile.mark_printed([ear.seen(said.message_id).row])
    ear.hear(ear.edit(said.message_id, "three", 3), ear.edit(said.message_id, "four", 4))
    ear.hear(ear.reaction(said.message_id, THUMB, 5))
    news = profile.news(9)
    assert [(each.kind, each.message.text) for each in news] == [
        (ChangeKind.EDIT, "four"),
        (ChangeKind.REACTION, "four"),
    ]
    profile.mark_news_printed([each.number for each in news])
    ear.hear(ear.delete(said.message_id))
    assert [each.kind for each in profile.news(9)] == [ChangeKind.DELETE]
    unread = ear.text("never printed")
    ear.hear(unread, ear.delete(unread.message_id))
    assert profile.unprinted(9) == []


@settings(max_examples=60)
@given(st.data())
def test_every_order_and_every_repeat_ends_the_same(ear: Ear, data: st.DataObject) -> None:
    """CT-17: a schedule with repeats leaves what the plain order leaves."""
    outcomes = []
    choice = data.draw(st.lists(st.sampled_from(range(9)), min_size=1, max_size=6, unique=True))
    order = data.draw(st.permutations([-1, *choice]))
    repeats = data.draw(st.lists(st.sampled_from(order), max_size=4))
    for schedule in ([-1, *choice], [*order, *repeats]):
        said = ear.text("text 0", 1)
        acts: dict[int, Said] = {-1: said}
        for number in choice:
            acts[number] = _act(ear, said.message_id, number)
        ear.hear(*[acts[number] for number in schedule])
        found = ear.seen(said.message_id)
        shown = [(each.emoji, each.theirs) for each in found.reactions]
        outcomes.append((found.text, found.deleted, found.edited_at, shown, ear.history(said.message_id)))
    assert outcomes[0] == outcomes[1]


def _act(ear: Ear, target: MessageId, number: int) -> Said:
    match number:
        case 0 | 1 | 2:
            return ear.edit(target, f"text {number}", 10 + number)
        case 3:
            return ear.edit(target, "text 1", 12)
        case 4:
            return ear.edit(target, "too late", DAY // 1000 + 2)
        case 5 | 6:
            return ear.reaction(target, (THUMB, HEART)[number - 5], 20)
        case 7:
            return ear.reaction(target, "", 21)
        case _:
            return ear.delete(target)


def test_contents_that_wait_are_as_they_came(ear: Ear) -> None:
    """CT-17: one deletion of several waits for each of them."""
    first, second = ear.text("first"), ear.text("second")
    before = ear.kept_early()
    both = ear.delete(first.message_id, second.message_id)
    ear.hear(both, both)
    assert ear.kept_early() == before + 2
    assert len(encode(both)) > 0
    ear.hear(second)
    assert ear.seen(second.message_id).deleted
    ear.hear(first)
    assert ear.seen(first.message_id).deleted
    assert ear.kept_early() == before

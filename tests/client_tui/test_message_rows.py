"""How messages and their states look: sign, word and colour, and plain twins of the signs."""

from collections.abc import Iterator

import pytest

from client_tui.text.signs import use_ascii
from client_tui.text.sizes import size_words
from client_tui.widgets.file_line import file_line, shortened
from client_tui.widgets.message_rows import COLUMN
from client_tui.widgets.message_verbs import choices, natural, reactions, verbs
from client_tui.widgets.transcript_rows import Drawing, Setting, rows_of
from securemsg.client.views import (
    FileState,
    FileView,
    MessageKind,
    MessageState,
    MessageView,
    QuotedView,
    ReactionView,
)
from securemsg.instant import DAY, HOUR, SECOND, Instant
from tests.client_tui.messages import NOW, ours, theirs


@pytest.fixture
def plain_signs() -> Iterator[None]:
    """Twins instead of glyphs."""
    use_ascii(wanted=True)
    yield
    use_ascii(wanted=False)


def shown(*messages: MessageView, width: int = 80, **setting: object) -> str:
    """Return the rows of messages as text."""
    found = rows_of(messages, Setting(width, NOW, **setting))  # type: ignore[arg-type] # fields by name
    return "\n".join(row.content.plain.rstrip() for row in found)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (ours(state=MessageState.QUEUED), "\u2026 waiting"),
        (ours(state=MessageState.QUEUED, reason="The relay is full."), "\u2026 waiting: The relay is full."),
        (ours(state=MessageState.ACCEPTED), "\u2713 sent"),
        (ours(state=MessageState.DELIVERED), "\u2713\u2713 delivered"),
        (ours(state=MessageState.READ), "\u2713\u2713 read"),
        (ours(state=MessageState.FAILED, reason="Too large."), "! failed: Too large.  R sends again"),
        (theirs(edited_at=NOW), "edited"),
        (theirs(lifetime=604_800), "\u25f7 1 week"),
        (theirs(lifetime=604_800, expires_at=Instant(NOW + 6 * DAY + 23 * HOUR)), "\u25f7 6 d 23 h"),
        (theirs(deleted=True), "\u2573 deleted by Ben"),
        (ours(deleted=True), "\u2573 deleted by you"),
        (theirs(readable=False, kind=MessageKind.UNKNOWN), "\u25a2 needs a newer version of securemsg"),
        (theirs(kind=MessageKind.TIMER, lifetime=3_600), "\u00b7 Ben set 1 hour for new messages."),
        (ours(kind=MessageKind.TIMER), "\u00b7 You let new messages stay."),
        (theirs(kind=MessageKind.NAME, text="Benny"), "\u00b7 Ben is now called Benny."),
        (theirs(kind=MessageKind.IDENTITY), "\u25b2 The safety number of Ben has changed."),
        (theirs(quoted=QuotedView(7, mine=True, text="what?")), "\u258e You  what?"),
        (theirs(quoted=QuotedView(None, mine=False)), "\u258e Ben  a message that is no longer here"),
        (theirs(reactions=(ReactionView("\U0001f44d", mine=True, theirs=True),)), "\U0001f44d 2"),
    ],
)
def test_each_state_of_a_message_is_said_in_words(message: MessageView, words: str) -> None:
    assert words in shown(message)


def test_what_expired_while_it_was_looked_at_says_so_and_shows_no_words() -> None:
    text = shown(theirs(4, "secret"), expired=frozenset({4}))
    assert "\u25f7 expired" in text
    assert "secret" not in text


def test_the_state_is_a_word_for_the_last_of_a_run_and_a_sign_for_the_others() -> None:
    text = shown(ours(1, "a"), ours(2, "b"), ours(3, "c", MessageState.ACCEPTED), theirs(4, "d"))
    assert text.count("delivered") == 1
    assert text.count("\u2713\u2713") == 2
    assert text.index("b") < text.index("delivered") < text.index("c") < text.index("\u2713 sent")


def test_one_heading_stands_above_what_one_person_says_within_five_minutes() -> None:
    text = shown(theirs(1, ago=301 * SECOND + 299 * SECOND), theirs(2, ago=301 * SECOND), theirs(3))
    assert text.count("Ben") == 2
    assert shown(theirs(1), ours(2), theirs(3)).count("Ben") == 2


def test_days_and_what_is_unread_have_rules_as_wide_as_the_column() -> None:
    text = shown(theirs(1, ago=2 * DAY), theirs(2), first_unread=2, width=200)
    rules = [line for line in text.split("\n") if "\u2500" in line]
    assert ["Today" in line for line in rules] == [False, True, False]
    assert "new messages" in rules[2]
    assert {len(line) for line in rules} == {COLUMN}


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (FileState.PREPARING, "preparing \u00b7 Enter cancels"),
        (FileState.UPLOADING, "50 % \u00b7 sending \u00b7 Enter pauses"),
        (FileState.OFFERED, "Enter fetches"),
        (FileState.DOWNLOADING, "50 % \u00b7 fetching \u00b7 Enter pauses"),
        (FileState.SAVED, "here \u00b7 Enter saves a copy"),
        (FileState.PAUSED, "50 % \u00b7 paused \u00b7 Enter goes on"),
        (FileState.FAILED, "! failed: The disk is full. \u00b7 Enter tries again"),
        (FileState.EXPIRED, "no longer at the relay"),
        (FileState.SENT, "edl.pdf \u00b7 214 kB"),
    ],
)
def test_the_line_of_a_file_says_its_state_and_what_enter_does(state: FileState, words: str) -> None:
    file = FileView("edl.pdf", "", 214_000, state, done=107_000, reason="The disk is full.")
    line = file_line(file, 100)
    assert words in line.plain
    assert line.cell_length <= 100
    does = natural(theirs(kind=MessageKind.FILE, text="", file=file))
    assert ("Enter" in words) is (does is not None)


def test_the_ending_of_a_file_name_is_never_cut_off() -> None:
    """T05: `invoice.pdf ... .exe` is seen as what it is."""
    name = "invoice.pdf" + " " * 40 + "x" * 100 + ".exe"
    for width in (20, 40, 80):
        assert shortened(name, width).endswith(".exe")
    assert size_words(999) == "999 B"
    assert size_words(1_400_000) == "1.4 MB"


def test_only_what_can_be_done_with_a_message_is_offered() -> None:
    assert verbs(theirs(kind=MessageKind.IDENTITY)) == ("info",)
    assert "edit" not in verbs(theirs())
    assert {"edit", "delete_all"} <= set(verbs(ours()))
    assert verbs(ours(state=MessageState.FAILED))[:2] == ("retry", "cancel")
    assert "reply" not in verbs(theirs(deleted=True))
    letters = [choice.key for choice in choices(ours(state=MessageState.FAILED))]
    assert len(set(letters)) == len(letters)
    mine = theirs(reactions=(ReactionView("\u2705", mine=True, theirs=False),))
    assert len(reactions(mine)) == len(reactions(theirs())) + 1


@pytest.mark.usefixtures("plain_signs")
def test_with_plain_signs_the_states_are_ascii() -> None:
    messages = (ours(1, state=MessageState.READ), theirs(2, lifetime=60), theirs(3, deleted=True))
    assert shown(*messages, first_unread=2).isascii()
    assert ">> read" in shown(*messages)


def test_a_message_that_changed_is_drawn_again_and_the_others_are_not() -> None:
    drawing, messages = Drawing(), [theirs(row) for row in range(1, 300)]
    before = drawing.rows(messages, Setting(80, NOW))
    messages[7] = theirs(8, "other words")
    after = drawing.rows(messages, Setting(80, NOW))
    changed = [one for one, other in zip(before, after, strict=True) if one is not other]
    assert {row.message for row in changed if row.message is not None} == {8}


def test_links_are_underlined_and_words_that_were_searched_for_are_marked() -> None:
    """T12: a link is text; nothing can be clicked."""
    row = rows_of([theirs(text="see https://a.example/b umbrella")], Setting(80, NOW, hits=("umb",)))[-1]
    styles = {str(span.style): row.content.plain[span.start : span.end] for span in row.content.spans}
    assert styles["underline $accent"] == "https://a.example/b"
    assert styles["bold $unread-text on $warning"] == "umb"
    assert "click" not in repr(row.content.spans)


@pytest.mark.parametrize("width", [70, 76, 84, 120])
def test_a_file_that_failed_says_so_and_why_as_far_as_there_is_room(width: int) -> None:
    why = "The disk is full: make room, then try again."
    file = FileView("plan.pdf", "application/pdf", 3_000_000, FileState.FAILED, reason=why)
    line = file_line(file, width).plain
    assert "! failed: The" in line
    assert "Enter tries again" in line
    assert "plan.pdf" in line

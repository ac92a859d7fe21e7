"""Contents: round trips, limits, and refusal of everything else."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securemsg.errors import FrameError, LocalError
from securemsg.ids import AccountId, MessageId, SubmitId
from securemsg.instant import LAST_INSTANT, Instant
from securemsg.wire import codec
from securemsg.wire.messages.content import (
    LEAST_LIFETIME,
    MAX_LIFETIME,
    MAX_NAMED,
    MAX_TEXT,
    Content,
    Delete,
    Edit,
    File,
    Name,
    Quoted,
    Reaction,
    Receipt,
    ReceiptState,
    Report,
    Text,
    Timer,
    Typing,
    TypingState,
    Unknown,
    decode,
    encode,
    kind_of,
)
from securemsg.wire.padding import MAX_CONTENT
from tests.messages.contents import EXAMPLES, ID, OTHER, SENT, STORED, TEXT
from tests.messages.spoiled import packed, spoiled
from tests.support.mutations import one_byte_changes, truncations

message_ids = st.binary(min_size=16, max_size=16).map(MessageId)
submit_ids = st.binary(min_size=16, max_size=16).map(SubmitId)
instants = st.integers(0, LAST_INSTANT).map(Instant)
texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=200).map(
    lambda text: unicodedata.normalize("NFC", text)
)
lifetimes = st.just(0) | st.integers(LEAST_LIFETIME, MAX_LIFETIME)
accounts = st.binary(min_size=32, max_size=32).map(AccountId)
references = st.none() | st.builds(Quoted, accounts, message_ids)
names = st.lists(message_ids, min_size=1, max_size=MAX_NAMED).map(tuple)
small = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)
heads = (message_ids, instants)
contents = st.one_of(
    st.builds(Text, *heads, texts, lifetimes, references),
    st.builds(Receipt, *heads, names, st.sampled_from(ReceiptState)),
    st.builds(Report, *heads, st.lists(submit_ids, min_size=1, max_size=MAX_NAMED).map(tuple)),
    st.builds(Edit, *heads, message_ids, texts),
    st.builds(Delete, *heads, names),
    st.builds(Reaction, *heads, accounts, message_ids, small | st.just("")),
    st.builds(Typing, *heads, st.sampled_from(TypingState)),
    st.builds(Timer, *heads, lifetimes, st.integers(1, 2**32 - 1)),
    st.builds(File, *heads, st.just(STORED), texts | st.just(""), lifetimes, references),
    st.builds(Name, *heads, small),
)


@given(contents)
def test_every_content_comes_back_as_it_was(content: Content) -> None:
    encoded = encode(content)
    assert decode(encoded) == content
    assert kind_of(content) == encoded[1]


def test_a_text_is_sent_in_normal_form_and_otherwise_as_typed() -> None:
    """CT-6: NFC, and nothing else is changed."""
    decomposed = Text(ID, SENT, "e\u0301  \u202e\x1b[2J \n")
    assert decode(encode(decomposed)) == Text(ID, SENT, "\u00e9  \u202e\x1b[2J \n")


def test_a_text_in_another_form_is_taken_as_it_stands() -> None:
    """CT-6: what is normal depends on the version of Unicode on the other side."""
    raw = codec.encode([1, ID, SENT, 0, [], "e\u0301"])
    assert decode(raw) == Text(ID, SENT, "e\u0301")


@pytest.mark.parametrize("longest", ["x" * MAX_TEXT, "é" * (MAX_TEXT // 2), "😀" * (MAX_TEXT // 4)])
def test_the_longest_text_fits_the_largest_block_and_one_character_more_is_refused(longest: str) -> None:
    encoded = encode(Text(ID, Instant(LAST_INSTANT), longest))
    assert len(encoded) <= MAX_CONTENT
    assert decode(encoded) == Text(ID, Instant(LAST_INSTANT), longest)
    with pytest.raises(LocalError, match=f"at most {MAX_TEXT}"):
        encode(Text(ID, SENT, longest + "x"))
    with pytest.raises(FrameError):
        decode(codec.encode([1, ID, SENT, 0, [], longest + "x"]))


def test_a_text_is_measured_after_it_was_normalised() -> None:
    growing = "\u0958"  # three bytes, six in NFC
    assert len(unicodedata.normalize("NFC", growing).encode()) == 6
    encode(Text(ID, SENT, growing * (MAX_TEXT // 6)))
    with pytest.raises(LocalError, match="too long"):
        encode(Text(ID, SENT, growing * (MAX_TEXT // 6 + 1)))


@pytest.mark.parametrize("text", ["", "\ud800", "half \udc80"])
def test_what_cannot_be_sent_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(LocalError, match=r"\.$"):
        encode(Text(ID, SENT, text))


@pytest.mark.parametrize("count", [0, MAX_NAMED + 1])
def test_a_receipt_or_report_of_none_or_too_many_is_refused_on_both_sides(count: int) -> None:
    with pytest.raises(LocalError):
        encode(Receipt(ID, SENT, (ID,) * count))
    with pytest.raises(LocalError):
        encode(Report(ID, SENT, (SubmitId(ID),) * count))
    with pytest.raises(FrameError):
        decode(codec.encode([2, ID, SENT, 1, [ID] * count]))
    with pytest.raises(FrameError):
        decode(codec.encode([3, ID, SENT, [ID] * count]))


def test_an_empty_text_is_refused_when_it_arrives() -> None:
    with pytest.raises(FrameError):
        decode(codec.encode([1, ID, SENT, 0, [], ""]))


later = st.binary(max_size=20) | st.integers(0, 9) | st.text(st.characters(codec="utf-8"), max_size=5)


@given(
    st.integers(11, 2**16 - 1),
    message_ids,
    instants,
    st.lists(later | st.lists(later, max_size=4), max_size=10),
)
def test_a_newer_kind_is_kept_whatever_follows(
    kind: int, message_id: MessageId, sent_at: Instant, rest: list[codec.Encodable]
) -> None:
    """CT-3."""
    raw = codec.encode([kind, message_id, sent_at, *rest])
    assert decode(raw) == Unknown(kind, message_id, sent_at, raw)
    assert encode(decode(raw)) == raw


@pytest.mark.parametrize("kind", [0, 2**16, 2**53 - 1])
def test_a_kind_outside_the_range_is_refused(kind: int) -> None:
    """E17: nothing falls back to another kind."""
    with pytest.raises(FrameError):
        decode(codec.encode([kind, ID, SENT, "text"]))


def test_a_receipt_of_an_unknown_state_is_refused() -> None:
    """E17."""
    with pytest.raises(FrameError):
        decode(codec.encode([2, ID, SENT, 3, [ID]]))


@pytest.mark.parametrize(
    "values",
    [
        [1, bytes(ID), SENT, 0, [], "text"],
        [2, bytes(ID), SENT, 1, [bytes(OTHER)]],
        [3, bytes(ID), SENT, [bytes(OTHER)]],
        [5, bytes(ID), SENT, [bytes(OTHER)]],
        [8, bytes(ID), SENT, 60, 7],
        [10, bytes(ID), SENT, "Ben"],
    ],
)
def test_a_wrong_kind_range_or_arity_is_refused(values: list[object]) -> None:
    """E11, E12, E16, E18: a boolean is no integer, a string no binary; one element fewer or more."""
    for damaged in spoiled(values, fixed={1}):
        with pytest.raises(FrameError):
            decode(damaged)


@pytest.mark.parametrize("spoilt", [b"", b"\0" * 15, b"\0" * 17, 0, "text", None, []])
def test_a_name_inside_a_receipt_or_report_is_checked_too(spoilt: object) -> None:
    """E12, E18."""
    for damaged in (packed([2, bytes(ID), SENT, 1, [spoilt]]), packed([3, bytes(ID), SENT, [spoilt]])):
        with pytest.raises(FrameError):
            decode(damaged)


@pytest.mark.parametrize("content", EXAMPLES)
def test_every_truncation_is_refused(content: Content) -> None:
    """E01, E02."""
    for cut in truncations(encode(content)):
        with pytest.raises(FrameError):
            decode(cut)


@pytest.mark.parametrize("content", EXAMPLES)
def test_a_changed_byte_is_refused_or_means_something_else(content: Content) -> None:
    """E25: no two encodings of one content."""
    for changed in one_byte_changes(encode(content)):
        try:
            found = decode(changed)
        except FrameError:
            continue
        assert found != content


@given(st.binary(max_size=80))
def test_noise_is_refused_or_a_content_of_an_unknown_kind(noise: bytes) -> None:
    try:
        found = decode(noise)
    except FrameError:
        return
    assert encode(found) == noise


def test_content_beyond_the_largest_block_is_refused() -> None:
    """CT-1."""
    raw = codec.encode([99, ID, SENT, b"x" * (MAX_CONTENT - 32)])
    assert len(raw) == MAX_CONTENT
    assert isinstance(decode(raw), Unknown)
    with pytest.raises(FrameError):
        decode(codec.encode([99, ID, SENT, b"x" * (MAX_CONTENT - 31)]))


def test_a_message_stays_and_answers_nothing_unless_it_says_so() -> None:
    """CT-7, CT-8."""
    assert Text(ID, SENT, "words") == Text(ID, SENT, "words", 0, None)
    assert File(ID, SENT, STORED) == File(ID, SENT, STORED, "", 0, None)


def test_contents_do_not_print_what_was_said() -> None:
    unknown = Unknown(99, ID, SENT, b"said")
    assert "hôtel" not in repr(TEXT)
    shown = repr(EXAMPLES)
    for said in ("words", "gone", "plan", "relay.example", "Ben", "\u2764", "application", "7443"):
        assert said not in shown
    for letter in "pbrkd":
        assert letter * 16 not in shown
    assert "said" not in repr(unknown)

"""The short way of the frames that come by the thousand: it differs from the general one in time only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securemsg.errors import FrameError
from securemsg.ids import SubmitId
from securemsg.mailbox.answers import LAST_NUMBER, Accepted, Deliver, answer_values, event_values
from securemsg.mailbox.hot import Content, Recipients, Submits, accepted_frames, delivery_frame, read_submits
from securemsg.mailbox.requests import Submit, read, values
from securemsg.mailbox.tokens import SendToken
from securemsg.wire.codec import MAX_INTEGER, encode
from securemsg.wire.fields import Fields
from securemsg.wire.framing import MAX_FRAME, frame
from tests.mailbox.ends import ENTROPY, greeted
from tests.mailbox.samples import MAILBOX, SUBMIT
from tests.support.mutations import one_byte_changes, truncations


def slowly(value: bytes) -> tuple[int, Submit] | None:
    try:
        fields = Fields.parse(value, MAX_FRAME)
        kind, number = fields.uint(255), fields.uint(LAST_NUMBER)
        request = read(kind, fields)
    except FrameError:
        return None
    return (number, request) if isinstance(request, Submit) else None


def quickly(value: bytes) -> tuple[int, tuple[object, ...]] | None:
    """What the short way reads of one frame."""
    framed = frame(value)
    submits, end = read_submits(framed, 0, set(), {})
    assert end == (len(framed) if submits.numbers else 0)
    return (submits.numbers[0], submits.contents[0]) if submits.numbers else None


def stored(found: tuple[int, Submit] | None) -> tuple[int, tuple[object, ...]] | None:
    """What a store needs of what the general decoder read."""
    if found is None:
        return None
    number, submit = found
    return number, (submit.mailbox, submit.token.hash, submit.submit_id, submit.envelope)


@pytest.mark.parametrize("number", [0, 1, 127, 128, 255, 256, 65_535, 65_536, 2**32 - 1])
@pytest.mark.parametrize("size", [1, 255, 256, 300])
def test_the_short_way_reads_the_same_submits_as_the_general_decoder(number: int, size: int) -> None:
    """WI-2: it takes no encoding that the decoder would refuse, and no other value from it."""
    submit = Submit(
        MAILBOX, SUBMIT.token, SUBMIT.submit_id, bytes(range(256))[:size] + bytes(max(0, size - 256))
    )
    value = encode(values(number, submit))
    assert slowly(value) == (number, submit)
    assert not number or size < 256 or quickly(value) == stored((number, submit))
    for damaged in [*truncations(value), *one_byte_changes(value), value + b"\0"]:
        assert not damaged or quickly(damaged) in (None, stored(slowly(damaged)))


@given(st.lists(st.integers(1, 2**32 - 1), min_size=1, max_size=5))
def test_the_short_way_writes_the_same_answers_as_the_general_encoder(numbers: list[int]) -> None:
    assert accepted_frames(numbers) == b"".join(
        frame(encode(answer_values(number, Accepted()))) for number in numbers
    )


@given(st.integers(1, MAX_INTEGER), st.integers(1, 600))
def test_the_short_way_writes_the_same_deliveries_as_the_general_encoder(sequence: int, size: int) -> None:
    event = Deliver(MAILBOX, sequence, SUBMIT.submit_id, bytes(size))
    assert delivery_frame(MAILBOX, sequence, SUBMIT.submit_id, bytes(size)) == frame(
        encode(event_values(event))
    )


def long_submits(numbers: list[int]) -> tuple[bytes, list[Content]]:
    """A stream of submits with those numbers, and what is in it."""
    said = [Submit(MAILBOX, SUBMIT.token, SubmitId(ENTROPY(16)), ENTROPY(300)) for _ in numbers]
    stream = b"".join(frame(encode(values(*pair))) for pair in zip(numbers, said, strict=True))
    return stream, [(one.mailbox, one.token.hash, one.submit_id, one.envelope) for one in said]


@given(st.integers(0, 380))
def test_submits_that_arrive_together_are_read_together_up_to_what_is_not_whole(cut: int) -> None:
    """E20: in one go, whatever the width of their numbers."""
    stream, contents = long_submits([1, 200, 300, 70_000])
    _, relay = greeted()
    relay.receive_data(stream[:-cut] if cut else stream)
    whole = 3 if cut else 4
    assert relay.next_submits() == Submits([1, 200, 300, 70_000][:whole], contents[:whole])
    assert relay.next_submits() is None
    assert relay.next_event() is None
    relay.receive_data(stream[len(stream) - cut :] if cut else b"")
    rest = relay.next_submits()
    assert (rest.numbers if rest else []) == [1, 200, 300, 70_000][whole:]


def test_submits_end_before_a_number_in_use_which_is_a_violation() -> None:
    stream, _ = long_submits([1, 2, 1])
    _, relay = greeted()
    relay.receive_data(stream)
    submits = relay.next_submits()
    assert submits is not None
    assert submits.numbers == [1, 2]
    assert relay.next_submits() is None
    with pytest.raises(FrameError):
        relay.next_event()
    assert relay.next_submits() is None


def test_submits_end_where_too_many_wait_which_is_a_violation() -> None:
    """MB-11: 1,024 may wait."""
    stream, _ = long_submits(list(range(1, 1_026)))
    _, relay = greeted()
    relay.receive_data(stream)
    submits = relay.next_submits()
    assert submits is not None
    assert len(submits.numbers) == 1_024
    with pytest.raises(FrameError):
        relay.next_event()


def test_a_number_is_free_again_once_its_submit_is_accepted() -> None:
    stream, _ = long_submits([1, 2])
    _, relay = greeted()
    for _ in range(2):
        relay.receive_data(stream)
        submits = relay.next_submits()
        assert submits is not None
        assert relay.accept(submits.numbers) == accepted_frames([1, 2])


def test_many_recipients_of_one_connection_are_told_apart() -> None:
    known: Recipients = {}
    for number in range(1, 200):
        token = SendToken(ENTROPY(32))
        value = encode(values(number, Submit(MAILBOX, token, SUBMIT.submit_id, bytes(300))))
        submits, _ = read_submits(frame(value), 0, set(), known)
        assert submits.contents[0][:2] == (MAILBOX, token.hash)
        assert len(known) <= 64

"""Every frame between a client and a relay: one end hears what the other says, and nothing else."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from securemsg.errors import FrameError, LocalError, RemoteError
from securemsg.mailbox.answers import Answer, Event
from securemsg.mailbox.client import Answered
from securemsg.mailbox.relay import Asked, RelayConnection
from securemsg.mailbox.requests import Ping, Request, SetTokens, Subscribe
from securemsg.mailbox.tokens import TokenHash
from securemsg.wire.framing import frame
from tests.mailbox.ends import ENTROPY, asked, fresh, greeted, told
from tests.mailbox.samples import ANSWERS, EVENTS, MAILBOX, REQUESTS, SUBMIT
from tests.support.mutations import one_byte_changes, truncations


def kind(value: object) -> str:
    return type(value).__name__


@pytest.mark.parametrize("request_", REQUESTS, ids=kind)
def test_a_request_arrives_as_it_was_sent(request_: Request) -> None:
    client, relay = greeted()
    assert asked(client, relay, request_).request == request_


@pytest.mark.parametrize(("request_", "answer"), ANSWERS, ids=kind)
def test_an_answer_arrives_with_the_request_that_it_answers(request_: Request, answer: Answer) -> None:
    client, relay = greeted()
    number = asked(client, relay, request_).number
    assert told(client, relay.send(number, answer)) == Answered(request_, answer)
    assert client.unanswered == 0


@pytest.mark.parametrize("event", EVENTS, ids=kind)
def test_an_event_arrives_as_it_was_pushed(event: Event) -> None:
    client, relay = greeted()
    client.send(Subscribe(MAILBOX))
    assert told(client, relay.push(event)) == event


@pytest.mark.parametrize("request_", REQUESTS, ids=kind)
def test_a_request_cut_anywhere_is_a_violation(request_: Request) -> None:
    """E02: a beginning of a value in a frame of its own."""
    value = greeted()[0].send(request_)[4:]
    for beginning in truncations(value):
        if beginning:
            _, relay = greeted()
            relay.receive_data(frame(beginning))
            with pytest.raises(FrameError):
                relay.next_event()


@pytest.mark.parametrize("request_", REQUESTS, ids=kind)
def test_a_changed_request_is_another_request_or_a_violation(request_: Request) -> None:
    client, _ = greeted()
    for changed in one_byte_changes(client.send(request_)[4:]):
        _, relay = greeted()
        relay.receive_data(frame(changed))
        with contextlib.suppress(FrameError):
            event = relay.next_event()
            assert isinstance(event, Asked)
            assert (event.number, event.request) != (1, request_)


@pytest.mark.parametrize(("request_", "answer"), ANSWERS, ids=kind)
def test_a_changed_answer_is_another_answer_or_refused(request_: Request, answer: Answer) -> None:
    client, relay = greeted()
    said = relay.send(asked(client, relay, request_).number, answer)
    for changed in one_byte_changes(said[4:]):
        client, relay = greeted()
        client.send(request_)
        with contextlib.suppress(RemoteError):
            assert told(client, frame(changed)) != Answered(request_, answer)


@pytest.mark.parametrize("event", EVENTS, ids=kind)
def test_a_changed_or_cut_event_is_another_event_or_refused(event: Event) -> None:
    """E02: truncated at every byte."""
    _, relay = greeted()
    value = relay.push(event)[4:]
    for damaged in [*truncations(value), *one_byte_changes(value)]:
        client, _ = greeted()
        client.send(Subscribe(MAILBOX))
        if damaged:
            with contextlib.suppress(RemoteError):
                assert told(client, frame(damaged)) != event


@given(st.lists(st.binary(max_size=80), max_size=8))
def test_noise_never_raises_anything_but_a_refusal(pieces: list[bytes]) -> None:
    for end in (*fresh(), *greeted()):
        with contextlib.suppress(RemoteError):
            for piece in pieces:
                end.receive_data(piece)
                while end.next_event() is not None:
                    pass


@given(st.lists(st.integers(1, 40), min_size=1))
def test_frames_are_the_same_however_the_stream_cuts_them(lengths: list[int]) -> None:
    """E20: glued and split at any byte."""
    client, _ = greeted()
    said: list[Request] = [SUBMIT, Ping(), SUBMIT]
    stream = b"".join(map(client.send, said))
    heard: list[Request] = []
    _, relay = greeted()
    for length in lengths * len(stream):
        piece, stream = stream[:length], stream[length:]
        relay.receive_data(piece)
        heard += drained(relay)
    assert heard == said


def drained(relay: RelayConnection) -> list[Request]:
    found: list[Request] = []
    while isinstance(event := relay.next_event(), Asked):
        found.append(event.request)
    return found


@pytest.mark.parametrize("prefix", ["00000000", "ffffffff", "00010001", "7fffffff"])
def test_a_length_that_is_not_allowed_closes_before_anything_is_buffered(prefix: str) -> None:
    """E21, E06: zero, or more than the largest frame."""
    for end in greeted():
        end.receive_data(bytes.fromhex(prefix))
        with pytest.raises(FrameError):
            end.next_event()


@pytest.mark.parametrize(
    "value",
    [
        b"\xdc\x75\x30" + b"\x90" * 30_000,
        b"\x94" + b"\x91" * 60_000 + b"\x90",
        b"\xc6\xff\xff\xff\xff",
        b"\xdb\xff\xff\xff\xff",
    ],
    ids=["many empty arrays", "deep arrays", "bytes of 4 GiB", "text of 4 GiB"],
)
def test_a_value_that_declares_too_much_is_refused(value: bytes) -> None:
    """E06, E07: by its declarations, before they cost memory."""
    for end in greeted():
        end.receive_data(frame(value))
        with pytest.raises(FrameError):
            end.next_event()


def test_a_full_page_of_leaves_and_the_largest_lists_fit() -> None:
    full = tuple(TokenHash(ENTROPY(32)) for _ in range(32))
    client, relay = greeted()
    assert asked(client, relay, SetTokens(MAILBOX, full, full[:27])).request == SetTokens(
        MAILBOX, full, full[:27]
    )
    with pytest.raises(LocalError):
        client.send(SetTokens(MAILBOX, full, full[:28]))
    assert client.unanswered == 1

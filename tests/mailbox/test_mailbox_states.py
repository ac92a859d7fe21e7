"""What each end may say when, as a table: everything else is a violation (Spec: MB-11)."""

import pytest

from securemsg.errors import FrameError, LocalError, RemoteError
from securemsg.ids import MailboxId
from securemsg.mailbox.answers import Accepted, Deliver, Done, ErrorCode, Failed, Goodbye, LowShelf, Prekeys
from securemsg.mailbox.client import Answered
from securemsg.mailbox.hello import ClientHello
from securemsg.mailbox.limits import MAX_UNANSWERED, Limits
from securemsg.mailbox.relay import Asked
from securemsg.mailbox.requests import Acknowledge, Ping, Request, Submit, Subscribe
from securemsg.wire.codec import encode
from securemsg.wire.framing import frame
from tests.mailbox.ends import ENTROPY, KEY, asked, fresh, greeted, told
from tests.mailbox.samples import FETCH, MAILBOX, REQUESTS, SUBMIT, SUBMIT_ID

HELLO = ClientHello(1, 1, ENTROPY(32)).encode()

VIOLATIONS_OF_CLIENTS = {
    "second hello": HELLO,
    "unknown type": encode((19, 1)),
    "type of an answer": encode((129, 1)),
    "no type": encode(()),
    "type is not a number": encode((b"\x02", 1)),
    "number too great": encode((11, 2**32)),
    "number of the connection": encode((11, 0)),
    "too few elements": encode((5, 1)),
    "too many elements": encode((11, 1, 1)),
    "mailbox of another width": encode((5, 1, bytes(15))),
    "no leaves": encode((9, 1, bytes(16), 1, 0, ())),
    "17 leaves": encode((9, 1, bytes(16), 1, 0, (b"leaf",) * 17)),
    "leaf too large": encode((9, 1, bytes(16), 1, 0, (bytes(2_401),))),
    "33 tokens": encode((2, 1, bytes(16), bytes(32), (bytes(32),) * 33, ())),
    "two invitations": encode((2, 1, bytes(16), bytes(32), (), (bytes(16), bytes(16)))),
    "manifest too large": encode((8, 1, bytes(16), 1, bytes(24_577))),
    "generation too great": encode((8, 1, bytes(16), 2**32, b"manifest")),
    "blob of no size": encode((12, 1, bytes(16), bytes(32), bytes(16), bytes(32), bytes(32), 0)),
    "blob too large to name": encode((12, 1, bytes(16), bytes(32), bytes(16), bytes(32), bytes(32), 2**48)),
    "empty chunk": encode((13, 1, bytes(16), bytes(32), 0, b"")),
    "chunk too large": encode((13, 1, bytes(16), bytes(32), 0, bytes(61_441))),
    "range of nothing": encode((15, 1, bytes(16), bytes(32), 0, 0)),
    "range too large": encode((15, 1, bytes(16), bytes(32), 0, 61_441)),
}

VIOLATIONS_OF_RELAYS = {
    "second hello": encode((128, 1)),
    "unknown type": encode((140, 1)),
    "subscribed to nothing": encode((137, 1, 0, 0)),
    "acknowledged beyond the newest": encode((137, 1, 2, 1)),
    "type of a request": encode((11, 1)),
    "answer to nothing": encode((129, 77)),
    "answer to the connection": encode((129, 0)),
    "another answer": encode((130, 1)),
    "prekeys not asked for": encode((132, 1, 1, b"manifest", ())),
    "unknown error": encode((134, 1, 12, 0)),
    "error zero": encode((134, 1, 0, 0)),
    "half a leaf": encode((132, 1, 1, b"manifest", (1,))),
    "state of a blob not asked for": encode((138, 1, 0, 1)),
    "more than the whole blob": encode((138, 1, 2, 1)),
    "chunk not asked for": encode((139, 1, b"chunk")),
    "delivery not subscribed": encode((131, bytes(16), 1, bytes(16), b"sealed")),
    "caught up without subscription": encode((136, bytes(16))),
    "notice not subscribed": encode((133, bytes(16), 1, 1)),
}


@pytest.mark.parametrize("value", VIOLATIONS_OF_CLIENTS.values(), ids=VIOLATIONS_OF_CLIENTS)
def test_a_relay_takes_it_as_a_violation_and_is_closed(value: bytes) -> None:
    client, relay = greeted()
    relay.receive_data(frame(value) + client.send(Ping()))
    with pytest.raises(FrameError) as violation:
        relay.next_event()
    assert relay.next_event() is None
    relay.receive_data(bytes(1_000_000))
    with pytest.raises(RemoteError):
        told(client, relay.refusal(violation.value))


@pytest.mark.parametrize("value", VIOLATIONS_OF_RELAYS.values(), ids=VIOLATIONS_OF_RELAYS)
def test_a_client_refuses_it_and_is_closed(value: bytes) -> None:
    client, _ = greeted()
    client.send(Ping())
    with pytest.raises(FrameError):
        told(client, frame(value))
    assert told(client, frame(encode((129, 1)))) is None
    with pytest.raises(LocalError):
        client.send(Ping())


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda value: type(value).__name__)
def test_a_request_before_the_hello_is_a_violation(request_: Request) -> None:
    client, _ = greeted()
    _, relay = fresh()
    relay.receive_data(client.send(request_))
    with pytest.raises(FrameError):
        relay.next_event()


def test_a_second_hello_before_the_greeting_is_a_violation() -> None:
    client, relay = fresh()
    relay.receive_data(2 * client.start())
    assert isinstance(relay.next_event(), ClientHello)
    with pytest.raises(FrameError):
        relay.next_event()


def test_a_number_in_use_is_a_violation_and_a_number_answered_is_free() -> None:
    _, relay = greeted()
    ping = frame(encode((11, 5)))
    relay.receive_data(ping)
    assert relay.next_event() == Asked(5, Ping())
    relay.send(5, Done())
    relay.receive_data(ping + ping)
    assert relay.next_event() == Asked(5, Ping())
    with pytest.raises(FrameError):
        relay.next_event()


def test_more_requests_than_allowed_are_refused_at_both_ends() -> None:
    client, relay = greeted()
    for _ in range(MAX_UNANSWERED):
        asked(client, relay, Ping())
    with pytest.raises(LocalError):
        client.send(Ping())
    relay.receive_data(frame(encode((11, 5_000))))
    with pytest.raises(FrameError):
        relay.next_event()


def test_answers_may_come_in_any_order() -> None:
    client, relay = greeted()
    first, second = Acknowledge(MAILBOX, 1), Acknowledge(MAILBOX, 2)
    numbers = [asked(client, relay, request).number for request in (first, second)]
    assert told(client, relay.send(numbers[1], Done())) == Answered(second, Done())
    assert told(client, relay.send(numbers[0], Failed(ErrorCode.CONFLICT))) == Answered(
        first, Failed(ErrorCode.CONFLICT)
    )


def test_a_relay_answers_each_request_once() -> None:
    client, relay = greeted()
    number = asked(client, relay, SUBMIT).number
    relay.send(number, Accepted())
    with pytest.raises(LocalError):
        relay.send(number, Accepted())


def test_a_client_keeps_sending_and_owning_apart() -> None:
    """MB-6: the relay must not learn which mailbox belongs to which sender."""
    client, _ = greeted()
    client.send(client.proof(MAILBOX, KEY))
    for request in (SUBMIT, FETCH):
        with pytest.raises(LocalError):
            client.send(request)
    sender, _ = greeted()
    sender.send(SUBMIT)
    with pytest.raises(LocalError):
        sender.send(sender.proof(MAILBOX, KEY))


def test_a_client_does_not_send_what_the_relay_would_not_take() -> None:
    client, _ = greeted(Limits(max_envelope=1_024))
    client.send(Submit(MAILBOX, SUBMIT.token, SUBMIT_ID, bytes(1_024)))
    with pytest.raises(LocalError):
        client.send(Submit(MAILBOX, SUBMIT.token, SUBMIT_ID, bytes(1_025)))


def test_deliveries_out_of_order_are_refused() -> None:
    """MB-8: sequence numbers of one mailbox increase."""
    other = MailboxId(ENTROPY(16))
    client, relay = greeted()
    client.send(Subscribe(MAILBOX))
    client.send(Subscribe(other))
    for mailbox, sequence in ((MAILBOX, 1), (other, 1), (MAILBOX, 4)):
        delivery = Deliver(mailbox, sequence, SUBMIT_ID, b"sealed")
        assert told(client, relay.push(delivery)) == delivery
    with pytest.raises(FrameError):
        told(client, relay.push(Deliver(MAILBOX, 4, SUBMIT_ID, b"sealed")))


def test_after_a_goodbye_nothing_is_heard_or_said() -> None:
    client, relay = greeted()
    client.send(Subscribe(MAILBOX))
    assert told(client, relay.push(Goodbye(9)) + relay.push(LowShelf(MAILBOX, 1, 1))) == Goodbye(9)
    assert client.next_event() is None
    with pytest.raises(LocalError):
        client.send(Ping())


def test_nothing_secret_is_in_a_representation() -> None:
    """N22: of whatever is asked or answered."""
    secrets = (SUBMIT.token, bytes(MAILBOX), bytes(SUBMIT_ID), b"sealed", b"manifest", b"a leaf")
    values = [*REQUESTS, Asked(1, SUBMIT), Answered(SUBMIT, Prekeys(1, b"manifest", None)), *greeted()]
    for value in values:
        shown = repr(value)
        assert not [
            secret for secret in secrets if repr(bytes(secret))[2:-1] in shown or secret.hex() in shown
        ]

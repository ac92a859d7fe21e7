"""What clients and relays say to each other, and what people hand on about relays (specs/08)."""

from typing import Final, TypeAlias

from securemsg.crypto.certificate import begins, expires, spki_digest
from securemsg.crypto.kdf import sha256
from securemsg.errors import RemoteError
from securemsg.instant import Instant
from securemsg.mailbox import answers, requests
from securemsg.mailbox.address import RelayAddress, join_host_port, split_host_port
from securemsg.mailbox.answers import Answer, Done, Event, Failed
from securemsg.mailbox.hello import CLIENT_HELLO, RELAY_HELLO, ClientHello, RelayHello
from securemsg.mailbox.hot import read_submits
from securemsg.mailbox.limits import MAX_UNANSWERED, Limits
from securemsg.mailbox.relay import Asked
from securemsg.mailbox.requests import Request, Submit, Subscribe
from securemsg.mailbox.tokens import Invitation
from securemsg.wire import codec
from securemsg.wire.fields import Fields
from securemsg.wire.framing import MAX_FRAME, frame
from securemsg.wire.names import check_relay
from tests.fuzz.target import Target, as_text, taken, typed
from tests.mailbox import samples
from tests.mailbox.ends import DIGEST, KEY, fresh, greeted
from tests.support.entropy import SeededEntropy

Said: TypeAlias = tuple[int, Answer] | Event


def _request(data: bytes) -> tuple[int, Request]:
    fields = Fields.parse(data, MAX_FRAME)
    kind, number = fields.uint(255), fields.uint(answers.LAST_NUMBER)
    return number, requests.read(kind, fields)


def _stored(found: tuple[int, Request] | None) -> object:
    """What a store needs of a submit."""
    number, submit = found or (0, None)
    if not isinstance(submit, Submit):
        return None
    return number, (submit.mailbox, submit.token.hash, submit.submit_id, submit.envelope)


def _requests(data: bytes) -> None:
    found = taken(_request, data)
    if 1 <= len(data) <= MAX_FRAME:
        (numbers, contents), _ = read_submits(frame(data), 0, set(), {})
        assert not numbers or (numbers[0], contents[0]) == _stored(found), "the short way differs"
    assert found is None or codec.encode(requests.values(*found)) == data


def _asking(data: bytes) -> None:
    """Take `data` as the stream of a client that has said hello: the first byte says how it is cut."""
    _, relay = greeted()
    waiting: list[int] = []
    try:
        for piece in _pieces(data):
            relay.receive_data(piece)
            while isinstance(event := relay.next_event(), Asked):
                waiting.append(event.number)
                if event.number % 2:
                    relay.send(waiting.pop(), Done())
            assert len(waiting) <= MAX_UNANSWERED
    except RemoteError:
        assert relay.next_event() is None, "the connection is closed"


def _said(data: bytes) -> Said:
    fields = Fields.parse(data, MAX_FRAME)
    return answers.read(fields.uint(255), fields)


def _answers(data: bytes) -> None:
    found = taken(_said, data)
    if isinstance(found, tuple):
        assert codec.encode(answers.answer_values(*found)) == data
    elif found is not None:
        assert codec.encode(answers.event_values(found)) == data


_ASKED: Final = (
    (Subscribe(samples.MAILBOX), samples.SUBMIT, samples.FETCH, samples.LOOK, samples.PUT),
    (samples.GET, samples.GET),
)
"""By a sender who listens too, and by a reader."""


def _answering(data: bytes) -> None:
    """Take `data` as the stream of a relay to a client that has asked one of everything else."""
    for asked in _ASKED:
        client, _ = greeted()
        for request in asked:
            client.send(request)
        try:
            for piece in _pieces(data):
                client.receive_data(piece)
                while client.next_event() is not None:
                    assert client.unanswered <= len(asked)
        except RemoteError:
            assert client.next_event() is None, "the connection is closed"


def _hello(data: bytes) -> None:
    """Take `data` as a first frame, on both sides; a relay's is judged by the pin of whoever sent it."""
    fields = taken(lambda raw: Fields.parse(raw, MAX_FRAME), data)
    if fields is None:
        return
    try:
        kind = fields.uint(255)
        if kind == CLIENT_HELLO:
            hello = ClientHello.read(fields)
            assert hello.encode() == data
            RelayHello.answer(hello, KEY, (DIGEST, bytes(32)), (Limits(), Instant(0)))
        elif kind == RELAY_HELLO:
            told = RelayHello.read(fields)
            assert told.encode() == data
            told.verify(bytes(32), DIGEST, sha256(told.identity))
    except RemoteError:
        return


def _first_frames(data: bytes) -> None:
    """Take `data` as the first bytes of either side to the other."""
    client, relay = fresh()
    client.start()
    relay.receive_data(data)
    client.receive_data(data)
    taken(lambda _: relay.next_event(), data)
    assert not isinstance(taken(lambda _: client.next_event(), data), Failed | None) or client.unanswered == 0


def _address(data: bytes) -> None:
    text = as_text(data)
    address = typed(RelayAddress.parse, text)
    if address is not None:
        assert RelayAddress.parse(address.text) == address
        check_relay(address.host, address.port, address.pin)
    listened = typed(split_host_port, text)
    assert listened is None or split_host_port(join_host_port(*listened)) == listened
    invitation = typed(Invitation.parse, text)
    assert invitation is None or invitation.text == text.strip()


def _tls_certificate(data: bytes) -> None:
    assert len(taken(spki_digest, data) or bytes(32)) == 32
    times = taken(begins, data), taken(expires, data)
    assert (times[0] is None) == (times[1] is None)


def _pieces(data: bytes) -> list[bytes]:
    step, stream = (data[0] * data[0] or MAX_FRAME, data[1:]) if data else (1, b"")
    return [stream[at : at + step] for at in range(0, len(stream), step)]


def _asked_values() -> list[bytes]:
    return [codec.encode(requests.values(7 + 300 * at, one)) for at, one in enumerate(samples.REQUESTS)]


def _said_values() -> list[bytes]:
    said = [codec.encode(answers.answer_values(2, answer)) for _, answer in samples.ANSWERS]
    return said + [codec.encode(answers.event_values(event)) for event in samples.EVENTS]


def _hellos() -> list[bytes]:
    hello = ClientHello(1, 1, bytes(32))
    told = RelayHello.answer(hello, KEY, (DIGEST, SeededEntropy()(32)), (Limits(), Instant(0)))
    return [hello.encode(), ClientHello(0, 2**16, bytes(32)).encode(), told.encode()]


def _stream(values: list[bytes]) -> list[bytes]:
    return [b"\0" + b"".join(map(frame, values)), *(b"\7" + frame(value) for value in values)]


_ADDRESSES: Final = (
    "relay.example.org:7443#" + "A" * 43,
    "192.0.2.1#" + "-_" * 21 + "8",
    "[2001:db8::1]:1#" + "B" * 42 + "A",
    "[::]:0",
    "127.0.0.1:7443",
    "A" * 21 + "g",
)

TARGETS: Final = (
    Target("requests", _requests, _asked_values),
    Target("asking", _asking, lambda: _stream(_asked_values()), tries=500),
    Target("answers", _answers, _said_values),
    Target("answering", _answering, lambda: _stream(_said_values()), tries=500),
    Target("hello", _hello, _hellos, longest=512),
    Target("first_frames", _first_frames, lambda: [frame(hello) for hello in _hellos()], tries=300),
    Target("address", _address, lambda: [text.encode() for text in _ADDRESSES], longest=400),
    Target("tls_certificate", _tls_certificate, list, longest=2_048),
)

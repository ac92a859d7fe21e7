"""What comes in order takes a flat path of its own; it must do what the general path does."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from securemsg.crypto.entropy import Entropy
from securemsg.crypto.kem import EncapsulationKey
from securemsg.errors import RemoteError
from securemsg.ratchet import opening
from securemsg.ratchet.header import Fields, open_header
from securemsg.ratchet.opening import Opened
from securemsg.ratchet.receiving import Arrival
from securemsg.ratchet.snapshot import encode_state
from securemsg.ratchet.state import Active
from securemsg.wire.envelope import Message
from tests.ratchet.parties import NOW, Party, parties
from tests.support.entropy import SeededEntropy

CONTENTS = [b"x" * 600, b"x" * 100, b"x" * 1_000, b"x" * 2_046]


@dataclass
class Outcome:
    """What one path made of a message."""

    error: type[RemoteError] | None = None
    record: bytes = b""
    content: bytes = b""
    rows: object = None


def outcome(opened: Opened) -> Outcome:
    return Outcome(None, encode_state(opened.state), opened.content, opened.rows)


def general(party: Party, message: Message) -> Outcome:
    """Open by the general path, whatever the message."""
    state = party.active
    assert state.receiving is not None
    fields = open_header(state.receiving.header, message.sealed_header, state.binding.opening)
    arrival = Arrival(party.rows, NOW)
    try:
        return outcome(opening._open_anywhere(state, fields, message, arrival, SeededEntropy(7)))
    except RemoteError as error:
        return Outcome(type(error))


def usual(party: Party, message: Message) -> Outcome:
    """Open as everybody does."""
    try:
        return outcome(opening.open_message(party.active, message, party.rows, NOW, SeededEntropy(7)))
    except RemoteError as error:
        return Outcome(type(error))


@pytest.fixture(autouse=True, scope="module")
def same_encapsulation() -> Iterator[None]:
    """Let both paths draw the same inside the library: a key is encapsulated to once."""
    drawn: dict[bytes, tuple[bytes, bytes]] = {}
    library = EncapsulationKey.encapsulate

    def encapsulate(key: EncapsulationKey) -> tuple[bytes, bytes]:
        if key.encoded not in drawn:
            drawn[key.encoded] = library(key)
        return drawn[key.encoded]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(EncapsulationKey, "encapsulate", encapsulate)
        yield


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3), st.integers(0, 5)), min_size=5, max_size=40))
def test_both_paths_agree_about_every_message(talk: list[tuple[bool, int, int]]) -> None:
    """RT-12: state, content and rows, or the refusal."""
    ann, ben = parties()
    ben.open(ann.seal(b"first"))
    ann.open(ben.seal(b"first"))
    held: list[tuple[Party, Message]] = []
    for direction, size, fate in talk:
        sender, receiver = (ann, ben) if direction else (ben, ann)
        message = sender.seal(CONTENTS[size])
        if fate == 0:
            held.append((receiver, message))
            continue
        sent = message
        if fate == 1:
            sent = message._replace(body=message.body[:-1] + bytes((message.body[-1] ^ 1,)))
        assert usual(receiver, sent) == general(receiver, sent)
        if fate > 1:
            receiver.open(message)
            assert usual(receiver, message) == general(receiver, message)
    for receiver, message in reversed(held):
        assert usual(receiver, message) == general(receiver, message)
        receiver.open(message)


def test_the_flat_path_is_taken_in_order_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the test above compares the general path with itself."""
    ann, ben = parties()
    ben.open(ann.seal(b"first"))
    taken: list[Message] = []
    other_way = opening._open_out_of_order

    def counted(
        state: Active, fields: Fields | None, message: Message, arrival: Arrival, entropy: Entropy
    ) -> Opened:
        taken.append(message)
        return other_way(state, fields, message, arrival, entropy)

    monkeypatch.setattr(opening, "_open_out_of_order", counted)
    messages = [ann.seal(b"x") for _ in range(3)]
    ben.open(messages[0])
    ben.open(messages[2])
    ben.open(messages[1])
    assert taken == [messages[2], messages[1]]

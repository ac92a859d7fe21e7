"""08-mailbox.json, whole connections, against both ends of securemsg.mailbox (MB-2, MB-5, MB-8, MB-11)."""

from __future__ import annotations

import pytest

from securemsg.crypto.certificate import spki_digest
from securemsg.crypto.ed25519 import SigningKey
from securemsg.ids import MailboxId
from securemsg.instant import SECOND, Instant
from securemsg.mailbox import answers, requests
from securemsg.mailbox.client import ClientConnection
from securemsg.mailbox.relay import RelayConnection
from securemsg.wire.codec import encode
from securemsg.wire.fields import Fields
from securemsg.wire.framing import MAX_FRAME, frame
from tests.vectors.reading import Draws, Vector, joined, vectors
from tests.vectors.test_vectors_mailbox import limits_of

MAILBOX = "08-mailbox"
CLIENT_HELLO, PROVE, RELAY_HELLO, FAILED = 1, 3, 128, 134


class Ends:
    """Both ends of one connection; what one writes the other reads."""

    def __init__(self, vector: Vector) -> None:
        """Begin after TLS."""
        digest = spki_digest(vector.octets("certificate"))
        self.owner = SigningKey(vector.octets("owner_seed"))
        self.client = ClientConnection(vector.octets("pin"), digest, Draws([vector.octets("nonce")]))
        self.time = Instant(vector["time"] * SECOND)
        key, draws = SigningKey(vector.octets("identity_seed")), Draws([vector.octets("challenge")])
        self.relay = RelayConnection(key, digest, limits_of(vector["limits"]), draws)

    def writes(self, by: str, raw: bytes) -> bytes:
        """Return what our end writes where the vector has `raw`."""
        fields = Fields.parse(raw, MAX_FRAME)
        kind = fields.uint(255)
        return self._asks(kind, fields) if by == "client" else self._says(kind, fields)

    def _asks(self, kind: int, fields: Fields) -> bytes:
        if kind == CLIENT_HELLO:
            return self.client.start()
        fields.uint(2**32 - 1)
        if kind == PROVE:
            return self.client.send(self.client.proof(fields.identifier(MailboxId), self.owner))
        return self.client.send(requests.read(kind, fields))

    def _says(self, kind: int, fields: Fields) -> bytes:
        if kind == RELAY_HELLO:
            return self.relay.greet(self.time)
        said = answers.read(kind, fields)
        if not isinstance(said, tuple):
            return self.relay.push(said)
        number, answer = said
        # A failure of the connection itself answers no request.
        return self.relay.send(number, answer) if number else frame(encode(answers.answer_values(0, answer)))

    def reads(self, by: str, whole: bytes) -> None:
        """Let the other end take a frame."""
        listener = self.relay if by == "client" else self.client
        listener.receive_data(whole)
        assert listener.next_event() is not None


@vectors(MAILBOX, "connection", valid=True)
def test_a_connection_is_byte_for_byte_this_one(vector: Vector) -> None:
    ends = Ends(vector)
    for step in vector["steps"]:
        whole = joined(step["frame"])
        assert ends.writes(step["by"], whole[4:]) == whole
        ends.reads(step["by"], whole)


@vectors(MAILBOX, "connection", valid=False)
def test_the_last_frame_is_not_taken(vector: Vector) -> None:
    ends = Ends(vector)
    *before, last = vector["steps"]
    for step in before:
        whole = joined(step["frame"])
        assert ends.writes(step["by"], whole[4:]) == whole
        ends.reads(step["by"], whole)
    if not before and last["by"] == "relay":
        ends.client.start()
    with pytest.raises(vector.error):
        take_last(ends, last["by"], joined(last["frame"]))


def take_last(ends: Ends, by: str, whole: bytes) -> None:
    """Let an end take the last frame; a relay finds out about versions when it greets."""
    ends.reads(by, whole)
    if whole[5] == CLIENT_HELLO:
        ends.relay.greet(ends.time)

"""08-mailbox.json against securemsg.mailbox: hello, proof, frames, addresses (MB-1..5)."""

from __future__ import annotations

from typing import Any

import pytest

from securemsg.crypto.certificate import spki_digest
from securemsg.crypto.ed25519 import PublicKey, SigningKey
from securemsg.crypto.kdf import sha256
from securemsg.instant import SECOND, Instant
from securemsg.mailbox import answers, requests
from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.client import ClientConnection, Greeted
from securemsg.mailbox.hello import ClientHello, RelayHello, sign_proof, verify_proof
from securemsg.mailbox.limits import Limits
from securemsg.mailbox.relay import Asked, RelayConnection
from securemsg.mailbox.tokens import Invitation, SendToken
from securemsg.wire import codec
from securemsg.wire.fields import Fields
from securemsg.wire.framing import MAX_FRAME, frame
from tests.mailbox.ends import greeted
from tests.vectors.reading import Draws, Vector, joined, vectors

MAILBOX = "08-mailbox"
CLIENT_HELLO, RELAY_HELLO = 1, 128


def limits_of(numbers: list[int]) -> Limits:
    return Limits.read(Fields([list(numbers)]))


def client_of(vector: Vector) -> ClientConnection:
    """Return a client that has sent its hello over TLS with that certificate."""
    digest = spki_digest(vector.octets("certificate"))
    client = ClientConnection(vector.octets("pin"), digest, Draws([vector.octets("nonce")]))
    client.start()
    return client


@vectors(MAILBOX, "hello", valid=True)
def test_a_relay_greets_so(vector: Vector) -> None:
    key = SigningKey(vector.octets("identity_seed"))
    assert (key.public(), sha256(key.public())) == (vector.octets("identity"), vector.octets("pin"))
    digest = spki_digest(vector.octets("certificate"))
    assert digest == sha256(vector.octets("spki")) == vector.octets("spki_sha256")
    challenge = Draws([vector.octets("challenge")])
    relay = RelayConnection(key, digest, limits_of(vector["limits"]), challenge)
    relay.receive_data(vector.octets("client_hello"))
    assert relay.next_event() == ClientHello(1, 1, vector.octets("nonce"))
    assert relay.greet(Instant(vector["time"] * SECOND)) == vector.octets("relay_hello")
    signature = vector.octets("signature")
    PublicKey.parse(key.public()).verify(b"relay-hello", vector.octets("body"), signature)
    assert key.sign(b"relay-hello", vector.octets("body")) == signature


@vectors(MAILBOX, "hello hello_limits", valid=True)
def test_a_client_believes_this_hello(vector: Vector) -> None:
    client = client_of(vector)
    client.receive_data(vector.octets("relay_hello"))
    assert client.next_event() == Greeted(limits_of(vector["limits"]))
    assert client.relay_time == vector["time"] * SECOND


@vectors(MAILBOX, "hello", valid=False)
def test_a_client_refuses_a_hello_with_one_fault(vector: Vector) -> None:
    client = client_of(vector)
    client.receive_data(vector.octets("relay_hello"))
    with pytest.raises(vector.error):
        client.next_event()


@vectors(MAILBOX, "prove", valid=True)
def test_an_owner_proves_a_mailbox_so(vector: Vector) -> None:
    key = SigningKey(vector.octets("owner_seed"))
    identity, challenge, mailbox = (vector.octets(name) for name in ("identity", "challenge", "mailbox"))
    assert key.public() == vector.octets("owner_key")
    assert sign_proof(key, identity, challenge, mailbox) == vector.octets("signature")
    assert key.sign(b"prove", vector.octets("body")) == vector.octets("signature")
    verify_proof(PublicKey.parse(key.public()), (identity, challenge), mailbox, vector.octets("signature"))
    assert frame(codec.encode((3, 1, mailbox, vector.octets("signature")))) == vector.octets("frame")


@vectors(MAILBOX, "prove", valid=False)
def test_a_proof_with_one_fault_is_refused(vector: Vector) -> None:
    key = PublicKey.parse(vector.octets("owner_key"))
    session = (vector.octets("identity"), vector.octets("challenge"))
    with pytest.raises(vector.error):
        verify_proof(key, session, vector.octets("mailbox"), vector.octets("signature"))


def shown(value: Any) -> Any:  # noqa: ANN401  # a value of 01 as JSON writes it
    if isinstance(value, dict):
        return joined(value["bin"])
    return [shown(item) for item in value] if isinstance(value, list) else value


def read(by: str, raw: bytes) -> bytes:
    """Read the value of a frame of one side, and write it again."""
    fields = Fields.parse(raw, MAX_FRAME)
    kind = fields.uint(255)
    if kind == CLIENT_HELLO and by == "client":
        return ClientHello.read(fields).encode()
    if kind == RELAY_HELLO and by == "relay":
        return RelayHello.read(fields).encode()
    if by == "client":
        return codec.encode(requests.values(fields.uint(2**32 - 1), requests.read(kind, fields)))
    said = answers.read(kind, fields)
    values = answers.answer_values(*said) if isinstance(said, tuple) else answers.event_values(said)
    return codec.encode(values)


@vectors(MAILBOX, "frame", valid=True)
def test_a_frame_says_this_and_is_written_so(vector: Vector) -> None:
    whole = vector.octets("frame")
    assert frame(codec.encode(shown(vector["value"]))) == whole
    assert read(vector["by"], whole[4:]) == whole[4:]


@vectors(MAILBOX, "frame", valid=True)
def test_a_relay_takes_every_request(vector: Vector) -> None:
    value = shown(vector["value"])
    if vector["by"] == "client" and value[0] != CLIENT_HELLO:
        _, relay = greeted()
        relay.receive_data(vector.octets("frame"))
        asked = relay.next_event()
        assert isinstance(asked, Asked)
        assert codec.encode(requests.values(asked.number, asked.request)) == vector.octets("frame")[4:]


@vectors(MAILBOX, "frame", valid=False)
def test_a_frame_with_one_fault_is_refused(vector: Vector) -> None:
    if vector["by"] == "relay" or vector["id"].startswith("frame/hello"):
        # Not by a connection: it refuses whatever was not asked for, fault or none.
        with pytest.raises(vector.error):
            read(vector["by"], vector.octets("frame")[4:])
        return
    _, relay = greeted()
    relay.receive_data(vector.octets("frame"))
    with pytest.raises(vector.error):
        relay.next_event()


@vectors(MAILBOX, "address", valid=True)
def test_an_address_is_read_and_written_so(vector: Vector) -> None:
    address = RelayAddress.parse(vector["text"])
    assert address == RelayAddress(vector["host"], vector["port"], vector.octets("pin"))
    assert address.text == vector["canonical"]
    assert RelayAddress.parse(address.text) == address


@vectors(MAILBOX, "address", valid=False)
def test_a_text_with_one_fault_is_no_address(vector: Vector) -> None:
    with pytest.raises(vector.error):
        RelayAddress.parse(vector["text"])


@vectors(MAILBOX, "invitation", valid=True)
def test_an_invitation_is_read_and_written_so(vector: Vector) -> None:
    invitation = Invitation.parse(vector["text"])
    assert (invitation, invitation.text) == (vector.octets("invitation"), vector["canonical"])
    assert invitation.hash == vector.octets("hash")


@vectors(MAILBOX, "invitation", valid=False)
def test_a_text_with_one_fault_is_no_invitation(vector: Vector) -> None:
    with pytest.raises(vector.error):
        Invitation.parse(vector["text"])


@vectors(MAILBOX, "token")
def test_a_relay_keeps_this_hash_of_a_token(vector: Vector) -> None:
    assert SendToken(vector.octets("token")).hash == vector.octets("hash")

"""Both ends of a connection in one place, for tests of the protocol without a network."""

from securemsg.crypto.ed25519 import SigningKey
from securemsg.crypto.kdf import sha256
from securemsg.instant import Instant
from securemsg.mailbox.client import ClientConnection, ClientEvent, Greeted
from securemsg.mailbox.hello import ClientHello
from securemsg.mailbox.limits import Limits
from securemsg.mailbox.relay import Asked, RelayConnection
from securemsg.mailbox.requests import Request
from tests.support.entropy import SeededEntropy

ENTROPY = SeededEntropy(8)
KEY = SigningKey.generate(ENTROPY)
PIN = sha256(KEY.public())
DIGEST = ENTROPY(32)
NOW = Instant(1_800_000_000_999)


def fresh(limits: Limits | None = None) -> tuple[ClientConnection, RelayConnection]:
    """A client and the relay that it expects, before the first byte."""
    relay = RelayConnection(KEY, DIGEST, limits or Limits(), ENTROPY)
    return ClientConnection(PIN, DIGEST, ENTROPY), relay


def greeted(limits: Limits | None = None) -> tuple[ClientConnection, RelayConnection]:
    """A client and a relay that have exchanged their hellos."""
    client, relay = fresh(limits)
    relay.receive_data(client.start())
    assert isinstance(relay.next_event(), ClientHello)
    client.receive_data(relay.greet(NOW))
    assert isinstance(client.next_event(), Greeted)
    return client, relay


def asked(client: ClientConnection, relay: RelayConnection, request: Request) -> Asked:
    """What the relay sees of `request`."""
    relay.receive_data(client.send(request))
    event = relay.next_event()
    assert isinstance(event, Asked)
    return event


def told(client: ClientConnection, data: bytes) -> ClientEvent | None:
    """What the client makes of `data`."""
    client.receive_data(data)
    return client.next_event()

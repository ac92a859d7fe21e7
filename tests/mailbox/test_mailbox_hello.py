"""How the two ends get to know each other, and how each one refuses the other."""

import pytest

from securemsg.crypto.ed25519 import SigningKey
from securemsg.errors import AuthenticationError, FrameError, LocalError
from securemsg.mailbox.answers import Done, ErrorCode, Failed
from securemsg.mailbox.client import ClientConnection, Greeted
from securemsg.mailbox.errors import VersionError, WrongRelayError
from securemsg.mailbox.hello import ClientHello
from securemsg.mailbox.limits import Limits, Registration
from securemsg.mailbox.relay import Asked, RelayConnection
from securemsg.mailbox.requests import Prove
from securemsg.wire.codec import Encodable, encode
from securemsg.wire.envelope import MAX_ENVELOPE
from securemsg.wire.framing import frame
from tests.mailbox.ends import DIGEST, ENTROPY, KEY, NOW, PIN, asked, fresh, greeted, told
from tests.mailbox.samples import MAILBOX
from tests.support.mutations import one_byte_changes

OTHER = SigningKey.generate(ENTROPY)


def relay_hello_for(client: ClientConnection, relay: RelayConnection) -> bytes:
    relay.receive_data(client.start())
    relay.next_event()
    return relay.greet(NOW)


def test_the_client_learns_the_relays_limits() -> None:
    """MB-2."""
    limits = Limits(2_048, 5, 10, 24, Registration.INVITATION, 90)
    client, relay = fresh(limits)
    assert told(client, relay_hello_for(client, relay)) == Greeted(limits)
    assert client.limits == limits


def test_another_relay_than_the_pins_is_refused_as_such() -> None:
    """MB-2, N11: a certificate says nothing, the pin decides."""
    client, _ = fresh()
    impostor = RelayConnection(OTHER, DIGEST, Limits(), ENTROPY)
    with pytest.raises(WrongRelayError):
        told(client, relay_hello_for(client, impostor))


def test_a_hello_for_another_certificate_is_refused() -> None:
    """MB-2: somebody in the middle shows a certificate of his own and passes the true hello on."""
    client = ClientConnection(PIN, ENTROPY(32), ENTROPY)
    _, relay = fresh()
    with pytest.raises(AuthenticationError) as refusal:
        told(client, relay_hello_for(client, relay))
    assert not isinstance(refusal.value, WrongRelayError)


def test_a_hello_of_an_earlier_connection_is_refused() -> None:
    """N09: the nonce is fresh."""
    client, relay = fresh()
    recorded = relay_hello_for(client, relay)
    again, _ = fresh()
    with pytest.raises(AuthenticationError):
        told(again, recorded)


def test_no_change_of_a_hello_is_accepted() -> None:
    """MB-2: limits, clock and version are signed too."""
    client, relay = fresh()
    hello = relay_hello_for(client, relay)
    state = client._state
    for changed in one_byte_changes(hello[4:]):
        client, _ = fresh()
        client._state = state
        with pytest.raises((AuthenticationError, FrameError, VersionError)):
            told(client, frame(changed))


def test_a_client_without_our_version_is_told_and_refused() -> None:
    """MB-2, N18."""
    client, relay = fresh()
    relay.receive_data(frame(ClientHello(2, 9, ENTROPY(32)).encode()))
    assert isinstance(relay.next_event(), ClientHello)
    with pytest.raises(VersionError) as refusal:
        relay.greet(NOW)
    with pytest.raises(VersionError):
        told(client, relay.refusal(refusal.value))
    assert relay.next_event() is None


@pytest.mark.parametrize(
    "values",
    [
        (1_023, 64, 30, 720, 2, 30),
        (33_929, 64, 30, 720, 2, 30),
        (1_024, 0, 30, 720, 2, 30),
        (1_024, 1_025, 30, 720, 2, 30),
        (1_024, 1, 4, 720, 2, 30),
        (1_024, 1, 3_601, 720, 2, 30),
        (1_024, 1, 5, 0, 2, 30),
        (1_024, 1, 5, 8_785, 2, 30),
        (1_024, 1, 5, 1, 3, 30),
        (1_024, 1, 5, 1, 2, 3_601),
        (1_024, 1, 5, 1, 2),
        (1_024, 1, 5, 1, 2, 0, 0),
    ],
)
def test_limits_out_of_bounds_are_refused(values: tuple[int, ...]) -> None:
    """MB-2."""
    client, _ = fresh()
    hello = encode((128, 1, KEY.public(), ENTROPY(32), values, 0, ENTROPY(64)))
    with pytest.raises(FrameError):
        told(client, frame(hello))


@pytest.mark.parametrize("values", [(1_024, 1, 5, 1, 0, 0), (MAX_ENVELOPE, 1_024, 3_600, 8_784, 2, 3_600)])
def test_limits_at_their_bounds_are_taken(values: tuple[int, int, int, int, int, int]) -> None:
    """MB-2."""
    limits = Limits(*values[:4], Registration(values[4]), values[5])
    assert limits.values() == list(values)
    client, relay = fresh(limits)
    assert told(client, relay_hello_for(client, relay)) == Greeted(limits)


def test_the_client_learns_the_relays_clock_in_whole_seconds() -> None:
    """MB-2."""
    client, relay = fresh()
    with pytest.raises(LocalError):
        _ = client.relay_time
    told(client, relay_hello_for(client, relay))
    assert client.relay_time == NOW // 1_000 * 1_000


@pytest.mark.parametrize("time", [2**53 // 1_000 + 1, 2**53 - 1, b"", "0", [0]])
def test_a_clock_out_of_bounds_is_refused(time: Encodable) -> None:
    """MB-2."""
    client, _ = fresh()
    hello = encode((128, 1, KEY.public(), ENTROPY(32), Limits().values(), time, ENTROPY(64)))
    with pytest.raises(FrameError):
        told(client, frame(hello))


def test_a_proof_holds_for_its_mailbox_on_its_connection() -> None:
    """MB-5."""
    client, relay = greeted()
    event = asked(client, relay, client.proof(MAILBOX, OTHER))
    assert isinstance(event.request, Prove)
    assert not relay.proven
    assert relay.verify_proof(event.request, OTHER.public())
    assert relay.is_proven(MAILBOX)
    assert told(client, relay.send(event.number, Done())) is not None


def test_a_proof_of_another_connection_or_key_or_mailbox_is_refused() -> None:
    """MB-5, N09: no replay, no relaying."""
    proof = greeted()[0].proof(MAILBOX, OTHER)
    _, relay = greeted()
    assert not relay.verify_proof(proof, OTHER.public())
    client, relay = greeted()
    assert not relay.verify_proof(client.proof(MAILBOX, KEY), OTHER.public())
    assert not relay.verify_proof(
        Prove(type(MAILBOX)(ENTROPY(16)), client.proof(MAILBOX, OTHER).signature), OTHER.public()
    )
    assert not relay.proven


def test_before_the_hello_the_relay_may_only_send_the_client_away() -> None:
    client, relay = fresh()
    busy = frame(encode((134, 0, int(ErrorCode.UNAVAILABLE), 30)))
    assert told(client, busy) == Failed(ErrorCode.UNAVAILABLE, 30)
    assert relay.next_event() is None
    client, _ = fresh()
    with pytest.raises(FrameError):
        told(client, frame(encode((129, 0))))


def test_ends_do_not_speak_before_the_hello() -> None:
    client, relay = fresh()
    with pytest.raises(LocalError):
        client.proof(MAILBOX, OTHER)
    with pytest.raises(LocalError):
        _ = client.limits
    with pytest.raises(LocalError):
        relay.greet(NOW)
    with pytest.raises(LocalError):
        relay.verify_proof(Prove(MAILBOX, ENTROPY(64)), OTHER.public())


def test_requests_may_come_along_with_the_hello() -> None:
    client, relay = fresh()
    sender, _ = greeted()
    relay.receive_data(client.start() + sender.send(Prove(MAILBOX, ENTROPY(64))))
    assert isinstance(relay.next_event(), ClientHello)
    relay.greet(NOW)
    assert isinstance(relay.next_event(), Asked)

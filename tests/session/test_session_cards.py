"""What an opening tells of its sender: fixed with the session, authentic once it is accepted, never after."""

from dataclasses import replace

import pytest

from securemsg.handshake.errors import UnknownPrekey
from securemsg.handshake.initiator import seal_opening
from securemsg.handshake.responder import unseal_opening
from securemsg.identity.access import SendToken, ShelfKey
from securemsg.identity.card import Card
from securemsg.ids import MailboxId
from securemsg.ratchet.errors import Unrecognised
from securemsg.ratchet.seal import seal_message
from securemsg.wire import envelope
from securemsg.wire.envelope import Opening
from tests.session.network import refuses_with
from tests.session.people import pair, person, unanswered

CARD = Card(
    *("Alice", "relay.example", 7443, bytes(32)),
    *(MailboxId(bytes(16)), SendToken(bytes(32)), ShelfKey(bytes(32))),
)
ELSEWHERE = replace(CARD, mailbox=MailboxId(b"m" * 16)).encode()
CHANGES = {"swapped": (CARD, ELSEWHERE), "dropped": (CARD, b""), "added": (None, ELSEWHERE)}


@pytest.mark.parametrize("change", CHANGES)
def test_a_card_that_was_exchanged_on_the_way_refuses_the_opening(change: str) -> None:
    """HS-8: by somebody who holds the responder's sealing key, and nothing else."""
    alice, bob = pair()
    alice.card, other = CHANGES[change]
    alice.begin(bob)
    session = unanswered(alice, bob)
    _, encoded = seal_message(session.ratchet, b"x", alice.entropy)
    refuses_with(bob, seal_opening(replace(session.material, card=other), encoded), Unrecognised)
    assert bob.hear(seal_opening(session.material, encoded)) == b"x"


def test_an_accepted_session_tells_the_card_once() -> None:
    """HS-13: the first opening to arrive, whichever it is."""
    alice, bob = pair()
    alice.card = CARD
    sent = [alice.say(bob, b"one"), alice.say(bob, b"two")]
    assert [bob.receive(data).card for data in sent[::-1]] == [CARD, None]


def test_a_card_around_a_message_of_a_known_session_is_never_told() -> None:
    """HS-13: no transcript covers it any more, so that anything may stand there."""
    alice, bob = pair()
    alice.card = CARD
    bob.hear(alice.say(bob, b"one"))
    session = unanswered(alice, bob)
    _, encoded = seal_message(session.ratchet, b"two", alice.entropy)
    forged = replace(session.material, card=ELSEWHERE)
    result = bob.receive(seal_opening(forged, encoded))
    assert (result.content, result.card, result.used) == (b"two", None, None)


def test_a_known_session_is_found_among_those_of_the_certified_device_only() -> None:
    """HS-13: a repeated opening under the certificate of another is not of that session."""
    alice, bob, carol = *pair(), person(3)
    bob.hear(alice.say(bob, b"one"))
    session = unanswered(alice, bob)
    _, encoded = seal_message(session.ratchet, b"two", alice.entropy)
    forged = replace(session.material, certificate=carol.device.certificate.encoded)
    refuses_with(bob, seal_opening(forged, encoded), UnknownPrekey)
    assert bob.hear(seal_opening(session.material, encoded)) == b"two"


def test_every_opening_repeats_what_the_session_began_with() -> None:
    """SE-5: whatever became of the card since."""
    alice, bob = pair()
    alice.card = CARD
    alice.begin(bob)
    alice.card = None
    alice.restart()
    for content in (b"one", b"two"):
        arrived = envelope.decode(alice.say(bob, content))
        assert isinstance(arrived, Opening)
        unsealed = unseal_opening(arrived, bob.sealing)
        assert unsealed.claimed_card == CARD
        assert unsealed.certificate == alice.device.certificate

"""Both sides open at once, and the network does its worst: they end in one session."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from securemsg.instant import Instant
from securemsg.session.states import Confirmed
from securemsg.wire.envelope import Message, decode
from tests.session.network import Network, Schedule, schedules
from tests.session.people import Person, pair, person

MESS = schedules(
    *(Network.say, Network.say, Network.deliver, Network.deliver, Network.duplicate),
    *(Network.drop, Network.renew, Network.restart, Network.wait),
    most=30,
)


def converged(first: Person, second: Person) -> bool:
    """Whether both have the same current session and know that the other has it."""
    ours, theirs = first.book(second).current, second.book(first).current
    if not (isinstance(ours, Confirmed) and isinstance(theirs, Confirmed)):
        return False
    return ours.origin.session_id == theirs.origin.session_id


def round_trip(first: Person, second: Person) -> None:
    """Let each say something that arrives."""
    assert second.hear(first.say(second, b"there")) == b"there"
    assert first.hear(second.say(first, b"and back")) == b"and back"


@pytest.mark.parametrize("skew", [-5_000, 0, 5_000])
@pytest.mark.parametrize("order", [1, -1])
def test_two_openings_that_cross_end_in_the_same_session(skew: int, order: int) -> None:
    """K21, SE-3: whoever's clock is ahead, whichever arrives first; the loser's message still opens."""
    alice, bob = pair()
    alice.now = Instant(alice.now + skew)
    crossing = [(bob, alice.say(bob, b"glare")), (alice, bob.say(alice, b"glare"))]
    for receiver, data in crossing[::order]:
        assert receiver.hear(data) == b"glare"
    assert alice.book(bob).entries[0].session_id == bob.book(alice).entries[0].session_id
    assert len(alice.book(bob).entries) == len(bob.book(alice).entries) == 2
    round_trip(alice, bob)
    assert converged(alice, bob)


@settings(max_examples=250, deadline=None)
@given(st.integers(-3, 3), MESS, st.sampled_from((1, -1)))
def test_glare_with_loss_repetition_and_reorder_converges_in_two_round_trips(
    skew: int, mess: Schedule, order: int
) -> None:
    """K21: from any mess, once envelopes arrive again; what is still on the way changes nothing of it."""
    alice, bob = pair()
    alice.now = Instant(alice.now + skew)
    network = Network((alice, bob), person(3))
    network.say(0, 0)
    network.say(1, 0)
    network.run(mess)
    for _ in range(2):
        round_trip(*(alice, bob)[::order])
    assert converged(alice, bob)
    while network.on_the_way:
        network.deliver(0, 0)
    assert converged(alice, bob)
    assert isinstance(decode(alice.say(bob, b"x")), Message)

"""Any schedule over books: sessions begun, renewed and restored while the network does what it likes."""

import pytest
from hypothesis import given, settings

from securemsg.errors import RemoteError
from securemsg.wire import envelope
from tests.session.network import Network, Schedule, flipped, schedules
from tests.session.people import friends, pair, person

EVENTS = schedules(
    *(Network.say, Network.say, Network.deliver, Network.deliver, Network.drop, Network.duplicate),
    *(Network.flip, Network.reflect, Network.cross, Network.restart, Network.wait, Network.renew),
    most=60,
)


@settings(max_examples=250, deadline=None)
@given(EVENTS)
def test_what_arrives_opens_once_and_what_is_refused_changes_nothing(schedule: Schedule) -> None:
    """S01, S02, S03, S07, K23, K25: over any schedule, with real handshakes."""
    Network(pair(), person(3)).run(schedule)


@pytest.mark.parametrize(("met", "step"), [(False, 41), (True, 1)])
def test_a_changed_bit_anywhere_in_an_envelope_is_refused(*, met: bool, step: int) -> None:
    """S07: at every place of a message, and of an opening in steps; every byte of the store stays."""
    alice, bob = friends() if met else pair()
    data = alice.say(bob, b"x")
    assert isinstance(envelope.decode(data), envelope.Message) == met
    before = bob.stored()
    for at in range(0, len(data), step):
        with pytest.raises(RemoteError):
            bob.hear(flipped(data, at))
    assert bob.stored() == before
    assert bob.hear(data) == b"x"

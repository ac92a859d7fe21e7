"""Which way is tried when, and what is remembered of it."""

from hypothesis import given
from hypothesis import strategies as st

from securemsg.client.ways import WEBSOCKET_SECONDS, Transport, Way, Ways
from securemsg.mailbox.address import RelayAddress

HERE, THERE = (RelayAddress(name, 7443, bytes(32)) for name in ("here.example", "there.example"))
D, W = Way.DIRECT, Way.WEBSOCKET


def blocked(ways: Ways, address: RelayAddress, times: int, now: float = 0.0) -> list[Way]:
    """Fail `times` times in a row; return how it was tried."""
    tried = []
    for _ in range(times):
        tried.append(ways.choose(address, now))
        ways.blocked(address, tried[-1])
    return tried


def test_after_two_blocked_handshakes_the_other_way_is_tried_once() -> None:
    """MB-21."""
    ways = Ways()
    assert blocked(ways, HERE, 7) == [D, D, W, D, D, W, D]
    assert ways.choose(THERE, 0.0) is D


def test_a_direct_way_that_works_forgets_what_was_before() -> None:
    """MB-21: in a row."""
    ways = Ways()
    blocked(ways, HERE, 1)
    ways.worked(HERE, D, 0.0)
    assert blocked(ways, HERE, 3) == [D, D, W]


def test_a_websocket_that_worked_is_preferred_for_some_hours_and_then_on_one_failure() -> None:
    """MB-21: the device may be elsewhere by then; where it is not, one attempt is enough."""
    ways = Ways()
    blocked(ways, HERE, 2)
    ways.worked(HERE, W, 100.0)
    end = 100.0 + WEBSOCKET_SECONDS
    assert ways.choose(HERE, end - 1) is W
    assert ways.choose(HERE, end) is D
    assert ways.choose(THERE, 100.0) is D
    assert blocked(ways, HERE, 2, end) == [D, W]


def test_a_preferred_websocket_that_fails_is_forgotten() -> None:
    """MB-21."""
    ways = Ways()
    blocked(ways, HERE, 2)
    ways.worked(HERE, W, 0.0)
    assert blocked(ways, HERE, 4, 1.0) == [W, D, D, W]


@given(st.lists(st.sampled_from([True, False]), max_size=40), st.sampled_from([D, W]))
def test_a_transport_that_is_set_never_changes(outcomes: list[bool], way: Way) -> None:
    """MB-21: whatever happens."""
    ways = Ways(Transport[way.name])
    for number, good in enumerate(outcomes):
        assert ways.choose(HERE, float(number)) is way
        if good:
            ways.worked(HERE, way, float(number))
        else:
            ways.blocked(HERE, way)

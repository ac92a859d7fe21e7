"""Clients that a relay lost in one moment do not come back in one moment (Spec: MB-13)."""

from pathlib import Path

import anyio
import anyio.to_thread
import pytest
from hypothesis import given
from hypothesis import strategies as st

from securemsg.client.backoff import LONGEST, Backoff
from securemsg.client.clock import system_clock
from securemsg.client.link import connected
from securemsg.client.network import Network
from securemsg.client.problems import RelayProblem, Unreachable
from securemsg.crypto.entropy import SystemEntropy
from securemsg.mailbox.address import RelayAddress
from tests.support.entropy import SeededEntropy
from tests.support.programs import RelayProgram

CLIENTS = 2_000


def lost(spread: int = 0, told: int = 0) -> RelayProblem:
    """Return why a connection ended: after a hello with a spread, with a time that the relay told."""
    problem = Unreachable("It broke.", told)
    problem.spread_seconds = spread
    return problem


def waits(problem: RelayProblem, lasted: float = 3_600.0) -> list[int]:
    """Return how long each of many clients waits (ms)."""
    return [Backoff(SeededEntropy(seed)).after(lasted, problem) for seed in range(CLIENTS)]


@pytest.mark.parametrize("told", [0, 20])
@pytest.mark.parametrize("spread", [30, 300])
def test_they_come_back_evenly_over_the_span_that_the_relay_chose(spread: int, told: int) -> None:
    """MB-13: on top of the time that it told, which is the same for all."""
    times = waits(lost(spread, told))
    assert min(times) >= told * 1_000
    assert max(times) <= (told + spread) * 1_000
    tenths = [0] * 10
    for time in times:
        tenths[min(9, (time - told * 1_000) * 10 // (spread * 1_000))] += 1
    # A fair share is 200; four standard deviations are 54.
    assert min(tenths) > 140
    assert max(tenths) < 260


@pytest.mark.parametrize("told", [10, 600])
def test_who_is_sent_away_before_a_hello_comes_back_over_as_long_again(told: int) -> None:
    """MB-13: a `failed` at the door tells a time and no span."""
    times = waits(lost(0, told), 0.0)
    assert min(times) >= told * 1_000
    assert max(times) <= 2 * told * 1_000
    assert max(times) - min(times) > 900 * told


def test_without_a_span_a_lost_connection_is_dialled_at_once_or_nearly() -> None:
    """MB-13: a relay of few may choose 0."""
    assert all(250 <= time <= 500 for time in waits(lost()))


@given(
    st.lists(
        st.tuples(st.floats(0, 1e6), st.integers(0, 3_600), st.integers(0, 604_800)), min_size=1, max_size=20
    ),
    st.integers(0, 2**32),
)
def test_every_wait_keeps_its_bounds(ends: list[tuple[float, int, int]], seed: int) -> None:
    """MB-13: never less than told, never more than that and the greater of the two random waits."""
    backoff = Backoff(SeededEntropy(seed))
    for lasted, spread, told in ends:
        wait = backoff.after(lasted, lost(spread, told))
        assert told * 1_000 + 250 <= wait <= told * 1_000 + max(LONGEST, (spread or told) * 1_000)


def test_a_relay_that_greets_and_hangs_up_is_dialled_ever_more_rarely_whatever_it_says() -> None:
    """MB-13: a span of 0 is no leave to be dialled for ever."""
    backoff = Backoff(SeededEntropy())
    times = [backoff.after(1.0, lost()) for _ in range(10)]
    assert times[-1] >= LONGEST // 2


@pytest.mark.anyio
@pytest.mark.parametrize("end", ["kill", "stop"])
async def test_a_lost_connection_says_over_which_span_its_relay_wants_us_back(
    tmp_path: Path, end: str
) -> None:
    """MB-2, MB-13: after a hello, whether the relay said goodbye or not; before one there is no span."""
    relay = RelayProgram(tmp_path / "data", config="[limits]\nreconnect_seconds = 77\n").start()
    address, network = RelayAddress.parse(relay.address), Network(system_clock, SystemEntropy())
    async with connected(address, network) as link:
        await anyio.to_thread.run_sync(relay.kill if end == "kill" else relay.stop)
        with anyio.fail_after(10):
            assert [event async for event in link.events] == []
        assert link.reason().spread_seconds == 77
    with pytest.raises(Unreachable) as raised:
        async with connected(address, network):
            pass
    assert raised.value.spread_seconds == 0

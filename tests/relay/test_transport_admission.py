"""Who comes in under a flood; those who are in keep their turn (Spec: RL-33, RL-34, RL-36, RL-37)."""

import contextlib
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import trio
from hypothesis import given
from hypothesis import strategies as st

from relay.config import LimitSettings
from relay.counters import Counters
from relay.program import Relay
from relay.server import return_times
from relay.stream import ConnectionLostError
from relay.transport.admission import Admission, Allowance
from relay.transport.settings import TransportSettings
from relay.transport.turns import HandshakeTurns
from securemsg.mailbox.answers import Done, Goodbye
from securemsg.mailbox.requests import Ping
from tests.relay.client import RelayClient
from tests.relay.running import Setting, raw_connection, running, until
from tests.relay.test_relay_start import serving
from tests.relay.test_transport_proxy import LOOPBACK, greeted, header
from tests.support.programs import environment

pytestmark = pytest.mark.anyio


@given(st.lists(st.floats(0, 2), max_size=200), st.integers(1, 20), st.integers(1, 50))
def test_no_more_come_in_than_so_many_at_once_and_so_many_a_second(
    waits: list[float], most: int, rate: int
) -> None:
    now, taken = 0.0, 0
    allowance = Allowance(rate, most, most, 0)
    for wait in waits:
        now += wait
        if allowance.has_one(now):
            allowance.left -= 1
            taken += 1
        assert taken <= most + now * rate + 1e-6
    assert taken == len(waits) or taken >= most


def test_addresses_that_are_gone_are_forgotten() -> None:
    """RL-33: a flood from everywhere leaves nothing behind."""
    admission = Admission(LimitSettings(), TransportSettings(), Counters())
    for number in range(20_000):
        place = admission.enter()
        assert place is not None
        place.claim(f"2001:db8:{number:x}::/64", number / 300)
        place.leave()
    assert len(admission._households) < 300 * 12
    assert not admission._per_address
    assert (admission._counters.connections_open, admission._arriving) == (0, 0)


def test_a_place_is_given_back_once() -> None:
    admission = Admission(LimitSettings(), TransportSettings(handshakes_at_once=1), Counters())
    place = admission.enter()
    assert place is not None
    assert admission.enter() is None
    assert place.claim("192.0.2.1", 0)
    place.arrived()
    place.arrived()
    second = admission.enter()
    assert second is not None
    assert admission.enter() is None
    for one in (place, second):
        one.leave()
    assert (admission._counters.connections_open, admission._arriving) == (0, 0)
    assert not admission._per_address


async def attempts(relay: Relay, sources: list[str]) -> int:
    """How many of as many clients at once as there are `sources` get in."""
    served = 0

    async def attempt(source: str) -> None:
        nonlocal served
        with contextlib.suppress(ConnectionLostError, ConnectionError):
            async with greeted(relay.address, header(source)) as client:
                answer = await client.ask(Ping())
                served += answer == Done()
                await trio.sleep(0.5)

    async with trio.open_nursery() as nursery:
        for source in sources:
            nursery.start_soon(attempt, source)
    return served


async def test_a_flood_from_one_address_leaves_room_for_others(tmp_path: Path) -> None:
    """N03: it gets its allowance, and closes itself out."""
    transport = TransportSettings(proxy_networks=LOOPBACK, handshakes_per_second_per_address=1)
    setting = Setting(LimitSettings(connections_per_address=5), transport=transport)
    async with running(tmp_path, setting) as relay, greeted(relay.address, header("198.51.100.1")) as before:
        assert await attempts(relay, ["192.0.2.7"] * 40) == 5
        assert await attempts(relay, ["192.0.2.7"] * 40) <= 2
        assert await attempts(relay, ["192.0.2.8"]) == 1
        assert await before.ask(Ping()) == Done()
        counters = relay.service.counters
        assert counters.connections_refused + counters.connections_throttled >= 73
        assert counters.connections_failed == 0


async def test_a_flood_from_everywhere_is_let_in_at_its_pace(tmp_path: Path) -> None:
    """N03."""
    transport = TransportSettings(proxy_networks=LOOPBACK, handshakes_per_second=10)
    async with running(tmp_path, Setting(transport=transport)) as relay:
        everywhere = [f"2001:db8:{number:x}::1" for number in range(60)]
        assert 10 <= await attempts(relay, everywhere) <= 20
        assert relay.service.counters.connections_throttled >= 40


async def test_handshakes_that_dawdle_fill_their_own_places_only(tmp_path: Path) -> None:
    """N01, N03: who is in stays in, and the places are free again at the deadline."""
    transport = TransportSettings(handshakes_at_once=3)
    setting = Setting(LimitSettings(handshake_seconds=1), transport=transport)
    async with running(tmp_path, setting) as relay, RelayClient.open(relay.address) as before:
        dawdling = [raw_connection(relay) for _ in range(10)]
        await until(lambda: relay.service.counters.connections_refused == 7)
        assert await before.ask(Ping()) == Done()
        await until(lambda: relay.service.counters.connections_open == 1, seconds=3)
        async with RelayClient.open(relay.address) as later:
            assert await later.ask(Ping()) == Done()
        for connection in dawdling:
            connection.close()


async def test_one_step_of_a_handshake_is_taken_between_two_turns_of_everybody_else() -> None:
    turns, steps, most = HandshakeTurns(), 0, 0

    async def arrive() -> None:
        nonlocal steps
        for _ in range(3):
            async with turns:
                steps += 1

    async def others() -> None:
        nonlocal most
        while True:
            before = steps
            await trio.lowlevel.checkpoint()
            most = max(most, steps - before)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(others)
        async with trio.open_nursery() as arriving:
            for _ in range(100):
                arriving.start_soon(arrive)
        nursery.cancel_scope.cancel()
    assert steps == 300
    assert 1 <= most <= 2


async def test_handshakes_have_a_third_of_the_time() -> None:
    """RL-33: what they leave is for those who are in."""
    turns, busy = HandshakeTurns(), 0.0
    begun = trio.current_time()

    async def arrive() -> None:
        nonlocal busy
        async with turns:
            step = trio.current_time()
            while trio.current_time() < step + 0.002:
                pass
            busy += trio.current_time() - step

    async with trio.open_nursery() as arriving:
        for _ in range(50):
            arriving.start_soon(arrive)
    assert busy < (trio.current_time() - begun) * 0.5


def test_return_times_fill_a_time_that_grows_with_their_number() -> None:
    """MB-19, RL-37."""
    assert return_times(0, 400) == []
    assert return_times(1, 400) == [2]
    assert return_times(4, 400) == [2, 2, 3, 3]
    many = Counter(return_times(10_000, 400))
    assert sorted(many) == list(range(2, 27))
    assert set(many.values()) == {400}


async def test_clients_of_a_relay_that_goes_down_are_told_different_times(tmp_path: Path) -> None:
    """MB-19: each its own."""
    transport = TransportSettings(handshakes_per_second=10)
    async with running(tmp_path, Setting(transport=transport)) as relay, contextlib.AsyncExitStack() as stack:
        clients = []
        for _ in range(30):
            await trio.sleep(0.1)
            clients.append(await stack.enter_async_context(RelayClient.open(relay.address)))
        relay.drain()
        told = [await client.notice() for client in clients]
        times = Counter(notice.retry_seconds for notice in told if isinstance(notice, Goodbye))
        assert times == {2: 10, 3: 10, 4: 10}


def test_a_relay_takes_as_many_connections_as_it_may_open_files(tmp_path: Path) -> None:
    """RL-36: it says so in its log."""
    relay, _ = serving(tmp_path / "data", 100, 500)
    relay.terminate()
    _, said = relay.communicate(timeout=20)
    first = json.loads(said.splitlines()[0])
    assert (first["event"], first["connections"]) == ("connections limited by open files", 436)


def test_a_number_of_connections_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    """RL-36: in words that say what to raise."""
    config = tmp_path / "relay.toml"
    config.write_text("[limits]\nconnections = 900000\n")
    command = [
        sys.executable,
        "-m",
        "relay",
        "--config",
        str(config),
        "--data",
        str(tmp_path / "data"),
        "serve",
    ]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "LimitNOFILE" in done.stderr

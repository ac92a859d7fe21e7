"""Floods of every kind beside two clients who talk (Spec: RL-33): `bench.relay_hostile` has the times."""

from pathlib import Path

import pytest
import trio

from relay.transport.settings import TransportSettings
from tests.hostile.relay_floods import FLOODS, Flood, Pair
from tests.relay.running import Setting, running, until

pytestmark = pytest.mark.anyio

SECONDS = 1.5
MESSAGES = 30


@pytest.fixture
def anyio_backend() -> str:
    return "trio"


@pytest.mark.parametrize("flood", FLOODS.values(), ids=list(FLOODS))
async def test_who_is_in_goes_on_talking_while_the_relay_is_flooded(tmp_path: Path, flood: Flood) -> None:
    """N01, N03, N04, N07, N20: every message arrives, and nothing of the flood stays."""
    setting = Setting(transport=TransportSettings(handshakes_per_second=200))
    async with running(tmp_path, setting) as relay, Pair.open(relay.address) as pair:
        begun = trio.current_time()
        with trio.fail_after(60):
            async with trio.open_nursery() as nursery:
                nursery.start_soon(flood, relay.address)
                await trio.sleep(SECONDS)
                for _ in range(MESSAGES):
                    await pair.deliver()
                nursery.cancel_scope.cancel()
        counters = relay.service.counters
        await until(lambda: counters.connections_open == 2, seconds=10)
        assert counters.connections_failed == 0
        assert counters.connections <= 200 * (2 + trio.current_time() - begun)
        await pair.deliver()

"""Blobs of every hostile kind beside two clients who talk (Spec: RL-62)."""

from pathlib import Path

import pytest
import trio

from relay.blobs.service import WAITING_BYTES
from securemsg.mailbox.blobs import MAX_CHUNK
from tests.hostile.blob_floods import BLOB_FLOODS
from tests.hostile.relay_floods import Flood, Pair
from tests.relay.running import running, until

pytestmark = pytest.mark.anyio

SECONDS = 1
MESSAGES = 20


@pytest.fixture
def anyio_backend() -> str:
    return "trio"


@pytest.mark.parametrize("flood", BLOB_FLOODS.values(), ids=list(BLOB_FLOODS))
async def test_who_talks_goes_on_while_others_fill_and_read_blobs(tmp_path: Path, flood: Flood) -> None:
    """N24, N20: every message arrives, what waits is bounded, and nothing of the flood stays."""
    async with running(tmp_path) as relay, Pair.open(relay.address) as pair:
        waited = 0
        with trio.fail_after(60):
            async with trio.open_nursery() as nursery:
                nursery.start_soon(flood, relay.address)
                await trio.sleep(SECONDS)
                for _ in range(MESSAGES):
                    await pair.deliver()
                    waited = max(waited, relay.service.blobs.moment()["blob_queue_bytes"])
                nursery.cancel_scope.cancel()
        counters = relay.service.counters
        assert waited <= WAITING_BYTES + MAX_CHUNK
        await until(lambda: counters.connections_open == 2, seconds=10)
        await until(lambda: relay.service.blobs.moment()["blob_queue_bytes"] == 0, seconds=10)
        assert counters.connections_failed == 0
        assert counters.blobs_created > 0
        await pair.deliver()

"""Whole clients behind one address, whose node dies: they are at another within seconds."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import anyio
import pytest
from anyio.abc import ByteStream, SocketAttribute

from securemsg.client import Profile
from securemsg.mailbox.address import RelayAddress
from tests.client.live import friends, reached, running, states, texts, write
from tests.client.proxies import BROKEN
from tests.crash.cluster import ClusterPrograms
from tests.support.postgres import postgres

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@asynccontextmanager
async def balancer(cluster: ClusterPrograms) -> AsyncIterator[int]:
    """Pass TCP on to the first node that takes it; yields the port."""
    ports = [RelayAddress.parse(node.address).port for node in cluster.nodes]
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, lambda stream: forward(stream, ports))
        yield listener.extra(SocketAttribute.local_port)  # noqa: S610  # anyio's word, not Django's
        tasks.cancel_scope.cancel()
    await listener.aclose()


async def forward(client: ByteStream, ports: list[int]) -> None:
    """Pass bytes in both directions until one side ends."""
    async with client:
        for port in ports:
            try:
                node = await anyio.connect_tcp("127.0.0.1", port)
            except OSError:
                continue
            async with node, anyio.create_task_group() as tasks:
                for one, other in ((client, node), (node, client)):
                    tasks.start_soon(pump, one, other, tasks.cancel_scope)
            return


async def pump(source: ByteStream, target: ByteStream, ending: anyio.CancelScope) -> None:
    """Pass bytes on in one direction."""
    try:
        async for data in source:
            await target.send(data)
    except BROKEN:
        pass
    finally:
        ending.cancel()


def has_texts(profile: Profile, count: int) -> bool:
    """Tell whether so many came from alice."""
    return len(texts(profile, "alice")) == count


@pytest.mark.slow
async def test_people_talk_on_five_seconds_after_their_node_was_killed(tmp_path: Path) -> None:
    """RL-50, RL-58: with the whole client, its waits included, and nothing lost or shown twice."""
    cluster = ClusterPrograms(tmp_path, [postgres().fresh()], count=2)
    try:
        await anyio.to_thread.run_sync(cluster.start_all)
        pin = cluster.nodes[0].address.partition("#")[2]
        async with balancer(cluster) as port:
            with friends(tmp_path, f"127.0.0.1:{port}#{pin}", "alice", "bob") as (alice, bob):
                async with running(alice, bob) as engines:
                    await write(engines[0], "bob", "first")
                    await reached(lambda: texts(bob, "alice") == ["first"])
                    for number in range(2):
                        await anyio.to_thread.run_sync(cluster.nodes[number].kill)
                        begun = anyio.current_time()
                        await write(engines[0], "bob", f"after {number}")
                        await reached(partial(has_texts, bob, number + 2))
                        assert anyio.current_time() - begun < 5
                        await anyio.to_thread.run_sync(cluster.start, number)
                    assert texts(bob, "alice") == ["first", "after 0", "after 1"]
                    assert len(states(alice, "bob")) == 3
    finally:
        cluster.kill_all()

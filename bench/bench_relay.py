"""Envelopes accepted per second over TLS, next to what SQLite alone can commit.

`python -m bench.bench_relay`. The relay runs as its own program with everything on (durable
before it answers, quotas, recognition of repeats, authorisation); senders are processes of
their own and keep 200 submits unanswered on each connection. The limit is one process that
does nothing but insert rows of the same size, 100 in a commit, with the same durability.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Final

import apsw

from bench.figures import Figure, median_ratio, show
from bench.relay_senders import ENVELOPE

SENDERS: Final = (1, 8, 64)
PROCESSES: Final = 2
ROUNDS: Final = 5
SECONDS: Final = 1.5
GROUP: Final = 100
UNLIMITED: Final = (
    "[limits]\nmailbox_messages = 1000000000\nmailbox_mebibytes = 1000000\nmailbox_submit_ids = 1000000000\n"
)


@contextmanager
def program(*words: str) -> Iterator[tuple[IO[str], IO[str]]]:
    """Run a Python module; its input and output. It is ended at the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    if process.stdin is None or process.stdout is None:
        raise TypeError
    try:
        yield process.stdin, process.stdout
    finally:
        process.stdin.close()
        process.terminate()
        process.wait()
        process.stdout.close()


class GroupCommit:
    """The limit: rows inserted by SQLite alone."""

    def __init__(self, path: Path) -> None:
        self._database = apsw.Connection(str(path))
        for name, value in (("locking_mode", "EXCLUSIVE"), ("journal_mode", "WAL"), ("synchronous", "FULL")):
            self._database.pragma(name, value)
        self._database.execute(
            "CREATE TABLE envelope (place INTEGER PRIMARY KEY, id BLOB, sealed BLOB) STRICT"
        )
        self._rows = 0

    def rate(self) -> float:
        """Rows a second."""
        begun, first = time.perf_counter(), self._rows
        while (elapsed := time.perf_counter() - begun) < SECONDS:
            rows = [(self._rows + index, index.to_bytes(16, "big"), ENVELOPE) for index in range(GROUP)]
            with self._database:
                self._database.executemany("INSERT INTO envelope VALUES (?, ?, ?)", rows)
            self._rows += GROUP
        return (self._rows - first) / elapsed

    def close(self) -> None:
        """Release the file."""
        self._database.close()


def accepted_rate(streams: list[tuple[IO[str], IO[str]]]) -> float:
    """Envelopes a second that all sender processes together have had accepted."""
    for source, _ in streams:
        source.write(f"{SECONDS}\n")
        source.flush()
    return sum(float(sink.readline()) for _, sink in streams)


def compare(address: str, senders: int, limit: GroupCommit) -> Figure:
    """Measure relay and limit in turn."""
    processes = min(PROCESSES, senders)
    ours, peer = [], []
    with ExitStack() as stack:
        words = ("bench.relay_senders", address, str(senders // processes))
        streams = [stack.enter_context(program(*words)) for _ in range(processes)]
        for _, sink in streams:
            sink.readline()
        accepted_rate(streams)
        for _ in range(ROUNDS):
            peer.append(limit.rate())
            ours.append(accepted_rate(streams))
    sys.stderr.write(
        f"{senders} senders: accepted {sorted(map(round, ours))}, limit {sorted(map(round, peer))}\n"
    )
    return Figure(f"relay_accept_{senders}_senders", median_ratio(ours, peer), f"sqlite_group_commit_{GROUP}")


def main() -> None:
    """Print one figure for each number of senders."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = folder / "relay.toml"
        config.write_text(UNLIMITED, encoding="utf-8")
        limit = GroupCommit(folder / "limit.db")
        words = (
            "relay",
            "--config",
            str(config),
            "--data",
            str(folder / "data"),
            "serve",
            "--listen",
            "127.0.0.1:0",
        )
        with program(*words) as (_, printed):
            address = printed.readline().strip()
            for senders in SENDERS:
                show(compare(address, senders, limit))
        limit.close()


if __name__ == "__main__":
    main()

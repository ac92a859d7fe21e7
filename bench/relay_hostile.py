"""What a flood costs those who are in: `python -m bench.relay_hostile [KIND ...]`.

The relay runs as its own program, the flood in a process of its own; two clients send each other messages
and time each from the submit to the delivery. A ratio is four times the quiet 99th percentile over
the one during the flood, from rounds in turn: above 1 is within what is promised.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

import trio

from bench.figures import Figure, show
from bench.relay_program import program
from securemsg.mailbox.address import RelayAddress
from tests.hostile.relay_floods import FLOODS, Pair

ROUNDS: Final = 5
MESSAGES: Final = 200
PAUSE_SECONDS: Final = 0.005
ALLOWED: Final = 4
WARM_SECONDS: Final = 1.0


async def timed(pair: Pair) -> list[float]:
    """Deliver one message after the other; the time of each."""
    times = []
    for _ in range(MESSAGES):
        times.append(await pair.deliver())
        await trio.sleep(PAUSE_SECONDS)
    return times


def percentile_99(times: list[float]) -> float:
    """The time that one in a hundred exceeds."""
    return statistics.quantiles(times, n=100)[98]


@contextmanager
def flooding(kind: str, address: str) -> Iterator[None]:
    """Flood the relay at `address` from another process."""
    process = subprocess.Popen([sys.executable, "-m", "bench.relay_hostile", "--flood", kind, address])
    time.sleep(WARM_SECONDS)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


async def compare(kind: str, address: str, pair: Pair) -> Figure:
    """Measure quiet and flooded in turn."""
    quiet: list[float] = []
    flooded: list[float] = []
    await timed(pair)
    for _ in range(ROUNDS):
        quiet += await timed(pair)
        with flooding(kind, address):
            flooded += await timed(pair)
    before, during = percentile_99(quiet), percentile_99(flooded)
    sys.stderr.write(
        f"{kind}: p50 {1e3 * statistics.median(quiet):.2f} -> {1e3 * statistics.median(flooded):.2f} ms,"
        f" p99 {1e3 * before:.2f} -> {1e3 * during:.2f} ms\n"
    )
    return Figure(f"relay_hostile_{kind}", ALLOWED * before / during, "4_times_quiet_p99", "1.0")


async def compare_all(kinds: Iterable[str], address: str) -> None:
    """Print one figure for each kind; the two clients stay in all the time."""
    async with Pair.open(RelayAddress.parse(address)) as pair:
        for kind in kinds:
            show(await compare(kind, address, pair))


def main(words: list[str]) -> None:
    """Print one figure for each kind of flood, or be one."""
    if words[:1] == ["--flood"]:
        trio.run(FLOODS[words[1]], RelayAddress.parse(words[2]))
        return
    with tempfile.TemporaryDirectory() as name:
        command = ("relay", "--data", f"{name}/data", "serve", "--listen", "127.0.0.1:0")
        with program(*command) as (_, printed):
            trio.run(compare_all, words or FLOODS, printed.readline().strip())


if __name__ == "__main__":
    main(sys.argv[1:])

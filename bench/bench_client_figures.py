"""The figures of the terminal client; each prints the ratio of what is aimed at to what was measured."""

import os
import signal
import statistics
import time
from collections.abc import Sequence
from typing import Final, TypeAlias

from bench.bench_client_home import Home
from bench.bench_client_peers import Peer, textual_application, weechat
from bench.bench_client_terminal import Screen, percentile, screen
from bench.figures import Figure, show
from client_tui.demo.crowd import LAST, RARE

STARTS: Final = 7
"""Starts of each program in turn; the least counts where a limit is in milliseconds."""

KEYS: Final = 150
PAUSE: Final = 0.03
"""Seconds between two keys: a quick typist."""

SWITCHES: Final = 40
IDLE_SECONDS: Final = 10.0

NEXT, PREVIOUS, SEARCH, BACK = b"\x0e", b"\x10", b"\x06", b"\x1b"
RUB_OUT: Final = b"\x7f"


Start: TypeAlias = tuple[float, float]
"""Milliseconds of wall and of CPU time from the start to the painted word."""


def limit(name: str, measured: float, aim: float, unit: str = "ms") -> None:
    """Print a figure whose limit is absolute: above 1 keeps it."""
    show(Figure(f"client_{name}", aim / max(measured, 1e-6), f"limit({aim:g}{unit};{measured:.1f})", "1.0"))


def starts(home: Home) -> None:
    """First paint and painted conversation, from before the fork; beside others in turn."""
    first, opened = list[Start](), list[Start]()
    others = {peer: list[Start]() for peer in (weechat(), textual_application()) if peer is not None}
    for _ in range(STARTS):
        first.append(_started(home.locked, "Passphrase", home))
        opened.append(_started(home.opened, LAST, home))
        for peer, times in others.items():
            times.append(_started(peer.command, peer.word, home))
    limit("first_paint", min(wall for wall, _ in first), 100)
    limit("start_to_chat", min(wall for wall, _ in opened), 700)
    for peer, times in others.items():
        if peer.name == "weechat":
            _beside("first_paint", first, peer, times, "1.0")
        else:
            _beside("start_to_chat", opened, peer, times, "1.8")


def _beside(name: str, ours: list[Start], peer: Peer, theirs: list[Start], target: str) -> None:
    """Print the ratio of the least times, and of the least CPU times, which a busy machine changes less."""
    for what, place in (("", 0), ("_cpu", 1)):
        own, other = min(start[place] for start in ours), min(start[place] for start in theirs)
        show(Figure(f"client_{name}{what}", other / own, f"{peer.name}({other:.0f}ms;{own:.0f})", target))


def unlocking(home: Home) -> None:
    """From Enter behind the passphrase to the painted conversation, once all is loaded."""
    with screen(home.locked, home.environment) as running:
        running.since_start("Passphrase")
        running.settle(2.0)
        running.press(home.secret.read_bytes().strip())
        running.settle()
        limit("enter_to_chat", running.to_word(b"\r", LAST), 1_200)


def inside(home: Home) -> None:
    """What the open client does with keys, switches, searches; then memory and idling."""
    with screen(home.opened, home.environment) as running:
        running.since_start(LAST)
        running.settle(1.0)
        keys(running)
        switches(running)
        searches(running)
        limit("memory", running.memory_mib(), 60, "MiB")
        idle(running)


def keys(running: Screen) -> None:
    """From a key to the first byte of its picture."""
    before, times = running.cpu_milliseconds(), _typed(running, KEYS)
    cost = (running.cpu_milliseconds() - before) / KEYS
    limit("key_p50", statistics.median(times), 10)
    limit("key_p95", percentile(times, 95), 25)
    limit("key_cpu", cost, 8)


def switches(running: Screen) -> None:
    """From the key to the last byte of the other conversation, among 100,000 messages; and the CPU time."""
    times, costs = [], []
    for count in range(SWITCHES):
        before = running.cpu_milliseconds()
        times.append(running.to_calm(PREVIOUS if count % 2 else NEXT))
        costs.append(running.cpu_milliseconds() - before)
    limit("switch_p50", statistics.median(times), 100)
    limit("switch_p95", percentile(times, 95), 200)
    limit("switch_cpu", statistics.median(costs), 45)


def searches(running: Screen) -> None:
    """From the last letter of a word to its first result on the screen."""
    times = []
    for _ in range(10):
        running.press(SEARCH)
        running.settle(0.3)
        running.press(RUB_OUT * 12)
        running.settle(0.3)
        # The beginning of a word is looked for from its third letter on.
        running.press(RARE[:2].encode())
        running.settle(0.3)
        times.append(running.to_word(RARE[2:3].encode(), "du jour est"))
        running.press(RUB_OUT * 4 + BACK)
        running.settle(0.3)
    limit("search_p95", percentile(times, 95), 50)


def idle(running: Screen) -> None:
    """What it costs to do nothing."""
    running.settle()
    before, began = running.cpu_milliseconds(), time.perf_counter()
    written = running.watch(IDLE_SECONDS)
    share = (running.cpu_milliseconds() - before) / (time.perf_counter() - began) / 10
    limit("idle_cpu", share, 1, "%")
    limit("idle_bytes", written / IDLE_SECONDS, 512, "B/s")


def storm(home: Home) -> None:
    """Keys while 2,000 messages come into the open conversation."""
    with screen(home.stormy, home.environment) as running:
        running.since_start(LAST)
        running.settle(1.0)
        os.kill(running.process, signal.SIGUSR1)
        limit("burst_key_p95", percentile(_typed(running, KEYS // 2), 95), 50)


def _started(command: Sequence[str], word: str, home: Home) -> Start:
    with screen(command, home.environment) as running:
        return running.since_start(word), running.cpu_of_all()


def _typed(running: Screen, count: int) -> list[float]:
    times = []
    for number in range(count):
        times.append(running.to_first_byte(b"abcdefgh"[number % 8 : number % 8 + 1]))
        running.watch(PAUSE)
    running.press(b"\x15" * 3)
    running.settle()
    return times

"""Other servers that keep messages for those who are away: `bench_relay` measures those that are installed.

Each gets 64 connections that pipeline messages of one size, as far as its protocol has pipelines, and counts
what the server says that it has. None of them speaks TLS here, which is to their advantage.
"""

import itertools
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.relay_mqtt import mqtt_lines
from bench.relay_synapse import synapse, synapse_is_missing
from bench.relay_wire import Line, pipelined_rate
from bench.relay_xmpp import PROSODY, account, xmpp_lines

CONNECTIONS: Final = 64
_START_SECONDS: Final = 30
_BODY: Final = b"e" * 1_180
_REDIS: Final = b"*3\r\n$5\r\nRPUSH\r\n$%d\r\n%b\r\n$1180\r\n%b\r\n"

Rate = Callable[[float], float]
"""Messages a second that a server takes, measured for so many seconds."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A server that may be installed, and the ratio that the relay should have to it."""

    name: str
    missing: Callable[[], str | None]
    running: Callable[[Path], AbstractContextManager[Rate]]
    target: str = "-"


def _needs(program: str) -> Callable[[], str | None]:
    def missing() -> str | None:
        found = shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        return None if found else f"{program} is not installed"

    return missing


@contextmanager
def server(words: Sequence[str], port: int) -> Iterator[None]:
    """Run a server until the end; returns when it takes connections."""
    environment = {**os.environ, "PATH": f"{os.environ.get('PATH', '')}:/usr/sbin"}
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    try:
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                if time.monotonic() > deadline or process.poll() is not None:
                    raise RuntimeError(f"{words[0]} does not start") from None
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def redis(folder: Path) -> Iterator[Rate]:
    """Redis that syncs its log before each answer."""
    port = free_port()
    words = ("redis-server", "--port", str(port), "--dir", str(folder), "--save", "", "--appendonly", "yes")
    with server((*words, "--appendfsync", "always", "--bind", "127.0.0.1"), port), ExitStack() as stack:
        lines = []
        for number in range(CONNECTIONS):
            name = b"box%d" % number
            message = _REDIS % (len(name), name, _BODY)
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            lines.append(Line(connection, itertools.repeat(message), b"\r\n"))
        yield lambda seconds: pipelined_rate(lines, seconds)


@contextmanager
def mosquitto(folder: Path) -> Iterator[Rate]:
    """Mosquitto that writes its database after every change, with subscribers that are away."""
    port = free_port()
    config = folder / "mosquitto.conf"
    config.write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\nuser root\npersistence true\n"
        f"persistence_location {folder}/\nautosave_interval 1\nautosave_on_changes true\n"
        "max_queued_messages 0\nmax_inflight_messages 0\n",
        encoding="utf-8",
    )
    with server(("mosquitto", "-c", str(config)), port), ExitStack() as stack:
        lines = mqtt_lines(port, CONNECTIONS, _BODY, stack)
        yield lambda seconds: pipelined_rate(lines, seconds)


@contextmanager
def prosody(folder: Path) -> Iterator[Rate]:
    """Prosody with its own storage, and recipients that were never there."""
    port = free_port()
    config = folder / "prosody.cfg.lua"
    config.write_text(PROSODY.format(port=port, folder=folder), encoding="utf-8")
    accounts = folder / "localhost" / "accounts"
    accounts.mkdir(parents=True)
    for number, side in itertools.product(range(CONNECTIONS), "ab"):
        (accounts / f"{side}{number}.dat").write_text(account(), encoding="utf-8")
    with server(("prosody", "--config", str(config), "-F"), port), ExitStack() as stack:
        lines = xmpp_lines(port, CONNECTIONS, _BODY, stack)
        yield lambda seconds: pipelined_rate(lines, seconds)


@contextmanager
def matrix(folder: Path) -> Iterator[Rate]:
    """Synapse on SQLite: messages to devices."""
    port = free_port()
    with synapse(folder, port) as (words, connect), server(words, port), connect(CONNECTIONS) as rate:
        yield rate


PEERS: Final = (
    Peer("redis_aof_always", _needs("redis-server"), redis),
    Peer("mosquitto_durable", _needs("mosquitto"), mosquitto),
    Peer("prosody", _needs("prosody"), prosody, "6"),
    Peer("synapse_to_device", synapse_is_missing, matrix, "80"),
)

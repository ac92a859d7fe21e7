"""Programs that a benchmark runs beside itself, and the relay as one of them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import IO, Final

from relay.clock import system_clock
from relay.storage.operations import Create
from relay.storage.policy import StorePolicy
from relay.storage.sqlite.store import SqliteStore
from tests.relay.client import Mailbox

UNLIMITED: Final = (
    "[limits]\nmailbox_messages = 1000000000\nmailbox_mebibytes = 1000000\nmailbox_submit_ids = 1000000000\n"
)
"""Quotas do not end a benchmark."""

_REGISTERED_AT_ONCE: Final = 1_000

Pipes = tuple[IO[str], IO[str]]
"""What a program reads from and prints to."""


@contextmanager
def program(*words: str) -> Iterator[Pipes]:
    """Run a Python module; its input and output. It is ended at the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=None if "BENCH_DEBUG" in os.environ else subprocess.DEVNULL,
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


@contextmanager
def relay(folder: Path, *module: str) -> Iterator[str]:
    """Run a relay with its data in `folder`, with everything on; its address.

    `module` and its words stand in for `relay`.
    """
    config = folder / "relay.toml"
    config.write_text(UNLIMITED, encoding="utf-8")
    words = ("--config", str(config), "--data", str(folder / "data"), "serve", "--listen", "127.0.0.1:0")
    with program(*(module or ("relay",)), *words) as (_, printed):
        yield printed.readline().strip()


def register(folder: Path, count: int) -> None:
    """Have so many mailboxes registered with the relay that will run in `folder`."""
    with relay(folder):
        pass
    with closing(SqliteStore.open(folder / "data" / "relay.db", StorePolicy())) as store:
        for _ in range(0, count, _REGISTERED_AT_ONCE):
            mailboxes = [Mailbox() for _ in range(_REGISTERED_AT_ONCE)]
            creations = [Create(one.id, one.key.public(), (one.token.hash,), None) for one in mailboxes]
            store.commit(creations, system_clock())


def ask(pipes: Pipes, line: str) -> None:
    """Tell a program what to do next."""
    pipes[0].write(f"{line}\n")
    pipes[0].flush()


def told(pipes: Pipes) -> list[float]:
    """The numbers of the next line that a program prints."""
    line = pipes[1].readline()
    if not line:
        raise RuntimeError("a program of the benchmark ended; see why with BENCH_DEBUG=1")
    return [float(word) for word in line.split()]

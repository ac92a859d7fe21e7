"""A relay of one's own on this machine, always on the same port: contact links carry it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from client_tui.newcomer.programs import beside

LOOPBACK = "127.0.0.1"


@contextmanager
def running_relay(folder: Path) -> Iterator[str]:
    """Run a relay with its data in `folder` for the length of the block; yields its address."""
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    listen = f"{LOOPBACK}:{_port(folder.with_suffix('.port'))}"
    arguments = ["-m", "relay", "--data", str(folder), "serve", "--listen", listen, "--json"]
    with beside(arguments, folder.with_suffix(".log")) as ready:
        yield ready["address"]


def _port(remembered: Path) -> int:
    """Return the port of the first run, or a free one."""
    if remembered.exists():
        return int(remembered.read_text())
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
    remembered.write_text(str(port))
    return port

"""What connections cost that do nothing, and how fast clients come back.

`python -m bench.relay_idle [CONNECTIONS] [--subscribed]`. The relay runs as its own program; clients, in
processes of their own, connect all at once as after a restart, say hello (and subscribe to a mailbox each),
then are silent. Printed are the memory of the relay's process for each connection, its processor time
for each arrival, and the time until all were served.
"""

import argparse
import os
import resource
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import trio

from bench.figures import Figure, show
from relay.stream import TlsStream
from securemsg.crypto.certificate import spki_digest
from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.client import ClientConnection
from securemsg.mailbox.requests import Subscribe
from tests.relay.client import ENTROPY, Mailbox, RelayClient, client_context

CONNECTIONS: Final = 10_000
PROCESSES: Final = 2
AT_ONCE: Final = 64
"""Handshakes that one process of clients has in progress."""

GOAL_KIB: Final = 40.0
GOAL_SECONDS: Final = 60.0
KIB: Final = 1_024
PAGE: Final = resource.getpagesize()
SETTLE_SECONDS: Final = 1.0

SETTINGS: Final = """
[limits]
connections = {connections}
[transport]
handshakes_per_second = 1000000
"""
"""Arrivals are measured, not held back."""


def resident_kib(pid: int) -> float:
    """Memory of a process that is in use (KiB)."""
    return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * PAGE / KIB


def processor_seconds(pid: int) -> float:
    """Processor time of a process until now."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def arrive(address: RelayAddress, context: ssl.SSLContext, mailbox: Mailbox | None) -> RelayClient:
    """Connect as one client, and subscribe to `mailbox`."""
    raw = socket.create_connection((address.host, address.port))
    raw.settimeout(0)
    raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    tls = context.wrap_socket(raw, do_handshake_on_connect=False)
    stream = TlsStream(tls, 30)
    await stream.shake_hands()
    shown = spki_digest(tls.getpeercert(binary_form=True) or b"")
    client = RelayClient(stream, ClientConnection(address.pin, shown, ENTROPY))
    await stream.send(client.connection.start())
    await client._next()  # noqa: SLF001  # the greeting
    if mailbox is not None:
        await client.ask(mailbox.creation)
        await client.own(mailbox)
        await client.ask(Subscribe(mailbox.id))
    return client


async def hold(address: RelayAddress, count: int, *, subscribed: bool) -> None:
    """Keep `count` clients until standard input ends."""
    context, clients, places = client_context(), [], trio.CapacityLimiter(AT_ONCE)

    async def one() -> None:
        async with places:
            clients.append(await arrive(address, context, Mailbox() if subscribed else None))

    async with trio.open_nursery() as nursery:
        for _ in range(count):
            nursery.start_soon(one)
    sys.stdout.write(f"{len(clients)}\n")
    sys.stdout.flush()
    sys.stdin.read()


def clients(address: str, count: int, *, subscribed: bool) -> subprocess.Popen[str]:
    """Start a process of clients."""
    command = [sys.executable, "-m", "bench.relay_idle", str(count), "--hold", address]
    if subscribed:
        command.append("--subscribed")
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def measure(count: int, *, subscribed: bool) -> None:
    """Print the figures of `count` connections."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        config = Path(name) / "relay.toml"
        config.write_text(SETTINGS.format(connections=count + 100), encoding="utf-8")
        command = [sys.executable, "-m", "relay", "--config", str(config), "--data", f"{name}/data"]
        relay = subprocess.Popen(
            [*command, "serve", "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True
        )
        stack.callback(relay.wait)
        stack.callback(relay.terminate)
        address = relay.stdout.readline().strip() if relay.stdout else ""
        clients(address, 200, subscribed=subscribed).communicate("")
        time.sleep(SETTLE_SECONDS)
        memory, processor, begun = resident_kib(relay.pid), processor_seconds(relay.pid), time.perf_counter()
        holders = [clients(address, count // PROCESSES, subscribed=subscribed) for _ in range(PROCESSES)]
        held = sum(int(holder.stdout.readline()) for holder in holders if holder.stdout)
        seconds = time.perf_counter() - begun
        processor = processor_seconds(relay.pid) - processor
        time.sleep(SETTLE_SECONDS)
        each = (resident_kib(relay.pid) - memory) / held
        for holder in holders:
            holder.communicate()
    sys.stderr.write(
        f"{held} connections: {each:.1f} KiB each, {held / processor:.0f} arrivals a second of CPU time,"
        f" all served after {seconds:.1f} s\n"
    )
    kind = "subscribed" if subscribed else "greeted"
    show(Figure(f"relay_idle_memory_{kind}", GOAL_KIB / each, f"{GOAL_KIB:.0f}_KiB_each", "1.0"))
    show(Figure(f"relay_idle_return_{kind}", GOAL_SECONDS / seconds, f"{GOAL_SECONDS:.0f}_s", "1.0"))


def main() -> None:
    """Measure, or be a process of clients."""
    parser = argparse.ArgumentParser(prog="python -m bench.relay_idle")
    parser.add_argument("connections", type=int, nargs="?", default=CONNECTIONS)
    parser.add_argument("--subscribed", action="store_true")
    parser.add_argument("--hold", metavar="ADDRESS", default="")
    words = parser.parse_args()
    if words.hold:
        address = RelayAddress.parse(words.hold)
        trio.run(lambda: hold(address, words.connections, subscribed=words.subscribed))
    else:
        measure(words.connections, subscribed=words.subscribed)


if __name__ == "__main__":
    main()

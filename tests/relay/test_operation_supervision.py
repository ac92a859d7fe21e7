"""A service manager hears that the relay serves, lives and ends; `drain` waits (Spec: RL-44, RL-45)."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trio

from relay.control import ask
from relay.folder import DataFolder
from relay.supervision import Supervisor, give_signs_of_life, measure_loop
from securemsg.mailbox.address import RelayAddress
from securemsg.mailbox.answers import Done, Goodbye
from tests.relay.client import Ended, Mailbox, RelayClient
from tests.relay.running import running, until
from tests.relay.test_relay_command import run
from tests.support.programs import RelayProgram, environment


class Manager:
    """The socket of a service manager."""

    def __init__(self, place: Path) -> None:
        self.line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.line.bind(str(place))
        self.line.settimeout(20)

    def hears(self) -> str:
        """The next words."""
        return self.line.recv(1_000).decode()


@contextmanager
def manager(folder: Path) -> Iterator[Manager]:
    found = Manager(folder / "notify.sock")
    try:
        yield found
    finally:
        found.line.close()


def test_the_manager_hears_ready_then_signs_of_life_then_stopping(tmp_path: Path) -> None:
    """RL-44: ready only when clients are served."""
    with manager(tmp_path) as found:
        given = {"NOTIFY_SOCKET": str(tmp_path / "notify.sock"), "WATCHDOG_USEC": "600000"}
        words = ["--data", str(tmp_path / "data"), "serve", "--listen", "127.0.0.1:0"]
        process = subprocess.Popen(
            [sys.executable, "-m", "relay", *words],
            env=environment() | given,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            assert found.hears() == "READY=1"
            assert [found.hears() for _ in range(3)] == ["WATCHDOG=1"] * 3
            process.send_signal(signal.SIGTERM)
            heard = ""
            while heard != "STOPPING=1":
                heard = found.hears()
            assert process.wait(20) == 0
        finally:
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()


@pytest.mark.anyio
async def test_there_is_no_sign_of_life_while_the_stores_thread_is_stuck(tmp_path: Path) -> None:
    """RL-44: so the manager restarts a relay that only seems to live."""
    released = threading.Event()
    with manager(tmp_path) as found:
        found.line.settimeout(0)
        async with running(tmp_path / "data") as relay, trio.open_nursery() as nursery:
            supervisor = Supervisor(str(tmp_path / "notify.sock"), 0.3)
            nursery.start_soon(give_signs_of_life, supervisor, relay.service.committer)
            await trio.sleep(0.5)
            assert found.hears() == "WATCHDOG=1"
            nursery.start_soon(relay.service.committer.alone, lambda: released.wait(20))
            await trio.sleep(0.3)
            while True:
                try:
                    found.hears()
                except BlockingIOError:
                    break
            await trio.sleep(0.6)
            with pytest.raises(BlockingIOError):
                found.hears()
            released.set()
            await trio.sleep(0.3)
            assert found.hears() == "WATCHDOG=1"
            nursery.cancel_scope.cancel()


@pytest.mark.parametrize(
    ("environment", "patience"),
    [
        ({}, 0),
        ({"WATCHDOG_USEC": "2000000"}, 2),
        ({"WATCHDOG_USEC": "2000000", "WATCHDOG_PID": str(os.getpid())}, 2),
        ({"WATCHDOG_USEC": "2000000", "WATCHDOG_PID": "1"}, 0),
        ({"WATCHDOG_USEC": "soon"}, 0),
        ({"WATCHDOG_USEC": "-1"}, 0),
    ],
)
def test_signs_of_life_are_for_whom_the_environment_says(
    environment: dict[str, str], patience: float
) -> None:
    assert Supervisor.of(environment).patience_seconds == patience


@pytest.mark.parametrize("place", ["", "relative.sock", "/nonexistent/notify.sock", "@" + "x" * 200])
def test_a_manager_that_is_not_there_is_no_error(place: str) -> None:
    Supervisor.of({"NOTIFY_SOCKET": place}).tell("READY=1")


def test_an_abstract_socket_is_a_place_too() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        name = f"securemsg-test-{os.getpid()}"
        line.bind(f"\0{name}")
        Supervisor(f"@{name}", 0).tell("READY=1")
        assert line.recv(100) == b"READY=1"


@pytest.mark.anyio
async def test_a_loop_that_is_held_up_is_counted(tmp_path: Path) -> None:
    async with running(tmp_path) as relay, trio.open_nursery() as nursery:
        counters = relay.service.counters
        nursery.start_soon(measure_loop, counters)
        await trio.sleep(0.1)
        threading.Event().wait(1.3)  # the fault that is played
        await until(lambda: counters.loop_lag_seconds.total >= 0.2)
        nursery.cancel_scope.cancel()


@pytest.mark.anyio
async def test_drain_says_goodbye_and_returns_when_the_relay_has_ended(tmp_path: Path) -> None:
    """RL-45."""
    relay = RelayProgram(tmp_path / "data").start()
    try:
        async with RelayClient.open(RelayAddress.parse(relay.address)) as client:
            assert await client.ask(Mailbox().creation) == Done()
            counted = await trio.to_thread.run_sync(ask, DataFolder(relay.data), {"command": "stats"})
            assert counted is not None
            assert (counted["mailboxes"], counted["connections_open"]) == (1, 1)
            done = await trio.to_thread.run_sync(run, relay.data, "drain")
            assert done == (0, "The relay has ended; what it accepted is stored.\n", "")
            assert isinstance(await client.notice(), Goodbye)
            with pytest.raises(Ended):
                await client.notice()
        assert relay.process is not None
        assert relay.process.wait(10) == 0
        status, _, said = await trio.to_thread.run_sync(run, relay.data, "drain")
        assert (status, said.count("\n")) == (1, 1)
    finally:
        relay.kill()

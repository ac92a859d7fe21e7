"""The real programs as subprocesses: a relay on loopback and people with a home each."""

import contextlib
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import anyio

from securemsg.client import NewProfile, Profile, create_profile

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
"""Seconds after which a program that should have answered is taken for stuck."""


_LOWEST_PORT = 10_000
_PORTS = 22_000
"""Up to where the system begins to give ports to connections: none takes that of a relay that is down."""

_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_numbers = itertools.count(_PORTS // 2 * _WORKER + os.getpid())
"""Workers that test at the same time give different ports away, and so do two test runs mostly."""


def free_port() -> int:
    """Return a loopback port that nobody has, and that was not returned for a long time."""
    while True:
        port = _LOWEST_PORT + next(_numbers) % _PORTS
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


def environment() -> dict[str, str]:
    """Return the environment for the programs: ours without profile settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SECUREMSG_")}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}


@dataclass
class RelayProgram:
    """A relay that can be killed and started again on the same port and data folder."""

    data: Path
    port: int = field(default_factory=free_port)
    address: str = ""
    process: subprocess.Popen[str] | None = None
    config: str = "[limits]\nreconnect_seconds = 1\n"
    """TOML that the next start reads; few clients may come back sooner than many."""

    program: str = "relay"
    """The module that is run."""

    def start(self) -> Self:
        """Start it and wait until it prints its address."""
        log = (self.data.parent / f"{self.data.name}.log").open("a")
        listen = f"127.0.0.1:{self.port}"
        settings = self.data.parent / f"{self.data.name}.toml"
        settings.write_text(self.config)
        options = ["--config", str(settings), "--data", str(self.data)]
        command = [sys.executable, "-m", self.program, *options, "serve", "--listen", listen, "--json"]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment(), cwd=self.data.parent
        )
        log.close()
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"the relay did not start; see {self.data.name}.log"
        self.address = json.loads(line)["address"]
        return self

    def kill(self) -> None:
        """SIGKILL it."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """SIGTERM it; return the exit status."""
        return self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> int:
        process, self.process = self.process, None
        if process is None:
            return 0
        process.send_signal(number)
        status = process.wait(PATIENCE)
        if process.stdout is not None:
            process.stdout.close()
        return status


@dataclass(frozen=True)
class Answer:
    """What one run of `securemsg` gave: exit status, parsed lines, diagnostics."""

    status: int
    lines: list[dict[str, Any]]
    stderr: str


@dataclass
class Person:
    """Somebody with a home, who uses the commands."""

    name: str
    home: Path
    passphrase_file: Path
    running: subprocess.Popen[str] | None = None

    @classmethod
    def at(cls, folder: Path, name: str) -> Self:
        """Return a person whose home will be `folder`/name; nothing is created but the passphrase file."""
        secret = folder / f"{name}.passphrase"
        secret.write_text(f"correct horse battery {name}\n")
        secret.chmod(0o600)
        return cls(name, folder / name, secret)

    def command(self, *arguments: str) -> list[str]:
        """Return the command line for `securemsg ARGUMENTS` in this home."""
        program = [sys.executable, "-m", "client_tui"]
        return [
            *program,
            "--home",
            str(self.home),
            "--passphrase-file",
            str(self.passphrase_file),
            *arguments,
        ]

    def run(self, *arguments: str, stdin: str = "") -> Answer:
        """Run `securemsg ARGUMENTS --json` to its end."""
        self.running = subprocess.Popen(
            self.command(*arguments, "--json"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
        )
        try:
            out, err = self.running.communicate(stdin, timeout=PATIENCE)
        finally:
            process, self.running = self.running, None
            if process.poll() is None:
                process.kill()
                process.wait()
        # A killed program may leave half a line behind: it was not printed.
        complete = [line for line in out.split("\n")[:-1] if line]
        return Answer(process.returncode, [json.loads(line) for line in complete], err)

    def do(self, *arguments: str, stdin: str = "") -> list[dict[str, Any]]:
        """Run a command that must succeed; return its lines."""
        answer = self.run(*arguments, stdin=stdin)
        assert answer.status == 0, f"{arguments[0]} ended with {answer.status}: {answer.stderr}"
        return answer.lines

    def texts(self, contact: str, direction: str) -> list[str]:
        """Return all texts of a conversation in one direction, oldest first, from the vault."""
        lines = self.do("history", contact, "--limit", "1000000")
        return [line["text"] for line in lines if line["direction"] == direction]


@contextlib.contextmanager
def running_relay(folder: Path) -> Iterator[RelayProgram]:
    """Run a relay in `folder` for the length of the block."""
    relay = RelayProgram(folder / "relay-data").start()
    try:
        yield relay
    finally:
        relay.kill()


def acquainted(folder: Path, relay: RelayProgram, *names: str) -> list[Person]:
    """Return people who have initialised homes at `relay` and each other as contacts."""
    people = [Person.at(folder, name) for name in names]
    # As `init` and `add` do it, without a program for each.
    profiles = {person.name: anyio.run(_initialised, person, relay.address) for person in people}
    try:
        for name, other in itertools.permutations(names, 2):
            profiles[name].add_contact(profiles[other].own().link, other)
    finally:
        for profile in profiles.values():
            profile.close()
    return people


async def _initialised(person: Person, address: str) -> Profile:
    new = NewProfile(name=person.name, relay=address, invitation="")
    return await create_profile(person.home, person.passphrase_file.read_text().rstrip("\n"), new)


def until(condition: Any, what: str, seconds: float = PATIENCE) -> None:  # noqa: ANN401 - any callable
    """Wait until `condition()` holds; fail with `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.05)

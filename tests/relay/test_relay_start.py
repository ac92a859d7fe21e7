"""What must hold before a relay starts or a backup is restored (Spec: RL-2, RL-4, RL-7, RL-11)."""

import itertools
import json
import os
import resource
import shutil
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from relay.folder import DataFolder
from relay.storage.policy import StorePolicy
from relay.storage.sqlite.store import SqliteStore
from relay.transport.addresses import household
from securemsg.errors import LocalError
from tests.relay.stored import NOW, Box, created
from tests.relay.test_relay_command import run
from tests.support.programs import ROOT, RelayProgram, environment, until


def filled(data: Path) -> Box:
    """Make a relay's folder with one envelope in it."""
    relay = RelayProgram(data).start()
    relay.stop()
    store = SqliteStore.open(data / "relay.db", StorePolicy())
    box = created(store)
    store.commit([box.append()], NOW)
    store.close()
    return box


def backup(data: Path, destination: Path) -> Box:
    box = filled(data)
    assert run(data, "backup", str(destination))[0] == 0
    return box


@pytest.mark.parametrize(
    "left", ["relay.db", "relay.db-wal", "relay.db-shm", "relay.db-journal", "identity.key"]
)
def test_a_restore_refuses_a_folder_with_anything_of_another_relay(tmp_path: Path, left: str) -> None:
    """RL-11: SQLite would apply a WAL that lies there to the restored database."""
    backup(tmp_path / "data", tmp_path / "copy")
    target = tmp_path / "target"
    target.mkdir(mode=0o700)
    (target / left).write_bytes(b"of another relay")
    status, _, said = run(target, "restore", str(tmp_path / "copy"))
    assert (status, said.count("\n")) == (1, 1)
    assert [(path.name, path.read_bytes()) for path in target.iterdir()] == [(left, b"of another relay")]


def test_a_restore_that_was_cut_short_can_be_repeated_with_another_backup(tmp_path: Path) -> None:
    """RL-11: nothing of the first one is in what the second makes."""
    backup(tmp_path / "one", tmp_path / "copy one")
    box = backup(tmp_path / "two", tmp_path / "copy two")
    target = tmp_path / "target"
    target.mkdir(mode=0o700)
    shutil.copy(tmp_path / "copy one" / "identity.key", target)
    shutil.copy(tmp_path / "copy one" / "relay.db", target / "relay.db.part")
    unfinished = SqliteStore.open(target / "relay.db.part", StorePolicy())
    unfinished.commit([Box().creation for _ in range(200)], NOW)
    for name in ("relay.db.part", "relay.db.part-wal"):
        shutil.copy(target / name, tmp_path / name)
    unfinished.close()
    for name in ("relay.db.part", "relay.db.part-wal"):
        shutil.move(tmp_path / name, target / name)
    assert run(target, "restore", str(tmp_path / "copy two"))[0] == 0
    names = {path.name for path in target.iterdir()}
    assert names <= {"identity.key", "tls.key", "tls.crt", "relay.db", "blobs"}
    assert (target / "identity.key").read_bytes() == (tmp_path / "two" / "identity.key").read_bytes()
    store = SqliteStore.open(target / "relay.db", StorePolicy())
    assert len(box.content(store)) == 1
    assert store.database.execute("SELECT count(*) FROM mailbox").fetchone() == (1,)
    store.close()


def test_a_data_folder_that_was_made_for_something_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    """RL-2."""
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o755)
    with pytest.raises(LocalError, match="open to others"):
        DataFolder(shared).prepare()
    assert stat.S_IMODE(shared.stat().st_mode) == 0o755
    shared.chmod(0o700)
    DataFolder(shared).prepare()
    (shared / "identity.key").write_bytes(bytes(32))
    shared.chmod(0o755)
    DataFolder(shared).prepare()
    assert stat.S_IMODE(shared.stat().st_mode) == 0o700
    (tmp_path / "file").touch()
    with pytest.raises(LocalError, match="cannot be used"):
        DataFolder(tmp_path / "file").prepare()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs the right to give a folder away")
def test_a_data_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir(mode=0o700)
    os.chown(tmp_path / "theirs", 12_345, 12_345)
    with pytest.raises(LocalError, match="somebody else"):
        DataFolder(tmp_path / "theirs").prepare()


def test_a_relay_whose_clock_is_far_behind_does_not_start(tmp_path: Path) -> None:
    """RL-7: what it took then would be past its time as soon as the clock is set."""
    data = tmp_path / "data"
    filled(data)
    for days, status in ((0.9, 0), (2, 1)):
        later = time.time() + days * 86_400  # noqa: TID251  # beside the clock of the program
        os.utime(data / "relay.db", (later, later))
        if status:
            found, printed, said = run(data, "serve", "--listen", "127.0.0.1:0")
            assert (found, printed, said.count("\n")) == (1, "", 1)
            assert "clock" in said
        else:
            RelayProgram(data).start().stop()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("fe80::1%eth0", "fe80::2", True),
    ],
)
def test_addresses_that_one_client_can_choose_from_count_as_one(one: str, other: str, *, same: bool) -> None:
    """N03, RL-4: an IPv6 /64."""
    assert (household(one) == household(other)) == same


def serving(data: Path, soft: int, hard: int, *options: str) -> tuple[subprocess.Popen[str], int]:
    """A relay that may open so many files, and its port."""
    relay = subprocess.Popen(
        [sys.executable, "-m", "relay", "--data", str(data), *options, "serve", "--listen", "127.0.0.1:0",
         "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(), cwd=ROOT,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard)),  # noqa: PLW1509  # no threads
    )  # fmt: skip
    assert relay.stdout is not None
    address = json.loads(relay.stdout.readline())["address"]
    return relay, int(address.partition("#")[0].rpartition(":")[2])


def test_a_relay_may_open_as_many_files_as_it_has_connections(tmp_path: Path) -> None:
    """N03: the soft limit of most systems is less."""
    relay, _ = serving(tmp_path / "data", 256, 4_096)
    limits = Path(f"/proc/{relay.pid}/limits").read_text()
    (line,) = (line for line in limits.splitlines() if line.startswith("Max open files"))
    relay.terminate()
    relay.communicate(timeout=20)
    assert int(line.split()[3]) == 4_096


def test_a_relay_without_descriptors_says_so_once_and_goes_on_when_there_are_some(tmp_path: Path) -> None:
    """N03, RL-3: in its own words, not in those of the event loop."""
    config = tmp_path / "relay.toml"
    # None of these who say nothing is sent away meanwhile: that would make room for others.
    config.write_text("[limits]\nhandshake_seconds = 600\n")
    relay, port = serving(tmp_path / "data", 256, 256, "--config", str(config))
    resource.prlimit(relay.pid, resource.RLIMIT_NOFILE, (48, 48))
    many = [socket.create_connection(("127.0.0.1", port)) for _ in range(60)]
    assert relay.stderr is not None
    first = list(itertools.takewhile(lambda line: "accept failed" not in line, relay.stderr))
    for one in many:
        one.close()
    control = tmp_path / "data" / "control.sock"
    until(control.exists, "the control socket is there")
    assert run(tmp_path / "data", "stats")[0] == 0
    relay.terminate()
    events = [json.loads(line)["event"] for line in [*first, *relay.stderr]]
    relay.communicate(timeout=20)
    assert relay.returncode == 0
    assert "accept failed" not in events
    assert events.count("accepting again") <= 1

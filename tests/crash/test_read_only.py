"""Files and folders that may not be written or read: one sentence, a status, nothing changed."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.programs import PATIENCE, Person, RelayProgram, environment, running_relay

UNPRIVILEGED = (
    ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search")
    if os.geteuid() == 0
    else ()
)
"""Root may read and write whatever the modes say, unless it gives that up."""


@contextmanager
def mode(path: Path, value: int) -> Iterator[None]:
    """Give `path` another mode for the length of the block."""
    before = path.stat().st_mode
    path.chmod(value)
    try:
        yield
    finally:
        path.chmod(before)


def refusal(*command: str) -> str:
    """Run a command that must refuse; return its one line."""
    done = subprocess.run(
        [*UNPRIVILEGED, *command],
        capture_output=True,
        text=True,
        env=environment(),
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1), done.stderr
    assert "Internal error" not in done.stderr
    return done.stderr


def serve(data: Path) -> tuple[str, ...]:
    return sys.executable, "-m", "relay", "--data", str(data), "serve", "--listen", "127.0.0.1:0"


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a relay that has run."""
    relay = RelayProgram(tmp_path_factory.mktemp("relay") / "data").start()
    assert relay.stop() == 0
    return relay.data


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("relay.db", 0o400, "relay.db cannot be opened; make the data folder writable"),
        ("relay.db", 0, "relay.db cannot be opened; make the data folder writable"),
        ("identity.key", 0, "keys cannot be read: Permission denied"),
        ("tls.key", 0, "key cannot be read: Permission denied"),
    ],
)
def test_a_relay_says_which_file_it_may_not_use(data: Path, name: str, value: int, said: str) -> None:
    """R11: nothing is served and nothing is changed."""
    before = content(data)
    with mode(data / name, value):
        assert said in refusal(*serve(data))
    assert content(data) == before


def test_a_relay_says_that_it_may_not_make_its_folder(tmp_path: Path) -> None:
    """R11."""
    with mode(tmp_path, 0o500):
        assert "cannot be used: Permission denied" in refusal(*serve(tmp_path / "data"))
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own."""
    if os.geteuid() != 0:
        pytest.skip("to mount a disk needs root")
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=200m", "none", tmp_path], capture_output=True, check=False
    )
    if done.returncode:
        assert not os.environ.get("CI"), done.stderr
        pytest.skip("this machine does not let root mount")
    try:
        yield tmp_path
    finally:
        subprocess.run(["umount", "-l", tmp_path], check=True)


def test_a_relay_on_a_read_only_file_system_says_so(disk: Path) -> None:
    """R11: with a folder that has a relay and with one that would be made."""
    assert RelayProgram(disk / "data").start().stop() == 0
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    before = content(disk / "data")
    assert "Read-only file system" in refusal(*serve(disk / "data"))
    assert "Read-only file system" in refusal(*serve(disk / "another"))
    assert content(disk / "data") == before


@pytest.fixture(scope="module")
def ann(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    """Somebody with a home."""
    folder = tmp_path_factory.mktemp("people")
    with running_relay(folder) as relay:
        person = Person.at(folder, "ann")
        person.do("init", "--name", "Ann", "--relay", relay.address)
        yield person


@pytest.mark.parametrize(
    ("name", "value"),
    [("vault.db", 0o400), ("vault.db", 0), ("vault.slots", 0), ("lock", 0o400), (".", 0), ("..", 0)],
)
def test_a_person_is_told_of_a_home_that_may_not_be_used(ann: Person, name: str, value: int) -> None:
    """R11: one sentence that names permissions, and the home is as it was."""
    before = content(ann.home)
    secret = ann.home.parents[1] / "passphrase"
    secret.write_bytes(ann.passphrase_file.read_bytes())
    secret.chmod(0o600)
    with mode(ann.home / name, value):
        said = refusal(*Person(ann.name, ann.home, secret).command("contacts"))
    assert "permission" in said or "chmod" in said
    assert content(ann.home) == before
    assert ann.do("contacts") == []

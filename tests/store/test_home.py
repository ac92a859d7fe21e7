"""The home folder: how it appears, who may open it, what is said when something is missing."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from securemsg.errors import LocalError
from securemsg.store.errors import HomeExists, HomeInUse, HomeMissing, VaultDamaged, WrongPassphrase
from securemsg.store.home import Home, HomeLock
from securemsg.store.vault import Vault
from tests.store.vaults import CHEAP, OWNER, PASSPHRASE, create, entropy

ROOT = Path(__file__).resolve().parents[2]
OPEN_AND_WAIT = """
import sys
from pathlib import Path
from securemsg.store.vault import Vault
from tests.store.vaults import PASSPHRASE
try:
    vault = Vault.open(Path(sys.argv[1]), PASSPHRASE)
except Exception as error:
    print(type(error).__name__, error, flush=True)
    sys.exit(1)
print("open", flush=True)
sys.stdin.read()
"""


def start_second(home: Path) -> subprocess.Popen[str]:
    """Start a process that opens the home and holds it until its input ends."""
    return subprocess.Popen(
        [sys.executable, "-c", OPEN_AND_WAIT, str(home)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_home_holds_three_files_for_nobody_else(home: Path) -> None:
    """ST-1: nothing else of the person is on disk, before, during and after."""
    vault = create(home)
    assert names(home) - {"vault.db-wal"} == {"vault.db", "vault.slots", "lock"}
    vault.close()
    assert names(home) == {"vault.db", "vault.slots", "lock"}
    assert names(home.parent) == {"home"}
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in home.iterdir()} == {0o600}


def test_a_folder_that_others_could_read_is_closed_when_it_is_opened(home: Path) -> None:
    create(home).close()
    home.chmod(0o755)
    Vault.open(home, PASSPHRASE).close()
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_an_empty_folder_can_become_a_home(home: Path) -> None:
    home.mkdir()
    create(home).close()
    Vault.open(home, PASSPHRASE).close()


@pytest.mark.parametrize("name", ["vault.db", "vault.slots", "letters.txt"])
def test_nothing_is_created_over_something(home: Path, name: str) -> None:
    """ST-9: nor where only one of the two files is."""
    home.mkdir()
    (home / name).write_bytes(b"precious")
    with pytest.raises(HomeExists):
        create(home)
    assert names(home) == {name}
    assert (home / name).read_bytes() == b"precious"


def test_a_home_is_not_created_over_a_home(home: Path) -> None:
    create(home).close()
    before = (home / "vault.db").read_bytes()
    with pytest.raises(HomeExists):
        create(home)
    assert (home / "vault.db").read_bytes() == before
    assert names(home.parent) == {"home"}


def test_a_home_is_not_created_over_a_file_or_a_dangling_link(home: Path) -> None:
    home.symlink_to(home.parent / "nowhere")
    with pytest.raises(HomeExists):
        create(home)
    home.unlink()
    home.write_text("precious")
    with pytest.raises(HomeExists):
        create(home)
    assert home.read_text() == "precious"


def test_a_refused_creation_leaves_nothing_behind(home: Path) -> None:
    """CL-13: a folder beside is filled and renamed, or removed."""
    with pytest.raises(LocalError):
        Vault.create(home, "", OWNER, entropy, cost=CHEAP)
    assert names(home.parent) == set()


def test_what_a_killed_creation_left_does_not_matter(home: Path) -> None:
    """CL-13: the folder beside is taken over once nobody holds its lock."""
    beside = Home(home).beside()
    beside.prepare()
    for name in ("lock", "vault.db", "vault.db-wal", "vault.slots.new"):
        (beside.folder / name).write_bytes(b"half")
    create(home).close()
    assert names(home.parent) == {"home"}
    Vault.open(home, PASSPHRASE).close()


def test_two_creations_of_one_home_do_not_meet(home: Path) -> None:
    beside = Home(home).beside()
    beside.prepare()
    lock = HomeLock.take(beside)
    with pytest.raises(HomeInUse):
        create(home)
    lock.release()


def test_a_missing_home_is_said_and_not_made(home: Path) -> None:
    with pytest.raises(HomeMissing, match="init"):
        Vault.open(home, PASSPHRASE)
    assert not home.exists()
    home.mkdir()
    with pytest.raises(HomeMissing):
        Vault.open(home, PASSPHRASE)
    assert names(home) == set()


@pytest.mark.parametrize("name", ["vault.db", "vault.slots"])
def test_when_one_file_is_missing_the_other_is_left_alone(home: Path, name: str) -> None:
    """R13: refused, with what to do; ST-9."""
    create(home).close()
    (home / name).unlink()
    left = {path.name: path.read_bytes() for path in home.iterdir()}
    with pytest.raises(VaultDamaged, match=f"{name} is missing.*restore"):
        Vault.open(home, PASSPHRASE)
    assert {path.name: path.read_bytes() for path in home.iterdir()} == left


def test_an_empty_vault_file_is_damage_and_not_a_new_vault(home: Path) -> None:
    """R13: never an empty vault over it."""
    create(home).close()
    (home / "vault.db").write_bytes(b"")
    with pytest.raises(VaultDamaged, match="restore"):
        Vault.open(home, PASSPHRASE)
    assert (home / "vault.db").stat().st_size == 0


def test_a_second_process_is_refused_with_a_sentence(home: Path) -> None:
    """R15, ST-4: at once, by the lock of the operating system."""
    vault = create(home)
    second = start_second(home)
    said, _ = second.communicate(timeout=60)
    assert second.returncode == 1
    assert said.startswith("HomeInUse Another securemsg process has this home open: close it first.")
    vault.close()


def test_the_same_process_cannot_open_a_home_twice_either(vault: Vault, home: Path) -> None:
    assert vault.check() == []
    with pytest.raises(HomeInUse):
        Vault.open(home, PASSPHRASE)


def test_the_lock_of_a_killed_process_is_gone_with_it(home: Path) -> None:
    """R16: no process number that another process could have by now."""
    create(home).close()
    second = start_second(home)
    assert second.stdout is not None
    assert second.stdout.readline() == "open\n"
    with pytest.raises(HomeInUse):
        Vault.open(home, PASSPHRASE)
    second.send_signal(signal.SIGKILL)
    second.communicate(timeout=60)
    assert "lock" in names(home)
    Vault.open(home, PASSPHRASE).close()


def test_a_failed_opening_gives_the_home_back(home: Path) -> None:
    create(home).close()
    with pytest.raises(WrongPassphrase):
        Vault.open(home, "wrong")
    Vault.open(home, PASSPHRASE).close()


def test_a_relative_path_means_the_same_after_the_folder_was_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    vault = create(Path("home"))
    monkeypatch.chdir(os.sep)
    vault.change_passphrase("new", entropy, cost=CHEAP)
    vault.close()
    Vault.open(tmp_path / "home", "new").close()


def test_a_link_beside_a_new_home_is_not_followed(tmp_path: Path) -> None:
    """CL-13, T15: whoever shares the parent folder cannot have another vault replaced."""
    victim = tmp_path / "victim"
    create(victim).close()
    (tmp_path / ".fresh.new").symlink_to(victim)
    with pytest.raises(HomeExists):
        create(tmp_path / "fresh")
    Vault.open(victim, PASSPHRASE).close()

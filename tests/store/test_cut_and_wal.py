"""A vault file that is too short, and a WAL that is missing, cut, or of another vault or moment."""

import contextlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from securemsg.errors import LocalError
from securemsg.store.errors import StorageFailed, VaultDamaged
from securemsg.store.vault import Vault
from tests.store.chance import Chance
from tests.store.harmed import PAGE, fill
from tests.store.power import CUT_VFS, POWER
from tests.store.vaults import PASSPHRASE, add_contact, create

pytestmark = pytest.mark.usefixtures("derived_once")

STEPS = 12
FRAME = PAGE + 24


def rewrite(vault: Vault, step: int) -> None:
    """Change rows that lie on many pages without adding one: old and new pages fit together."""
    with vault.transaction() as transaction:
        for contact in transaction.contacts.all():
            transaction.contacts.set_name(contact.id, f"name {step:06}")


def step_of(home: Path) -> int:
    """The step that a vault is at; a mixture of two fails the test."""
    with contextlib.closing(Vault.open(home, PASSPHRASE)) as vault:
        with vault.transaction() as transaction:
            names = {contact.name for contact in transaction.contacts.all()}
        assert vault.check() == []
    assert len(names) == 1, names
    return int(names.pop().removeprefix("name "))


@pytest.fixture
def crashed(tmp_path: Path) -> Path:
    """The folder of a process that was killed after `STEPS` steps, of which the last ten are in the WAL."""
    home, crashed = tmp_path / "home", tmp_path / "crashed"
    vault = create(home)
    with vault.transaction() as transaction:
        for number in range(200):
            add_contact(transaction, f"contact {number}")
    for step in range(STEPS):
        if step == 2:
            vault.checkpoint()
        rewrite(vault, step)
    shutil.copytree(home, crashed)
    vault.close()
    return crashed


def settled(crashed: Path, step: int) -> bytes:
    """The file of the same vault, closed after `step`: what a backup would hold."""
    home = crashed.parent / "settled"
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(crashed, home)
    vault = Vault.open(home, PASSPHRASE)
    rewrite(vault, step)
    vault.close()
    return (home / "vault.db").read_bytes()


def refuse(home: Path, words: str) -> None:
    """Expect damage to be told, and every file to stay as it is."""
    before = {path.name: path.read_bytes() for path in home.iterdir()}
    with pytest.raises(VaultDamaged, match=words):
        Vault.open(home, PASSPHRASE)
    assert {path.name: path.read_bytes() for path in home.iterdir()} == before


def test_a_file_that_was_cut_anywhere_is_refused_and_left_alone(tmp_path: Path) -> None:
    """R13: at every sector and beside page ends; never an empty vault in its place (ST-9)."""
    home = tmp_path / "home"
    fill(home)
    file = home / "vault.db"
    good = file.read_bytes()
    for length in sorted({*range(0, len(good), 512), 1, 15, 24, 100, PAGE - 1, PAGE + 1, len(good) - 1}):
        file.write_bytes(good[:length])
        refuse(home, "restore")
    file.write_bytes(good)
    Vault.open(home, PASSPHRASE).close()


def test_a_cut_file_is_refused_also_beside_its_wal(crashed: Path) -> None:
    """R13: a page that is nowhere is not taken for an empty one."""
    file = crashed / "vault.db"
    good, wal = file.read_bytes(), (crashed / "vault.db-wal").read_bytes()
    for length in range(0, len(good) - PAGE + 1, 1024):
        file.write_bytes(good[:length])
        refuse(crashed, "restore")
    # A file that ends inside its last page opens, and whoever reads that page is told.
    for length in range(len(good) - PAGE + 1024, len(good), 1024):
        file.write_bytes(good[:length])
        (crashed / "vault.db-wal").write_bytes(wal)
        with pytest.raises(VaultDamaged, match="restore"):
            step_of(crashed)
    file.write_bytes(good)
    (crashed / "vault.db-wal").write_bytes(wal)
    assert step_of(crashed) == STEPS - 1


def test_without_its_wal_a_vault_is_the_older_one_that_it_was(crashed: Path) -> None:
    """R13: as of the last checkpoint, whole; so ST-9 says."""
    (crashed / "vault.db-wal").unlink()
    assert step_of(crashed) == 1


def test_a_wal_that_was_cut_or_changed_is_a_shorter_one(crashed: Path) -> None:
    """R13: it ends where its checksums end, at the end of some transaction."""
    good, wal = (crashed / "vault.db").read_bytes(), (crashed / "vault.db-wal").read_bytes()
    seen = set()
    chance = Chance(13)
    for start in range(0, len(wal), FRAME // 3):
        changed = bytearray(wal)
        changed[start] ^= 1 << chance.randrange(8)
        for content in (wal[:start], changed):
            (crashed / "vault.db").write_bytes(good)
            (crashed / "vault.db-wal").write_bytes(content)
            seen.add(step_of(crashed))
    assert seen == set(range(1, STEPS - 1))


def newer_file(crashed: Path) -> None:
    (crashed / "vault.db").write_bytes(settled(crashed, 50))


def much_newer_file(crashed: Path) -> None:
    (crashed / "vault.db").write_bytes(settled(crashed, 50))
    vault = Vault.open(crashed.parent / "settled", PASSPHRASE)
    for step in range(51, 54):
        rewrite(vault, step)
        vault.checkpoint()
    vault.close()
    (crashed / "vault.db").write_bytes((crashed.parent / "settled" / "vault.db").read_bytes())


def older_file(crashed: Path) -> None:
    older = (crashed / "vault.db").read_bytes()
    vault = Vault.open(crashed, PASSPHRASE)
    rewrite(vault, 50)
    vault.checkpoint()
    rewrite(vault, 51)
    wal = (crashed / "vault.db-wal").read_bytes()
    vault.close()
    (crashed / "vault.db").write_bytes(older)
    (crashed / "vault.db-wal").write_bytes(wal)


@pytest.mark.parametrize("harm", [newer_file, much_newer_file, older_file])
def test_a_wal_of_another_moment_of_the_same_vault_is_refused(
    crashed: Path, harm: Callable[[Path], None]
) -> None:
    """R13: left where somebody put back `vault.db` alone; SQLite would apply it (ST-9)."""
    harm(crashed)
    refuse(crashed, "vault.db-wal.*restore the whole folder")


def test_a_wal_that_is_in_its_file_already_changes_nothing(crashed: Path) -> None:
    """The moment after a checkpoint and before the WAL is truncated, where a process may be killed."""
    home = crashed.parent / "again"
    shutil.copytree(crashed, home)
    vault = Vault.open(home, PASSPHRASE)
    rewrite(vault, 50)
    with vault._wal.transaction():
        vault._wal.number_last_commit()
    wal = (home / "vault.db-wal").read_bytes()
    vault.close()
    (home / "vault.db-wal").write_bytes(wal)
    assert step_of(home) == 50


def test_a_wal_of_another_vault_is_refused(tmp_path: Path) -> None:
    """R13: a foreign WAL; its pages do not open under this key, and the file is not touched."""
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    fill(ours)
    other = create(theirs)
    with other.transaction() as transaction:
        add_contact(transaction)
    (ours / "vault.db-wal").write_bytes((theirs / "vault.db-wal").read_bytes())
    other.close()
    refuse(ours, "restore")
    (ours / "vault.db-wal").unlink()
    Vault.open(ours, PASSPHRASE).close()


def work(vault: Vault, confirmed: int, chance: Chance) -> tuple[int, int]:
    """Go on until the power fails; return the last step that was confirmed, and the last that was tried."""
    tried = confirmed
    with contextlib.suppress(StorageFailed):
        while True:
            tried = confirmed + 1
            rewrite(vault, tried)
            confirmed = tried
            if chance.random() < 0.25:
                vault.checkpoint()
    return confirmed, tried


def test_a_wal_belongs_to_its_file_after_every_power_cut(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R08, R13: also when the cut tears a checkpoint: no vault that only crashed is refused.

    The WAL is emptied now and then, and else written over from its beginning.
    """
    monkeypatch.setattr("securemsg.store.wal.WAL_PAGES", 20)
    vault = create(home)
    with vault.transaction() as transaction:
        for number in range(100):
            add_contact(transaction, f"contact {number}")
    rewrite(vault, 0)
    vault.close()
    monkeypatch.setattr("securemsg.store.connection.CIPHER_VFS", CUT_VFS)
    POWER.reset()
    chance = Chance(9)
    found = 0
    for _ in range(150):
        vault = Vault.open(home, PASSPHRASE)
        POWER.steps_left = chance.randrange(60)
        possible = work(vault, found, chance)
        with contextlib.suppress(LocalError):
            vault.close()
        POWER.cut(chance)
        found = step_of(home)
        assert found in possible
    assert found > 100


def test_a_wal_of_noise_is_passed_over(crashed: Path) -> None:
    """A torn WAL ends where its checksums end."""
    (crashed / "vault.db-wal").write_bytes(bytes(range(256)) * 100)
    assert step_of(crashed) == 1

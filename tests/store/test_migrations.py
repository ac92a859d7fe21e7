"""The schema's versions: forward only, never torn, and newer ones are left alone."""

import shutil
from pathlib import Path

import pytest

from securemsg.store.errors import VaultDamaged, VaultTooNew
from securemsg.store.migrations import STEPS, migrate, version
from securemsg.store.vault import Vault
from tests.store.killing import migrate_and_kill
from tests.store.vaults import PASSPHRASE, add_contact, create, raw_connection

NEXT = (
    "create table fruit(id integer primary key, name text not null) strict",
    "insert into fruit(name) select alias from contacts",
    "alter table contacts add column colour text not null default ''",
    "update contacts set colour = 'green'",
)
"""What a next version could do: make, copy, widen, rewrite."""


def set_version(home: Path, number: int) -> None:
    connection = raw_connection(home)
    connection.pragma("user_version", number)
    connection.close()


def test_a_new_vault_has_every_step(home: Path) -> None:
    create(home).close()
    connection = raw_connection(home)
    assert version(connection) == len(STEPS)
    connection.close()


def test_a_vault_of_a_newer_version_is_refused_and_left_alone(home: Path) -> None:
    """S14, ST-5: not one byte of it changes."""
    create(home).close()
    set_version(home, len(STEPS) + 1)
    before = {path.name: path.read_bytes() for path in home.iterdir()}
    with pytest.raises(VaultTooNew, match="update"):
        Vault.open(home, PASSPHRASE)
    assert {path.name: path.read_bytes() for path in home.iterdir()} == before


def test_a_vault_of_a_newer_version_keeps_its_wal_too(home: Path) -> None:
    """S14, ST-5: what the newer program had not brought into the file when it was killed."""
    vault = create(home)
    with vault.transaction() as transaction:
        add_contact(transaction, "kiwi")
        transaction._rows.run(f"pragma user_version = {len(STEPS) + 1}")
    killed = shutil.copytree(home, home.parent / "killed")
    vault.close()
    before = {path.name: path.read_bytes() for path in killed.iterdir()}
    assert len(before["vault.db-wal"]) > 0
    with pytest.raises(VaultTooNew, match="update"):
        Vault.open(killed, PASSPHRASE)
    assert {path.name: path.read_bytes() for path in killed.iterdir()} == before


def test_a_file_without_a_schema_is_damage_and_gets_none(home: Path) -> None:
    """ST-9: a vault is made by `create` only."""
    create(home).close()
    set_version(home, 0)
    with pytest.raises(VaultDamaged):
        Vault.open(home, PASSPHRASE)


def test_opening_takes_the_steps_that_are_missing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = create(home)
    with vault.transaction() as transaction:
        add_contact(transaction, "kiwi")
    vault.close()
    connection = raw_connection(home)
    migrate(connection, (*STEPS, NEXT))
    assert version(connection) == len(STEPS) + 1
    assert connection.execute("select name from fruit").fetchall() == [("kiwi",)]
    connection.close()
    monkeypatch.setattr("securemsg.store.migrations.STEPS", (*STEPS, NEXT))
    Vault.open(home, PASSPHRASE).close()


@pytest.mark.parametrize("statement", range(len(NEXT) + 5))
def test_a_migration_killed_at_any_statement_is_the_old_or_the_new_version(
    home: Path, statement: int
) -> None:
    """R18: by a real kill, at each statement that SQLite is given."""
    vault = create(home)
    with vault.transaction() as transaction:
        add_contact(transaction, "kiwi")
    vault.close()
    status = migrate_and_kill(home, statement, (*STEPS, NEXT))
    connection = raw_connection(home)
    found = version(connection)
    tables = {name for (name,) in connection.execute("select name from sqlite_schema where type = 'table'")}
    colours = [name for (name,) in connection.execute("select name from pragma_table_info('contacts')")]
    assert (found == len(STEPS) + 1) == ("fruit" in tables) == ("colour" in colours)
    assert found in (len(STEPS), len(STEPS) + 1)
    assert (status == 0) <= (found == len(STEPS) + 1)
    migrate(connection, (*STEPS, NEXT))
    assert connection.execute("select name from fruit").fetchall() == [("kiwi",)]
    assert connection.pragma("integrity_check") == "ok"
    connection.close()

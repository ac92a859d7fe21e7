"""A migration on a disk that loses power: the vault is of the old version or of the new one."""

import contextlib
import shutil
from functools import partial
from pathlib import Path

import pytest

from securemsg.store.errors import StorageFailed
from securemsg.store.migrations import STEPS, migrate, version
from securemsg.store.vault import Vault
from tests.store.chance import Chance
from tests.store.power import CUT_VFS, POWER
from tests.store.test_migrations import NEXT
from tests.store.vaults import PASSPHRASE, add_contact, create, raw_connection

pytestmark = pytest.mark.usefixtures("derived_once")

CONTACTS = 200
WIDE = (*NEXT, "create index fruit_name on fruit(name)", "update contacts set name = alias || ' longer'")
"""Steps that rewrite every page of a table, so that the power can fail between two of them."""


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of this version, before a program of the next one opens it on the disk with a switch."""
    vault = create(tmp_path / "old")
    with vault.transaction() as transaction:
        for number in range(CONTACTS):
            add_contact(transaction, f"contact {number}")
    vault.close()
    monkeypatch.setattr("securemsg.store.connection.CIPHER_VFS", CUT_VFS)
    monkeypatch.setattr("securemsg.store.migrations.STEPS", (*STEPS, WIDE))
    monkeypatch.setattr("securemsg.store.vault.migrate", partial(migrate, steps=(*STEPS, WIDE)))
    POWER.reset()
    return tmp_path / "old"


def version_of(home: Path) -> int:
    """The version that is on disk; a mixture of two fails the test."""
    connection = raw_connection(home)
    found = version(connection)
    tables = {name for (name,) in connection.execute("select name from sqlite_schema")}
    columns = {name for (name,) in connection.execute("select name from pragma_table_info('contacts')")}
    longer = connection.execute("select count(*) from contacts where name like '% longer'").fetchall()
    is_new = found == len(STEPS) + 1
    assert {"fruit", "fruit_name"} & tables == ({"fruit", "fruit_name"} if is_new else set())
    assert ("colour" in columns) == is_new
    assert longer == [(CONTACTS if is_new else 0,)]
    assert connection.pragma("integrity_check") == "ok"
    connection.close()
    return found


def test_a_migration_without_power_at_any_write_is_the_old_or_the_new_version(old: Path) -> None:
    """R18, ST-5: at each write and sync of opening and migrating, sectors lost and torn; then it goes on."""
    chance = Chance(18)
    seen = []
    home = old.parent / "home"
    for steps in range(10_000):
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(old, home)
        POWER.reset()
        POWER.steps_left = steps
        with contextlib.suppress(StorageFailed):
            Vault.open(home, PASSPHRASE).close()
        done = POWER.steps_left >= 0
        POWER.cut(chance)
        seen.append(version_of(home))
        if done:
            break
        Vault.open(home, PASSPHRASE).close()
        assert version_of(home) == len(STEPS) + 1
    assert {len(STEPS), len(STEPS) + 1} == set(seen)
    assert len(seen) > 40

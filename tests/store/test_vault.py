"""The vault: all of a transaction or nothing, in one encrypted file."""

import threading
from pathlib import Path

import anyio
import anyio.to_thread
import apsw
import pytest

from securemsg.errors import LocalError
from securemsg.store.errors import WrongPassphrase
from securemsg.store.vault import Vault
from tests.store.vaults import CHEAP, NOW, OWNER, PASSPHRASE, add_contact, create, entropy, make_text


class Surprise(Exception):  # noqa: N818  # stands for anything that goes wrong
    """Nothing that the vault knows."""


def count(vault: Vault) -> int:
    with vault.transaction() as transaction:
        return len(transaction.contacts.all())


def test_the_owner_comes_back_as_made(vault: Vault) -> None:
    with vault.transaction() as transaction:
        assert transaction.owner.load() == OWNER
        assert not transaction.owner.registered()
        transaction.owner.mark_registered()
        assert transaction.owner.registered()


def test_what_was_committed_is_there_after_opening_again(vault: Vault, home: Path) -> None:
    with vault.transaction() as transaction:
        add_contact(transaction)
    vault.close()
    again = Vault.open(home, PASSPHRASE)
    assert count(again) == 1
    again.close()


@pytest.mark.parametrize("error", [Surprise, KeyboardInterrupt, GeneratorExit])
def test_whatever_ends_a_transaction_early_undoes_all_of_it(vault: Vault, error: type[BaseException]) -> None:
    """ST-6: all of it or nothing."""

    def step() -> None:
        with vault.transaction() as transaction:
            add_contact(transaction)
            raise error

    with pytest.raises(error):
        step()
    assert count(vault) == 0


def test_a_transaction_inside_another_is_refused(vault: Vault) -> None:
    with vault.transaction() as outer:
        add_contact(outer)
        with pytest.raises(LocalError, match="open already"), vault.transaction():
            pass
        with pytest.raises(LocalError):
            vault.checkpoint()
    assert count(vault) == 1


def test_a_transaction_that_has_ended_does_nothing_more(vault: Vault) -> None:
    with vault.transaction() as transaction:
        pass
    with pytest.raises(LocalError, match="has ended"):
        add_contact(transaction)
    with vault.transaction(), pytest.raises(LocalError, match="has ended"):
        transaction.contacts.all()


def test_a_closed_vault_refuses_and_closes_again_without_a_word(vault: Vault) -> None:
    vault.close()
    vault.close()
    with pytest.raises(LocalError, match="closed"), vault.transaction():
        pass


def test_a_row_that_breaks_the_rules_is_refused_and_nothing_kept(vault: Vault) -> None:
    def step() -> None:
        with vault.transaction() as transaction:
            add_contact(transaction)
            transaction.owner.create(OWNER)

    with pytest.raises(LocalError, match="breaks its rules"):
        step()
    assert count(vault) == 0


def test_threads_may_take_turns(vault: Vault) -> None:
    """The engine runs each step in some worker thread."""

    def step(number: int) -> None:
        with vault.transaction() as transaction:
            add_contact(transaction, f"contact {number}")

    for number in range(20):
        thread = threading.Thread(target=step, args=(number,))
        thread.start()
        thread.join()
    assert count(vault) == 20


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_steps_run_in_worker_threads_of_either_loop(vault: Vault, backend: str) -> None:
    async def steps() -> None:
        for _ in range(20):
            await anyio.to_thread.run_sync(count, vault)

    anyio.run(steps, backend=backend)
    assert count(vault) == 0


def test_a_step_that_waits_in_another_thread_keeps_others_out(vault: Vault) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def step() -> None:
        with vault.transaction() as transaction:
            add_contact(transaction)
            inside.set()
            go_on.wait(30)

    thread = threading.Thread(target=step)
    thread.start()
    assert inside.wait(30)
    with pytest.raises(LocalError, match="open already"), vault.transaction():
        pass
    with pytest.raises(LocalError, match="transaction is open"):
        vault.close()
    go_on.set()
    thread.join()
    assert count(vault) == 1


def test_changing_the_passphrase_leaves_the_file_and_shuts_out_the_old_one(vault: Vault, home: Path) -> None:
    """ST-3: the key is rewrapped, the vault is not rewritten."""
    with vault.transaction() as transaction:
        add_contact(transaction)
    vault.checkpoint()
    before = (home / "vault.db").read_bytes()
    vault.change_passphrase("new one", entropy, cost=CHEAP)
    assert (home / "vault.db").read_bytes() == before
    vault.close()
    with pytest.raises(WrongPassphrase):
        Vault.open(home, PASSPHRASE)
    again = Vault.open(home, "new one")
    assert count(again) == 1
    again.close()
    assert {path.name for path in home.iterdir()} == {"vault.db", "vault.slots", "lock"}


def test_a_passphrase_that_is_none_changes_nothing(vault: Vault, home: Path) -> None:
    with pytest.raises(LocalError):
        vault.change_passphrase("", entropy, cost=CHEAP)
    vault.close()
    Vault.open(home, PASSPHRASE).close()


def test_a_new_passphrase_costs_as_much_as_specified(home: Path) -> None:
    """PR-15: 64 MiB and 3 passes where nobody asks for less."""
    vault = Vault.create(home, PASSPHRASE, OWNER, entropy)
    vault.close()
    # The first slot: fixarray of 5, kind 1, uint32 65,536, then 3.
    assert (home / "vault.slots").read_bytes()[2:].startswith(bytes.fromhex("9195 01 ce00010000 03"))


def test_the_connection_has_the_settings_that_the_promises_rest_on(vault: Vault) -> None:
    """ST-4, ST-2."""
    connection = vault._connection
    assert connection is not None
    expected = {
        "journal_mode": "wal",
        "synchronous": 3,
        "secure_delete": 1,
        "locking_mode": "exclusive",
        "foreign_keys": 1,
        "temp_store": 2,
        "cipher": "aegis",
        "trusted_schema": 0,
    }
    assert {name: connection.pragma(name) for name in expected} == expected
    (algorithm,) = connection.execute("select sqlite3mc_config('aegis', 'algorithm')").fetchall()[0]
    assert algorithm == 4, "aegis-256 in the numbering of SQLite3 Multiple Ciphers"
    assert connection.vfsname("main") == "multipleciphers-unix/unix"


def test_tables_are_strict_and_no_column_takes_nothing(vault: Vault) -> None:
    """ST-5."""
    connection = vault._connection
    assert connection is not None
    tables = connection.execute(
        "select name, strict from pragma_table_list where schema = 'main' and type = 'table'"
        " and name not like 'sqlite_%'"
    ).fetchall()
    assert len(tables) > 15
    assert [name for name, strict in tables if not strict] == []
    loose = connection.execute(
        "select t.name, c.name from pragma_table_list t join pragma_table_info(t.name) c"
        " where t.schema = 'main' and t.type = 'table' and t.name not like 'sqlite_%'"
        " and not c.'notnull' and not (c.pk and c.type = 'INTEGER')"
    ).fetchall()
    assert loose == []


def test_a_vault_is_checked_whole(home: Path) -> None:
    vault = create(home)
    with vault.transaction() as transaction:
        contact = add_contact(transaction)
        transaction.messages.add_incoming(contact, make_text(), NOW)
    assert vault.check() == []
    vault.close()


def test_the_cipher_is_there_and_not_only_asked_for(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ST-2: without its layer the key would be taken without a word and the file written in the clear."""
    create(home).close()
    assert "unix" in apsw.vfs_names()
    monkeypatch.setattr("securemsg.store.connection.CIPHER_VFS", "unix")
    with pytest.raises(LocalError, match="not be encrypted"):
        Vault.open(home, PASSPHRASE)

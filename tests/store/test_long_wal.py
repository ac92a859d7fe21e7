"""The WAL of a vault that is used for long: it is written over, and emptied where something was erased."""

import contextlib
import shutil
from pathlib import Path

import pytest

from securemsg.store.vault import Vault
from securemsg.store.wal import WAL_PAGES
from tests.store.harmed import PAGE
from tests.store.test_files import content
from tests.store.vaults import NOW, PASSPHRASE, add_contact, canary, create, make_text

FRAME = PAGE + 24
SHORT = 20
"""Pages after which the WAL of these vaults is long."""


def wal_size(home: Path) -> int:
    return (home / "vault.db-wal").stat().st_size


def test_the_wal_goes_into_the_file_by_itself_and_stops_growing(home: Path) -> None:
    """ST-6, ST-10: between two transactions; a commit in a file that grows takes longer."""
    vault = create(home)
    with vault.transaction() as transaction:
        contact = add_contact(transaction)
    sizes, in_file = [], (home / "vault.db").stat().st_size
    for _ in range(60):
        with vault.transaction() as transaction:
            for _ in range(100):
                transaction.messages.add_incoming(contact, make_text("long " * 200), NOW)
        sizes.append(wal_size(home))
    most_of_a_step = 200
    assert max(sizes) < (WAL_PAGES + most_of_a_step) * FRAME
    assert sizes == sorted(sizes)
    assert sizes[20] > sizes[-1] - most_of_a_step * FRAME
    assert (home / "vault.db").stat().st_size > in_file + 3 * max(sizes) // 4
    vault.close()


@pytest.fixture
def written_over(home: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Vault, list[str]]:
    """A vault whose WAL has been written over, all of it in the file now, and what was said in it."""
    monkeypatch.setattr("securemsg.store.wal.WAL_PAGES", SHORT)
    vault = create(home)
    words = [canary() for _ in range(30)]
    with vault.transaction() as transaction:
        contact = add_contact(transaction)
    for word in words:
        with vault.transaction() as transaction:
            transaction.messages.add_incoming(contact, make_text(word), NOW)
    while not vault._wal._is_ended:
        with vault.transaction() as transaction:
            transaction.contacts.set_name(contact, canary())
    with vault.transaction():
        pass
    assert vault._wal._pages == 0
    assert wal_size(home) > SHORT * FRAME
    return vault, words


def there(home: Path) -> list[str]:
    """What is said in a vault that opens and is whole."""
    with contextlib.closing(Vault.open(home, PASSPHRASE)) as vault:
        assert vault.check() == []
        with vault.transaction() as transaction:
            contact = transaction.contacts.all()[0].id
            return [message.text for message in transaction.messages.page(contact, None, 99)]


def test_a_checkpoint_empties_it_although_all_of_it_was_moved(
    written_over: tuple[Vault, list[str]], home: Path
) -> None:
    """ST-6: no deleted key stays in it."""
    vault, _ = written_over
    vault.checkpoint()
    assert wal_size(home) == 0
    vault.close()


def test_a_purge_that_finds_nothing_empties_it(written_over: tuple[Vault, list[str]], home: Path) -> None:
    """ST-6: what the client does each hour, so that no deleted key stays in it."""
    vault, _ = written_over
    with vault.transaction() as transaction:
        transaction.erased()
    assert wal_size(home) == 0
    vault.close()


def test_an_erasure_empties_it(written_over: tuple[Vault, list[str]], home: Path) -> None:
    """ST-6, R21: also of pages that lay in it from before it was written over."""
    vault, words = written_over
    with vault.transaction() as transaction:
        contact = transaction.contacts.all()[0].id
        transaction.messages.erase(transaction.messages.rows_of(contact)[:5], NOW)
    assert wal_size(home) == 0
    vault.close()
    left = content(home)
    assert [word for word in words if word[8:].encode() in left] == words[5:]


def test_closing_removes_it(written_over: tuple[Vault, list[str]], home: Path) -> None:
    vault, words = written_over
    vault.close()
    assert not (home / "vault.db-wal").exists()
    assert there(home) == words


@pytest.mark.parametrize("said", [0, 1, 3])
def test_a_process_killed_with_pages_of_before_in_it_has_lost_nothing(
    written_over: tuple[Vault, list[str]], home: Path, said: int
) -> None:
    """R02, ST-10: they are passed over, with and without newer ones before them."""
    vault, words = written_over
    for number in range(said):
        with vault.transaction() as transaction:
            contact = transaction.contacts.all()[0].id
            transaction.messages.add_incoming(contact, make_text(f"number {number}"), NOW)
    crashed = home.parent / "crashed"
    shutil.copytree(home, crashed)
    vault.close()
    assert there(crashed) == [*words, *(f"number {number}" for number in range(said))]


def test_without_it_a_vault_is_as_of_the_last_checkpoint(
    written_over: tuple[Vault, list[str]], home: Path
) -> None:
    """R13, ST-10: all of it was in the file."""
    vault, words = written_over
    crashed = home.parent / "crashed"
    shutil.copytree(home, crashed)
    vault.close()
    (crashed / "vault.db-wal").unlink()
    assert there(crashed) == words

"""What a thief of the files sees, and what is left of what was erased."""

from pathlib import Path

import apsw
import pytest

from securemsg.store.vault import Vault
from tests.store.vaults import NOW, PASSPHRASE, add_contact, canary, create, make_text, raw_connection


def test_the_files_show_nothing_to_who_lacks_the_passphrase(home: Path) -> None:
    """N22: neither texts nor names nor the format, in any file, open or closed."""
    said, name = canary(), canary()
    vault = create(home)
    with vault.transaction() as transaction:
        contact = add_contact(transaction, name)
        transaction.messages.add_incoming(contact, make_text(said), NOW)

    def files() -> bytes:
        return b"".join(path.read_bytes() for path in sorted(home.iterdir()))

    for where in ("open", "moved into the file", "closed"):
        if where == "moved into the file":
            vault.checkpoint()
        if where == "closed":
            vault.close()
        found = files()
        assert said.encode() not in found, where
        assert name.encode() not in found, where
        assert PASSPHRASE.encode() not in found, where
        assert b"SQLite format 3" not in found, where
        assert b"relay.example" not in found, where


def content(home: Path) -> bytes:
    """Return every page of the file in the clear, free pages included."""
    connection = raw_connection(home)
    try:
        pages = connection.serialize("main")
    finally:
        connection.close()
    assert pages.startswith(b"SQLite format 3\0")
    return pages


def test_an_erased_message_is_gone_from_the_pages_of_the_file(home: Path) -> None:
    """R21, ST-6: text and index, with the WAL truncated when the transaction has ended."""
    words = [canary() for _ in range(40)]
    vault = create(home)
    with vault.transaction() as transaction:
        contact = add_contact(transaction)
        rows = []
        for word in words:
            row = transaction.messages.add_outgoing(contact, make_text(f"{word} said"), NOW)
            transaction.outbox.add(contact, f"content {word}".encode(), NOW, row)
            rows.append(row)
    vault.checkpoint()
    vault.close()
    assert all(word.encode() in content(home) for word in words)
    vault = Vault.open(home, PASSPHRASE)
    with vault.transaction() as transaction:
        transaction.messages.erase(rows[:-1], NOW)
    assert (home / "vault.db-wal").stat().st_size == 0
    with vault.transaction() as transaction:
        assert transaction.search.find(words[0], 10) == []
        assert len(transaction.search.find(words[-1], 10)) == 1
    vault.close()
    left = content(home)
    assert [word for word in words[:-1] if word.encode() in left] == []
    assert words[-1].encode() in left


def test_a_transaction_that_erased_and_failed_erased_nothing(vault: Vault) -> None:
    with vault.transaction() as transaction:
        row = transaction.messages.add_outgoing(add_contact(transaction), make_text("stay"), NOW)

    def step() -> None:
        with vault.transaction() as transaction:
            transaction.messages.erase([row], NOW)
            raise KeyError

    with pytest.raises(KeyError):
        step()
    with vault.transaction() as transaction:
        assert transaction.messages.get(row).text == "stay"


def test_this_sqlite_was_built_to_overwrite_what_it_deletes() -> None:
    assert "SECURE_DELETE" in apsw.compile_options

"""Step 4 of the schema: a vault of version 3 goes on with all that is in it."""

from functools import partial
from pathlib import Path

import pytest

from securemsg.store.errors import StorageFailed
from securemsg.store.ids import ContactId, MessageRow
from securemsg.store.migrations import STEPS, fourth, migrate, version
from securemsg.store.vault import Vault
from tests.store.killing import migrate_and_kill
from tests.store.vaults import PASSPHRASE, add_contact, create, make_text, raw_connection

OLD = 3
TEXTS = ["the first words", "words to come", "l'été à la mer"]


@pytest.fixture
def old(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home as version 3 left it, with three texts, one of which failed."""
    with monkeypatch.context() as before:
        before.setattr("securemsg.store.vault.migrate", partial(migrate, steps=STEPS[:OLD]))
        vault = create(home)
        with vault.transaction() as transaction:
            add_contact(transaction, "kiwi")
        vault.close()
    connection = raw_connection(home)
    for number, text in enumerate(TEXTS):
        connection.execute(
            "insert into messages(contact, direction, message_id, sent_at, stored_at, kind, text, raw, state,"
            " failure, printed) values (1, ?, ?, 5, 6, 1, ?, x'', ?, '', 1)",
            (1 + number % 2, bytes([number] * 16), text, 1 + 4 * (number % 2)),
        )
    connection.close()
    return home


def texts(vault: Vault) -> list[str]:
    with vault.transaction() as transaction:
        return [message.text for message in transaction.messages.page(ContactId(1), None, 10)]


def test_a_vault_of_version_3_opens_with_all_its_messages(old: Path) -> None:
    vault = Vault.open(old, PASSPHRASE)
    assert texts(vault) == TEXTS
    with vault.transaction() as transaction:
        message = transaction.messages.get(MessageRow(2))
        assert (message.lifetime, message.expires_at, message.quoted) == (0, None, None)
        assert (message.edited_at, message.deleted_at) == (None, None)
        assert [found.text for found in transaction.search.find("words", 9)] == TEXTS[1::-1]
        row = transaction.messages.add_incoming(ContactId(1), make_text("new words"), message.sent_at)
        assert row == len(TEXTS) + 1
    vault.close()
    vault = Vault.open(old, PASSPHRASE)
    assert texts(vault) == [*TEXTS, "new words"]
    assert vault.check() == []
    vault.close()


def test_what_version_3_could_not_read_is_taken_for_none_of_the_new_kinds(old: Path) -> None:
    """CT-3: its bytes are neither a name nor a file."""
    connection = raw_connection(old)
    for kind in range(3, 12):
        connection.execute(
            "insert into messages(contact, direction, message_id, sent_at, stored_at, kind, text, raw, state,"
            " failure, printed) values (1, 1, ?, 5, 6, ?, '', x'94', 1, '', 1)",
            (bytes([kind] * 16), kind),
        )
    connection.close()
    vault = Vault.open(old, PASSPHRASE)
    with vault.transaction() as transaction:
        kinds = [message.kind for message in transaction.messages.page(ContactId(1), None, 20)]
        assert kinds == [1, 1, 1, 3, *range(2**16 + 4, 2**16 + 11), 11]
    vault.close()


@pytest.mark.parametrize("statement", range(0, len(fourth.STATEMENTS) + 5, 4))
def test_a_kill_in_step_4_leaves_version_3_or_4(old: Path, statement: int) -> None:
    """R18: by a real kill; opened again, all messages are there."""
    migrate_and_kill(old, statement, STEPS)
    connection = raw_connection(old)
    columns = {name for (name,) in connection.execute("select name from pragma_table_info('messages')")}
    tables = {name for (name,) in connection.execute("select name from sqlite_schema")}
    assert (version(connection) == len(STEPS)) == ("deleted_at" in columns) == ("lifetime_clock" in tables)
    assert (version(connection) == OLD) == ("lifetime" not in columns)
    connection.close()
    vault = Vault.open(old, PASSPHRASE)
    assert texts(vault) == TEXTS
    vault.close()


def test_a_step_4_that_fails_at_any_statement_changes_nothing(old: Path) -> None:
    """R18, ST-5: whatever statement SQLite refuses, all of them are undone."""
    connection = raw_connection(old)
    before = connection.execute("select sql from sqlite_schema order by name").fetchall()
    for failing in range(len(fourth.STATEMENTS) + 1):
        broken = (*fourth.STATEMENTS[:failing], "insert into nowhere values (1)")
        with pytest.raises(StorageFailed):
            migrate(connection, (*STEPS[:OLD], broken))
        assert version(connection) == OLD
        assert connection.execute("select sql from sqlite_schema order by name").fetchall() == before
    connection.close()


def test_an_edit_changes_the_words_that_are_found(vault: Vault) -> None:
    """ST-7: the index follows the newest words of a message, from and to nothing."""
    with vault.transaction() as transaction:
        contact = add_contact(transaction)
        row = transaction.messages.add_incoming(contact, make_text("old words"), make_text().sent_at)
        assert row is not None
        changes = [("new words", "new", "old"), ("", "", "new"), ("words again", "again", "new")]
        for text, found, lost in changes:
            transaction._rows.run("update messages set text = ? where id = ?", (text, row))
            assert [each.row for each in transaction.search.find(found, 9)] == ([row] if found else [])
            assert transaction.search.find(lost, 9) == []
        transaction._rows.run("insert into words(words) values ('integrity-check')")

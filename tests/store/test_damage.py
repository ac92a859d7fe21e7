"""A vault file that was harmed, and what a thief of the files sees."""

from collections.abc import Callable
from pathlib import Path

import apsw
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from securemsg.store.errors import VaultDamaged
from securemsg.store.vault import Vault
from tests.store.vaults import NOW, PASSPHRASE, add_contact, canary, create, make_text, raw_connection

PAGE = 4096
Harm = Callable[[bytes], bytes]


def fill(home: Path) -> None:
    """Make a vault whose pages are all in the file and in use: SQLite reads no free page."""
    vault = create(home)
    with vault.transaction() as transaction:
        contact = add_contact(transaction)
        for number in range(100):
            transaction.messages.add_incoming(contact, make_text(f"text number {number} " * 20), NOW)
    vault.close()
    connection = raw_connection(home)
    connection.execute("vacuum")
    assert connection.pragma("freelist_count") == 0
    connection.close()


def read_everything(home: Path) -> None:
    vault = Vault.open(home, PASSPHRASE)
    try:
        with vault.transaction() as transaction:
            contact = transaction.contacts.all()[0].id
            assert len(transaction.messages.page(contact, None, 1000)) == 100
        assert vault.check() == []
    finally:
        vault.close()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("damage") / "home"
    fill(home)
    return home


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_flipped_bit_anywhere_is_damage_or_changes_nothing(filled: Path, data: st.DataObject) -> None:
    """R12: pages are authenticated; damage is reported with advice, and nothing is shown of it."""
    file = filled / "vault.db"
    good = file.read_bytes()
    page = data.draw(st.integers(0, len(good) // PAGE - 1))
    place = page * PAGE + data.draw(st.integers(0, PAGE - 1))
    changed = bytearray(good)
    changed[place] ^= 1 << data.draw(st.integers(0, 7))
    file.write_bytes(changed)
    try:
        # The first 16 bytes are a salt that nothing is derived from: the key is raw.
        if place < 16:
            read_everything(filled)
        else:
            with pytest.raises(VaultDamaged, match="restore"):
                read_everything(filled)
    finally:
        file.write_bytes(good)


def cut(length: int) -> Harm:
    return lambda good: good[:length]


@pytest.mark.parametrize(
    "harm",
    [
        cut(1),
        cut(100),
        cut(PAGE - 1),
        cut(PAGE),
        cut(3 * PAGE),
        cut(3 * PAGE + 7),
        lambda good: good[: -len(good) // 2],
        lambda good: bytes(len(good)),
        lambda good: good[:PAGE] + good[2 * PAGE : 3 * PAGE] + good[PAGE : 2 * PAGE] + good[3 * PAGE :],
        lambda good: b"SQLite format 3\0" + good[16:100] + bytes(len(good) - 100),
    ],
    ids=["1", "100", "page-1", "page", "3 pages", "3 pages+7", "half", "zeros", "swapped", "plain"],
)
def test_a_file_that_was_cut_or_shuffled_is_damage(filled: Path, harm: Harm) -> None:
    """R13, R14: refused with advice, the file left as it is."""
    file = filled / "vault.db"
    good = file.read_bytes()
    harmed = harm(good)
    file.write_bytes(harmed)
    try:
        with pytest.raises(VaultDamaged, match="restore"):
            read_everything(filled)
        assert file.read_bytes()[:PAGE] == harmed[:PAGE]
    finally:
        file.write_bytes(good)


def test_the_log_of_another_vault_is_damage(tmp_path: Path) -> None:
    """R13: a foreign WAL; its pages do not open under this key."""
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    fill(ours)
    other = create(theirs)
    with other.transaction() as transaction:
        add_contact(transaction)
    (ours / "vault.db-wal").write_bytes((theirs / "vault.db-wal").read_bytes())
    other.close()
    with pytest.raises(VaultDamaged, match="restore"):
        read_everything(ours)


def test_a_log_of_noise_is_passed_over(tmp_path: Path) -> None:
    """A torn log ends where its checksums end."""
    home = tmp_path / "home"
    fill(home)
    (home / "vault.db-wal").write_bytes(bytes(range(256)) * 100)
    read_everything(home)


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
        transaction.messages.erase(rows[:-1])
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
            transaction.messages.erase([row])
            raise KeyError

    with pytest.raises(KeyError):
        step()
    with vault.transaction() as transaction:
        assert transaction.messages.get(row).text == "stay"


def test_this_sqlite_was_built_to_overwrite_what_it_deletes() -> None:
    assert "SECURE_DELETE" in apsw.compile_options

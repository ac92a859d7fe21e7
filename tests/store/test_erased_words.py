"""Words of erased messages: in no page of the file, by whichever way they left the index (R21)."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from securemsg.store.ids import ContactId, MessageRow
from securemsg.store.transaction import Transaction
from securemsg.store.vault import Vault
from tests.store.chance import Chance
from tests.store.test_files import content
from tests.store.vaults import NOW, PASSPHRASE, add_contact, canary, create, make_text

BEGINNING = 10
"""The index keeps of a word only what differs from the one before it: an end must not be left either."""

SIZE = 600
"""Messages: words of one leave one by one, those of more than two together."""

Erase = Callable[[Transaction, Sequence[MessageRow]], None]


def left(home: Path, words: Sequence[str]) -> list[str]:
    """Return the words of which an end is in the file."""
    pages = content(home)
    return [word for word in words if word[BEGINNING:].encode() in pages]


def say(transaction: Transaction, contact: ContactId, words: Sequence[str]) -> list[MessageRow]:
    return [transaction.messages.add_outgoing(contact, make_text(f"{word} said"), NOW) for word in words]


def at_once(transaction: Transaction, rows: Sequence[MessageRow]) -> None:
    transaction.messages.erase(rows, NOW)


def one_by_one(transaction: Transaction, rows: Sequence[MessageRow]) -> None:
    for row in rows:
        transaction.messages.erase([row], NOW)


def taken_back(transaction: Transaction, rows: Sequence[MessageRow]) -> None:
    for row in rows:
        transaction.edits.bury(row, NOW)


def with_the_contact(transaction: Transaction, rows: Sequence[MessageRow]) -> None:
    transaction.contacts.delete(transaction.messages.get(rows[0]).contact)


@pytest.fixture
def talk(home: Path) -> tuple[Vault, list[str], list[MessageRow]]:
    """A vault with a conversation of some words between other messages, in several segments of the index."""
    chance = Chance(3)
    words = [canary(chance.randbytes) for _ in range(20)]
    vault = create(home)
    with vault.transaction() as transaction:
        bob, eve = add_contact(transaction), add_contact(transaction, "eve")
    rows: list[MessageRow] = []
    for word in words:
        with vault.transaction() as transaction:
            say(transaction, eve, [canary(chance.randbytes) for _ in range(SIZE // len(words))])
            rows += say(transaction, bob, [word])
    return vault, words, rows


@pytest.mark.parametrize("erase", [at_once, one_by_one, taken_back, with_the_contact])
def test_no_end_of_a_word_is_left(
    talk: tuple[Vault, list[str], list[MessageRow]], home: Path, erase: Erase
) -> None:
    """R21, ST-6, ST-16: at once, with nothing of it in the WAL."""
    vault, words, rows = talk
    with vault.transaction() as transaction:
        erase(transaction, rows)
    assert (home / "vault.db-wal").stat().st_size == 0
    with vault.transaction() as transaction:
        transaction._rows.run("insert into words(words) values ('integrity-check')")
        assert len(transaction.search.find("said", 2 * SIZE)) == SIZE
    assert vault.check() == []
    vault.close()
    assert left(home, words) == []


@pytest.mark.parametrize("others", [0, SIZE])
@pytest.mark.parametrize("erase", [at_once, one_by_one, taken_back])
def test_no_end_of_a_word_is_left_that_was_said_and_erased_in_one_transaction(
    home: Path, others: int, erase: Erase
) -> None:
    """R21: also where nothing else is in the index, so that there is nothing to pass over."""
    words = [canary() for _ in range(5)]
    vault = create(home)
    with vault.transaction() as transaction:
        bob = add_contact(transaction)
        say(transaction, bob, [canary() for _ in range(others)])
    with vault.transaction() as transaction:
        erase(transaction, say(transaction, bob, words))
    vault.close()
    assert left(home, words) == []


def test_a_pass_that_failed_is_as_if_it_had_not_begun(
    talk: tuple[Vault, list[str], list[MessageRow]], home: Path
) -> None:
    """R21, ST-16: what is erased next leaves the index as it should."""
    vault, words, rows = talk

    def fail() -> None:
        with vault.transaction() as transaction:
            transaction.messages.erase(rows, NOW)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with vault.transaction() as transaction:
        transaction.messages.erase(rows[:1], NOW)
    vault.close()
    assert left(home, words) == words[1:]


def test_nothing_is_left_after_erasures_of_every_size(home: Path) -> None:
    """R21, ST-16: whatever was erased before, and whichever way."""
    chance = Chance(11)
    vault = create(home)
    there: dict[MessageRow, str] = {}
    gone: list[str] = []
    with vault.transaction() as transaction:
        bob = add_contact(transaction)
    for _ in range(30):
        with vault.transaction() as transaction:
            words = [canary(chance.randbytes) for _ in range(chance.choice((1, 3, 40)))]
            there |= dict(zip(say(transaction, bob, words), words, strict=True))
        with vault.transaction() as transaction:
            rows = chance.sample(sorted(there), min(len(there), chance.choice((0, 1, 1, 2, 5, 30))))
            chance.choice((at_once, one_by_one))(transaction, rows)
            gone += [there.pop(row) for row in rows]
    assert (len(gone) > 100, len(there) > 100) == (True, True)
    with vault.transaction() as transaction:
        transaction._rows.run("insert into words(words) values ('integrity-check')")
        assert transaction._rows.number("select v from words_config where k = 'secure-delete'") == 1
    vault.close()
    assert left(home, gone) == []
    assert len(left(home, list(there.values()))) == len(there)
    Vault.open(home, PASSPHRASE).close()

"""A vault with something in every kind of table, and what can still be read of it after harm."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from securemsg.identity.access import SendToken
from securemsg.ids import SubmitId
from securemsg.store.errors import VaultDamaged
from securemsg.store.ids import MessageRow
from securemsg.store.outbox import SealedEntry
from securemsg.store.transaction import Transaction
from securemsg.store.upkeep import Note
from securemsg.store.vault import Vault
from tests.store.vaults import (
    NOW,
    OWNER,
    PASSPHRASE,
    add_contact,
    create,
    entropy,
    make_address,
    make_text,
    raw_connection,
)

PAGE: Final = 4096
CONTACTS: Final = 40
MESSAGES: Final = 120
TOKENS: Final = 150
WORDS: Final = tuple(f"word{number}" for number in range(10))


def text_of(number: int) -> str:
    """The text of row `number`: whoever reads another one reads something wrong."""
    return f"text number {number} {WORDS[number % 10]} " * 12


def fill(home: Path) -> None:
    """Make a vault whose pages are all in the file and in use: SQLite reads no free page."""
    vault = create(home)
    with vault.transaction() as transaction:
        transaction.tokens.add([SendToken.generate(entropy) for _ in range(TOKENS)], NOW)
        for number in range(CONTACTS):
            add_contact(transaction, f"contact {number}")
        for number in range(1, MESSAGES + 1):
            say(transaction, number)
    vault.close()
    connection = raw_connection(home)
    connection.execute("vacuum")
    assert connection.pragma("freelist_count") == 0
    connection.close()


def say(transaction: Transaction, number: int) -> None:
    """Say text `number`, with all that comes with a message."""
    contact = transaction.contacts.find(f"contact {number % CONTACTS}").id
    row = transaction.messages.add_outgoing(contact, make_text(text_of(number)), NOW)
    assert row == number
    entry = transaction.outbox.add(contact, text_of(number).encode(), NOW, row)
    address = make_address()
    sealed = SealedEntry(SubmitId(entropy(16)), entropy(600), address.relay, address.mailbox, address.token)
    transaction.outbox.seal(entry, sealed)
    transaction.received.mark(SubmitId(entropy(16)), NOW)
    transaction.notes.add(Note(NOW, "kind"))


@dataclass
class Found:
    """What a reader of a vault met."""

    damage: int = 0
    """Times that it was told of damage."""

    advised: int = 0
    """Times that it was told what to do."""

    readable: set[int] = field(default_factory=set)
    """Rows of messages that it could read, each with the text that was stored in it."""

    faults: int = 0
    """Things that a look at the whole file found."""


def survey(home: Path) -> Found:
    """Open and read everything that there is; whatever is not `VaultDamaged` fails the test."""
    found = Found()
    with _told(found):
        vault = Vault.open(home, PASSPHRASE)
        try:
            _survey(vault, found)
        finally:
            vault.close()
    assert found.advised == found.damage
    return found


def _survey(vault: Vault, found: Found) -> None:
    for read in (_people, _queue, _memories):
        with _told(found), vault.transaction() as transaction:
            read(transaction)
    for number in range(1, MESSAGES + 1):
        with _told(found), vault.transaction() as transaction:
            assert transaction.messages.get(MessageRow(number)).text == text_of(number)
            found.readable.add(number)
    for word in WORDS:
        with _told(found), vault.transaction() as transaction:
            assert all(word in message.text for message in transaction.search.find(word, 1000))
    with _told(found):
        found.faults = len(vault.check())


@contextmanager
def _told(found: Found) -> Iterator[None]:
    try:
        yield
    except VaultDamaged as error:
        found.damage += 1
        found.advised += "restore" in str(error)


def _people(transaction: Transaction) -> None:
    owner = transaction.owner.load()
    assert (owner.name, owner.device, owner.link) == (OWNER.name, OWNER.device, OWNER.link)
    aliases = [contact.alias for contact in transaction.contacts.all()]
    assert aliases == [f"contact {number}" for number in range(CONTACTS)]
    for number in range(CONTACTS):
        assert transaction.addresses.get(transaction.contacts.find(f"contact {number}").id) is not None


def _queue(transaction: Transaction) -> None:
    assert len(transaction.outbox.due(NOW, 1000)) == CONTACTS
    for number in range(1, MESSAGES + 1):
        entry = transaction.outbox.of_message(MessageRow(number))
        assert entry is not None
        assert entry.content == text_of(number).encode()


def _memories(transaction: Transaction) -> None:
    assert len(transaction.tokens.unregistered()) == TOKENS
    assert transaction.notes.counts() == {"kind": MESSAGES}

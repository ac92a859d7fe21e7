"""Vaults to test with: real ones, with the cheapest passphrase that the specification allows."""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Final

import apsw

from securemsg.crypto.argon2 import Cost
from securemsg.crypto.ed25519 import SigningKey
from securemsg.crypto.entropy import SystemEntropy
from securemsg.identity.access import LinkSecret, SendToken, ShelfKey
from securemsg.identity.account import Account
from securemsg.identity.device import Device
from securemsg.identity.link import ContactLink
from securemsg.ids import AccountId, MailboxId, MessageId
from securemsg.instant import Instant
from securemsg.mailbox.address import RelayAddress
from securemsg.store.addresses import ContactAddress
from securemsg.store.connection import open_database
from securemsg.store.contacts import NewContact
from securemsg.store.ids import ContactId
from securemsg.store.messages import NewMessage
from securemsg.store.owner import Owner
from securemsg.store.slots import open_slots
from securemsg.store.transaction import Transaction
from securemsg.store.vault import Vault

CHEAP: Final = Cost(memory_kib=32 * 1024, passes=2)
PASSPHRASE: Final = "correct horse battery staple"  # noqa: S105  # a passphrase for tests
NOW: Final = Instant(1_700_000_000_000)
entropy: Final = SystemEntropy()


def make_owner() -> Owner:
    account = Account.generate(entropy)
    device = Device.generate(account, "laptop", NOW, entropy)
    place = ("relay.example", 7443, entropy(32), MailboxId(entropy(16)))
    link = ContactLink(account.account_id, *place, LinkSecret.generate(entropy))
    return Owner(account, device, "Ann", link, SigningKey.generate(entropy), NOW)


OWNER: Final = make_owner()
"""Of most vaults here; making one takes longer than most tests."""


def create(home: Path) -> Vault:
    return Vault.create(home, PASSPHRASE, OWNER, entropy, cost=CHEAP)


def raw_connection(home: Path) -> apsw.Connection:
    """Return a connection that goes around the vault, to look at or harm its content."""
    key = open_slots((home / "vault.slots").read_bytes(), PASSPHRASE)
    return open_database(home / "vault.db", key)


def new_contact(alias: str, account: bytes | None = None) -> NewContact:
    return NewContact(alias, alias, AccountId(account or entropy(32)), NOW)


def add_contact(transaction: Transaction, alias: str = "bob") -> ContactId:
    contact = transaction.contacts.add(new_contact(alias)).id
    transaction.addresses.set(contact, make_address())
    return contact


def make_text(text: str = "hello") -> NewMessage:
    return NewMessage.of_text(MessageId(entropy(16)), NOW, text)


def make_address() -> ContactAddress:
    relay = RelayAddress("relay.example", 7443, entropy(32))
    return ContactAddress(relay, MailboxId(entropy(16)), SendToken(entropy(32)), ShelfKey(entropy(32)))


def canary(draw: Callable[[int], bytes] = entropy) -> str:
    """Return a word that appears nowhere by chance."""
    return "canary" + base64.b32encode(draw(15)).decode().lower()

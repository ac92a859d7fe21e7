"""Openings that come again around another message: by somebody who holds the sealing key of our device."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from securemsg.client.receiving import receive
from securemsg.client.step import Changes, Step
from securemsg.handshake.generation import Published, make_generation
from securemsg.handshake.initiator import Expected, check_shelf, initiate, seal_opening
from securemsg.handshake.material import OpeningMaterial
from securemsg.handshake.shelf import FetchedPrekeys, ShelvedLeaf
from securemsg.identity.access import SendToken, ShelfKey
from securemsg.identity.card import Card
from securemsg.identity.device import Device
from securemsg.ids import MailboxId, MessageId, SubmitId
from securemsg.mailbox.answers import Deliver
from securemsg.ratchet.seal import seal_message
from securemsg.session.book import Book
from securemsg.session.sending import begin
from securemsg.session.states import Unanswered
from securemsg.store.addresses import ContactAddress
from securemsg.store.transaction import Transaction
from securemsg.store.vault import Vault
from securemsg.wire.messages.content import Text, encode
from tests.identity.people import device
from tests.store.vaults import NOW, OWNER, create, entropy, new_contact

ALICE: Final = device("alice")
CAROL: Final = device("carol")
CARD: Final = Card(
    *("Alice", "relay.example", 7443, bytes(32)),
    *(MailboxId(bytes(16)), SendToken(bytes(32)), ShelfKey(bytes(32))),
)
ELSEWHERE: Final = replace(CARD, name="Mallory", mailbox=MailboxId(b"m" * 16))


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    vault = create(tmp_path / "home")
    yield vault
    vault.close()


class Writer:
    """A device that opened a session to the owner of the vault, and seals more than it should."""

    def __init__(self, vault: Vault, who: Device, card: Card) -> None:
        """Publish for the owner, and begin."""
        shelf = OWNER.link.shelf
        publication = make_generation(OWNER.device, shelf, Published(), NOW, entropy)
        with vault.transaction() as transaction:
            transaction.prekeys.store(publication)
        leaf = ShelvedLeaf(0, publication.sealed_leaves[0])
        fetched = FetchedPrekeys(publication.generation, publication.sealed_manifest, leaf)
        prekeys = check_shelf(fetched, shelf, Expected(who, OWNER.device.account_id), NOW)
        session = begin(Book(), initiate(who, prekeys, card, NOW, entropy), NOW, entropy).current
        assert isinstance(session, Unanswered)
        self.ratchet, self.material = session.ratchet, session.material

    def writes(self, text: str, material: OpeningMaterial | None = None) -> Deliver:
        """Return an opening with this text, made of the session's material or of another."""
        content = encode(Text(MessageId(entropy(16)), NOW, text))
        self.ratchet, sealed = seal_message(self.ratchet, content, entropy)
        opening = seal_opening(material or self.material, sealed)
        return Deliver(OWNER.link.mailbox, 1, SubmitId(entropy(16)), opening)


def deliver(vault: Vault, delivery: Deliver) -> None:
    with vault.transaction() as transaction:
        receive(Step(transaction, OWNER, NOW, entropy, Changes()), [delivery])


def texts(transaction: Transaction, who: Device) -> list[str]:
    contact = transaction.contacts.by_account(who.account_id)
    return [message.text for message in transaction.messages.page(contact.id, None, 9)]


def seen(vault: Vault, look: Callable[[Transaction], object]) -> object:
    with vault.transaction() as transaction:
        return look(transaction)


def test_the_card_of_a_repeated_opening_is_not_taken(vault: Vault) -> None:
    """HS-13: the answers go where the accepted session said."""
    alice = Writer(vault, ALICE, CARD)
    deliver(vault, alice.writes("first"))
    deliver(vault, alice.writes("second", replace(alice.material, card=ELSEWHERE.encode())))
    with vault.transaction() as transaction:
        contact = transaction.contacts.by_account(ALICE.account_id)
        assert sorted(texts(transaction, ALICE)) == ["first", "second"]
        assert transaction.addresses.get(contact.id) == ContactAddress.of(CARD)
        assert contact.name == "Alice"
        assert not transaction.notes.newest(9)


def test_a_repeated_opening_under_another_certificate_is_nobodys(vault: Vault) -> None:
    """HS-13: neither the one who is named nor the one whose session it is said it."""
    alice = Writer(vault, ALICE, CARD)
    deliver(vault, alice.writes("first"))
    with vault.transaction() as transaction:
        transaction.contacts.add(new_contact("carol", CAROL.account_id))
    deliver(vault, alice.writes("second", replace(alice.material, certificate=CAROL.certificate.encoded)))
    assert seen(vault, lambda transaction: texts(transaction, ALICE)) == ["first"]
    assert seen(vault, lambda transaction: texts(transaction, CAROL)) == []
    assert seen(vault, lambda transaction: [note.kind for note in transaction.notes.newest(9)]) == [
        "UnknownPrekey"
    ]
    deliver(vault, alice.writes("third"))
    assert seen(vault, lambda transaction: sorted(texts(transaction, ALICE))) == ["first", "third"]


def test_the_card_of_a_first_opening_is_taken_with_its_session_only(vault: Vault) -> None:
    """HS-8: exchanged on the way, it leaves no contact behind."""
    alice = Writer(vault, ALICE, CARD)
    deliver(vault, alice.writes("forged", replace(alice.material, card=ELSEWHERE.encode())))
    assert seen(vault, lambda transaction: transaction.contacts.all()) == []
    deliver(vault, alice.writes("whole"))
    assert seen(vault, lambda transaction: texts(transaction, ALICE)) == ["whole"]

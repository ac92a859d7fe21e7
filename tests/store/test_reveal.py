"""What rows and errors show of themselves: logs and crash reports may print them."""

import traceback
from pathlib import Path

import pytest

from securemsg.errors import LocalError
from securemsg.ids import SubmitId
from securemsg.store.errors import StorageFailed
from securemsg.store.outbox import SealedEntry
from securemsg.store.vault import Vault
from tests.store.vaults import (
    NOW,
    OWNER,
    PASSPHRASE,
    add_contact,
    canary,
    create,
    make_address,
    make_text,
    new_contact,
)


def test_no_row_shows_a_text_a_name_or_a_secret(vault: Vault) -> None:
    """N22."""
    word = canary()
    address = make_address()
    with vault.transaction() as transaction:
        contact = transaction.contacts.add(new_contact(word))
        transaction.contacts.set_standing(contact.id, contact.standing, f"securemsg:{word}")
        transaction.addresses.set(contact.id, address)
        new = make_text(f"{word} said")
        row = transaction.messages.add_outgoing(contact.id, new, NOW)
        entry = transaction.outbox.add(contact.id, word.encode(), NOW, row)
        place = (address.relay, address.mailbox, address.token)
        transaction.outbox.seal(entry, SealedEntry(SubmitId(bytes(16)), word.encode(), *place))
        shown = repr(
            [
                new,
                new_contact(word),
                transaction.contacts.all(),
                transaction.conversations.all(),
                transaction.messages.page(contact.id, None, 9),
                transaction.search.find(word, 9),
                transaction.outbox.due(NOW, 9),
                transaction.addresses.get(contact.id),
                transaction.owner.load(),
            ]
        )
    assert shown.count("Message(") == 3
    assert word not in shown
    for secret in (address.token, address.shelf, OWNER.link.secret, OWNER.mailbox_key):
        assert repr(secret.expose())[2:-1] not in shown
        assert secret.expose().hex() not in shown
    assert "relay.example" not in shown


def test_errors_say_nothing_of_what_was_stored(home: Path) -> None:
    """N22: also in the chain of causes that a traceback prints."""
    word = canary()
    vault = create(home)

    def step() -> None:
        with vault.transaction() as transaction:
            bob = add_contact(transaction, word)
            transaction.messages.add_incoming(bob, make_text(word), NOW)
            transaction._rows.run("update messages set contact = 99")

    with pytest.raises(LocalError, match="breaks its rules") as refused:
        step()
    shown = "".join(traceback.format_exception(refused.value))
    assert word not in shown
    assert PASSPHRASE not in shown
    vault.close()


def test_a_failing_disk_is_told_without_a_path(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    create(home).close()
    monkeypatch.setattr(Path, "open", _refuse)
    with pytest.raises(StorageFailed) as refused:
        Vault.open(home, PASSPHRASE)
    assert str(home) not in str(refused.value)


def _refuse(*_: object) -> None:
    raise PermissionError(13, "Permission denied", "/secret/path")

"""The vault on a disk that loses power, fails or is full."""

import contextlib
from pathlib import Path

import pytest

from securemsg.errors import LocalError
from securemsg.ids import SubmitId
from securemsg.store.errors import StorageFailed
from securemsg.store.ids import ContactId, MessageRow
from securemsg.store.outbox import SealedEntry
from securemsg.store.slots import open_slots
from securemsg.store.transaction import Transaction
from securemsg.store.vault import Vault
from tests.store.chance import Chance
from tests.store.power import CUT_VFS, POWER, Power
from tests.store.vaults import NOW, PASSPHRASE, add_contact, create, entropy, make_address, make_text

CUTS = 300


@pytest.fixture
def power(home: Path, monkeypatch: pytest.MonkeyPatch) -> Power:
    """Make a home, then put a disk with a switch under it."""
    vault = create(home)
    with vault.transaction() as transaction:
        add_contact(transaction)
    vault.close()
    monkeypatch.setattr("securemsg.store.connection.CIPHER_VFS", CUT_VFS)
    # Three hundred derivations of the same key would take most of the time.
    key = open_slots((home / "vault.slots").read_bytes(), PASSPHRASE)
    monkeypatch.setattr("securemsg.store.vault.open_slots", lambda *_: key)
    POWER.reset()
    return POWER


class Journal:
    """What the vault has confirmed, and what the step in progress would make of it."""

    def __init__(self) -> None:
        """Begin with nothing said."""
        self.confirmed: dict[MessageRow, bytes] = {}
        self.next: dict[MessageRow, bytes] = {}

    def step(self, transaction: Transaction, contact: ContactId, chance: Chance) -> None:
        """Say something with its sealed entry, or erase what was said."""
        self.next = dict(self.confirmed)
        for _ in range(chance.randrange(1, 6)):
            if self.next and chance.random() < 0.2:
                row = chance.choice(list(self.next))
                transaction.messages.erase([row], NOW)
                del self.next[row]
            else:
                row = transaction.messages.add_outgoing(contact, make_text("said " * 50), NOW)
                entry = transaction.outbox.add(contact, entropy(700), NOW, row)
                address = make_address()
                place = (address.relay, address.mailbox, address.token)
                self.next[row] = entropy(1200)
                transaction.outbox.seal(entry, SealedEntry(SubmitId(entropy(16)), self.next[row], *place))

    def commit(self) -> None:
        """Take the step for done: the vault has said so."""
        self.confirmed = self.next

    def check(self, vault: Vault, contact: ContactId) -> None:
        """Compare with what is there: the state before the step in progress or after, nothing between."""
        with vault.transaction() as transaction:
            found = {}
            for message in transaction.messages.page(contact, None, 10**6):
                entry = transaction.outbox.of_message(message.row)
                assert entry is not None
                assert entry.sealed is not None
                found[message.row] = entry.sealed.envelope
        assert found in (self.confirmed, self.next)
        self.confirmed = found


def test_what_was_confirmed_survives_every_power_cut(
    home: Path, power: Power, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R08, R02: unsynced sectors lost or torn at any write; no loss, no damage, resends byte-identical.

    The WAL is short, so that it is also written over before it was emptied.
    """
    monkeypatch.setattr("securemsg.store.wal.WAL_PAGES", 10)
    chance = Chance(8)
    journal = Journal()
    for _ in range(CUTS):
        vault = Vault.open(home, PASSPHRASE)
        assert vault.check() == []
        with vault.transaction() as transaction:
            contact = transaction.contacts.all()[0].id
        journal.check(vault, contact)
        power.steps_left = chance.randrange(80)
        with contextlib.suppress(StorageFailed):
            while True:
                with vault.transaction() as transaction:
                    journal.step(transaction, contact, chance)
                journal.commit()
        with contextlib.suppress(LocalError):
            vault.close()
        power.cut(chance)
    assert len(journal.confirmed) > 100


def test_after_a_failed_sync_nothing_more_is_confirmed(home: Path, power: Power) -> None:
    """R09: never tried again, because the kernel may have dropped what it could not write."""
    vault = Vault.open(home, PASSPHRASE)
    power.syncs_left = 0
    with pytest.raises(StorageFailed), vault.transaction() as transaction:
        add_contact(transaction, "lost")
    power.syncs_left = None
    with pytest.raises(StorageFailed, match="start again"), vault.transaction() as transaction:
        add_contact(transaction, "never")
    vault.close()
    again = Vault.open(home, PASSPHRASE)
    with again.transaction() as transaction:
        assert "never" not in {contact.alias for contact in transaction.contacts.all()}
    assert again.check() == []
    again.close()


def test_after_a_failed_checkpoint_nothing_more_is_confirmed_either(home: Path, power: Power) -> None:
    """R09: what was erased may still be there, so that it is not said to be gone."""
    vault = Vault.open(home, PASSPHRASE)
    with vault.transaction() as transaction:
        row = transaction.messages.add_outgoing(ContactId(1), make_text(), NOW)
    # The commit syncs the log once, the checkpoint comes after it.
    power.syncs_left = 1
    with pytest.raises(StorageFailed), vault.transaction() as transaction:
        transaction.messages.erase([row], NOW)
    with pytest.raises(StorageFailed, match="start again"):
        vault.checkpoint()
    power.syncs_left = None
    vault.close()
    again = Vault.open(home, PASSPHRASE)
    with again.transaction() as transaction:
        assert transaction.messages.page(ContactId(1), None, 9) == []
    again.close()


def say_much(vault: Vault, contact: ContactId) -> None:
    with vault.transaction() as transaction:
        for _ in range(200):
            transaction.messages.add_incoming(contact, make_text("long " * 100), NOW)


def test_a_full_disk_undoes_the_step_and_the_next_one_works_again(home: Path, power: Power) -> None:
    """R10: a sentence, nothing kept of the step, and no need to start again."""
    vault = Vault.open(home, PASSPHRASE)
    with vault.transaction() as transaction:
        contact = transaction.contacts.all()[0].id
    for room in (0, 100, 5_000, 20_000):
        power.room = room
        with pytest.raises(StorageFailed, match="disk is full"):
            say_much(vault, contact)
        power.room = None
        with vault.transaction() as transaction:
            assert transaction.messages.page(contact, None, 10) == []
    with vault.transaction() as transaction:
        transaction.messages.add_incoming(contact, make_text(), NOW)
    assert vault.check() == []
    vault.close()


def test_a_full_disk_keeps_what_is_committed_in_the_wal_until_there_is_room(home: Path, power: Power) -> None:
    """R10: neither an erasure nor closing fails for want of room; the next opening has everything."""
    vault = Vault.open(home, PASSPHRASE)
    with vault.transaction() as transaction:
        texts = [make_text("long " * 1_000) for _ in range(40)]
        rows = [transaction.messages.add_outgoing(ContactId(1), text, NOW) for text in texts]
    wal = home / "vault.db-wal"
    with vault.transaction() as transaction:
        transaction.messages.erase(rows[:1], NOW)
        # Enough for the commit, too little for the checkpoint.
        power.room = 200_000
    assert wal.stat().st_size > 0
    with pytest.raises(StorageFailed, match="disk is full"), vault.transaction() as transaction:
        transaction.messages.erase(rows[1:2], NOW)
    with vault.transaction() as transaction:
        assert len(transaction.messages.page(ContactId(1), None, 99)) == 39
    vault.close()
    assert wal.stat().st_size > 0
    power.room = None
    with contextlib.closing(Vault.open(home, PASSPHRASE)) as again, again.transaction() as transaction:
        assert len(transaction.messages.page(ContactId(1), None, 99)) == 39
    assert not wal.exists()


def test_what_was_erased_leaves_the_wal_when_there_is_room_also_after_an_opening(
    home: Path, power: Power
) -> None:
    """R10, R21, ST-6: the one that opens the vault does not know what the WAL holds."""
    vault = Vault.open(home, PASSPHRASE)
    with vault.transaction() as transaction:
        texts = [make_text("long " * 1_000) for _ in range(40)]
        rows = [transaction.messages.add_outgoing(ContactId(1), text, NOW) for text in texts]
    with vault.transaction() as transaction:
        transaction.messages.erase(rows[:1], NOW)
        # Enough for the commit, too little for the checkpoint.
        power.room = 200_000
    vault.close()
    power.room = 0
    again = Vault.open(home, PASSPHRASE)
    wal = home / "vault.db-wal"
    assert wal.stat().st_size > 0
    power.room = None
    with again.transaction():
        pass
    assert wal.stat().st_size == 0
    again.close()


def test_the_switch_cuts(home: Path, power: Power) -> None:
    """Without `synchronous = full` this disk loses what was confirmed: the test above can fail."""
    chance = Chance(1)
    lost = 0
    for number in range(10):
        vault = Vault.open(home, PASSPHRASE)
        assert vault._connection is not None
        vault._connection.pragma("synchronous", "normal")
        with vault.transaction() as transaction:
            add_contact(transaction, f"contact {number}")
        power.steps_left = 0
        with contextlib.suppress(LocalError):
            vault.close()
        power.cut(chance)
        again = Vault.open(home, PASSPHRASE)
        with again.transaction() as transaction:
            lost += not transaction.contacts.alias_taken(f"contact {number}")
        again.close()
    assert lost > 0

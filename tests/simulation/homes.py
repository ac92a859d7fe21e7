"""What the copies of a home hold, read from their disks, and what a person loses with an older one."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from securemsg.ids import SubmitId
from securemsg.store.messages import Direction, MessageState
from securemsg.store.transaction import Transaction
from securemsg.store.vault import Vault
from tests.simulation.disk import DISKS, Medium
from tests.simulation.words import first_words
from tests.store.vaults import PASSPHRASE

_ALL: Final = 100_000


@dataclass(frozen=True, slots=True)
class Holdings:
    """What one copy of a home holds. Texts tell who said them to whom."""

    said: dict[str, MessageState]
    heard: frozenset[str]
    taken: frozenset[SubmitId]
    """What was delivered and handled."""

    accounts: frozenset[str]
    """Of the contacts."""

    position: int
    """The highest number of a delivery that was handled."""


@dataclass(slots=True)
class Losses:
    """What went with the newer copies of a home. Nothing that is in none of these may be missing."""

    said: set[str] = field(default_factory=set)
    """Texts of the person that no copy in use knows of."""

    heard: set[str] = field(default_factory=set)
    """Texts of others that came, and that the person has seen or could have."""

    taken: set[SubmitId] = field(default_factory=set)
    """What a newer copy took from the relay: whatever came of it, its sender hears no more."""

    in_doubt: set[str] = field(default_factory=set)
    """Texts of the person that had left when the copy was made: a newer copy was told what became of them."""

    accounts: set[str] = field(default_factory=set)
    """People who were met later."""

    def add(self, older: Holdings, newer: Holdings) -> None:
        """Note that a home goes back from `newer` to `older`."""
        self.said |= newer.said.keys() - older.said.keys()
        self.heard |= newer.heard - older.heard
        self.taken |= newer.taken - older.taken
        self.in_doubt |= {text for text, state in older.said.items() if state is MessageState.ACCEPTED}
        self.accounts |= newer.accounts - older.accounts


def holdings(medium: Medium, home: Path) -> Holdings:
    """Look into a home as it is on a disk, which stays as it is; the folder `home` has its other files."""
    folder = home / "looked at"
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / "vault.slots").write_bytes((home / "vault.slots").read_bytes())
    copy = DISKS.media[folder] = medium.copy()
    copy.sketch(folder)
    vault = Vault.open(folder, PASSPHRASE)
    try:
        with vault.transaction() as transaction:
            return _holdings(transaction)
    finally:
        vault.close()
        del DISKS.media[folder]


def _holdings(transaction: Transaction) -> Holdings:
    contacts = transaction.contacts.all()
    stored = [each for one in contacts for each in transaction.messages.page(one.id, None, _ALL)]
    messages = [each for each in stored if each.deleted_at is None]
    taken = transaction.received._rows.all("select submit_id from received")
    return Holdings(
        said={first_words(each.text): each.state for each in messages if each.direction is Direction.OUT},
        heard=frozenset(first_words(each.text) for each in messages if each.direction is Direction.IN),
        taken=frozenset(SubmitId(submit_id) for (submit_id,) in taken),
        accounts=frozenset(contact.account.hex() for contact in contacts),
        position=transaction.position.load().handled,
    )

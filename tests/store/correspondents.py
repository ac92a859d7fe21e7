"""Two devices that talk and keep everything in vaults: books, skipped keys, prekeys, what was seen."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from securemsg.handshake.generation import make_generation
from securemsg.handshake.initiator import Expected, check_shelf, initiate
from securemsg.handshake.responder import unseal_opening
from securemsg.handshake.shelf import FetchedPrekeys, ShelvedLeaf
from securemsg.identity.device import Device
from securemsg.instant import Instant
from securemsg.ratchet.errors import Unrecognised
from securemsg.session.book import Book, needs_new_session, opening_instant, wear_out
from securemsg.session.receiving import Opened, Recipient, accept_opening, open_message
from securemsg.session.sending import begin, seal
from securemsg.store.sessions import PeerDevice
from securemsg.store.transaction import Transaction
from securemsg.store.vault import Vault
from securemsg.wire import envelope
from securemsg.wire.envelope import Opening
from tests.store.vaults import CHEAP, NOW, PASSPHRASE, entropy, make_owner, new_contact

Result = TypeVar("Result")


class Crash(Exception):  # noqa: N818  # what ends a step early
    """The process was gone before the commit."""


@dataclass
class Correspondent:
    """A person with a vault; `now` is their clock."""

    vault: Vault
    device: Device
    now: Instant = NOW

    @classmethod
    def at(cls, home: Path) -> "Correspondent":
        """Return a new person with a published generation of prekeys."""
        owner = make_owner()
        vault = Vault.create(home, PASSPHRASE, owner, entropy, cost=CHEAP)
        person = cls(vault, owner.device)
        person.step(person.publish)
        return person

    def step(self, function: Callable[[Transaction], Result], *, crash: bool = False) -> Result:
        """Run one step in a transaction of its own, which a crash undoes."""
        with self.vault.transaction() as transaction:
            result = function(transaction)
            if crash:
                raise Crash
        return result

    def publish(self, transaction: Transaction) -> None:
        """Make the next generation of prekeys."""
        shelf = transaction.owner.load().link.shelf
        published = transaction.prekeys.published()
        transaction.prekeys.store(make_generation(self.device, shelf, published, self.now, entropy))

    def meet(self, peer: "Correspondent") -> None:
        """Add a contact."""
        account = peer.device.account_id
        self.step(lambda transaction: transaction.contacts.add(new_contact("peer", account)))

    def device_of_peer(self, transaction: Transaction, peer: "Correspondent") -> PeerDevice:
        """Return what we keep of the device of `peer`."""
        contact = transaction.contacts.by_account(peer.device.account_id)
        return transaction.sessions.peer(contact.id, peer.device.device_id, self.now)

    def say(self, transaction: Transaction, peer: "Correspondent", content: bytes) -> bytes:
        """Seal for `peer`, in a new session where one is needed; return the envelope."""
        kept = self.device_of_peer(transaction, peer)
        before = transaction.sessions.load(kept.book)
        book = before
        if needs_new_session(book, self.now):
            book = self._begin(book, peer)
        sealed = seal(book, content, entropy)
        transaction.sessions.save(kept.book, before, sealed.book, self.now)
        return sealed.envelope

    def wear(self, transaction: Transaction, peer: "Correspondent") -> None:
        """Want a new session."""
        kept = self.device_of_peer(transaction, peer)
        before = transaction.sessions.load(kept.book)
        transaction.sessions.save(kept.book, before, wear_out(before), self.now)

    def hear(self, transaction: Transaction, data: bytes) -> bytes:
        """Open an envelope; a refusal raises and changes nothing."""
        received = envelope.decode(data)
        skipped_of = transaction.skipped.of
        if isinstance(received, Opening):
            opened = unseal_opening(received, transaction.prekeys.sealing)
            contact = transaction.contacts.by_account(opened.certificate.account_id)
            kept = transaction.sessions.peer(contact.id, opened.certificate.device_id, self.now)
            before = transaction.sessions.load(kept.book)
            recipient = Recipient(self.device, transaction.prekeys, skipped_of)
            result = accept_opening(before, opened, recipient, self.now, entropy)
            return self._keep(transaction, kept, before, result)
        for kept in transaction.sessions.peers():
            before = transaction.sessions.load(kept.book)
            try:
                result = open_message(before, received, skipped_of, self.now, entropy)
            except Unrecognised:
                continue
            return self._keep(transaction, kept, before, result)
        raise Unrecognised("refused")

    def take(self) -> FetchedPrekeys:
        """Hand out our manifest and the next leaf, as our relay would."""

        def fetch(transaction: Transaction) -> FetchedPrekeys:
            manifest = transaction.unconfirmed.manifest()
            assert manifest is not None
            leaf = transaction._rows.one("select position, sealed from published_leaves order by position")
            shelved = None
            if leaf is not None:
                transaction._rows.run("delete from published_leaves where position = ?", (leaf[0],))
                shelved = ShelvedLeaf(*leaf)
            return FetchedPrekeys(manifest.generation, manifest.sealed, shelved)

        return self.step(fetch)

    def _begin(self, book: Book, peer: "Correspondent") -> Book:
        shelf = peer.step(lambda transaction: transaction.owner.load().link.shelf)
        expected = Expected(self.device, peer.device.account_id)
        prekeys = check_shelf(peer.take(), shelf, expected, self.now)
        initiation = initiate(self.device, prekeys, None, opening_instant(book, self.now), entropy)
        return begin(book, initiation, self.now, entropy)

    def _keep(self, transaction: Transaction, kept: PeerDevice, before: Book, opened: Opened) -> bytes:
        transaction.sessions.save(kept.book, before, opened.book, self.now)
        transaction.skipped.apply(opened.session_id, opened.rows)
        if opened.used is not None:
            transaction.prekeys.use(opened.used)
        return opened.content


def dump(vault: Vault) -> list[list[tuple[object, ...]]]:
    """Return every row of every table that a refused envelope must leave as it is."""
    tables = ("sessions", "skipped", "leaves", "openings", "weekly_keys", "messages", "outbox", "received")
    with vault.transaction() as transaction:
        return [transaction._rows.all(f"select * from {table} order by 1, 2") for table in tables]  # noqa: S608  # constants

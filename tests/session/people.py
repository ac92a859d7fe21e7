"""People with a device each, who keep books and rows as a client keeps them."""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache

from securemsg.crypto.entropy import Entropy
from securemsg.handshake.generation import Publication, Published, make_generation
from securemsg.handshake.initiator import Expected, Initiation, check_shelf, initiate
from securemsg.handshake.prekeys import LastResortPrivate, LeafPrivate, SealingPrivate, SignedPrekeyPrivate
from securemsg.handshake.responder import LastResortUsed, OneTimeUsed, Used, unseal_opening
from securemsg.handshake.shelf import FetchedPrekeys, ShelvedLeaf
from securemsg.identity.access import ShelfKey
from securemsg.identity.account import Account
from securemsg.identity.card import Card
from securemsg.identity.device import Device
from securemsg.ids import DeviceId, SessionId
from securemsg.instant import Instant
from securemsg.ratchet.errors import Unrecognised
from securemsg.session.book import Book, changes, needs_new_session, opening_instant
from securemsg.session.receiving import Opened, Recipient, accept_opening, open_message
from securemsg.session.records import decode_session, encode_session
from securemsg.session.sending import begin, seal
from securemsg.session.states import Unanswered
from securemsg.wire import envelope
from securemsg.wire.envelope import Opening
from tests.ratchet.parties import NOW, Rows
from tests.support.entropy import SeededEntropy

SHELF = ShelfKey(b"s" * 32)


@dataclass
class Privates:
    """Private halves of one generation, deleted as the store deletes them."""

    publication: Publication
    leaves: dict[int, LeafPrivate] = field(init=False)
    seen: set[bytes] = field(default_factory=set)
    dead: bool = False

    def __post_init__(self) -> None:
        self.leaves = {leaf.leaf_id: leaf for leaf in self.publication.leaves}

    def manifest_hash(self, generation: int) -> bytes | None:
        """Return the hash of the one manifest there is."""
        return self.publication.manifest_body_hash if generation == self.publication.generation else None

    def signed_prekey(self, prekey_id: int) -> SignedPrekeyPrivate | None:
        """Return the one signed prekey there is, while it lives."""
        prekey = self.publication.weekly.signed_prekey
        return prekey if prekey.prekey_id == prekey_id and not self.dead else None

    def leaf(self, leaf_id: int) -> LeafPrivate | None:
        """Return a leaf that is not used up."""
        return self.leaves.get(leaf_id)

    def last_resort(self, prekey_id: int) -> LastResortPrivate | None:
        """Return the one last-resort key there is."""
        prekey = self.publication.weekly.last_resort
        return prekey if prekey.prekey_id == prekey_id else None

    def was_seen(self, prekey_id: int, fingerprint: bytes) -> bool:
        """Tell whether an opening to the last-resort key was seen."""
        return prekey_id == self.publication.weekly.last_resort.prekey_id and fingerprint in self.seen

    def seen_count(self, prekey_id: int) -> int:
        """Return how many openings to the last-resort key were seen."""
        return len(self.seen) if prekey_id == self.publication.weekly.last_resort.prekey_id else 0

    def use(self, used: Used | None) -> None:
        """Delete a leaf, or remember an opening (Spec: HS-13)."""
        match used:
            case OneTimeUsed(leaf_id):
                del self.leaves[leaf_id]
            case LastResortUsed(_, mark):
                self.seen.add(mark)
            case None:
                pass


@dataclass
class Person:
    """One device; `shelf` counts the leaves that its relay has handed out."""

    device: Device
    privates: Privates
    entropy: Entropy
    now: Instant = NOW
    shelf: int = 0
    card: Card | None = None
    books: dict[DeviceId, Book] = field(default_factory=lambda: defaultdict(Book))
    rows: dict[SessionId, Rows] = field(default_factory=lambda: defaultdict(Rows))

    def fetched(self, *, leaf: bool) -> FetchedPrekeys:
        """Return what the relay hands out next."""
        publication, shelved = self.privates.publication, None
        if leaf:
            shelved = ShelvedLeaf(self.shelf, publication.sealed_leaves[self.shelf])
            self.shelf += 1
        return FetchedPrekeys(publication.generation, publication.sealed_manifest, shelved)

    def initiation(self, peer: "Person", *, leaf: bool = True) -> Initiation:
        """Fetch the prekeys of `peer` and run our half of a handshake."""
        expected = Expected(self.device, peer.device.account_id)
        prekeys = check_shelf(peer.fetched(leaf=leaf), SHELF, expected, self.now)
        opened_at = opening_instant(self.book(peer), self.now)
        return initiate(self.device, prekeys, self.card, opened_at, self.entropy)

    def book(self, peer: "Person") -> Book:
        """Return our book of the device of `peer`."""
        return self.books[peer.device.device_id]

    def begin(self, peer: "Person", *, leaf: bool = True) -> None:
        """Begin a session whatever there is."""
        book = begin(self.book(peer), self.initiation(peer, leaf=leaf), self.now, self.entropy)
        self.keep(peer.device.device_id, book)

    def say(self, peer: "Person", content: bytes) -> bytes:
        """Seal for `peer`, in a new session where one is needed; return the envelope."""
        if needs_new_session(self.book(peer), self.now):
            self.begin(peer)
        sealed = seal(self.book(peer), content, self.entropy)
        self.keep(peer.device.device_id, sealed.book)
        return sealed.envelope

    def hear(self, data: bytes) -> bytes:
        """Open an envelope as a client does and return its content; a refusal raises and changes nothing."""
        return self.receive(data).content

    def receive(self, data: bytes) -> Opened:
        """Open an envelope as a client does; a refusal raises and changes nothing."""
        received = envelope.decode(data)
        if isinstance(received, Opening):
            opened = unseal_opening(received, self.sealing)
            peer = opened.certificate.device_id
            recipient = Recipient(self.device, self.privates, self.rows.__getitem__)
            return self._store(
                peer, accept_opening(self.books[peer], opened, recipient, self.now, self.entropy)
            )
        for peer, book in self.books.items():
            try:
                result = open_message(book, received, self.rows.__getitem__, self.now, self.entropy)
            except Unrecognised:
                continue
            return self._store(peer, result)
        raise Unrecognised("refused")

    def _store(self, peer: DeviceId, opened: Opened) -> Opened:
        self.privates.use(opened.used)
        self.rows[opened.session_id].apply(opened.rows, self.now)
        self.keep(peer, opened.book)
        return opened

    def keep(self, peer: DeviceId, book: Book) -> None:
        """Store what a step changed, and the rows that go with a deleted session."""
        for gone in changes(self.books[peer], book).deleted:
            self.rows.pop(gone, None)
        self.books[peer] = book

    def restart(self) -> None:
        """Come back from the records, in whatever order the store returns them."""
        for peer, book in self.books.items():
            self.books[peer] = Book.of([decode_session(encode_session(held)) for held in book.entries[::-1]])

    def stored(self) -> list[object]:
        """Return all that a refused envelope must leave as it is."""
        books = [(peer, [encode_session(held) for held in book.entries]) for peer, book in self.books.items()]
        rows = [
            (key, row.place, row.key.expose()) for key, rows in self.rows.items() for row in rows.values()
        ]
        return [
            sorted(entry for entry in books if entry[1]),
            sorted(rows),
            sorted(self.privates.leaves),
            sorted(self.privates.seen),
        ]

    def sealing(self, hint: bytes) -> SealingPrivate | None:
        """Return the one sealing key there is if the hint is its own."""
        sealing = self.privates.publication.weekly.sealing
        return sealing if sealing.hint == hint else None


@cache
def _published(seed: int) -> tuple[Device, Publication]:
    entropy = SeededEntropy(seed)
    device = Device.generate(Account.generate(entropy), f"person {seed}", NOW, entropy)
    return device, make_generation(device, SHELF, Published(), NOW, entropy)


def person(seed: int) -> Person:
    """Return the person of this seed as on the first day."""
    device, publication = _published(seed)
    return Person(device, Privates(publication), SeededEntropy(seed + 2**40))


def pair() -> tuple[Person, Person]:
    """Return two people who have not met."""
    return person(1), person(2)


def friends() -> tuple[Person, Person]:
    """Return two people with a confirmed session between them, opened by the first."""
    alice, bob = pair()
    bob.hear(alice.say(bob, b"first"))
    alice.hear(bob.say(alice, b"second"))
    return alice, bob


def unanswered(someone: Person, peer: Person) -> Unanswered:
    """Return the current session, which nobody has answered."""
    session = someone.book(peer).current
    assert isinstance(session, Unanswered)
    return session

"""Opening a session from published prekeys, on both sides: ours and twomemo's (OMEMO 2, without a KEM)."""

from typing import Final

from omemo import JSONType, Just, Maybe, Nothing, Storage
from twomemo.twomemo import EncryptedKeyMaterialImpl, KeyExchangeImpl, Twomemo

from bench.measure import timed
from bench.peers import run
from bench.sessions import entropy
from securemsg.handshake.generation import Publication, Published, make_generation
from securemsg.handshake.initiator import Expected, check_shelf, initiate
from securemsg.handshake.prekeys import LastResortPrivate, LeafPrivate, SealingPrivate, SignedPrekeyPrivate
from securemsg.handshake.responder import unseal_opening
from securemsg.handshake.shelf import FetchedPrekeys, ShelvedLeaf
from securemsg.identity.access import ShelfKey
from securemsg.identity.account import Account
from securemsg.identity.device import Device
from securemsg.instant import Instant
from securemsg.session.book import Book
from securemsg.session.receiving import Recipient, accept_opening
from securemsg.session.sending import begin, seal
from securemsg.wire import envelope
from securemsg.wire.envelope import Opening

NOW: Final = Instant(1_800_000_000_000)
SHELF: Final = ShelfKey(b"s" * 32)
FIRST: Final = b"hello"
PREKEYS: Final = 100
"""One-time keys that a device of the peer publishes by default."""


class Privates:
    """The private halves of one publication; nothing is used up, so that every round costs the same."""

    def __init__(self, publication: Publication) -> None:
        """Keep the publication."""
        self.publication = publication

    def manifest_hash(self, _generation: int) -> bytes | None:
        """Return the hash of the one manifest there is."""
        return self.publication.manifest_body_hash

    def signed_prekey(self, _prekey_id: int) -> SignedPrekeyPrivate | None:
        """Return the one signed prekey there is."""
        return self.publication.weekly.signed_prekey

    def leaf(self, leaf_id: int) -> LeafPrivate | None:
        """Return a leaf."""
        return next((leaf for leaf in self.publication.leaves if leaf.leaf_id == leaf_id), None)

    def last_resort(self, _prekey_id: int) -> LastResortPrivate | None:
        """Return the one last-resort key there is."""
        return self.publication.weekly.last_resort

    def was_seen(self, _prekey_id: int, _fingerprint: bytes) -> bool:
        """Say no."""
        return False

    def seen_count(self, _prekey_id: int) -> int:
        """Say none."""
        return 0

    def sealing(self, _hint: bytes) -> SealingPrivate | None:
        """Return the one sealing key there is."""
        return self.publication.weekly.sealing


class OurHandshakes:
    """Ann opens sessions to Ben: fetched prekeys checked, opening sealed, opened and accepted."""

    def __init__(self) -> None:
        """Make two devices, and Ben's prekeys."""
        self._ann = Device.generate(Account.generate(entropy), "ann", NOW, entropy)
        self._ben = Device.generate(Account.generate(entropy), "ben", NOW, entropy)
        self._privates = Privates(make_generation(self._ben, SHELF, Published(), NOW, entropy))

    def one(self) -> float:
        """Take one round; return its CPU time in seconds."""
        return timed(self._round, 1)

    def _round(self) -> None:
        publication = self._privates.publication
        leaf = ShelvedLeaf(0, publication.sealed_leaves[0])
        fetched = FetchedPrekeys(publication.generation, publication.sealed_manifest, leaf)
        prekeys = check_shelf(fetched, SHELF, Expected(self._ann, self._ben.account_id), NOW)
        initiation = initiate(self._ann, prekeys, None, NOW, entropy)
        sealed = seal(begin(Book(), initiation, NOW, entropy), FIRST, entropy)
        arrived = envelope.decode(sealed.envelope)
        if not isinstance(arrived, Opening):
            raise TypeError
        opening = unseal_opening(arrived, self._privates.sealing)
        recipient = Recipient(self._ben, self._privates, lambda _session: NoRows())
        accept_opening(Book(), opening, recipient, NOW, entropy)


class NoRows:
    """No message is late here."""

    def find(self, _place: object, /) -> None:
        """Return None."""


class Memory(Storage):
    """The peer's storage: what it keeps, in memory."""

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__()
        self._kept: dict[str, JSONType] = {}

    async def _load(self, key: str) -> Maybe[JSONType]:
        return Just(self._kept[key]) if key in self._kept else Nothing()

    async def _store(self, key: str, value: JSONType) -> None:
        self._kept[key] = value

    async def _delete(self, key: str) -> None:
        self._kept.pop(key, None)


class TwomemoHandshakes:
    """The same with twomemo: bundle to session, key exchange parsed, session accepted."""

    def __init__(self) -> None:
        """Make two devices, and the second one's bundle."""
        self._ann, self._ben = Twomemo(Memory()), Twomemo(Memory())
        run(self._ben.generate_pre_keys(PREKEYS))
        run(self._ann.generate_pre_keys(PREKEYS))
        self._bundle = run(self._ben.get_bundle("ben@example.org", 2))

    def one(self) -> float:
        """Take one round; return its CPU time in seconds."""
        return timed(lambda: run(self._round()), 1)

    async def _round(self) -> None:
        _, plain = await self._ann.encrypt_plaintext(FIRST)
        session, material = await self._ann.build_session_active("ben@example.org", 2, self._bundle, plain)
        data = session.key_exchange.serialize(material.serialize())
        exchange, authenticated = KeyExchangeImpl.parse(data)
        arrived = EncryptedKeyMaterialImpl.parse(authenticated, "ann@example.org", 1)
        await self._ben.build_session_passive("ann@example.org", 1, exchange, arrived)

"""An owner of prekeys and somebody who opens a session to it, as a client would drive them."""

import functools
from dataclasses import dataclass, field
from typing import Final

from securemsg.handshake.generation import Publication, Published, make_generation
from securemsg.handshake.initiator import (
    Expected,
    Initiation,
    PeerPrekeys,
    check_shelf,
    initiate,
    seal_opening,
)
from securemsg.handshake.material import OPENING_INFO
from securemsg.handshake.prekeys import LastResortPrivate, LeafPrivate, SealingPrivate, SignedPrekeyPrivate
from securemsg.handshake.responder import (
    LastResortUsed,
    OneTimeUsed,
    OpenedOpening,
    Response,
    Used,
    respond,
    unseal_opening,
)
from securemsg.handshake.shelf import FetchedPrekeys, ShelvedLeaf
from securemsg.identity.access import ShelfKey
from securemsg.identity.card import Card
from securemsg.instant import Instant
from securemsg.wire import envelope
from securemsg.wire.messages.opening import OpeningContent
from securemsg.wire.padding import pad_opening
from tests.identity.people import NOW, device
from tests.support.entropy import SeededEntropy

SHELF: Final = ShelfKey(bytes(range(32)))
ALICE: Final = device("alice")
BOB: Final = device("bob")
MALLORY: Final = device("mallory")


@dataclass
class MemoryPrivates:
    """Private halves in memory: what a store does with a publication and after a first message."""

    hashes: dict[int, bytes] = field(default_factory=dict)
    sealing: dict[bytes, SealingPrivate] = field(default_factory=dict)
    prekeys: dict[int, SignedPrekeyPrivate] = field(default_factory=dict)
    leaves: dict[int, LeafPrivate] = field(default_factory=dict)
    last_resorts: dict[int, LastResortPrivate] = field(default_factory=dict)
    seen: dict[int, set[bytes]] = field(default_factory=dict)

    def add(self, publication: Publication) -> None:
        """Keep the private halves of `publication`."""
        weekly = publication.weekly
        self.hashes[publication.generation] = publication.manifest_body_hash
        self.sealing[weekly.sealing.hint] = weekly.sealing
        self.prekeys[weekly.signed_prekey.prekey_id] = weekly.signed_prekey
        self.last_resorts[weekly.last_resort.prekey_id] = weekly.last_resort
        self.seen.setdefault(weekly.last_resort.prekey_id, set())
        self.leaves |= {leaf.leaf_id: leaf for leaf in publication.leaves}

    def apply(self, used: Used) -> None:
        """Do what is due when the first message has authenticated (HS-13)."""
        match used:
            case OneTimeUsed(leaf_id):
                del self.leaves[leaf_id]
            case LastResortUsed(prekey_id, mark):
                self.seen[prekey_id].add(mark)

    def manifest_hash(self, generation: int) -> bytes | None:
        """Return the hash of the manifest body of `generation`."""
        return self.hashes.get(generation)

    def signed_prekey(self, prekey_id: int) -> SignedPrekeyPrivate | None:
        """Return the signed prekey of this id."""
        return self.prekeys.get(prekey_id)

    def leaf(self, leaf_id: int) -> LeafPrivate | None:
        """Return the leaf of this id."""
        return self.leaves.get(leaf_id)

    def last_resort(self, prekey_id: int) -> LastResortPrivate | None:
        """Return the last-resort key of this id."""
        return self.last_resorts.get(prekey_id)

    def was_seen(self, prekey_id: int, fingerprint: bytes) -> bool:
        """Tell whether the set of this key holds `fingerprint`."""
        return fingerprint in self.seen[prekey_id]

    def seen_count(self, prekey_id: int) -> int:
        """Return the size of this key's set."""
        return len(self.seen[prekey_id])


@functools.cache
def publication(owner: str = "bob") -> Publication:
    """Return the first generation of the device of `owner`, the same in every run."""
    return make_generation(device(owner), SHELF, Published(), NOW, SeededEntropy(len(owner)))


def privates(owner: str = "bob") -> MemoryPrivates:
    """Return fresh private halves of that generation."""
    kept = MemoryPrivates()
    kept.add(publication(owner))
    return kept


def fetched(position: int | None = 0, source: Publication | None = None) -> FetchedPrekeys:
    """Return what a relay answers to a fetch: the manifest, and the leaf at `position` or none."""
    source = source or publication()
    leaf = None if position is None else ShelvedLeaf(position, source.sealed_leaves[position])
    return FetchedPrekeys(source.generation, source.sealed_manifest, leaf)


def prekeys(position: int | None = 0) -> PeerPrekeys:
    """Return Bob's prekeys as Alice accepts them."""
    return check_shelf(fetched(position), SHELF, Expected(ALICE, BOB.account_id), NOW)


def opened_session(
    position: int | None = 0, opened_at: Instant = NOW, card: Card | None = None
) -> Initiation:
    """Return a session that Alice opens towards Bob."""
    return initiate(ALICE, prekeys(position), card, opened_at, SeededEntropy(opened_at))


def opening(initiation: Initiation, message: bytes = b"message") -> envelope.Opening:
    """Return Alice's opening of that session."""
    sealed = envelope.decode(seal_opening(initiation.material, message))
    assert isinstance(sealed, envelope.Opening)
    return sealed


def unsealed(arrived: envelope.Opening) -> OpenedOpening:
    """Return what Bob finds in an opening."""
    return unseal_opening(arrived, privates().sealing.get)


def answered(initiation: Initiation, kept: MemoryPrivates | None = None) -> Response:
    """Return Bob's side of the session."""
    return respond(BOB, unsealed(opening(initiation)), kept or privates())


def resealed(inner: OpeningContent) -> envelope.Opening:
    """Return an opening of any inner record: whoever knows Bob's sealing key can make one."""
    sealing = publication().weekly.sealing
    return envelope.Opening(
        sealing.hint, sealing.key.public().seal(OPENING_INFO, pad_opening(inner.encode()))
    )

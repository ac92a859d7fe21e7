"""The keys of an arriving message: one of each ratchet, and what taking them makes of the chains.

Nothing here is kept before the message has authenticated, and nothing draws randomness.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from securemsg.crypto.secret import guarded
from securemsg.crypto.x25519 import PublicKey
from securemsg.instant import Instant
from securemsg.ratchet.chains import chain_step, root_step
from securemsg.ratchet.epochs import epoch_step
from securemsg.ratchet.errors import Replayed, TooManySkipped
from securemsg.ratchet.header import Header
from securemsg.ratchet.kem_states import Epochs
from securemsg.ratchet.keys import HeaderKey, MessageKey, RootKey
from securemsg.ratchet.skipped import MAX_SKIP, Place, SkippedKey, SkippedKeys, Which, expired
from securemsg.ratchet.state import Active, Awaiting, EpochChain, ReceivingChain, SendingChain


@dataclass(slots=True)
class Agreed:
    """The receiving half of a Diffie-Hellman step."""

    root: Final[RootKey]
    theirs: Final[PublicKey]
    next_receiving: Final[HeaderKey]


@guarded
@dataclass(slots=True)
class EcKey:
    """ec_mk, with what taking it changes."""

    key: Final[bytes]
    receiving: Final[ReceivingChain | None]
    sending: Final[SendingChain | Agreed]
    """Our chain as it stays, or what the next one comes from where the direction changed."""

    added: Final[tuple[SkippedKey, ...]] = ()
    used: Final[Place | None] = None


@guarded
@dataclass(slots=True)
class KemKey:
    """pq_mk, with what taking it changes."""

    key: Final[bytes]
    receiving: Final[EpochChain]
    added: Final[tuple[SkippedKey, ...]] = ()
    used: Final[Place | None] = None


@dataclass(slots=True)
class Arrival:
    """When a message came, and the rows that it may need."""

    skipped: Final[SkippedKeys]
    now: Final[Instant]

    def take(self, place: Place) -> bytes:
        """Return the key of a row; raises `Replayed` where there is none (Spec: RT-10, RT-13)."""
        row = self.skipped.find(place)
        if row is None or expired(row.skipped_at, self.now):
            raise Replayed("no key is kept for this message")
        return row.key.expose()


def late_key(state: Active, index: int, header: Header, arrival: Arrival) -> EcKey:
    """Return the EC key of a message that was stepped over (Spec: RT-10)."""
    place = Place(Which.EC, index, header.number)
    return EcKey(arrival.take(place), state.receiving, state.sending, used=place)


def present_key(state: Active, receiving: ReceivingChain, header: Header, arrival: Arrival) -> EcKey:
    """Return the EC key of a message of the peer's present chain (Spec: RT-10)."""
    number = header.number
    if number < receiving.number:
        return late_key(state, receiving.index, header, arrival)
    chain = receiving.key
    added: tuple[SkippedKey, ...] = ()
    if number > receiving.number:
        _allow(number - receiving.number)
        missed = range(receiving.number, number)
        chain, added = _skip(Place(Which.EC, receiving.index, 0), chain, missed, arrival.now)
    chain, key = chain_step(chain)
    after = ReceivingChain(receiving.index, receiving.header, chain, number + 1)
    return EcKey(key, after, state.sending, added)


def following_key(state: Awaiting | Active, header: Header, arrival: Arrival) -> EcKey:
    """Return the EC key of the first message to arrive of the peer's next chain (Spec: RT-10)."""
    turn, present = state.turn, state.receiving
    if header.previous and not present:
        raise TooManySkipped("a previous chain before the first")
    # Shorter than what arrived: a peer restored from an older copy. Nothing is skipped.
    missed = range(present.number if present else 0, header.previous)
    _allow(len(missed) + header.number)
    theirs = PublicKey.parse(header.ratchet_key)
    root, first, next_receiving = root_step(turn.root, turn.ours.private.agree(theirs))
    index = present.index + 1 if present else 0
    missed_now = range(header.number)
    chain, added = _skip(Place(Which.EC, index, 0), first.expose(), missed_now, arrival.now)
    chain, key = chain_step(chain)
    if present:
        added = _skip(Place(Which.EC, present.index, 0), present.key, missed, arrival.now)[1] + added
    receiving = ReceivingChain(index, turn.next_receiving, chain, header.number + 1)
    return EcKey(key, receiving, Agreed(root, theirs, next_receiving), added)


def kem_key(receiving: EpochChain, epochs: Epochs, header: Header, arrival: Arrival) -> KemKey:
    """Return the KEM key of a message (Spec: KR-5)."""
    epoch, number = header.epoch, header.epoch_number
    added: tuple[SkippedKey, ...] = ()
    if epoch < receiving.epoch or (epoch == receiving.epoch and number < receiving.number):
        place = Place(Which.KEM, epoch, number)
        return KemKey(arrival.take(place), receiving, used=place)
    if epoch == receiving.epoch:
        chain, start = receiving.key, receiving.number
        missed = range(0)
    elif epoch == receiving.epoch + 1 and epochs.arriving is not None:
        chain, start = epochs.arriving.expose(), 0
        missed = range(receiving.number, header.epoch_previous)
    else:
        raise TooManySkipped("an epoch that is not there")
    if number > start or missed:
        _allow(len(missed) + number - start)
        old = _skip(Place(Which.KEM, receiving.epoch, 0), receiving.key, missed, arrival.now, epoch_step)[1]
        chain, new = _skip(Place(Which.KEM, epoch, 0), chain, range(start, number), arrival.now, epoch_step)
        added = old + new
    chain, key = epoch_step(chain)
    return KemKey(key, EpochChain(epoch, chain, number + 1, 0), added)


def _allow(skipped: int) -> None:
    if skipped > MAX_SKIP:
        raise TooManySkipped("too far ahead of what has arrived")


def _skip(
    place: Place,
    chain: bytes,
    numbers: range,
    now: Instant,
    step: Callable[[bytes], tuple[bytes, bytes]] = chain_step,
) -> tuple[bytes, tuple[SkippedKey, ...]]:
    """Step over messages of a chain that have not arrived; return the chain after them and their rows."""
    ratchet, index, _ = place
    rows = []
    for number in numbers:
        chain, key = step(chain)
        rows.append(SkippedKey(Place(ratchet, index, number), MessageKey(key), now))
    return chain, tuple(rows)

"""Opening: find the chain by its header key, step to the message's key, open, then build the new state.

Nothing is written before the message has authenticated: a refusal leaves nothing
to undo, and draws no randomness.
"""

from dataclasses import dataclass, field

from securemsg.crypto.entropy import Entropy
from securemsg.crypto.x25519 import PublicKey
from securemsg.instant import Instant
from securemsg.ratchet.body import open_body
from securemsg.ratchet.chains import chain_step, root_step
from securemsg.ratchet.errors import Replayed, TooManySkipped, Unrecognised
from securemsg.ratchet.header import Header, open_header
from securemsg.ratchet.keys import ChainKey, HeaderKey, RootKey
from securemsg.ratchet.skipped import (
    MAX_SKIP,
    NO_CHANGES,
    Place,
    RowChanges,
    SkippedKey,
    SkippedKeys,
    expired,
)
from securemsg.ratchet.start import fresh_pair
from securemsg.ratchet.state import (
    MAX_PAST_CHAINS,
    Active,
    Awaiting,
    PastChain,
    ReceivingChain,
    SendingChain,
)
from securemsg.wire.envelope import Message


@dataclass(frozen=True, slots=True)
class Opened:
    """What a message yields; keep all of it in one transaction (Spec: RT-12)."""

    state: Active
    content: bytes = field(repr=False)
    rows: RowChanges


def open_message(
    state: Awaiting | Active, message: Message, skipped: SkippedKeys, now: Instant, entropy: Entropy
) -> Opened:
    """Open one message of this session.

    Raises `Unrecognised` when no header key opens it, `Replayed`, `TooManySkipped`, and
    `AuthenticationError` or `FrameError` for everything else that is wrong with it.

    Spec: RT-9, RT-10, RT-11, RT-12.
    """
    binding = state.binding.opening
    receiving = state.receiving if isinstance(state, Active) else None
    if isinstance(state, Active) and receiving is not None:
        header = open_header(receiving.header, message.sealed_header, binding)
        if header is not None:
            if header.number < receiving.number:
                return _open_skipped(state, Place(receiving.index, header.number), message, skipped, now)
            return _open_present(state, receiving, header, message, now)
    header = open_header(state.next_receiving, message.sealed_header, binding)
    if header is not None:
        return _open_following(state, header, message, now, entropy)
    if isinstance(state, Active):
        for past in state.past:
            header = open_header(past.header, message.sealed_header, binding)
            if header is not None:
                return _open_skipped(state, Place(past.index, header.number), message, skipped, now)
    raise Unrecognised("refused")


def _open_skipped(
    state: Active, place: Place, message: Message, skipped: SkippedKeys, now: Instant
) -> Opened:
    row = skipped.find(place)
    if row is None or expired(row.skipped_at, now):
        raise Replayed("no key is kept for this message")
    content = open_body(row.key, message, state.binding.opening)
    return Opened(state, content, RowChanges(used=place))


def _open_present(
    state: Active, receiving: ReceivingChain, header: Header, message: Message, now: Instant
) -> Opened:
    ahead = header.number - receiving.number
    rows = NO_CHANGES
    chain = receiving.key
    if ahead:
        _allow(ahead)
        chain, added = _skip(receiving.index, chain, range(receiving.number, header.number), now)
        rows = RowChanges(added=added)
    chain, key = chain_step(chain)
    content = open_body(key, message, state.binding.opening)
    # Field by field: `dataclasses.replace` would cost more than the decryption.
    after = Active(
        state.binding,
        state.root,
        state.ours,
        state.next_sending,
        state.next_receiving,
        state.previous,
        state.sending,
        ReceivingChain(receiving.index, receiving.header, chain, header.number + 1),
        state.past,
    )
    return Opened(after, content, rows)


def _open_following(
    state: Awaiting | Active, header: Header, message: Message, now: Instant, entropy: Entropy
) -> Opened:
    """Open the first message to arrive of the peer's next chain (Spec: RT-10)."""
    present = state.receiving if isinstance(state, Active) else None
    arrived = present.number if present else 0
    if header.previous and not present:
        raise TooManySkipped("a previous chain before the first")
    # Shorter than what arrived: a peer restored from an older copy. Nothing is skipped.
    missed = range(arrived, header.previous)
    _allow(len(missed) + header.number)
    theirs = PublicKey.parse(header.ratchet_key)
    root, chain, next_receiving = root_step(state.root, state.ours.private.agree(theirs))
    index = present.index + 1 if present else 0
    chain, added = _skip(index, chain, range(header.number), now)
    chain, key = chain_step(chain)
    content = open_body(key, message, state.binding.opening)
    if present:
        added = _skip(present.index, present.key, missed, now)[1] + added
    receiving = ReceivingChain(index, state.next_receiving, chain, header.number + 1)
    after, dropped = _turn(state, _Agreed(root, theirs, next_receiving), receiving, entropy)
    return Opened(after, content, RowChanges(added=added, dropped=dropped))


@dataclass(frozen=True, slots=True)
class _Agreed:
    """The receiving half of a Diffie-Hellman step."""

    root: RootKey
    theirs: PublicKey
    next_receiving: HeaderKey


def _turn(
    state: Awaiting | Active, agreed: _Agreed, receiving: ReceivingChain, entropy: Entropy
) -> tuple[Active, tuple[int, ...]]:
    """Take the sending half of a Diffie-Hellman step; return the new state and which chains it gave up."""
    ours = fresh_pair(entropy)
    root, chain, next_sending = root_step(agreed.root, ours.private.agree(agreed.theirs))
    past: tuple[PastChain, ...] = ()
    if isinstance(state, Active) and state.receiving is not None:
        past = (PastChain(state.receiving.index, state.receiving.header), *state.past)
    after = Active(
        binding=state.binding,
        root=root,
        ours=ours,
        next_sending=next_sending,
        next_receiving=agreed.next_receiving,
        previous=state.sending.number if isinstance(state, Active) else 0,
        sending=SendingChain(state.next_sending, chain, 0),
        receiving=receiving,
        past=past[:MAX_PAST_CHAINS],
    )
    return after, tuple(chain.index for chain in past[MAX_PAST_CHAINS:])


def _allow(skipped: int) -> None:
    if skipped > MAX_SKIP:
        raise TooManySkipped("too far ahead of what has arrived")


def _skip(
    index: int, chain: ChainKey, numbers: range, now: Instant
) -> tuple[ChainKey, tuple[SkippedKey, ...]]:
    """Step over messages of a chain that have not arrived; return the chain after them and their rows."""
    rows = []
    for number in numbers:
        chain, key = chain_step(chain)
        rows.append(SkippedKey(Place(index, number), key, now))
    return chain, tuple(rows)

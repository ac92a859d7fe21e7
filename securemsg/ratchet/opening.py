"""Opening: find the chain by its header key, take both ratchets' keys, open, then build the new state.

Nothing is written before the message has authenticated: a refusal leaves nothing
to undo, and draws no randomness.
"""

from dataclasses import dataclass, field
from typing import Final

from securemsg.crypto.aead import open_once
from securemsg.crypto.entropy import Entropy
from securemsg.crypto.kdf import same
from securemsg.errors import AuthenticationError, FrameError
from securemsg.instant import Instant
from securemsg.ratchet.chains import root_step, sealing_key
from securemsg.ratchet.errors import Unrecognised
from securemsg.ratchet.header import Header, open_header
from securemsg.ratchet.kem_steps import has_true_fillers, receive, use
from securemsg.ratchet.receiving import (
    Agreed,
    Arrival,
    EcKey,
    KemKey,
    following_key,
    kem_key,
    late_key,
    present_key,
)
from securemsg.ratchet.skipped import NO_CHANGES, RowChanges, SkippedKeys
from securemsg.ratchet.start import fresh_pair
from securemsg.ratchet.state import (
    MAX_PAST_CHAINS,
    Active,
    Awaiting,
    EpochChain,
    PastChain,
    SendingChain,
    Turn,
)
from securemsg.wire.envelope import Message
from securemsg.wire.padding import unpad


@dataclass(slots=True)
class Opened:
    """What a message yields; keep all of it in one transaction (Spec: RT-12)."""

    state: Final[Active]
    content: Final[bytes] = field(repr=False)
    rows: Final[RowChanges]


def open_message(
    state: Awaiting | Active, message: Message, skipped: SkippedKeys, now: Instant, entropy: Entropy
) -> Opened:
    """Open one message of this session.

    Raises `Unrecognised` when no header key opens it, `Replayed`, `TooManySkipped`, and
    `AuthenticationError` or `FrameError` for everything else that is wrong with it.

    Spec: RT-9, RT-10, RT-11, RT-12.
    """
    header, ec = _place(state, message, arrival := Arrival(skipped, now))
    kem = kem_key(state.epoch_receiving, state.machine.epochs, header, arrival)
    content, carried = _open_body(ec.key, kem.key, message, state.binding.opening)
    # From here on nothing is refused any more.
    machine, epoch_sending, emitted = state.machine, state.epoch_sending, state.emitted
    if kem.receiving.epoch != state.epoch_receiving.epoch:
        machine = use(machine)
    step = receive(machine, header.epoch, carried, state.binding, entropy)
    if step is not None:
        machine, emitted = step.machine, 0
        if step.departing is not None:
            epoch_sending = EpochChain(machine.epochs.installed, step.departing, 0, epoch_sending.number)
    if isinstance(ec.sending, Agreed):
        turn, sending, dropped = _turn(state, ec.sending, entropy)
    else:
        turn, sending, dropped = state.turn, ec.sending, ()
    after = Active(state.binding, turn, sending, ec.receiving, epoch_sending, kem.receiving, machine, emitted)
    return Opened(after, content, _rows(ec, kem, dropped))


def _place(state: Awaiting | Active, message: Message, arrival: Arrival) -> tuple[Header, EcKey]:
    """Find the chain whose header key opens the header, and take the EC key (Spec: RT-9)."""
    sealed, binding = message.sealed_header, state.binding.opening
    receiving = state.receiving
    if isinstance(state, Active) and receiving is not None:
        header = open_header(receiving.header, sealed, binding)
        if header is not None:
            return header, present_key(state, receiving, header, arrival)
    header = open_header(state.turn.next_receiving, sealed, binding)
    if header is not None:
        return header, following_key(state, header, arrival)
    if isinstance(state, Active):
        for past in state.turn.past:
            header = open_header(past.header, sealed, binding)
            if header is not None:
                return header, late_key(state, past.index, header, arrival)
    raise Unrecognised("refused")


def _open_body(ec_key: bytes, pq_key: bytes, message: Message, binding: bytes) -> tuple[bytes, bytes]:
    """Return content and codewords; raises `AuthenticationError` whatever is wrong (Spec: RT-5, RT-12)."""
    once, commitment = sealing_key(ec_key, pq_key, message.salt)
    if not same(commitment, message.commitment):
        raise AuthenticationError("refused")
    associated = b"".join((binding, message.sealed_header, message.salt, commitment))
    block = open_once(once, message.body, associated)
    try:
        content, carried = unpad(block)
    except FrameError:
        raise AuthenticationError("refused") from None
    if not has_true_fillers(carried):
        raise AuthenticationError("refused")
    return content, carried


def _turn(
    state: Awaiting | Active, agreed: Agreed, entropy: Entropy
) -> tuple[Turn, SendingChain, tuple[int, ...]]:
    """Take the sending half of a Diffie-Hellman step; tell which past chains are given up (Spec: RT-10)."""
    turn, receiving = state.turn, state.receiving
    ours = fresh_pair(entropy)
    root, chain, next_sending = root_step(agreed.root, ours.private.agree(agreed.theirs))
    past = turn.past if receiving is None else (PastChain(receiving.index, receiving.header), *turn.past)
    previous = 0 if state.sending is None else state.sending.number
    after = Turn(root, ours, next_sending, agreed.next_receiving, previous, past[:MAX_PAST_CHAINS])
    dropped = tuple(chain.index for chain in past[MAX_PAST_CHAINS:])
    return after, SendingChain(turn.next_sending, chain, 0), dropped


def _rows(ec: EcKey, kem: KemKey, dropped: tuple[int, ...]) -> RowChanges:
    added = ec.added + kem.added
    used = tuple(place for place in (ec.used, kem.used) if place is not None)
    return RowChanges(added, used, dropped) if added or used or dropped else NO_CHANGES

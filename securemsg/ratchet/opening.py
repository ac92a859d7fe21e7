"""Opening: find the chain by its header key, take both ratchets' keys, open, then build the new state.

Nothing is written before the message has authenticated: a refusal leaves nothing
to undo, and draws no randomness.
"""

from dataclasses import replace
from hashlib import shake_256
from typing import NamedTuple

from securemsg.crypto.aead import ZERO_NONCE, AesGcm, InvalidTag, open_once
from securemsg.crypto.entropy import Entropy
from securemsg.crypto.kdf import PRF_WIDTH, same
from securemsg.crypto.secret import guarded
from securemsg.errors import AuthenticationError, FrameError
from securemsg.instant import Instant
from securemsg.ratchet.chains import (
    BLOCK_WIDTH,
    CHAIN_PREFIX,
    KEY_WIDTH,
    MESSAGE_PREFIX,
    root_step,
    sealing_key,
)
from securemsg.ratchet.codewords import FILLER_INDEX
from securemsg.ratchet.epochs import EPOCH_PREFIX
from securemsg.ratchet.errors import Unrecognised
from securemsg.ratchet.header import Fields, Header, open_header
from securemsg.ratchet.kem_states import Machine, SendCt, WaitCt
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
from securemsg.ratchet.skipped import NO_CHANGES, Place, RowChanges, SkippedKeys, Which
from securemsg.ratchet.start import fresh_pair
from securemsg.ratchet.state import (
    MAX_CHAIN,
    MAX_PAST_CHAINS,
    Active,
    Awaiting,
    EpochChain,
    Going,
    PastChain,
    SendingChain,
    Still,
    Turn,
)
from securemsg.wire.envelope import Message
from securemsg.wire.padding import CODEWORD_WIDTH, unpad

_new = tuple.__new__
# Takes half as long as calling a named tuple.


@guarded
class Opened(NamedTuple):
    """What a message yields; keep all of it in one transaction (Spec: RT-12)."""

    state: Active
    content: bytes
    rows: RowChanges


def open_message(  # noqa: C901, PLR0912  # flat, for speed
    state: Awaiting | Active, message: Message, skipped: SkippedKeys, now: Instant, entropy: Entropy
) -> Opened:
    """Open one message of this session (Spec: RT-9, RT-10, RT-11, RT-12).

    Raises `Unrecognised` when no header key opens it, `Replayed`, `TooManySkipped`, and
    `AuthenticationError` or `FrameError` for everything else that is wrong with it.
    """
    if isinstance(state, Awaiting) or (header_key := state[0].peer_header) is None:
        return _open_anywhere(state, None, message, Arrival(skipped, now), entropy)
    # What comes in order, as nearly everything does, takes the same steps flat and without a choice.
    still, going, (chain, number, epoch_chain, epoch_number) = state
    sealed_header, salt, theirs, body = message
    binding = still.binding.opening
    fields = open_header(header_key, sealed_header, binding)
    if fields is None or fields[2] != number or fields[5] != epoch_number or fields[3] != still.peer_epoch:
        return _open_out_of_order(state, fields, message, Arrival(skipped, now), entropy)
    if fields[1] | number | fields[4] | epoch_number >= MAX_CHAIN:
        return _open_anywhere(state, fields, message, Arrival(skipped, now), entropy)
    # `chain_step` and `epoch_step`
    if len(chain) == KEY_WIDTH:
        chain = shake_256(CHAIN_PREFIX + chain).digest(BLOCK_WIDTH)
    if len(epoch_chain) == KEY_WIDTH:
        epoch_chain = shake_256(EPOCH_PREFIX + epoch_chain).digest(BLOCK_WIDTH)
    # `sealing_key`
    output = shake_256(MESSAGE_PREFIX + chain[-32:] + epoch_chain[-32:] + salt).digest(PRF_WIDTH)
    if not same(output[32:], theirs):
        raise AuthenticationError("refused")
    try:
        associated = b"".join((binding, sealed_header, salt, theirs))
        content, carried = unpad(AesGcm(output[:32]).decrypt(ZERO_NONCE, body, associated))
    except (InvalidTag, FrameError):
        raise AuthenticationError("refused") from None
    if FILLER_INDEX in carried[::CODEWORD_WIDTH] and not has_true_fillers(carried):
        raise AuthenticationError("refused")
    coming = (chain[:-32], number + 1, epoch_chain[:-32], epoch_number + 1)
    if still.peer_epoch == still.machine.epochs.installed and _is_news(still.machine, carried):
        still, going = _stepped(state, carried, entropy)
    return _new(Opened, (_new(Active, (still, going, coming)), content, NO_CHANGES))


def _open_out_of_order(
    state: Active, fields: Fields | None, message: Message, arrival: Arrival, entropy: Entropy
) -> Opened:
    """Open what is not the next message: with two rows only where both present chains stepped over it."""
    still, going, coming = state
    if fields is None or fields[2] >= coming[1] or fields[5] >= coming[3] or fields[3] != still.peer_epoch:
        return _open_anywhere(state, fields, message, arrival, entropy)
    Header.of(fields)
    ec = Place(Which.EC, still.index, fields[2])
    ec_key = arrival.take(ec)
    kem = Place(Which.KEM, still.peer_epoch, fields[5])
    content, carried = _open_body(ec_key, arrival.take(kem), message, still.binding.opening)
    if still.peer_epoch == still.machine.epochs.installed and _is_news(still.machine, carried):
        still, going = _stepped(state, carried, entropy)
        state = _new(Active, (still, going, coming))
    return Opened(state, content, RowChanges(used=(ec, kem)))


def _open_anywhere(
    state: Awaiting | Active, fields: Fields | None, message: Message, arrival: Arrival, entropy: Entropy
) -> Opened:
    """Open what came late, early, or in another chain; `fields` where the present chain's key opened it."""
    header, ec = _place(state, fields, message, arrival)
    kem = kem_key(state.epoch_receiving, state.machine.epochs, header, arrival)
    content, carried = _open_body(ec.key, kem.key, message, state.binding.opening)
    # From here on nothing is refused any more.
    used = kem.receiving.epoch != state.epoch_receiving.epoch
    machine = use(state.machine) if used else state.machine
    machine, epoch_sending, emitted = _step(state, machine, header.epoch, carried, entropy)
    if isinstance(ec.sending, Agreed):
        turn, sending, dropped = _turn(state, ec.sending, entropy)
    else:
        turn, sending, dropped = state.turn, ec.sending, ()
    after = Active(
        binding=state.binding,
        turn=turn,
        sending=sending,
        receiving=ec.receiving,
        epoch_sending=epoch_sending,
        epoch_receiving=kem.receiving,
        machine=machine,
        emitted=emitted,
    )
    return Opened(after, content, _rows(ec, kem, dropped))


def _place(
    state: Awaiting | Active, fields: Fields | None, message: Message, arrival: Arrival
) -> tuple[Header, EcKey]:
    """Take the EC key of a message, whose header the present chain's key has opened or not (Spec: RT-9)."""
    if fields is not None and isinstance(state, Active) and state.receiving is not None:
        header = Header.of(fields)
        return header, present_key(state, state.receiving, header, arrival)
    sealed, binding = message.sealed_header, state.binding.opening
    fields = open_header(state.turn.next_receiving, sealed, binding)
    if fields is not None:
        header = Header.of(fields)
        return header, following_key(state, header, arrival)
    if isinstance(state, Active):
        for past in state.turn.past:
            fields = open_header(past.header, sealed, binding)
            if fields is not None:
                header = Header.of(fields)
                return header, late_key(state, past.index, header, arrival)
    raise Unrecognised("refused")


def _open_body(ec_key: bytes, pq_key: bytes, message: Message, binding: bytes) -> tuple[bytes, bytes]:
    """Return content and codewords; raises `AuthenticationError` whatever is wrong (Spec: RT-5, RT-12)."""
    sealed_header, salt, theirs, body = message
    once, commitment = sealing_key(ec_key, pq_key, salt)
    if not same(commitment, theirs):
        raise AuthenticationError("refused")
    return _unpadded(open_once(once, body, b"".join((binding, sealed_header, salt, commitment))))


def _unpadded(block: bytes) -> tuple[bytes, bytes]:
    """Return content and codewords of a block (Spec: WI-7, RT-12)."""
    try:
        content, carried = unpad(block)
    except FrameError:
        raise AuthenticationError("refused") from None
    if FILLER_INDEX in carried[::CODEWORD_WIDTH] and not has_true_fillers(carried):
        raise AuthenticationError("refused")
    return content, carried


def _is_news(machine: Machine, carried: bytes) -> bool:
    """Whether a message of the installed epoch may move the machine: without codewords only by using it."""
    return bool(carried) or isinstance(machine, SendCt)


def _stepped(state: Active, carried: bytes, entropy: Entropy) -> tuple[Still, Going]:
    """Take the machine's step of a message that came in order."""
    still, (chain, number, _, _, _), _ = state
    machine, kem, emitted = _step(state, still.machine, still.peer_epoch, carried, entropy)
    still = replace(still, machine=machine, epoch=kem.epoch, epoch_previous=kem.previous)
    return still, (chain, number, kem.key, kem.number, emitted)


def _step(
    state: Awaiting | Active, machine: Machine, epoch: int, carried: bytes, entropy: Entropy
) -> tuple[Machine, EpochChain, int]:
    """Return the machine after a message, our KEM chain, and how many codewords of its object were sent."""
    step = receive(machine, epoch, carried, state.binding, entropy)
    if step is None:
        return machine, state.epoch_sending, state.emitted
    if step.departing is None:
        goes_on = isinstance(step.machine, WaitCt)
        return step.machine, state.epoch_sending, state.emitted if goes_on else 0
    previous = state.epoch_sending.number
    sending = EpochChain(step.machine.epochs.installed, step.departing.expose(), 0, previous)
    return step.machine, sending, 0


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
    return after, SendingChain(turn.next_sending, chain.expose(), 0), dropped


def _rows(ec: EcKey, kem: KemKey, dropped: tuple[int, ...]) -> RowChanges:
    added = ec.added + kem.added
    used = tuple(place for place in (ec.used, kem.used) if place is not None)
    return RowChanges(added, used, dropped) if added or used or dropped else NO_CHANGES

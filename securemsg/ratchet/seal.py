"""Sealing: one step of both sending chains for each message."""

from hashlib import shake_256

from securemsg.crypto.aead import NONCE_WIDTH, seal_once
from securemsg.crypto.entropy import Entropy
from securemsg.ratchet.chains import BLOCK_WIDTH, CHAIN_PREFIX, KEY_WIDTH, sealing_key
from securemsg.ratchet.epochs import EPOCH_PREFIX
from securemsg.ratchet.errors import SessionExhausted
from securemsg.ratchet.header import seal_header
from securemsg.ratchet.kem_steps import codewords
from securemsg.ratchet.state import MAX_CHAIN, Active, EpochChain, SendingChain
from securemsg.wire.envelope import SALT_WIDTH, Message
from securemsg.wire.padding import pad, slots_for

_new = tuple.__new__
# Takes half as long as calling a named tuple.


def seal_message(state: Active, content: bytes, entropy: Entropy) -> tuple[Active, Message]:
    """Seal `content`, 1 to 16,381 bytes; store the new state before the message leaves.

    Raises `SessionExhausted` at the end of a chain, and `LocalError` for another length.

    Spec: RT-6, RT-7, RT-8, KR-6.
    """
    binding, turn, sending, receiving, epoch_sending, epoch_receiving, machine, emitted = state
    header_key, chain, number = sending
    epoch, epoch_chain, epoch_number, epoch_previous = epoch_sending
    if number >= MAX_CHAIN or epoch_number >= MAX_CHAIN:
        raise SessionExhausted("this session cannot seal any more")
    slots = slots_for(len(content))
    block = pad(content, codewords(machine, emitted, slots))
    ours = binding.sealing
    # One read for both: it costs as much as a chain step.
    fresh = entropy(NONCE_WIDTH + SALT_WIDTH)
    nonce, salt = fresh[:NONCE_WIDTH], fresh[NONCE_WIDTH:]
    header = (turn.ours.public, turn.previous, number, epoch, epoch_previous, epoch_number)
    sealed_header = seal_header(header_key, header, nonce, ours)
    # `chain_step` and `epoch_step`
    if len(chain) == KEY_WIDTH:
        chain = shake_256(CHAIN_PREFIX + chain).digest(BLOCK_WIDTH)
    if len(epoch_chain) == KEY_WIDTH:
        epoch_chain = shake_256(EPOCH_PREFIX + epoch_chain).digest(BLOCK_WIDTH)
    once, commitment = sealing_key(chain[32:64], epoch_chain[32:64], salt)
    # body = AES-256-GCM(key, 0, block, ad = t || u8 direction || sealed_header || salt || commitment)
    body = seal_once(once, block, b"".join((ours, sealed_header, salt, commitment)))
    sending = _new(SendingChain, (header_key, chain[:32] + chain[64:], number + 1))
    epoch_sending = _new(
        EpochChain, (epoch, epoch_chain[:32] + epoch_chain[64:], epoch_number + 1, epoch_previous)
    )
    emitted += slots
    after = (binding, turn, sending, receiving, epoch_sending, epoch_receiving, machine, emitted)
    return _new(Active, after), _new(Message, (sealed_header, salt, commitment, body))

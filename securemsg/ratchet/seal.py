"""Sealing: one step of both sending chains for each message."""

from hashlib import shake_256

from securemsg.crypto.aead import NONCE_WIDTH, ZERO_NONCE, AesGcm
from securemsg.crypto.entropy import Entropy
from securemsg.ratchet.chains import BLOCK_WIDTH, CHAIN_PREFIX, KEY_WIDTH, MESSAGE_PREFIX
from securemsg.ratchet.epochs import EPOCH_PREFIX
from securemsg.ratchet.errors import SessionExhausted
from securemsg.ratchet.header import LAYOUT
from securemsg.ratchet.kem_steps import codewords
from securemsg.ratchet.state import MAX_CHAIN, Active
from securemsg.wire.envelope import SALT_WIDTH, join_message
from securemsg.wire.padding import pad, slots_for

_new = tuple.__new__
_pack = LAYOUT.pack


def seal_message(state: Active, content: bytes, entropy: Entropy) -> tuple[Active, bytes]:
    """Seal `content`, 1 to 16,381 bytes, into an envelope; store the new state before it leaves.

    Raises `SessionExhausted` at the end of a chain, and `LocalError` for another length.

    Spec: RT-6, RT-7, RT-8, KR-6.
    """
    still, (chain, number, epoch_chain, epoch_number, emitted), coming = state
    turn = still.turn
    if number >= MAX_CHAIN or epoch_number >= MAX_CHAIN:
        raise SessionExhausted("this session cannot seal any more")
    slots = slots_for(len(content))
    block = pad(content, codewords(still.machine, emitted, slots) if slots else b"")
    ours = still.binding.sealing
    # One read for both: it costs as much as a chain step.
    fresh = entropy(NONCE_WIDTH + SALT_WIDTH)
    nonce, salt = fresh[:NONCE_WIDTH], fresh[NONCE_WIDTH:]
    # sealed_header = nonce || AES-256-GCM(HKs, nonce, header, ad = t || u8 direction)
    header = _pack(turn.ours.public, turn.previous, number, still.epoch, still.epoch_previous, epoch_number)
    sealed_header = nonce + still.header.cipher.bare_seal(nonce, header, ours)
    # `chain_step` and `epoch_step`
    if len(chain) == KEY_WIDTH:
        chain = shake_256(CHAIN_PREFIX + chain).digest(BLOCK_WIDTH)
    if len(epoch_chain) == KEY_WIDTH:
        epoch_chain = shake_256(EPOCH_PREFIX + epoch_chain).digest(BLOCK_WIDTH)
    # `sealing_key`
    output = shake_256(MESSAGE_PREFIX + chain[-32:] + epoch_chain[-32:] + salt).digest(64)
    commitment = output[32:]
    # body = AES-256-GCM(key, 0, block, ad = t || u8 direction || sealed_header || salt || commitment)
    body = AesGcm(output[:32]).encrypt(ZERO_NONCE, block, b"".join((ours, sealed_header, salt, commitment)))
    going = (chain[:-32], number + 1, epoch_chain[:-32], epoch_number + 1, emitted + slots)
    return _new(Active, (still, going, coming)), join_message(sealed_header, salt, commitment, body)

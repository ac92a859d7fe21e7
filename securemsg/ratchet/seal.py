"""Sealing: one step of both sending chains for each message."""

from securemsg.crypto.aead import NONCE_WIDTH, seal_once
from securemsg.crypto.entropy import Entropy
from securemsg.ratchet.chains import chain_step, sealing_key
from securemsg.ratchet.epochs import epoch_step
from securemsg.ratchet.errors import SessionExhausted
from securemsg.ratchet.header import seal_header
from securemsg.ratchet.kem_steps import codewords
from securemsg.ratchet.state import MAX_CHAIN, Active, EpochChain, SendingChain
from securemsg.wire.envelope import SALT_WIDTH, Message
from securemsg.wire.padding import pad, slots_for


def seal_message(state: Active, content: bytes, entropy: Entropy) -> tuple[Active, Message]:
    """Seal `content`, 1 to 16,381 bytes; store the new state before the message leaves.

    Raises `SessionExhausted` at the end of a chain, and `LocalError` for another length.

    Spec: RT-6, RT-7, RT-8, KR-6.
    """
    turn, sending, epoch = state.turn, state.sending, state.epoch_sending
    if sending.number >= MAX_CHAIN or epoch.number >= MAX_CHAIN:
        raise SessionExhausted("this session cannot seal any more")
    slots = slots_for(len(content))
    block = pad(content, codewords(state.machine, state.emitted, slots))
    binding = state.binding.sealing
    # One read for both: it costs as much as a chain step.
    fresh = entropy(NONCE_WIDTH + SALT_WIDTH)
    nonce, salt = fresh[:NONCE_WIDTH], fresh[NONCE_WIDTH:]
    header = (turn.ours.public, turn.previous, sending.number, epoch.epoch, epoch.previous, epoch.number)
    sealed_header = seal_header(sending.header, header, nonce, binding)
    chain, ec_key = chain_step(sending.key)
    epoch_chain, pq_key = epoch_step(epoch.key)
    once, commitment = sealing_key(ec_key, pq_key, salt)
    # body = AES-256-GCM(key, 0, block, ad = t || u8 direction || sealed_header || salt || commitment)
    body = seal_once(once, block, b"".join((binding, sealed_header, salt, commitment)))
    after = Active(
        state.binding,
        turn,
        SendingChain(sending.header, chain, sending.number + 1),
        state.receiving,
        EpochChain(epoch.epoch, epoch_chain, epoch.number + 1, epoch.previous),
        state.epoch_receiving,
        state.machine,
        state.emitted + slots,
    )
    return after, Message(sealed_header, salt, commitment, body)
